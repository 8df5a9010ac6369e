"""The next instalment of a fund's fee, worked out from the rows as they stand."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from django.db.models import Sum

from blackgem.lib.errors import Conflict
from blackgem.lib.frozen import fingerprint
from blackgem.lib.money import unit_of
from capital.models import CapitalCallItemLine, CapitalCallLine, LineChange
from capital.states import CALL_ISSUED
from fees.calc.checks import check_fee
from fees.calc.instalments import FeeLine, Instalment, bill
from fees.calc.periods import Period, periods_of
from fees.calc.standing import Standing, State
from fees.calc.terms import (
    ZERO,
    AmountWaived,
    BaseEntry,
    DiscountOrder,
    FeeIncome,
    FeeTerms,
    LateRule,
    Move,
    OffsetAfterClosing,
    OffsetShare,
    OwnRate,
    Partner,
    Schedule,
    Tranche,
    Waiver,
)
from fees.models import FeeCatchUp, FeeEvent, FeeLetter, FeeRun, FeeRunLine, FeeSchedule
from fees.models import FeeIncome as Income
from fees.queries.bases import bases_of
from fees.queries.frozen import frozen_inputs, rhythm
from fees.queries.line_rows import part_of, part_rows, true_up_rows
from fees.queries.phases import base_days_of, phases_from
from funds.models import Commitment, CommitmentEvent, Fund

#: More than any period: the one after those that were run is whole.
_AHEAD = timedelta(400)
_MOVES = (
    CommitmentEvent.Kind.TRANSFER_IN,
    CommitmentEvent.Kind.TRANSFER_OUT,
    CommitmentEvent.Kind.DEFAULT_REDUCTION,
)


@dataclass(frozen=True, slots=True)
class WorkedOutRun:
    """An instalment, with the offsets of those who pay no fee, and what it was worked out from."""

    fund: Fund
    instalment: Instalment
    schedule: FeeSchedule
    waived: Decimal
    before: State
    after: State
    commitments: dict[int, Decimal]
    frozen: dict

    @property
    def period(self) -> Period:
        return self.instalment.period

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of what it was worked out from, for telling whether that has moved."""
        return fingerprint(self.frozen)

    def lines(self, run: FeeRun) -> list[FeeRunLine]:
        """The rows of a run, of partners of whom it says anything."""
        found = []
        for key, own in self.after.partners.items():
            line = self.instalment.lines.get(key) or _of_offsets(key, self.before.partners[key], own)
            if line.parts or line.recognised or line.offset_opening:
                found.append(_row(run, line, own, self.period))
        return found


def work_out(fund: Fund, *, waived: Decimal = ZERO) -> WorkedOutRun:
    """The instalment after those that were run, as things stand.

    Raises Conflict("fee.no_schedule", "fee.rhythm_moved") and FeeRefused as `bill`.
    """
    schedules = schedules_of(fund)
    if not schedules:
        raise Conflict("fee.no_schedule", "The fund has no fee schedule yet.")
    runs = list(FeeRun.objects.counting().filter(fund=fund).order_by("starts_on"))
    events = list(FeeEvent.objects.standing().filter(fund=fund).order_by("effective_on", "pk"))
    terms, period_rows = terms_of(fund, schedules, runs, events)
    partners = partners_of(fund, base_days_of(terms, period_rows[: len(runs) + 1]), terms.unit)
    rows = list(Income.objects.approved().filter(fund=fund).order_by("pk"))
    income = [
        FeeIncome(row.effective_on, row.category, row.amount, row.offset_rate, row.deal_id) for row in rows
    ]
    known = {pk: run.effective_on for run in runs for pk in run.inputs["recognised"]}
    state = State(
        standings_of(fund, partners, runs, terms.start),
        {place: known[row.pk] for place, row in enumerate(rows) if row.pk in known},
    )
    waived = waived.quantize(terms.unit)  # as it was asked for and as it is read again, it is the same text
    check_fee(terms, partners, income, [Waiver(terms.start, waived)])
    instalment, after = bill(terms, partners, period_rows, len(runs), state, income=income, waived=waived)
    period = instalment.period
    fresh = [rows[place].pk for place in sorted(after.recognised.keys() - state.recognised.keys())]
    weights = {one.key: one.commitment_on(period.on) for one in partners}
    frozen = frozen_inputs(schedules, events, partners, rows, state, period, waived, fresh)
    schedule = [one for one in schedules if one.effective_on <= period.start][-1]
    return WorkedOutRun(fund, instalment, schedule, waived, state, after, weights, frozen)


def schedules_of(fund: Fund) -> list[FeeSchedule]:
    """The versions that stand, by the day from which they apply; of one day the newest."""
    by_day = {
        one.effective_on: one for one in FeeSchedule.objects.approved().filter(fund=fund).order_by("version")
    }
    return [by_day[day] for day in sorted(by_day)]


