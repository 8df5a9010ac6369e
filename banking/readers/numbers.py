"""Amounts and days as banks write them. Nothing is rounded or guessed: what has two readings is refused."""

import re
from datetime import date
from decimal import Decimal

from banking.readers.form import Refused
from blackgem.lib.currencies import CURRENCIES
from blackgem.lib.money import CAP

_PLAIN = re.compile(r"([+-]?)([0-9]{1,18})(?:\.([0-9]*))?")
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
    if not re.fullmatch(r"[0-9]{1,15}(,[0-9]{0,3})?", text):
        return None
    digits, _, decimals = text.partition(",")
    return exact(digits, decimals, currency)


def with_either(text: str, currency: str) -> Decimal | None:
    """`-1234.56` or `-1234,56`, as OFX allows; a comma before three digits might part thousands, and is refused."""
    text = text.strip()
    if re.fullmatch(r"[+-]?[0-9]+,[0-9]{1,2}", text):
        text = text.replace(",", ".")
    return with_point(text, currency, signed=True)


def in_units(text: str, currency: str) -> Decimal | None:
    """`123456`, in the currency's smallest unit, as BAI2 writes it."""
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        return None
    amount = Decimal(int(text)).scaleb(-exponent_of(currency))
    return amount if abs(amount) < _LARGEST else None


def for_people(text: str, currency: str, mark: str) -> Decimal | None:
    """`(1,234.56)`, `$5`, `-1.234,56 €` with the given decimal mark; thousands stand in threes or not at all."""
    text = text.strip().replace("\u2212", "-").replace("\u00a0", " ").replace("\u202f", " ")
    bracketed = text.startswith("(") and text.endswith(")")
    text = text[1:-1].strip() if bracketed else text
    symbols = rf"(?:{re.escape(currency)}|[$€£¥₣]|US\$|CHF|Fr\.)"
    text = re.sub(rf"^([+-]?)\s*{symbols}\s*", r"\1", text)
    text = re.sub(rf"\s*{symbols}\s*([+-]?)$", r"\1", text).strip()
    sign = "-" if bracketed else ""
    for place in (text[:1], text[-1:]):
        if place and place in "+-":
            if sign:
                return None
            sign = place
            text = text[1:] if text[0] in "+-" else text[:-1]
    apart = r"[,'’ ]" if mark == "." else r"[.'’ ]"
    pattern = (
        rf"([0-9]{{1,3}}(?:({apart})[0-9]{{3}}(?:\2[0-9]{{3}})*)?|[0-9]+)?(?:{re.escape(mark)}([0-9]*))?"
    )
    found = re.fullmatch(pattern, text.strip())
    if not found or not (found[1] or found[3]):
        return None
    amount = exact(re.sub(r"[^0-9]", "", found[1] or "0"), found[3] or "", currency)
    return -amount if amount and sign == "-" else amount


def amount_or_refuse(
    amount: Decimal | None, text: str, line: int, element: str, expected: str = ""
) -> Decimal:
    if amount is None:
        gist = f"“{text[:40]}” is no amount" + (f"; expected {expected}" if expected else "")
        raise Refused("entry.amount", line, element, gist)
    return amount


def iso_day(text: str, line: int, element: str) -> date:
    """The day of an ISO date or time, as written: a zone shifts nothing."""
    found = re.match(r"\s*([0-9]{4}-[0-9]{2}-[0-9]{2})(?:$|[T Z+\-\s])", text)
    try:
        return date.fromisoformat(found[1]) if found else _no_day(text, line, element)
    except ValueError:
        return _no_day(text, line, element)


def short_day(text: str, line: int, element: str) -> date:
    """YYMMDD of this century, or YYYYMMDD."""
    if not re.fullmatch(r"[0-9]{6}|[0-9]{8}", text):
        return _no_day(text, line, element)
    text = text if len(text) == 8 else f"20{text}"
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return _no_day(text, line, element)


def _no_day(text: str, line: int, element: str):
    raise Refused("entry.date", line, element, f"“{text.strip()[:40]}” is no day")
