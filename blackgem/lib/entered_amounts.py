"""Amounts in a table that follow a calculation until a person sets them.

Each stands in a field `<prefix><id>`. A hidden field `shown` says what the page had worked out, so that an amount that
was not touched follows the calculation, and one that was set by hand stays. An empty field follows again.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from blackgem.lib.entered_numbers import entered_amount
from blackgem.lib.errors import DomainError


@dataclass
class EnteredAmounts:
    """What stands in the fields: the text of each that a person set, its amount, or why it is none."""

    texts: dict[int, str] = field(default_factory=dict)
    by_hand: dict[int, Decimal] = field(default_factory=dict)
    errors: dict[int, str] = field(default_factory=dict)


def read_amounts(data, currency: str, prefix: str) -> EnteredAmounts:
    """The amounts set by hand, out of everything that was posted."""
    shown = dict(pair.split(":", 1) for pair in data.get("shown", "").split(",") if ":" in pair)
    entered = EnteredAmounts()
    for name, text in data.items():
        key = name.removeprefix(prefix)
        if name == key or not key.isdecimal() or len(key) > 18:
            continue
        if text.strip() and text != shown.get(key):
            _read_one(entered, int(key), text.strip(), currency)
    return entered


def _read_one(entered: EnteredAmounts, key: int, text: str, currency: str) -> None:
    entered.texts[key] = text
    try:
        entered.by_hand[key] = entered_amount(text, currency=currency, allow_zero=True)
    except DomainError as error:
        entered.errors[key] = error.message
