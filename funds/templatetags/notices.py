"""How the frozen facts of a letter are printed. Facts hold amounts, rates and dates as text, exactly as decided."""

import unicodedata
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django import template

from blackgem.lib.currencies import CURRENCIES
from blackgem.lib.money import amount_in_words, format_money, format_rate

register = template.Library()

NOTHING = "–"
#: Characters of scripts that run from right to left.
_RIGHT_TO_LEFT = {"R", "AL"}


@register.filter
def amount(value: str | None, currency: str) -> str:
    """ "8000.00" → "$8,000.00", negative in parentheses; nothing is a dash."""
    return NOTHING if value is None else format_money(Decimal(value), currency)


@register.filter
def isolated(value: str) -> str:
    """Lines of another script, each in its own direction: the full stop of an Arabic name stands on its left."""
    return "\n".join(
        f"\u2068{line}\u2069"
        if any(unicodedata.bidirectional(one) in _RIGHT_TO_LEFT for one in line)
        else line
        for line in value.split("\n")
    )


@register.filter
def sign(value: str | None) -> str:
    """A class that lets the closing parenthesis hang, so that decimals stand under each other."""
    return "negative" if value and value.startswith("-") else ""


@register.filter
def length_class(value: str) -> str:
    """A class for amounts that would not stand in one line in the largest size: from ten million."""
    return "long" if Decimal(value) >= 10_000_000 else ""


@register.filter
def is_crowded(value: str) -> bool:
    """Whether amounts up to this one need smaller figures to stand in three columns."""
    return Decimal(value) >= 100_000_000_000


@register.filter
def is_due(value: str) -> bool:
    """Whether an amount asks for anything."""
    return Decimal(value) > 0


@register.filter
def in_words(value: str, currency: str) -> str:
    """ "8000.00" → "Eight thousand US dollars and 00/100"."""
    return amount_in_words(Decimal(value), currency)


@register.filter
def share(value: str | None) -> str:
    """A fraction in percent with two decimals, half up: "0.08" → "8.00%"."""
    if value is None:
        return NOTHING
    return f"{(Decimal(value) * 100).quantize(Decimal('0.01'), rounding=ROUND_HALF_UP)}%"


@register.filter
def rate_of_fact(value: str) -> str:
    """A rate with as many decimals as it has: "0.0825" → "8.25%"."""
    return format_rate(Decimal(value))


@register.filter
def day_of_fact(value: str | None) -> date | None:
    """A day among the facts of a letter."""
    return date.fromisoformat(value) if value else None


@register.filter
def long_date(value: str | None) -> str:
    """ "2026-03-01" → "March 1, 2026"."""
    if not value:
        return NOTHING
    day = date.fromisoformat(value)
    return f"{day:%B} {day.day}, {day.year}"


@register.filter
def currency_name(code: str) -> str:
    """ "USD" → "US dollars (USD)"."""
    return f"{CURRENCIES[code].plural} ({code})"
