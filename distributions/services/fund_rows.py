"""The rows that a fund's waterfall, value and returns on a day are worked out from: each table is read once, whether
for one fund or for several."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from django.db.models import Case, DateField, QuerySet, Value, When

from blackgem.lib.knowledge import NOW, Knowledge
from blackgem.lib.together import read_together
from distributions.models import Distribution, DistributionItem, TakenShare, WriteDown
from funds.models import CapitalTransaction, Commitment, Fund, SideLetter
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
    fund_id: int


#: Of the ledger of several funds.
ROWS_PER_FETCH = 5000
ZERO = Decimal("0.00")
_HOLDER = ("pk", "reference", "kind", "committed", "investor__name", "investor__withholding_rate", "fund_id")


class LedgerRow(NamedTuple):
    """One row of the ledger, with its sign. Rows come by the ten thousand, so they are no model instances."""

    pk: int
    commitment_id: int
    value_date: date
    due_on: date | None
    accrues_from: date | None
    happened_on: date | None
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
    fund_id: int


class ItemRow(NamedTuple):
    """One partner's part of a distribution, with what the engine needs of both, and what transfers moved of it counted
    in. Who holds a share by transfer alone has no item: `pk` is None."""

    pk: int | None
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
    fund_id: int


_OF_DISTRIBUTION = ("date", "number", "type", "deal_id", "total_amount")


class TakenRow(NamedTuple):
    """What a transfer moved of a partner's share of a distribution."""

    distribution_id: int
    commitment_id: int
    gross_amount: Decimal
    return_of_capital: Decimal
    preferred_return: Decimal
    tiers: list
    fund_id: int


_ITEM = tuple(f"distribution__{name}" if name in _OF_DISTRIBUTION else name for name in ItemRow._fields)


@dataclass(frozen=True, slots=True)
class FundRows:
    """What is on record of a fund up to and including a day, as known at a time, partners by reference.

    `standing` are the rows of the ledger that neither were reversed nor reverse one. `items` are of the distributions
    that count, of whatever day, in the order of their approval. `letters` are the newest in effect, by partner.
    """

    fund: Fund
    day: date
    holders: tuple[Holder, ...]
    ledger: tuple[LedgerRow, ...]
    standing: tuple[LedgerRow, ...]
    items: tuple[ItemRow, ...]
    letters: Mapping[int, SideLetter]
    write_downs: Sequence[WriteDown]


def read_rows(
    fund: Fund, day: date, *, earlier=None, without: QuerySet | None = None, known: Knowledge = NOW
) -> FundRows:
    """Read them, in one statement. `earlier` are the distributions that count: those that were issued, unless the
    caller knows better; `without` are rows of the ledger that do not."""
    (rows,), _ = rows_of_funds({fund: day}, known, earlier=earlier, without=without)
    return rows


def rows_of_funds(
    days: Mapping[Fund, date],
    known: Knowledge,
    *more: QuerySet,
    earlier=None,
    without: QuerySet | None = None,
) -> tuple[Iterator[FundRows], list[list]]:
    """Those of several funds, each on its own day, and the rows of `more` queries, in one statement; where it is more
    than one fund, the ledger comes in another, and goes by fund by fund: no more than one fund's is kept."""
    counting = (
        known.issued(Distribution.objects.filter(fund__in=days), "sent_at") if earlier is None else earlier
    )
    small = (
        _holders(days, known),
        _items(counting),
        _letters(days, known),
        _write_downs(days, known),
        _taken(days, known),
    )
    ledger = _ledger(days, known, without)
    if len(days) == 1:
        *found, moved = read_together(*small, *more, ledger)
    else:
        found, moved = read_together(*small, *more), ledger.iterator(chunk_size=ROWS_PER_FETCH)
    return _by_fund(days, found[: len(small)], map(LedgerRow._make, moved)), found[len(small) :]


