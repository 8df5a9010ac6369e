"""Amounts, rates and multiples as people write them in forms.

The second mode of the one parser: spelling is put aside here, and what is left goes through the strict reading of
`blackgem.lib.money`, which the API and files go through alone. What this application prints is read back to the same
number. Where a spelling has two readings the person is asked; nothing is guessed. Work is bounded by `LONGEST`.
"""

import re
import unicodedata
from decimal import Decimal

from blackgem.lib.currencies import CURRENCIES
from blackgem.lib.money import (
    MOST_DECIMALS,
    MoneyError,
    format_money,
    format_rate,
    parse_amount,
    parse_multiple,
    parse_percent,
    plain_amount,
)

LONGEST = 64
_SPACES = "\u0020\u00a0\u2007\u2008\u2009\u202f"
_ARABIC_DECIMAL, _ARABIC_GROUP = "\u066b", "\u066c"
#: One sign for each kind of separator. Spaces, apostrophes and the Arabic comma only group; `;` is the Arabic point.
_SEPARATORS = str.maketrans(
    dict.fromkeys(_SPACES, "_") | {"\u2019": "'", _ARABIC_GROUP: "`", _ARABIC_DECIMAL: ";"}
)
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:[,._'`][0-9]{3})+")
_INDIAN = re.compile(r"[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}")
_TWO_READINGS = re.compile(r"([1-9][0-9]{0,2})([.,])([0-9]{3})")
_MINUS = ("-", "\u2212")


def entered_amount(
    text: str, *, currency: str | None, allow_negative: bool = False, allow_zero: bool = False
) -> Decimal:
    """An amount in `currency` as a person writes it: "1,234.50", "$1,234.50", "1 234,50", "1'234", "(5.00)", "EUR 5".

    Only the currency's own sign or code may stand beside it. Raises MoneyError as `parse_amount`, and
    amount.other_currency, amount.ambiguous ("1.234": one thousand, or one and a bit?).
    """
    rules = {"currency": currency, "allow_negative": allow_negative, "allow_zero": allow_zero}
    if not _is_short(text):
        return parse_amount("", **rules)
    written = _western_digits(text.strip(_SPACES + "\t"))
    negative, written = _without_minus(written)
    written, as_printed = _without_currency(written, currency)
    inner, rest = _without_minus(written)
    if inner and negative:
        return parse_amount("", **rules)
    number = _amount_digits(rest, currency, as_printed=as_printed)
    return parse_amount(f"{'-' if negative or inner else ''}{number}", **rules)


def entered_percent(text: str) -> Decimal:
    """A rate in percent as a person writes it: "8", "8%", "8,5 %" are 0.08 and 0.085.

    Raises MoneyError as `parse_percent`, and rate.ambiguous for "0.08" without its sign: a fraction, or percent?
    """
    if not _is_short(text):
        return parse_percent("")
    written = _western_digits(text.strip(_SPACES + "\t")).replace("\u066a", "%")
    bare = written.removesuffix("%").rstrip(_SPACES)
    rate = parse_percent(_with_point(bare))
    if bare == written and 0 < rate < Decimal("0.01"):
        as_percent, as_fraction = format_rate(rate), format_rate(rate * 100)
        raise MoneyError("rate.ambiguous", f"Write {as_percent} or {as_fraction}: {bare} can mean either.")
    return rate


def entered_multiple(text: str) -> Decimal:
    """A multiple as a person writes it: "1.2", "1,2", "1.2×". Errors as `parse_multiple`."""
    if not _is_short(text):
        return parse_multiple("")
    written = _western_digits(text.strip(_SPACES + "\t"))
    return parse_multiple(_with_point(written.rstrip("x\u00d7").rstrip(_SPACES)))


def amount_to_enter(amount: Decimal, currency: str) -> str:
    """An amount as a field holds it for `entered_amount`: plain digits, or as it is printed where those alone would be
    asked about ("KWD 1.234"). Errors as `format_money`."""
    plain = plain_amount(amount, currency)
    return format_money(amount, currency) if _TWO_READINGS.fullmatch(plain.removeprefix("-")) else plain


def percent_to_enter(rate: Decimal) -> str:
    """A rate as a field holds it for `entered_percent`: "8", and "0.5%" where the sign says that it is percent."""
    return format_rate(rate) if 0 < rate < Decimal("0.01") else format_rate(rate).removesuffix("%")


def _is_short(text: object) -> bool:
    return isinstance(text, str) and len(text) <= LONGEST


def _western_digits(text: str) -> str:
    """The text with the decimal digits of another script as 0 to 9; as it is, and so refused, where scripts mix."""
    zeros = {
        ord(sign) - unicodedata.decimal(sign) for sign in text if unicodedata.decimal(sign, None) is not None
    }
    if len(zeros) != 1:
        return text
    return "".join(str(unicodedata.decimal(sign, sign)) for sign in text)


def _without_minus(text: str) -> tuple[bool, str]:
    """Whether an amount is written as negative, and the rest of it."""
    if text.startswith("(") and text.endswith(")"):
        return True, text[1:-1].strip(_SPACES)
    return text.startswith(_MINUS), text[1:] if text.startswith(_MINUS) else text


def _without_currency(text: str, currency: str | None) -> tuple[str, bool]:
    """The text without the currency's own sign or code, and whether it stood in front, as the application prints it."""
    known = CURRENCIES.get(currency) if currency else None
    before = after = False
    for sign in (known.symbol, known.code) if known else ():
        if sign and not before and text[: len(sign)].upper() == sign:
            text, before = text[len(sign) :].lstrip(_SPACES), True
        elif sign and not after and text[-len(sign) :].upper() == sign:
            text, after = text[: -len(sign)].rstrip(_SPACES), True
    if any(sign.isalpha() or unicodedata.category(sign) == "Sc" for sign in text):
        _refuse_currency(text, currency)
    return text, before


def _refuse_currency(text: str, currency: str | None) -> None:
    """Say so where another currency is named; other letters are refused as no amount."""
    signs = {one for known in CURRENCIES.values() for one in (known.code, known.symbol) if one}
    named = "".join(sign for sign in text if sign.isalpha() or unicodedata.category(sign) == "Sc").upper()
    own = CURRENCIES.get(currency or "")
    if own and named in signs - {own.code, own.symbol}:
        raise MoneyError("amount.other_currency", f"This amount is in {currency}, not in {named}.")


def _amount_digits(text: str, currency: str | None, *, as_printed: bool) -> str:
    """Digits with at most one point, out of digits with separators; text that is none is left to be refused."""
    written = text.translate(_SEPARATORS)
    if any(sign in text for sign in "_`;"):
        return text
    if two := _TWO_READINGS.fullmatch(written):
        return _the_one_reading(two, currency, as_printed=as_printed)
    if whole := _whole_digits(written, currency):
        return whole
    place = max(written.rfind(point) for point in ".,;")
    before, point, decimals = written[:place], written[place : place + 1], written[place + 1 :]
    whole = "" if point in before else _whole_digits(before, currency)
    return f"{whole}.{decimals}" if whole and _is_digits(decimals) else text


def _whole_digits(text: str, currency: str | None) -> str:
    """A whole number without what groups its digits, or nothing."""
    digits = "".join(sign for sign in text if sign.isdigit())
    by_one_sign = len(set(text) - set(digits)) == 1
    grouped = (by_one_sign and _GROUPED.fullmatch(text)) or (currency == "INR" and _INDIAN.fullmatch(text))
    return digits if _is_digits(text) or grouped else ""


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _the_one_reading(two: re.Match, currency: str | None, *, as_printed: bool) -> str:
    """Of "1,234" and "1.234": what the application itself would mean by it, where the currency leaves no other reading.

    A comma groups where an amount cannot have three decimals. "KWD 1.234" is how 1.234 dinars are printed.
    """
    whole, separator, rest = two.groups()
    places = CURRENCIES[currency].exponent if currency in CURRENCIES else None
    if separator == "," and places is not None and places < MOST_DECIMALS:
        return whole + rest
    if separator == "." and places == MOST_DECIMALS and as_printed:
        return f"{whole}.{rest}"
    raise MoneyError("amount.ambiguous", _question(whole, rest, currency, places))


def _question(whole: str, rest: str, currency: str | None, places: int | None) -> str:
    if currency is None or places is None:
        return f"Write {whole}{rest} if you mean that: with a separator it can also be {whole} and decimals."
    grouped = format_money(Decimal(whole + rest), currency)
    if places == MOST_DECIMALS:
        return (
            f"Write {grouped} or {format_money(Decimal(f'{whole}.{rest}'), currency)}: this can mean either."
        )
    return f"Write {grouped} if you mean that; {whole}.{rest} with a decimal point is finer than {currency}."


def _with_point(text: str) -> str:
    """A number that has no thousands: whatever separates stands before its decimals."""
    return text.replace(_ARABIC_DECIMAL, ".").replace(",", ".")
