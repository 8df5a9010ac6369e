"""What who comes in at a later closing, or promises more, owes the manager for the time before: worked out as a run is,
from what was billed and from the register as it would be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from blackgem.lib.money import round_to_unit, unit_of
from fees.calc.late import CatchUp, catch_up
from fees.calc.periods import Period
from fees.calc.standing import Standing
from fees.calc.terms import ZERO, BaseEntry, FeeTerms, OwnRate, Partner, Tranche
from fees.models import FeeCatchUp, FeeEvent, FeeRun, FeeSchedule
from fees.queries.line_rows import part_rows
from fees.queries.phases import base_days_of
from fees.queries.working import partners_of, schedules_of, standings_of, terms_of
from funds.models import Fund


@dataclass(frozen=True, slots=True)
class Coming:
    """Who comes in, or promises so much more than its commitment. A new partner may have agreed on a rate of its own,
    or on a share off the fee."""

    amount: Decimal
    commitment_id: int | None = None
    fee_free: bool = False
    own_rate: Decimal | None = None
    discount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says that somebody owes instead, in all, and why."""

    amount: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class CatchUps:
    """By who comes in, what it owes for the time before, not written yet; `of_investments`: of some of these days the
    fee is of what is invested, of which nobody has paid anything that comes in: the run after it paid charges them."""

    rows: Mapping[int, FeeCatchUp] = field(default_factory=dict)
    of_investments: bool = False


def has_schedule(fund: Fund) -> bool:
    """Whether the fees of a fund are worked out, so that who sets them otherwise says why."""
    return FeeSchedule.objects.approved().filter(fund=fund).exists()


def catch_ups_of(
    fund: Fund, coming: Mapping[int, Coming], *, held_on: date, pay_on: date, said: Mapping[int, Said]
) -> CatchUps:
    """What is owed as it is worked out, or as a person says. No row where nothing is owed, and where the fund has no
    schedule. The number of queries does not depend on how many come in.

    Raises Conflict("fee.rhythm_moved") and FeeRefused, as a run does.
    """
    schedules = schedules_of(fund)
    if not coming or not schedules:
        return CatchUps()
    runs = list(FeeRun.objects.counting().filter(fund=fund).order_by("starts_on").defer("inputs"))
    events = list(FeeEvent.objects.standing().filter(fund=fund).order_by("effective_on", "pk"))
    terms, periods = terms_of(fund, schedules, runs, events, up_to=held_on)
    before = [one for one in periods[len(runs) :] if min(one.start, one.on) < held_on]
    periods = (*periods[: len(runs)], *before)
    base_days = base_days_of(terms, periods)
    partners = {one.key: one for one in partners_of(fund, base_days, terms.unit)}
    standing = standings_of(fund, partners.values(), runs, terms.start)
    billed = {run.starts_on for run in runs}
    found = {}
    for key, one in coming.items():
        partner = _with_more(key, one, partners, base_days, terms, Tranche(one.amount, held_on, pay_on))
        own = standing.get(partner.key, Standing())
        caught, _ = catch_up(terms, partner, periods, held_on, own, billed=billed)
        row = _row(fund, terms, None if partner.fee_free else caught, periods, billed, said.get(key))
        row.effective_on, row.own_rate, row.discount = held_on, one.own_rate, one.discount
        if any((row.net, row.charged, row.agreed)) or (partner.own_rates and one.commitment_id is None):
            found[key] = row
    return CatchUps(found, bool(base_days))


def _with_more(
    key: int, one: Coming, partners: Mapping[int, Partner], base_days, terms: FeeTerms, more: Tranche
) -> Partner:
    """A partner as it would be after the closing."""
    if one.commitment_id is not None:
        partner = partners[one.commitment_id]
        return replace(partner, tranches=(*partner.tranches, more))
    agreed = one.own_rate is not None or one.discount is not None
    letter = OwnRate(terms.start, one.own_rate, date.min, one.discount or Decimal(0))
    nothing = tuple(BaseEntry(day, date.min) for day in sorted(set(base_days)))
    return Partner(-key, (more,), one.fee_free, (letter,) if agreed else (), bases=nothing)


def _row(
    fund: Fund,
    terms: FeeTerms,
    found: CatchUp | None,
    periods: Sequence[Period],
    billed: set[date],
    said: Said | None,
) -> FeeCatchUp:
    """What is worked out is owed once it is more than nothing; what is less, the next fee takes off."""
    is_owed = found is not None and found.amount > 0
    charged, let_off = (found.amount, found.waived) if is_owed else (ZERO, ZERO)
    net = charged - let_off if said is None else said.amount
    unit = unit_of(fund.currency)
    return FeeCatchUp(
        fund=fund,
        periods=_period_rows(found, periods, billed) if is_owed else [],
        charged=charged,
        let_off=let_off,
        agreed=net - (charged - let_off),
        net=net,
        tax=round_to_unit(Fraction(net) * Fraction(terms.vat_rate), unit),
        tax_rate=terms.vat_rate,
        reason=said.reason if said else "",
    )


def _period_rows(found: CatchUp, periods: Sequence[Period], billed: set[date]) -> list[dict]:
    by_start = {one.start: one for one in periods}
    return [
        {
            "from": row.start.isoformat(),
            "to": row.end.isoformat(),
            "due_on": row.due_on.isoformat(),
            "frequency": by_start[row.start].frequency.value,
            "time_rule": by_start[row.start].time_rule.value,
            "billed": row.start in billed,
            "before": f"{row.before:f}",
            "amount": f"{row.amount:f}",
            "parts": part_rows(row.parts, by_start[row.start]),
        }
        for row in found.periods
    ]


def owed_by_day(row: FeeCatchUp) -> list[tuple[Decimal, date]]:
    """What of a fee that is as it was worked out stands since which day, for interest on it: what its side letter lets
    a partner off, and what is less than was charged, comes off the first instalments."""
    amounts = [(Decimal(one["amount"]), date.fromisoformat(one["due_on"])) for one in row.periods]
    off = row.let_off - sum((amount for amount, _ in amounts if amount < 0), ZERO)
    found = []
    for amount, due_on in amounts:
        taken = min(max(amount, ZERO), off)
        off -= taken
        if amount - taken > 0:
            found.append((amount - taken, due_on))
    return found
