"""Amounts and days as banks write them. Nothing is rounded or guessed: what has two readings is refused."""

import re
from datetime import date
from decimal import Decimal

from banking.readers.form import Refused
from blackgem.lib.currencies import CURRENCIES
from blackgem.lib.money import CAP

_PLAIN = re.compile(r"([+-]?)([0-9]{1,18})(?:\.([0-9]*))?")
WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,18}")
_BY_SWIFT = re.compile(r"[0-9]{1,15}(,[0-9]{0,3})?")
_FEW_DECIMALS = re.compile(r"[+-]?[0-9]+,[0-9]{1,2}")
_IN_THOUSANDS = re.compile(r"[0-9]{1,3}(?:[,.'’ ][0-9]{3})*|[0-9]+")
_SYMBOLS = ("US$", "CHF", "Fr.", "$", "€", "£", "¥", "₣")
_DAY_BEFORE_TIME = re.compile(r"\s*([0-9]{4}-[0-9]{2}-[0-9]{2})(?:$|[T Z+\-\s])")
_DAY_OF_DIGITS = re.compile(r"[0-9]{6}|[0-9]{8}")
_LARGEST = CAP


def exponent_of(currency: str) -> int:
    found = CURRENCIES.get(currency)
    return found.exponent if found else 2


def exact(digits: str, decimals: str, currency: str) -> Decimal | None:
    """Digits before and after the mark as an amount of the currency; None where it is finer or too large.

    More decimals than the currency has may be written if they are zeros (ISO 20022 allows five).
    """
    places = exponent_of(currency)
    kept, rest = decimals[:places], decimals[places:]
    if rest.strip("0") or len(decimals) > 5:
        return None
    amount = Decimal(f"{digits}.{kept:0<{places}}" if places else digits)
    return amount if amount < _LARGEST else None


def with_point(text: str, currency: str, *, signed: bool) -> Decimal | None:
    """`1234.56`, as ISO 20022 writes it; a sign only where the format has one."""
    found = _PLAIN.fullmatch(text.strip())
    if not found or not found[2] or (found[1] == "-" and not signed):
        return None
    amount = exact(found[2], found[3] or "", currency)
    return -amount if amount and found[1] == "-" else amount


def with_comma(text: str, currency: str) -> Decimal | None:
    """`1234,56`, `1234,` or `1234`, as SWIFT writes it."""
    if not _BY_SWIFT.fullmatch(text):
        return None
    digits, _, decimals = text.partition(",")
    return exact(digits, decimals, currency)


def with_either(text: str, currency: str) -> Decimal | None:
    """`-1234.56` or `-1234,56`, as OFX allows; a comma before three digits might part thousands, and is refused."""
    text = text.strip()
    if _FEW_DECIMALS.fullmatch(text):
        text = text.replace(",", ".")
    return with_point(text, currency, signed=True)


def in_units(text: str, currency: str) -> Decimal | None:
    """`123456`, in the currency's smallest unit, as BAI2 writes it."""
    if not WHOLE_NUMBER.fullmatch(text):
        return None
    amount = Decimal(int(text)).scaleb(-exponent_of(currency))
    return amount if abs(amount) < _LARGEST else None


def for_people(text: str, currency: str, mark: str) -> Decimal | None:
    """`(1,234.56)`, `$5`, `-1.234,56 €` with the given decimal mark; thousands stand in threes or not at all."""
    text = text.strip().replace("\u2212", "-").replace("\u00a0", " ").replace("\u202f", " ")
    bracketed = text.startswith("(") and text.endswith(")")
    text = text[1:-1].strip() if bracketed else text
    text = _without_symbols(text, (currency, *_SYMBOLS))
    sign = "-" if bracketed else ""
    for place in (text[:1], text[-1:]):
        if place and place in "+-":
            if sign:
                return None
            sign = place
            text = text[1:] if text[0] in "+-" else text[:-1]
    whole, _, decimals = text.strip().partition(mark)
    digits = "".join(one for one in whole if one.isdigit())
    if (whole and not _IN_THOUSANDS.fullmatch(whole)) or len({*whole} - {*digits}) > 1:
        return None
    if not (whole or decimals) or decimals.strip("0123456789"):
        return None
    amount = exact(digits or "0", decimals, currency)
    return -amount if amount and sign == "-" else amount


def _without_symbols(text: str, symbols: tuple[str, ...]) -> str:
    """Without one symbol of a currency before the number and one after it; a sign may stand outside of each."""
    sign = text[:1] if text[:1] in "+-" else ""
    rest = text[len(sign) :].lstrip()
    before = next((one for one in symbols if rest.startswith(one)), None)
    if before:
        text = sign + rest.removeprefix(before).lstrip()
    sign = text[-1:] if text[-1:] in "+-" else ""
    rest = text[: len(text) - len(sign)].rstrip()
    after = next((one for one in symbols if rest.endswith(one)), None)
    return (rest.removesuffix(after).rstrip() + sign if after else text).strip()


def amount_or_refuse(
    amount: Decimal | None, text: str, line: int, element: str, expected: str = ""
) -> Decimal:
    if amount is None:
        gist = f"“{text[:40]}” is no amount" + (f"; expected {expected}" if expected else "")
        raise Refused("entry.amount", line, element, gist)
    return amount


def iso_day(text: str, line: int, element: str) -> date:
    """The day of an ISO date or time, as written: a zone shifts nothing."""
    found = _DAY_BEFORE_TIME.match(text)
    try:
        return date.fromisoformat(found[1]) if found else _no_day(text, line, element)
    except ValueError:
        return _no_day(text, line, element)


def short_day(text: str, line: int, element: str) -> date:
    """YYMMDD of this century, or YYYYMMDD."""
    if not _DAY_OF_DIGITS.fullmatch(text):
        return _no_day(text, line, element)
    text = text if len(text) == 8 else f"20{text}"
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return _no_day(text, line, element)


def _no_day(text: str, line: int, element: str):
    raise Refused("entry.date", line, element, f"“{text.strip()[:40]}” is no day")
