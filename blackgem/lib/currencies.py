"""The currencies a fund may be kept in (ISO 4217).

Amounts are stored with two decimals, so currencies with three are not here.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Currency:
    """`exponent` is the number of decimals; an empty `symbol` means that amounts are shown with the code."""

    code: str
    exponent: int
    singular: str
    plural: str
    symbol: str = ""


CURRENCIES = {
    currency.code: currency
    for currency in (
        Currency("USD", 2, "US dollar", "US dollars", "$"),
        Currency("EUR", 2, "euro", "euros", "€"),
        Currency("GBP", 2, "pound sterling", "pounds sterling", "£"),
        Currency("CHF", 2, "Swiss franc", "Swiss francs"),
        Currency("CAD", 2, "Canadian dollar", "Canadian dollars"),
        Currency("AUD", 2, "Australian dollar", "Australian dollars"),
        Currency("NZD", 2, "New Zealand dollar", "New Zealand dollars"),
        Currency("SGD", 2, "Singapore dollar", "Singapore dollars"),
        Currency("HKD", 2, "Hong Kong dollar", "Hong Kong dollars"),
        Currency("SEK", 2, "Swedish krona", "Swedish kronor"),
        Currency("NOK", 2, "Norwegian krone", "Norwegian kroner"),
        Currency("DKK", 2, "Danish krone", "Danish kroner"),
        Currency("PLN", 2, "Polish zloty", "Polish zlotys"),
        Currency("CZK", 2, "Czech koruna", "Czech korunas"),
        Currency("ILS", 2, "Israeli new shekel", "Israeli new shekels"),
        Currency("AED", 2, "UAE dirham", "UAE dirhams"),
        Currency("SAR", 2, "Saudi riyal", "Saudi riyals"),
        Currency("INR", 2, "Indian rupee", "Indian rupees"),
        Currency("CNY", 2, "Chinese yuan", "Chinese yuan"),
        Currency("BRL", 2, "Brazilian real", "Brazilian reais"),
        Currency("MXN", 2, "Mexican peso", "Mexican pesos"),
        Currency("ZAR", 2, "South African rand", "South African rand"),
        Currency("JPY", 0, "Japanese yen", "Japanese yen", "¥"),
        Currency("KRW", 0, "South Korean won", "South Korean won"),
    )
}
