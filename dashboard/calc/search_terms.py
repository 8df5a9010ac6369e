"""What a text that somebody looks for may mean: a verb and what it is about, or an amount."""

import re
from dataclasses import dataclass
from decimal import Decimal

from blackgem.lib.currencies import CURRENCIES
from blackgem.lib.money import CAP
from blackgem.lib.text import without_forbidden

LONGEST = 200
LONGEST_NUMBER = 9

#: The whole part with its groups, in thousands or as in India, then at most three decimals after a point, or a comma.
_WITH_POINT = re.compile(
    r"([0-9]+|[0-9]{1,3}(?:[,' ][0-9]{3})+|[0-9]{1,2}(?:[,' ][0-9]{2})*[,' ][0-9]{3})(?:[.]([0-9]{1,3}))?"
)
_WITH_COMMA = re.compile(
    r"([0-9]+|[0-9]{1,3}(?:[.' ][0-9]{3})+|[0-9]{1,2}(?:[.' ][0-9]{2})*[.' ][0-9]{3})(?:[,]([0-9]{1,3}))?"
)
_MARKS = str.maketrans({"’": "'", "−": "-", "$": " $ ", "€": " € ", "£": " £ ", "¥": " ¥ "})
_SIGNS = "()-+ "
_MONEY = {code: code for code in CURRENCIES} | {
    one.symbol: one.code for one in CURRENCIES.values() if one.symbol
}


@dataclass(frozen=True, slots=True)
class Amount:
    """What a text may mean as an amount: of funds in `currency` alone, where it names one."""

    values: tuple[Decimal, ...] = ()
    currency: str | None = None


def cleaned(text: str) -> str:
    """The text without control and invisible characters, cut where it is too long; between words one space."""
    return " ".join(without_forbidden(text[:LONGEST]).split())


def amount_in(text: str) -> Amount:
    """The amounts that the whole text may be, as somebody writes one anywhere: `1,234.50`, `$1,234.50`, `1.234,50 EUR`,
    `1 234,50`, `(1'234.50)`. One that may be read in two ways is both: `1.234` is looked for as either."""
    words = text.translate(_MARKS).split()
    named = [word for word in words if word.upper() in _MONEY]
    rest = " ".join(word for word in words if word.upper() not in _MONEY).strip(_SIGNS)
    read = (_WITH_POINT.fullmatch(rest), _WITH_COMMA.fullmatch(rest))
    found = {_value(match[1], match[2] or "0") for match in read if match}
    values = sorted(value for value in found if 0 < value < CAP)
    if len(named) > 1 or not values:
        return Amount()
    return Amount(tuple(values), _MONEY[named[0].upper()] if named else None)


def _value(whole: str, decimals: str) -> Decimal:
    return Decimal(f"{''.join(filter(str.isdecimal, whole))}.{decimals}")


def after(beginnings: tuple[str, ...], text: str) -> str | None:
    """What follows one of these beginnings, which are whole words; None where the text begins with none."""
    lower = text.lower()
    for one in sorted(beginnings, key=len, reverse=True):
        if lower == one or lower.startswith(f"{one} "):
            return text[len(one) :].strip()
    return None


def without_number(text: str) -> tuple[str, int | None]:
    """The text without the call's number at its end (`jane 3`, `jane call 3`, `jane #3`), and that number; the whole
    text and None where there is none, or nothing before it."""
    *words, last = text.split()
    digits = last.lstrip("#").lower().removeprefix("cc")
    if not words or not digits.isascii() or not digits.isdecimal() or len(digits) > LONGEST_NUMBER:
        return text, None
    named = words[:-1] if words[-1].lower() == "call" else words
    return (" ".join(named), int(digits)) if named else (text, None)
