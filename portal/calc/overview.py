"""What statements of several commitments add up to: within one currency, never across."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from .facts import Statement
from .statement import total


@dataclass(frozen=True, slots=True)
class Sums:
    """The sums of statements in one currency; each is the sum of the statements' figure of that name."""

    committed: Decimal
    called: Decimal
    paid: Decimal
    outstanding: Decimal
    unfunded: Decimal
    declared: Decimal
    distributed: Decimal
    payable: Decimal


def sums_of(statements: Iterable[Statement]) -> Sums:
    found = list(statements)
    return Sums(*(total(getattr(one, name) for one in found) for name in Sums.__slots__))
