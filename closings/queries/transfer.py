"""Transfers as pages, files and the API show them: those of a fund, one of them, and row by row what it moves."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.db.models import Min, Q, QuerySet, Sum

from blackgem.lib import audit
from blackgem.lib.errors import Problem
from blackgem.lib.money import round_to_unit, unit_of
from blackgem.lib.pages import found
from closings.calc.transfers import Holding, Row
from closings.models import Transfer
from closings.queries.transfers import HeldRow, WorkedOutTransfer, as_row, held_rows
from funds.models import CapitalTransaction, CommitmentEvent, Fund
from funds.queries.access import with_role
from funds.queries.stories import story

ZERO = Decimal("0.00")
EVENTS_SHOWN = 20
#: The totals of an interest, by the name of each in a `Holding`.
TOTALS = {
    "commitment": "Commitment",
    "contributed": "Contributed",
    "contributed_outside": "of it outside the commitment",
    "distributed": "Distributed",
    "recallable": "of it recallable",
    "unfunded": "Unfunded",
}


@dataclass(frozen=True, slots=True)
class TransferTotal:
    name: str
    label: str
    before: Decimal
    moved: Decimal

    @property
    def kept(self) -> Decimal:
        return self.before - self.moved


@dataclass(frozen=True, slots=True)
class TransferredRow:
    """A row of the ledger with what its transferor held of it, and what of that moves; in the ledger's sign."""

    row_id: int
    on: date
    due_on: date
    what: str
    deal: str
    kind: str
    held: Decimal
    moved: Decimal

    @property
    def kept(self) -> Decimal:
        return self.held - self.moved


@dataclass(frozen=True, slots=True)
class TransferFigures:
    """What a transfer moves: posted, or worked out by what its transferor holds now."""

    totals: tuple[TransferTotal, ...]
    rows: tuple[TransferredRow, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a transfer comes to, or the `problems` for which it could not take effect as things stand."""

    figures: TransferFigures | None = None
    problems: tuple[Problem, ...] = ()


def transfers_seen(user) -> QuerySet[Transfer]:
    """Every transfer in the funds of this person, with its people, partners and the person's `role`."""
    rows = Transfer.objects.filter(fund__in=Fund.objects.visible_to(user)).select_related(
        "fund",
        "transferor__investor",
        "transferee__investor",
        "transferor__amounts",
        "recorded_by",
        "approved_by",
        "rejected_by",
    )
    return with_role(rows, user)


def transfers_of(fund, user) -> QuerySet[Transfer]:
    """Those of a fund, newest first."""
    return transfers_seen(user).filter(fund=fund).order_by("-number")


def transfer_of(user, transfer_id) -> Transfer:
    """One of them; 404 where it is not to be seen."""
    return found(transfers_seen(user), pk=transfer_id)


def with_commitments(transfers: Iterable[Transfer]) -> list[Transfer]:
    """Each with the `commitment` that moved, or of one that waits, that would move."""
    rows = list(transfers)
    events = CommitmentEvent.objects.filter(
        transfer_id__in=[one.pk for one in rows],
        kind=CommitmentEvent.Kind.TRANSFER_IN,
        changes_commitment=True,
    )
    moved = dict(events.values_list("transfer_id", "amount"))
    for one in rows:
        asked = round_to_unit(
            one.share * Fraction(one.transferor.amounts.committed), unit_of(one.fund.currency)
        )
        one.commitment = moved.get(one.pk, ZERO) if one.approved_at else asked
    return rows


def story_of(transfer: Transfer, *, whole: bool = False):
    """What was done with the transfer, newest first."""
    return story(audit.timeline(transfer), transfer.fund.currency, None if whole else EVENTS_SHOWN)


# ---------------------------------------------------------------- what it moves


def figures_of_worked_out(worked_out: WorkedOutTransfer) -> TransferFigures:
    return TransferFigures(
        _totals(worked_out.moved.before, worked_out.moved.moved), tuple(_rows(worked_out.rows))
    )


def posted_figures(transfer: Transfer) -> TransferFigures:
    """What a transfer moved that took effect, beside what its transferor held until then."""
    moved = dict(transfer.rows.values_list("row", "amount"))
    first = CapitalTransaction.objects.filter(transfer_id=transfer.pk).aggregate(first=Min("pk"))["first"]
    held = held_rows(transfer.transferor_id, before=first)
    rows = [(row, moved[row.pk]) for row in held if row.pk in moved]
    promised = CommitmentEvent.objects.filter(commitment=transfer.transferor_id, approved_at__isnull=False)
    own = promised.filter(transfer_id=transfer.pk)
    before = promised.filter(pk__lt=own.aggregate(first=Min("pk"))["first"])
    return TransferFigures(
        _totals(
            _holding(before, [as_row(row) for row, _ in rows], 1),
            _holding(own, [as_row(row, amount) for row, amount in rows], -1),
        ),
        tuple(_rows(rows)),
    )


def _holding(events, rows: list[Row], sign: int) -> Holding:
    sums = events.aggregate(
        committed=Sum("amount", filter=Q(changes_commitment=True), default=ZERO),
        released=Sum("amount", filter=Q(changes_commitment=False), default=ZERO),
    )
    return Holding(sign * sums["committed"], tuple(rows), released=-sign * sums["released"])


def _totals(before: Holding, moved: Holding) -> tuple[TransferTotal, ...]:
    return tuple(
        TransferTotal(name, label, getattr(before, name), getattr(moved, name))
        for name, label in TOTALS.items()
    )


def _rows(rows: Iterable[tuple[HeldRow, Decimal]]) -> Iterable[TransferredRow]:
    rows = list(rows)
    originals = CapitalTransaction.objects.select_related("deal").in_bulk([row.pk for row, _ in rows])
    for row, moved in rows:
        original = originals[row.pk]
        yield TransferredRow(
            row.pk,
            row.value_date,
            row.due_on,
            original.description,
            original.deal.name if original.deal else "",
            row.kind,
            row.amount,
            moved,
        )