def _by_fund(days: Mapping[Fund, date], small: list[list], ledger: Iterable[LedgerRow]) -> Iterator[FundRows]:
    """Rows of the ledger come by fund."""
    holders, items, letters, write_downs, taken = small
    held = _of_each(map(Holder._make, holders))
    parts = _of_each(_with_taken(list(map(ItemRow._make, items)), list(map(TakenRow._make, taken))))
    newest = {letter.commitment_id: letter for letter in letters}
    lost, waiting = _of_each(write_downs), set(days)
    funds = {fund.pk: fund for fund in days}

    def rows_of(fund: Fund, moved: tuple[LedgerRow, ...]) -> FundRows:
        taken_back = {row.reverses_id for row in moved}
        standing = tuple(row for row in moved if row.reverses_id is None and row.pk not in taken_back)
        own = (tuple(held[fund.pk]), moved, standing, tuple(parts[fund.pk]))
        return FundRows(fund, days[fund], *own, newest, lost[fund.pk])

    for number, moved in groupby(ledger, attrgetter("fund_id")):
        waiting.discard(funds[number])
        yield rows_of(funds[number], tuple(moved))
    yield from (rows_of(fund, ()) for fund in days if fund in waiting)


def _of_each(rows: Iterable) -> dict[int, list]:
    """Rows by their fund."""
    found: dict[int, list] = defaultdict(list)
    for row in rows:
        found[row.fund_id].append(row)
    return found


def _with_taken(items: list[ItemRow], taken: list[TakenRow]) -> Iterable[ItemRow]:
    """The items with what transfers moved of them, each partner's share of a distribution in one row."""
    if not taken:
        return items
    found = {(item.distribution_id, item.commitment_id): item for item in items}
    one_of = {item.distribution_id: item for item in items}
    for row in taken:
        if (one := one_of.get(row.distribution_id)) is not None:
            key = (row.distribution_id, row.commitment_id)
            before = found.get(key) or one._replace(
                pk=None,
                commitment_id=row.commitment_id,
                gross_amount=ZERO,
                return_of_capital=ZERO,
                preferred_return=ZERO,
                tiers=[],
            )
            found[key] = before._replace(
                gross_amount=before.gross_amount + row.gross_amount,
                return_of_capital=before.return_of_capital + row.return_of_capital,
                preferred_return=before.preferred_return + row.preferred_return,
                tiers=add_tiers(before.tiers or [], row.tiers),
            )
    order = {number: place for place, number in enumerate(one_of)}
    return sorted(found.values(), key=lambda item: order[item.distribution_id])


def add_tiers(one: Sequence[Sequence[str]], another: Sequence[Sequence[str]]) -> list[list[str]]:
    """What each tier paid on two shares together, as text; either may name no tiers."""
    if not one or not another:
        return [list(tier) for tier in one or another]
    return [
        [f"{Decimal(a) + Decimal(b):f}" for a, b in zip(left, right, strict=True)]
        for left, right in zip(one, another, strict=True)
    ]


# ---------------------------------------------------------------- the queries


def day_of(days: Mapping[Fund, date], path: str = "fund") -> date | Case:
    """The day of the fund to which `path` leads from a row."""
    different = sorted(set(days.values()))
    if len(different) == 1:
        return different[0]
    whens = (
        When(**{f"{path}__in": [fund.pk for fund, on in days.items() if on == day]}, then=Value(day))
        for day in different
    )
    return Case(*whens, output_field=DateField())


def _holders(days, known) -> QuerySet:
    held = known.recorded(Commitment.objects.filter(fund__in=days), "created_at")
    held = held.annotate(committed=committed_by(day_of(days, "commitment__fund"), known))
    return held.order_by("reference", "pk").values_list(*_HOLDER)


def _ledger(days, known, without: QuerySet | None) -> QuerySet:
    rows = CapitalTransaction.objects.filter(fund__in=days, value_date__lte=day_of(days))
    if without is not None:
        rows = rows.exclude(pk__in=without.values("pk"))
    return known.recorded(rows).order_by("fund_id", "value_date", "pk").values_list(*LedgerRow._fields)


def _items(distributions) -> QuerySet:
    items = DistributionItem.objects.filter(distribution__in=distributions.values("pk"))
    ordered = items.order_by("distribution__date", "distribution__approved_at", "distribution", "pk")
    return ordered.values_list(*_ITEM)


def _taken(days, known) -> QuerySet:
    rows = TakenShare.objects.filter(fund__in=days, effective_on__lte=day_of(days))
    return known.recorded(rows).order_by("pk").values_list(*TakenRow._fields)


def _letters(days, known) -> QuerySet:
    on = day_of(days, "commitment__fund")
    letters = SideLetter.objects.filter(commitment__fund__in=days, effective_on__lte=on)
    return known.recorded(letters, "created_at").order_by("effective_on", "version")


def _write_downs(days, known) -> QuerySet:
    rows = WriteDown.objects.filter(fund__in=days, date__lte=day_of(days)).in_force(known)
    return rows.order_by("date", "-amount", "pk")
