"""Netting: what a partner is called and what is distributed to it on one day, set off against each other.

Both documents stay gross, and contributed and distributed move by their gross amounts; only the cash is net. Set off is
the smaller of what a partner owes and what is payable to it after withholding, as far as it has agreed.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from blackgem.lib.errors import InvalidInput
from blackgem.lib.money import CENT, Weight, round_to_unit, to_units
from capital.calc.prorata import Key
from closings.calc.terms import ZERO


class SetoffRefused(InvalidInput):
    """Amounts, rates or names with which nothing can be set off."""


@dataclass(frozen=True, slots=True)
class Netted:
    """One partner: both sides gross, what is withheld, and what is set off."""

    called: Decimal = ZERO
    distributed: Decimal = ZERO
    withholding: Decimal = ZERO
    set_off: Decimal = ZERO

    @property
    def pays(self) -> Decimal:
        """What it still has to pay in cash."""
        return self.called - self.set_off

    @property
    def receives(self) -> Decimal:
        """What is still paid out to it in cash."""
        return self.distributed - self.withholding - self.set_off

    def __add__(self, other: "Netted") -> "Netted":
        return Netted(
            self.called + other.called,
            self.distributed + other.distributed,
            self.withholding + other.withholding,
            self.set_off + other.set_off,
        )


@dataclass(frozen=True, slots=True)
class Netting:
    """A call and a distribution, netted partner by partner."""

    partners: dict[Key, Netted]

    @property
    def total(self) -> Netted:
        return sum(self.partners.values(), Netted())

    @property
    def cash(self) -> Decimal:
        """What comes in less what goes out: called − distributed + withheld, which is still to be remitted."""
        return self.total.pays - self.total.receives


def set_off(
    called: Mapping[Key, Decimal],
    distributed: Mapping[Key, Decimal],
    *,
    withholding: Mapping[Key, Weight] | None = None,
    agreed: Collection[Key] | None = None,
    limits: Mapping[Key, Decimal] | None = None,
    unit: Decimal = CENT,
) -> Netting:
    """Net what partners are called with what is distributed to them; `called` names all of them, and their order.

    `withholding` are rates on the gross distribution; `agreed`: who lets itself be netted (None: all); `limits`: up to
    which amount. Raises SetoffRefused (`unknown_partner`, `negative_amount`, `rate_out_of_range`), and MoneyError for
    an amount that is no whole number of units.
    """
    withholding, limits = withholding or {}, limits or {}
    _check(called, distributed, withholding, agreed, limits)
    for amount in (*called.values(), *distributed.values(), *limits.values()):
        to_units(amount, unit)

    def netted(key: Key) -> Netted:
        owed, gross = called[key], distributed.get(key, ZERO)
        withheld = round_to_unit(Fraction(gross) * Fraction(withholding.get(key, 0)), unit)
        most = [owed, gross - withheld, *([limits[key]] if key in limits else [])]
        return Netted(owed, gross, withheld, min(most) if agreed is None or key in agreed else ZERO)

    return Netting({key: netted(key) for key in called})


def _check(
    called: Mapping[Key, Decimal],
    distributed: Mapping[Key, Decimal],
    withholding: Mapping[Key, Weight],
    agreed: Collection[Key] | None,
    limits: Mapping[Key, Decimal],
) -> None:
    named = {*distributed, *withholding, *limits, *(agreed or ())}
    if strangers := named - called.keys():
        raise SetoffRefused("unknown_partner", f"{', '.join(sorted(map(str, strangers)))}: no partner.")
    if min((*called.values(), *distributed.values(), *limits.values()), default=ZERO) < 0:
        raise SetoffRefused(
            "negative_amount", "Nothing that is called, distributed or set off is below zero."
        )
    if not all(0 <= rate <= 1 for rate in withholding.values()):
        raise SetoffRefused("rate_out_of_range", "A rate of withholding lies between 0 and 1.")


# ---------------------------------------------------------------- which items


@dataclass(frozen=True, slots=True)
class OpenItem:
    """What a partner owes of one call."""

    key: Key
    due_on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class SettledItem:
    """What is set off against an item, and what of it is left to pay in cash."""

    key: Key
    set_off: Decimal
    open: Decimal


def settle(amount: Decimal, items: Sequence[OpenItem]) -> tuple[SettledItem, ...]:
    """Set an amount off against open items: in full what fell due first, then the order given; the last one in part.

    Raises SetoffRefused (`negative_amount`, `exceeds_open_items`).
    """
    if min((amount, *(item.amount for item in items))) < 0:
        raise SetoffRefused("negative_amount", "No amount that is set off or owed is below zero.")
    left, parts = amount, {}
    for number in _in_turn(items):
        parts[number] = min(left, items[number].amount)
        left -= parts[number]
    if left:
        raise SetoffRefused("exceeds_open_items", f"{left} more is set off than is owed.")
    return tuple(
        SettledItem(item.key, parts[number], item.amount - parts[number]) for number, item in enumerate(items)
    )


def _in_turn(items: Sequence[OpenItem]) -> Iterable[int]:
    return sorted(range(len(items)), key=lambda number: (items[number].due_on, number))