def billed_until(fund: Fund) -> date | None:
    """The first day that no run has charged yet."""
    return (
        FeeRun.objects.counting()
        .filter(fund=fund)
        .order_by("-ends_on")
        .values_list("ends_on", flat=True)
        .first()
    )


def terms_of(
    fund: Fund,
    schedules: Sequence[FeeSchedule],
    runs: Sequence[FeeRun],
    events: Sequence[FeeEvent] = (),
    *,
    up_to: date = date.min,
) -> tuple[FeeTerms, tuple[Period, ...]]:
    """The terms as far as the next period, or that of a later day, and the periods up to it. Without `events`, base and
    rate are those of the days that the schedule names."""
    start = schedules[0].effective_on
    until = max(runs[-1].ends_on if runs else start, up_to) + _AHEAD
    first = rhythm(schedules[0])
    changes = [later for one, later in pairwise(schedules) if rhythm(one) != rhythm(later)]
    rhythms = [Schedule(*first), *(Schedule(*rhythm(one), one.effective_on) for one in changes)]
    rhythms = [one for one in rhythms if one.starts_on is None or one.starts_on < until]
    next_day = runs[-1].ends_on if runs else start
    now = [one for one in schedules if one.effective_on <= next_day][-1]
    terms = FeeTerms(
        start,
        until,
        phases_from(schedules, events),
        tuple(rhythms),
        late_rule=LateRule(now.late_rule),
        offset_share=OffsetShare(now.offset_share),
        offset_after_closing=OffsetAfterClosing(now.offset_after_closing),
        discount_order=DiscountOrder(now.discount_order),
        vat_rate=now.vat_rate,
        inside=now.inside,
        unit=unit_of(fund.currency),
    )
    periods = periods_of(terms)
    was = [(run.starts_on, run.ends_on) for run in runs]
    if [(period.start, period.end) for period in periods[: len(runs)]] != was:
        raise Conflict(
            "fee.rhythm_moved", "The schedule does not go on from the days that were billed: change it first."
        )
    return terms, periods


# ---------------------------------------------------------------- partners


