"""The currencies a fund may be kept in (ISO 4217), with the decimals that each has.

The database knows the decimals too (`currency_decimals` in `funds/sql/currencies.sql`), and a test holds the two lists
equal. Money has room for three decimals.
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
        Currency("TWD", 2, "New Taiwan dollar", "New Taiwan dollars"),
        Currency("THB", 2, "Thai baht", "Thai baht"),
        Currency("MYR", 2, "Malaysian ringgit", "Malaysian ringgit"),
        Currency("IDR", 2, "Indonesian rupiah", "Indonesian rupiah"),
        Currency("PHP", 2, "Philippine peso", "Philippine pesos"),
        Currency("TRY", 2, "Turkish lira", "Turkish liras"),
        Currency("HUF", 2, "Hungarian forint", "Hungarian forints"),
        Currency("RON", 2, "Romanian leu", "Romanian lei"),
        Currency("BGN", 2, "Bulgarian lev", "Bulgarian leva"),
        Currency("UAH", 2, "Ukrainian hryvnia", "Ukrainian hryvnias"),
        Currency("KZT", 2, "Kazakhstani tenge", "Kazakhstani tenge"),
        Currency("EGP", 2, "Egyptian pound", "Egyptian pounds"),
        Currency("MAD", 2, "Moroccan dirham", "Moroccan dirhams"),
        Currency("QAR", 2, "Qatari riyal", "Qatari riyals"),
        Currency("NGN", 2, "Nigerian naira", "Nigerian naira"),
        Currency("KES", 2, "Kenyan shilling", "Kenyan shillings"),
        Currency("COP", 2, "Colombian peso", "Colombian pesos"),
        Currency("PEN", 2, "Peruvian sol", "Peruvian soles"),
        Currency("ARS", 2, "Argentine peso", "Argentine pesos"),
        Currency("JPY", 0, "Japanese yen", "Japanese yen", "¥"),
        Currency("KRW", 0, "South Korean won", "South Korean won"),
        Currency("VND", 0, "Vietnamese dong", "Vietnamese dong"),
        Currency("CLP", 0, "Chilean peso", "Chilean pesos"),
        Currency("ISK", 0, "Icelandic krona", "Icelandic kronur"),
        Currency("XOF", 0, "West African CFA franc", "West African CFA francs"),
        Currency("XAF", 0, "Central African CFA franc", "Central African CFA francs"),
        Currency("KWD", 3, "Kuwaiti dinar", "Kuwaiti dinars"),
        Currency("BHD", 3, "Bahraini dinar", "Bahraini dinars"),
        Currency("OMR", 3, "Omani rial", "Omani rials"),
        Currency("JOD", 3, "Jordanian dinar", "Jordanian dinars"),
        Currency("TND", 3, "Tunisian dinar", "Tunisian dinars"),
    )
}
