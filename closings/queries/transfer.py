"""Transfers as pages, files and the API show them: those of a fund, one of them, and row by row what it moves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from blackgem.lib import audit
from blackgem.lib.errors import Problem
from blackgem.lib.fields import MoneyField
from blackgem.lib.money import round_to_unit, unit_of
from blackgem.lib.pages import found
from blackgem.lib.together import read_together
from closings.calc.transfers import Holding, Row, RowKind
from closings.models import Transfer, TransferRow
from closings.queries.assumed import OpenLine, as_line, assumed_of, assumed_rows
from closings.queries.came_back import CameBack, as_came_back, payments_back, payouts_back
from closings.queries.transfers import HeldRow, WorkedOutTransfer
from funds.models import CapitalTransaction, CommitmentEvent, Fund
from funds.queries.access import with_role
from funds.queries.lists import Shortened, cut
from funds.queries.stories import story_read

ZERO = Decimal("0.00")
EVENTS_SHOWN = 20
#: The totals of an interest, by the name of each in a `Holding`.
TOTALS = {
    "commitment": "Commitment",
    "contributed": "Contributed",
    "contributed_outside": "of it outside the commitment",
    "distributed": "Distributed",
    "recallable": "of it recallable",
    "open_call": "Called and not paid",
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
    rows: Sequence[TransferredRow]
    #: What is owed of calls, where it is assumed.
    assumed: Sequence[OpenLine] = ()


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


def read_about(
    transfer: Transfer, *, whole: bool = False
) -> tuple[list[OpenLine], Sequence[CameBack], Shortened]:
    """What was assumed, what came back since, and what was done with the transfer, newest first; in one statement."""
    events = cut(audit.timeline(transfer), None if whole else EVENTS_SHOWN)
    back = (payments_back(transfer), payouts_back(transfer))
    rows, payments, payouts, told = read_together(assumed_rows(transfer), *back, events)
    came_back = as_came_back(transfer, payments, payouts)
    return [*map(as_line, rows)], came_back, story_read(told, transfer.fund.currency)


def came_back_since(transfer: Transfer) -> Sequence[CameBack]:
    """What came back since of what a transfer moved, oldest first."""
    return as_came_back(transfer, *read_together(payments_back(transfer), payouts_back(transfer)))


# ---------------------------------------------------------------- what it moves


def figures_of_worked_out(worked_out: WorkedOutTransfer) -> TransferFigures:
    return TransferFigures(
        _totals(worked_out.moved.before, worked_out.moved.moved),
        tuple(_rows(worked_out.rows)),
        worked_out.assumed,
    )


def posted_figures(transfer: Transfer) -> TransferFigures:
    """What a transfer moved that took effect, beside what its transferor held until then."""
    rows, assumed = posted_rows(transfer), assumed_of(transfer)
    return TransferFigures(posted_totals(transfer, rows, assumed), tuple(map(transferred_row, rows)), assumed)


def posted_rows(transfer: Transfer) -> QuerySet[TransferRow]:
    """In the order in which rows fell due, each with what its transferor `held` of it until then."""
    own = CapitalTransaction.objects.filter(
        Q(pk=OuterRef("row_id")) | Q(moves=OuterRef("row_id")),
        commitment=transfer.transferor_id,
        pk__lt=_first_of(CapitalTransaction, transfer),
    )
    held = own.order_by().annotate(all=Value(1)).values("all").annotate(sum=Sum("amount")).values("sum")
    return (
        TransferRow.objects.filter(transfer=transfer, row__lt=_first_of(CapitalTransaction, transfer))
        .annotate(
            held=Coalesce(Subquery(held), Value(ZERO), output_field=MoneyField()),
            due=Coalesce("row__due_on", "row__value_date"),
        )
        .select_related("row__deal")
        .order_by("due", "row_id")
    )


def _first_of(model, transfer: Transfer) -> Coalesce:
    """The id of the first row that a transfer wrote there; beyond all of them where it wrote none."""
    rows = model.objects.filter(transfer_id=transfer.pk).order_by("pk")
    return Coalesce(Subquery(rows.values("pk")[:1]), Value(2**63 - 1))


def posted_totals(
    transfer: Transfer, rows: QuerySet[TransferRow], assumed: Sequence[OpenLine]
) -> tuple[TransferTotal, ...]:
    """The sums of what was held and of what moved, worked out by the database, with what was `assumed`."""
    paid = Q(row__call_line_id__isnull=False) | Q(row__counts_as_paid_in=True)
    kinds = {
        (RowKind.CONTRIBUTION, False): paid & Q(row__within_commitment=True),
        (RowKind.CONTRIBUTION, True): paid & Q(row__within_commitment=False),
        (RowKind.RECALLABLE, False): ~paid & Q(row__recallable=True),
        (RowKind.DISTRIBUTION, False): ~paid & Q(row__recallable=False),
    }
    sums = rows.order_by().aggregate(
        **{
            f"{figure}_{number}": Sum(figure, filter=kind, default=ZERO)
            for number, kind in enumerate(kinds.values())
            for figure in ("held", "amount")
        }
    )
    sides = {
        figure: [
            Row(kind, transfer.effective_on, abs(sums[f"{figure}_{number}"]), outside=outside)
            for number, (kind, outside) in enumerate(kinds)
        ]
        for figure in ("held", "amount")
    }
    sides["held"] += [one.as_row() for one in assumed]
    sides["amount"] += [one.as_row(one.moved) for one in assumed]
    sides_of_events = {
        "held": Q(pk__lt=_first_of(CommitmentEvent, transfer)),
        "amount": Q(transfer_id=transfer.pk),
    }
    events = CommitmentEvent.objects.filter(commitment=transfer.transferor_id, approved_at__isnull=False)
    promised = events.aggregate(
        **{
            f"{side}_{changes}": Sum("amount", filter=of & Q(changes_commitment=changes), default=ZERO)
            for side, of in sides_of_events.items()
            for changes in (True, False)
        }
    )
    before, moved = (
        Holding(
            sign * promised[f"{side}_True"], tuple(sides[side]), released=-sign * promised[f"{side}_False"]
        )
        for side, sign in (("held", 1), ("amount", -1))
    )
    return _totals(before, moved)


def transferred_row(one: TransferRow) -> TransferredRow:
    """As pages show it."""
    row = one.row
    if row.call_line_id or row.counts_as_paid_in:
        kind = RowKind.CONTRIBUTION
    else:
        kind = RowKind.RECALLABLE if row.recallable else RowKind.DISTRIBUTION
    deal = row.deal.name if row.deal else ""
    return TransferredRow(
        one.row_id, row.value_date, one.due, row.description, deal, kind, one.held, one.amount
    )


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