def partners_of(fund: Fund, base_days: Sequence[date], unit: Decimal) -> list[Partner]:
    """The partners of a fund by their commitments, with side letters and, of these days, their bases."""
    tranches: dict[int, dict[date, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    moves: dict[int, list[Move]] = defaultdict(list)
    events = CommitmentEvent.objects.approved().filter(commitment__fund=fund, changes_commitment=True)
    for one in events.order_by("effective_on", "pk"):
        if one.kind in _MOVES:
            moves[one.commitment_id].append(Move(one.effective_on, one.amount))
        else:
            tranches[one.commitment_id][one.effective_on] += one.amount
    letters: dict[int, list[FeeLetter]] = defaultdict(list)
    for letter in FeeLetter.objects.approved().filter(fund=fund).order_by("effective_on", "pk"):
        letters[letter.commitment_id].append(letter)
    joined = FeeCatchUp.objects.standing().filter(fund=fund).exclude(own_rate=None, discount=None)
    agreed = {
        pk: OwnRate(date.min, rate, date.min, off or Decimal(0))
        for pk, rate, off in joined.values_list("commitment", "own_rate", "discount")
    }
    partners = Commitment.objects.filter(fund=fund).order_by("pk").values_list("pk", "kind")
    bases = bases_of(fund, base_days, unit) if base_days else {}
    nothing = tuple(BaseEntry(day, date.min) for day in sorted(set(base_days)))
    return [
        _partner(
            pk,
            kind == Commitment.Kind.GP,
            tranches[pk],
            moves[pk],
            letters[pk],
            agreed=agreed.get(pk),
            bases=bases.get(pk, nothing),
        )
        for pk, kind in partners
    ]


def _partner(
    pk: int,
    fee_free: bool,
    tranches,
    moves,
    letters: Sequence[FeeLetter],
    *,
    agreed: OwnRate | None = None,
    bases: tuple[BaseEntry, ...] = (),
) -> Partner:
    by_day = {one.effective_on: one for one in letters}
    return Partner(
        pk,
        _admitted(tranches),
        fee_free,
        (
            *([agreed] if agreed else []),
            *(
                OwnRate(day, one.own_rate, date.min, one.discount or Decimal(0))
                for day, one in by_day.items()
            ),
        ),
        waived=tuple(AmountWaived(one.effective_on, one.waived) for one in letters if one.waived),
        bases=bases,
        moves=tuple(moves),
    )


def _admitted(tranches) -> tuple[Tranche, ...]:
    """What was admitted, each from its day. What was corrected or reversed comes off what came before it."""
    found: list[Tranche] = []
    for day in sorted(tranches):
        amount = tranches[day]
        while amount < 0 and found:
            last = found.pop()
            amount += last.amount
            day = last.admitted_on
        if amount > 0:
            found.append(Tranche(amount, day, day))
    return tuple(found)


def standings_of(
    fund: Fund, partners: Iterable[Partner], runs: Sequence[FeeRun], start: date
) -> dict[int, Standing]:
    """Where everybody stands after the runs. What was caught up with by a closing was charged too, and so were fees
    that other calls asked for."""
    lines: dict[int, list[FeeRunLine]] = defaultdict(list)
    for line in FeeRunLine.objects.filter(run__in=runs).order_by("run__starts_on"):
        lines[line.commitment_id].append(line)
    late: dict[int, list[FeeCatchUp]] = defaultdict(list)
    for row in FeeCatchUp.objects.standing().filter(fund=fund).order_by("effective_on", "pk"):
        late[row.commitment_id].append(row)
    called = _called(fund, start)
    starts = {run.pk: run.starts_on for run in runs}
    return {
        one.key: _standing(lines[one.key], starts, called.get(one.key, ZERO), late[one.key])
        for one in partners
    }


def _called(fund: Fund, start: date) -> dict[int, Decimal]:
    """The fees that calls of no run and no closing ask for, by partner, with what was changed of them. What a transfer
    moved of them stays with who was asked, as the fee of a run does."""
    lines = CapitalCallLine.objects.filter(
        fund=fund,
        kind=CapitalCallLine.Kind.MANAGEMENT_FEE,
        call__status__in=CALL_ISSUED,
        call__fee_bill__isnull=True,
        call__fee_catch_ups__isnull=True,
        call__call_date__gte=start,
    )
    found: dict[int, Decimal] = defaultdict(lambda: ZERO)
    parts = CapitalCallItemLine.objects.filter(line__in=lines)
    changes = LineChange.objects.filter(line__in=lines, changes_held=True, transfer_id=None)
    for rows in (parts, changes):
        for commitment, amount in rows.order_by().values_list("commitment").annotate(Sum("amount")):
            found[commitment] += amount
    return found


def _standing(
    lines: Sequence[FeeRunLine], starts: Mapping[int, date], called: Decimal, late: Sequence[FeeCatchUp]
) -> Standing:
    """What each period was charged, and how, by its own run, by a closing and by what trued it up; what is of no period
    is the first day's."""
    charged, parts = defaultdict(lambda: ZERO, {date.min: called}), {}
    for line in lines:
        start = starts[line.run_id]
        charged[start] += line.charged - line.true_up
        parts[start] = line.parts
    for one in (one for row in late for one in row.periods):
        start = date.fromisoformat(one["from"])
        charged[start] += Decimal(one["amount"])
        parts[start] = one["parts"]
    for line in lines:
        for one in line.true_ups:
            start = date.fromisoformat(one["from"]) if one["from"] else date.min
            charged[start] += Decimal(one["comes_to"]) - Decimal(one["was"])
            parts[start] = one["parts"]
    return Standing(
        charged,
        {start: tuple(map(part_of, rows)) for start, rows in parts.items()},
        lines[-1].credit_carried if lines else ZERO,
        ZERO,
        sum((line.recognised for line in lines), ZERO),
        sum((line.offset_applied for line in lines), ZERO),
        sum((line.waiver - line.let_off for line in lines), ZERO),
        sum((one.let_off for one in (*lines, *late)), ZERO),
    )


# ---------------------------------------------------------------- rows


def _of_offsets(key: int, before: Standing, after: Standing) -> FeeLine:
    """The line of who pays no fee: its offsets alone."""
    added = after.recognised - before.recognised
    left = after.offset_left
    return FeeLine(
        key, (), ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, before.offset_left, added, ZERO, ZERO, ZERO, left, ZERO
    )


def _row(run: FeeRun, line: FeeLine, after: Standing, period: Period) -> FeeRunLine:
    charged = line.gross - sum((part.discount for part in line.parts), ZERO) + line.true_up
    amounts = {
        name: getattr(line, name)
        for name in (
            "gross",
            "discount",
            "true_up",
            "credit",
            "waiver",
            "let_off",
            "offset_opening",
            "recognised",
            "net",
            "tax",
            "offset_carried",
            "credit_carried",
        )
    }
    return FeeRunLine(
        run=run,
        fund_id=run.fund_id,
        commitment_id=line.key,
        parts=part_rows(line.parts, period),
        true_ups=true_up_rows(line.true_ups),
        charged=charged,
        offset_applied=line.offset,
        **amounts,
    )
