"""Which base and rate a fund's fee has from when: what the versions of its schedule say, and what happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fees.calc.periods import Period
from fees.calc.schedule import STEPS_DOWN, EventKind, PhaseRule, phases_of
from fees.calc.schedule import FeeEvent as Happened
from fees.calc.terms import Basis, FeeTerms, Phase
from fees.models import FeeEvent, FeeSchedule

_AFTER = {
    FeeSchedule.BroughtBy.NOTHING: frozenset(),
    FeeSchedule.BroughtBy.INVESTMENT_PERIOD_ENDED: frozenset({EventKind.INVESTMENT_PERIOD_ENDED}),
    FeeSchedule.BroughtBy.SUCCESSOR_FEE_STARTED: frozenset({EventKind.SUCCESSOR_FEE_STARTED}),
    FeeSchedule.BroughtBy.EITHER: STEPS_DOWN,
}


@dataclass(frozen=True, slots=True)
class _Turn:
    """A version from the day on which its base and rate hold, and the event that brought them before their day."""

    on: date
    version: FeeSchedule
    by: FeeEvent | None


def phases_from(schedules: Sequence[FeeSchedule], events: Sequence[FeeEvent]) -> tuple[Phase, ...]:
    """Base and rate from day to day. How it is while the investment period is suspended, the version says that held as
    the first suspension began.

    A version that an event brought forward takes the place of those that were agreed before the event for days until
    its own; one that was agreed since holds from its day.
    """
    turns = [_turn(one, events) for one in schedules]
    standing = [one for one in turns if not any(_overtakes(other, one) for other in turns)]
    standing.sort(key=lambda one: (one.on, one.version.approved_at, one.version.version))
    rules = [PhaseRule(Basis(one.version.basis), one.version.rate, one.on) for one in standing]
    known = [Happened(EventKind(one.kind), one.effective_on, date.min) for one in events]
    return phases_of(rules, known, suspended=_suspended(schedules, events))


def _turn(one: FeeSchedule, events: Sequence[FeeEvent]) -> _Turn:
    after = _AFTER[FeeSchedule.BroughtBy(one.brought_by)]
    by = min(
        (event for event in events if event.kind in after), key=lambda event: event.effective_on, default=None
    )
    if by is None or by.effective_on >= one.effective_on:
        return _Turn(one.effective_on, one, None)
    return _Turn(by.effective_on, one, by)


def _overtakes(one: _Turn, other: _Turn) -> bool:
    return (
        one.by is not None
        and one.on <= other.on
        and other.version.effective_on < one.version.effective_on
        and other.version.approved_at < one.by.approved_at
    )


def _suspended(schedules: Sequence[FeeSchedule], events: Sequence[FeeEvent]) -> PhaseRule | None:
    began = min((one.effective_on for one in events if one.kind == EventKind.SUSPENDED), default=None)
    held = [one for one in schedules if began is not None and one.effective_on <= began]
    if not held or held[-1].suspended_basis == FeeSchedule.SuspendedBasis.UNCHANGED:
        return None
    return PhaseRule(Basis(held[-1].suspended_basis), held[-1].suspended_rate)


def base_days_of(terms: FeeTerms, periods: Sequence[Period]) -> list[date]:
    """The days at whose end the base of a period is read, of those that have another base than the commitment."""
    ends = [*(later.starts_on for later in terms.phases[1:]), terms.until]
    others = [
        (phase.starts_on, end)
        for phase, end in zip(terms.phases, ends, strict=True)
        if phase.basis != Basis.COMMITMENT
    ]
    return [
        one.whole_start - timedelta(1)
        for one in periods
        if any(start < one.end and one.start < end for start, end in others)
    ]
