"""A fund as of the end of a day, as known now or as known then, and what was learnt of that day since."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from blackgem.lib.days import end_of_day
from blackgem.lib.errors import InvalidInput
from blackgem.lib.export import Column, Kind
from blackgem.lib.knowledge import NOW, Knowledge, settled
from capital.models import AllocationCapital, CommitmentCapital, FundCommitmentCapital
from funds.models import Commitment, Fund
from funds.queries.periods import reported_at

#: The figures of a partner's account, in the order in which they are shown.
FIGURES = ("committed", "released", "called", "paid", "outstanding", "distributed", "unfunded")
DEAL_FIGURES = ("committed", "called", "funded", "uncalled", "outstanding")
EXPORT_COLUMNS = (
    Column("As of", Kind.DATE, 12),
    Column("Known at (UTC)", width=20),
    Column("Whose", width=32),
    Column("Reference", width=12),
    Column("Currency", Kind.CURRENCY, 9),
    *(Column(name.capitalize(), Kind.MONEY) for name in (*FIGURES, "funded", "uncalled")),
)


@dataclass(frozen=True, slots=True)
class Change:
    """One figure of a partner or deal that says something else by now than it did."""

    name: str
    figure: str
    then: Decimal
    now: Decimal

    @property
    def amount(self) -> Decimal:
        return self.now - self.then


@dataclass(frozen=True, slots=True)
class Position:
    """What a fund's partners and deals stood at on a day, in the fund's currency; `known_at` None: as known now.
    `partners` and `deals` are (the commitment or allocation, its roll-up), by reference and by name."""

    fund: Fund
    day: date
    known_at: datetime | None
    totals: FundCommitmentCapital
    partners: list[tuple[Commitment, CommitmentCapital]]
    deals: list


def position_of(
    fund: Fund, day: date, *, at: datetime, known_at: datetime | None = None, reported: bool = True
) -> Position:
    """Of a day in a closed period as known when that was closed, unless a time is named, or what was `reported` is not
    wanted. Raises InvalidInput for a day or a time that has not come ("as_of.future", "known_at.future").
    """
    if day > fund.day_of(at):
        raise InvalidInput("as_of.future", "The date lies in the future.", field="as_of")
    if known_at is not None and known_at > at:
        raise InvalidInput("known_at.future", "The time lies in the future.", field="known_at")
    if known_at is not None:
        known_at = settled(known_at)
    elif reported and day < fund.day_of(at):
        known_at = reported_at(fund.pk, day)
    known = NOW if known_at is None else Knowledge(known_at)
    [totals] = FundCommitmentCapital.on(day, known, fund=fund.pk)
    accounts = {row.pk: row for row in CommitmentCapital.on(day, known, fund=fund.pk)}
    drawn = {row.pk: row for row in AllocationCapital.on(day, known, fund=fund.pk)}
    admitted = fund.commitments.select_related("investor").filter(events__kind="admitted")
    commitments = known.recorded(admitted, "events__approved_at")
    allotted = fund.allocations.select_related("deal").filter(amounts__kind="allotment")
    allocations = known.recorded(allotted, "amounts__approved_at")
    return Position(
        fund,
        day,
        known_at,
        totals,
        [(one, accounts[one.pk]) for one in commitments.order_by("reference", "pk")],
        [(one, drawn[one.pk]) for one in allocations.order_by("deal__name", "pk")],
    )


def export_rows(shown: Position) -> Iterator[tuple]:
    """Its partners, their sums and its deals, as `EXPORT_COLUMNS`: figures that a row does not have are left out."""
    known = shown.known_at.astimezone(UTC).isoformat(" ", "seconds") if shown.known_at else ""
    rows = [
        *((one.investor.name, one.reference, row) for one, row in shown.partners),
        ("All partners", "", shown.totals),
        *((one.deal.name, "", row) for one, row in shown.deals),
    ]
    for name, reference, row in rows:
        figures = [getattr(row, figure, None) for figure in (*FIGURES, "funded", "uncalled")]
        yield (shown.day, known, name, reference, shown.fund.currency, *figures)


def known_on(fund: Fund, day: date) -> datetime:
    """The last moment of a day in the fund's zone: what is said as known then."""
    return end_of_day(day, fund.time_zone) - timedelta(microseconds=1)


def learnt_since(then: Position, now: Position) -> list[Change]:
    """Row by row, what is known now of the same day and was not then."""
    return [
        *_changes(
            [(one.investor.name, row) for one, row in then.partners],
            [(one.investor.name, row) for one, row in now.partners],
            FIGURES,
        ),
        *_changes(
            [(one.deal.name, row) for one, row in then.deals],
            [(one.deal.name, row) for one, row in now.deals],
            DEAL_FIGURES,
        ),
    ]


def _changes(then, now, figures) -> list[Change]:
    before = {row.pk: row for _, row in then}
    return [
        Change(name, figure, old, new)
        for name, row in now
        for figure in figures
        if (old := getattr(before.get(row.pk), figure, Decimal(0))) != (new := getattr(row, figure))
    ]
