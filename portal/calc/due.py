"""What is to be paid, as it is paid: one payment for a call and for what was carried to it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class PaymentDue:
    """What one letter asks for: the call's own part where something of it is owed, and residuals carried to it."""

    call_id: int
    commitment_id: int
    parts: tuple

    @property
    def amount(self) -> Decimal:
        return sum((one.capital.outstanding for one in self.parts), Decimal(0))

    @property
    def carried(self) -> list:
        return [one for one in self.parts if one.call_id != self.call_id]

    @property
    def first(self):
        """The part that says when it is due, and of which call."""
        return self.parts[0]


@dataclass(frozen=True, slots=True)
class Due:
    """Everything due, most urgent first, and how much of each currency."""

    payments: tuple[PaymentDue, ...]
    amounts: tuple[tuple[Decimal, str], ...]

    @property
    def first_on(self) -> date:
        return self.payments[0].first.capital.due_on

    @property
    def only(self) -> PaymentDue | None:
        """The payment, where there is exactly one."""
        return self.payments[0] if len(self.payments) == 1 else None


def due_of(items: Iterable) -> Due:
    """What is due of open call items with their `capital` and `currency`, most urgent first. A residual that waits for
    a next call is due on no day, and so not due."""
    letters: dict[tuple[int, int], list] = defaultdict(list)
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    for item in items:
        if item.capital.due_on is not None:
            call_id = item.capital.carried_to_id or item.call_id
            letters[call_id, item.commitment_id].append(item)
            amounts[item.currency] += item.capital.outstanding
    payments = tuple(PaymentDue(*key, tuple(parts)) for key, parts in letters.items())
    return Due(payments, tuple((amount, currency) for currency, amount in sorted(amounts.items())))
