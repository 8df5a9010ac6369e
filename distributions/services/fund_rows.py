"""The rows that a fund's waterfall, value and returns on a day are worked out from: each table is read once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from blackgem.lib.knowledge import NOW, Knowledge
from distributions.models import DistributionItem, WriteDown
from funds.models import CapitalTransaction, Fund, SideLetter
from funds.models.register import committed_by


class Holder(NamedTuple):
    """Whom a commitment belongs to, as a distribution names it, and its `amount` on the day. `withholding_rate` is a
    share of income."""

    pk: int
    reference: str
    kind: str
    amount: Decimal
    name: str
    withholding_rate: Decimal


_HOLDER = ("pk", "reference", "kind", "committed", "investor__name", "investor__withholding_rate")


class LedgerRow(NamedTuple):
    """One row of the ledger, with its sign. Rows come by the ten thousand, so they are no model instances."""

    pk: int
    commitment_id: int
    value_date: date
    due_on: date | None
    accrues_from: date | None
    deal_id: int | None
    amount: Decimal
    line_kind: str
    call_id: int | None
    distribution_id: int | None
    distribution_item_id: int | None
    reverses_id: int | None
    counts_as_paid_in: bool
    counts_as_distributed: bool
    earns_preferred_return: bool
    recallable: bool
    passed_on: bool


class ItemRow(NamedTuple):
    """One partner's part of a distribution, with what the engine needs of both."""

    pk: int
    distribution_id: int
    commitment_id: int
    gross_amount: Decimal
    return_of_capital: Decimal
    preferred_return: Decimal
    tiers: list | None
    date: date
    number: int
    type: str
    deal_id: int | None
    total_amount: Decimal


_OF_DISTRIBUTION = ("date", "number", "type", "deal_id", "total_amount")
_ITEM = tuple(f"distribution__{name}" if name in _OF_DISTRIBUTION else name for name in ItemRow._fields)


@dataclass(frozen=True, slots=True)
class FundRows:
    """What is on record of a fund up to and including a day, as known at a time, partners by reference.

    `standing` are the rows of the ledger that neither were reversed nor reverse one. `items` are of the distributions
    that count, of whatever day, in the order of their approval.
    """

    fund: Fund
    day: date
    holders: tuple[Holder, ...]
    ledger: tuple[LedgerRow, ...]
    standing: tuple[LedgerRow, ...]
    items: tuple[ItemRow, ...]
    letters: Mapping[int, SideLetter]
    write_downs: Sequence[WriteDown]


def read_rows(fund: Fund, day: date, *, earlier=None, known: Knowledge = NOW) -> FundRows:
    """Read them. `earlier` are the distributions that count: those that were issued, unless the caller knows better."""
    counting = known.issued(fund.distributions.all(), "sent_at") if earlier is None else earlier
    ledger = _ledger(fund, day, known)
    taken_back = {row.reverses_id for row in ledger}
    return FundRows(
        fund,
        day,
        _holders(fund, day, known),
        ledger,
        tuple(row for row in ledger if row.reverses_id is None and row.pk not in taken_back),
        _items(counting),
        _letters(fund, day, known),
        _write_downs(fund, day, known),
    )


def _holders(fund, day, known) -> tuple[Holder, ...]:
    held = known.recorded(fund.commitments.order_by("reference", "pk"), "created_at")
    held = held.annotate(committed=committed_by(day, known))
    return tuple(Holder(*row) for row in held.values_list(*_HOLDER))


def _ledger(fund, day, known) -> tuple[LedgerRow, ...]:
    rows = known.recorded(CapitalTransaction.objects.filter(fund=fund, value_date__lte=day))
    return tuple(LedgerRow(*row) for row in rows.order_by("value_date", "pk").values_list(*LedgerRow._fields))


def _items(distributions) -> tuple[ItemRow, ...]:
    items = DistributionItem.objects.filter(distribution__in=distributions.values("pk"))
    ordered = items.order_by("distribution__date", "distribution__approved_at", "distribution", "pk")
    return tuple(ItemRow(*row) for row in ordered.values_list(*_ITEM))


def _letters(fund, day, known) -> dict[int, SideLetter]:
    """By partner, the newest side letter in effect."""
    letters = SideLetter.objects.filter(commitment__fund=fund, effective_on__lte=day)
    in_order = known.recorded(letters, "created_at").order_by("effective_on", "version")
    return {letter.commitment_id: letter for letter in in_order}


def _write_downs(fund, day, known) -> list[WriteDown]:
    rows = WriteDown.objects.filter(fund=fund, date__lte=day).in_force(known)
    return list(rows.order_by("date", "-amount", "pk"))
