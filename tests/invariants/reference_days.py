"""Roll-ups of any day, as known at any time, worked out in Python from the raw rows. No view or function is asked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from capital.models import AllocationCapital, CommitmentCapital, FundCapital, FundCommitmentCapital
from tests.invariants.reference_ledger import read, total


class Event(NamedTuple):
    commitment: int
    amount: Decimal
    changes_commitment: bool
    day: date
    known: datetime | None


class Amount(NamedTuple):
    allocation: int
    amount: Decimal
    day: date
    known: datetime | None


class Call(NamedTuple):
    id: int
    day: date
    issued: datetime | None
    cancelled: datetime | None


class Line(NamedTuple):
    call: int
    allocation: int | None
    amount: Decimal


class Part(NamedTuple):
    call: int
    commitment: int
    amount: Decimal
    within: bool


class Changed(NamedTuple):
    call: int
    commitment: int
    allocation: int | None
    amount: Decimal
    within: bool
    day: date
    known: datetime


class Payment(NamedTuple):
    commitment: int
    amount: Decimal
    day: date
    known: datetime


class Posted(NamedTuple):
    commitment: int
    allocation: int | None
    amount: Decimal
    paid_in: bool
    distributed: bool
    recallable: bool
    of_call: bool
    day: date
    known: datetime


ROWS = {
    Event: "SELECT commitment_id, amount, changes_commitment, effective_on, approved_at FROM commitment_events",
    Amount: "SELECT allocation_id, amount, effective_on, approved_at FROM allocation_amounts",
    Call: "SELECT id, call_date, approved_at, cancelled_at FROM capital_calls",
    Line: "SELECT call_id, allocation_id, amount FROM capital_call_lines",
    Part: "SELECT call_id, commitment_id, amount, reduces_unfunded FROM capital_call_item_lines",
    Changed: "SELECT call_id, commitment_id, allocation_id, amount, reduces_unfunded, effective_on, recorded_at "
    "FROM line_changes",
    Payment: "SELECT commitment_id, amount, value_date, recorded_at FROM payments",
    Posted: "SELECT commitment_id, allocation_id, amount, counts_as_paid_in, counts_as_distributed, recallable, "
    "call_item_id IS NOT NULL, value_date, recorded_at FROM capital_transactions",
}


@dataclass
class EveryDay:
    """All rows of one fund."""

    fund: int
    zone: ZoneInfo
    rows: dict[type, list]

    @classmethod
    def of(cls, fund) -> "EveryDay":
        rows = {
            kind: [kind(*row) for row in read(f"{ROWS[kind]} WHERE fund_id = %s", fund.pk)] for kind in ROWS
        }
        return cls(fund.pk, ZoneInfo(fund.time_zone), rows)

    def on(self, day: date, known: datetime) -> dict[type, dict[int, dict]]:
        """Roll-up → key → column → amount."""
        counted = Counted(self, day, known)
        return {model: reckon(counted) for model, reckon in RECKONED.items()}


class Counted:
    """The rows that count by the end of a day, as known at a time."""

    def __init__(self, every: EveryDay, day: date, known: datetime):
        self.every, self.day, self.known = every, day, known
        self.calls = {one.id for one in every.rows[Call] if self._binds(one)}

    def _binds(self, call: Call) -> bool:
        if call.issued is None or call.issued > self.known:
            return False
        if call.cancelled is not None and call.cancelled <= self.known:
            return False
        return min(call.day, call.issued.astimezone(self.every.zone).date()) <= self.day

    def __getitem__(self, kind: type) -> list:
        return [one for one in self.every.rows[kind] if self._counts(one)]

    def _counts(self, row) -> bool:
        if getattr(row, "call", None) not in {None, *self.calls}:
            return False
        if not hasattr(row, "day"):
            return True
        return row.day <= self.day and row.known is not None and row.known <= self.known

    def keys(self, kind: type, name: str) -> list[int]:
        """Of everything there ever was: what does not count yet has zeros."""
        return sorted({getattr(one, name) for one in self.every.rows[kind]})


def commitments(counted: Counted) -> dict[int, dict]:
    found = {}
    for key in counted.keys(Event, "commitment"):

        def of(kind, key=key):
            return [one for one in counted[kind] if one.commitment == key]

        found[key] = {"commitment_id": key, "fund_id": counted.every.fund} | _of_commitment(of)
    return found


def _of_commitment(of: Callable[[type], list]) -> dict[str, Decimal]:
    committed = total(one.amount for one in of(Event) if one.changes_commitment)
    released = -total(one.amount for one in of(Event) if not one.changes_commitment)
    called = total(one.amount for one in of(Part)) + total(one.amount for one in of(Changed))
    within = total(one.amount for one in of(Part) if one.within)
    within += total(one.amount for one in of(Changed) if one.within)
    paid = total(one.amount for one in of(Payment))
    back = [one for one in of(Posted) if not one.of_call]
    recallable = -total(one.amount for one in of(Posted) if one.recallable)
    return {
        "committed": committed,
        "released": released,
        "called": called,
        "called_within": within,
        "paid": paid,
        "outstanding": called - paid,
        # Nobody joins these funds later.
        "to_refund": total([]),
        "paid_in": total(one.amount for one in of(Posted) if one.paid_in),
        "returned_unused": -total(one.amount for one in back if one.paid_in),
        "distributed": -total(one.amount for one in back if one.paid_in or one.distributed),
        "recallable": recallable,
        "unfunded": committed - released - within + recallable,
    }


def allocations(counted: Counted) -> dict[int, dict]:
    found = {}
    for key in counted.keys(Amount, "allocation"):
        committed, called, changed, funded = (
            total(one.amount for one in counted[kind] if one.allocation == key)
            for kind in (Amount, Line, Changed, Posted)
        )
        called += changed
        amounts = {"committed": committed, "called": called, "funded": funded}
        amounts |= {"uncalled": committed - called, "outstanding": called - funded}
        found[key] = {"allocation_id": key, "fund_id": counted.every.fund} | amounts
    return found


def summed(parts: Callable[[Counted], dict], **names: str) -> Callable[[Counted], dict]:
    """One row of a fund: its column → the column of its parts that it sums."""

    def reckon(counted: Counted) -> dict[int, dict]:
        rows, fund = parts(counted).values(), counted.every.fund
        return {
            fund: {"fund_id": fund} | {name: total(row[of] for row in rows) for name, of in names.items()}
        }

    return reckon


_PARTNERS = (
    "committed released called called_within paid outstanding to_refund returned_unused distributed recallable "
    "unfunded"
)
#: Roll-up → how it is worked out.
RECKONED = {
    CommitmentCapital: commitments,
    FundCommitmentCapital: summed(commitments, **{name: name for name in _PARTNERS.split()}),
    AllocationCapital: allocations,
    FundCapital: summed(
        allocations,
        total_committed="committed",
        total_called="called",
        total_funded="funded",
        uncalled_capital="uncalled",
        outstanding_calls="outstanding",
    ),
}
