"""When a fee starts, and which base and rate apply from when: what the terms say, and what happened in the fund.

A phase may start on a day of the terms or with an event, whichever comes first. An event is known from a day on: what
was billed before keeps what was known then, and the next instalment trues it up. Source: ILPA Model LPA, 8.3.2.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from fees.calc.terms import Basis, FeeRefused, Phase


class StartRule(StrEnum):
    """The first day with a fee: the first closing, the first investment, or a day that the terms name."""

    FIRST_CLOSING = "first_closing"
    FIRST_INVESTMENT = "first_investment"
    DAY = "day"


class EventKind(StrEnum):
    """What changes a fee. `SUSPENDED` and `RESUMED`: of the investment period, as after a key person left."""

    INVESTMENT_PERIOD_ENDED = "investment_period_ended"
    SUCCESSOR_FEE_STARTED = "successor_fee_started"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    FEE_ENDED = "fee_ended"


#: With these a phase may start.
STEPS_DOWN = frozenset({EventKind.INVESTMENT_PERIOD_ENDED, EventKind.SUCCESSOR_FEE_STARTED})


@dataclass(frozen=True, slots=True)
class FeeEvent:
    kind: EventKind
    on: date
    known_on: date


@dataclass(frozen=True, slots=True)
class PhaseRule:
    """A base and a rate, from `starts_on` or from the first event of `after`, whichever comes first."""

    basis: Basis
    rate: Decimal
    starts_on: date | None = None
    after: frozenset[EventKind] = frozenset()


@dataclass(frozen=True, slots=True)
class _Turn:
    """The fee turns to a rule's base and rate; `rank`: the place of the rule, which no earlier one comes back after."""

    on: date
    rank: int
    basis: Basis
    rate: Decimal
    known_on: date | None


def start_of(
    rule: StartRule, *, first_closing: date | None, first_investment: date | None, day: date | None
) -> date:
    """The first day with a fee. Raises FeeRefused("start_unknown") where what the rule names did not happen."""
    found = {
        StartRule.FIRST_CLOSING: first_closing,
        StartRule.FIRST_INVESTMENT: first_investment,
        StartRule.DAY: day,
    }[rule]
    if found is None:
        raise FeeRefused("start_unknown", "The day on which the fee starts is not known yet.")
    return found


def phases_of(
    rules: Sequence[PhaseRule], events: Sequence[FeeEvent], *, suspended: PhaseRule | None = None
) -> tuple[Phase, ...]:
    """The phases that rules and events make. `suspended`: base and rate while the investment period is suspended (None:
    a suspension changes nothing).

    Raises FeeRefused("event_order") for an end of a suspension that none began, or a second one while one lasts.
    """
    turns = _turns(rules, events)
    pauses = _pauses(events) if suspended else []
    found = [turn for turn in turns if not any(start.on <= turn.on < end for start, end, _ in pauses)]
    for start, end, resumed in pauses:
        assert suspended
        found.append(_Turn(start.on, len(rules), suspended.basis, suspended.rate, start.known_on))
        before = [turn for turn in turns if turn.on <= end]
        if resumed and before:
            last = max(before, key=lambda turn: turn.rank)
            found.append(_Turn(end, len(rules), last.basis, last.rate, resumed.known_on))
    found += [
        _Turn(event.on, len(rules) + 1, Basis.COMMITMENT, Decimal(0), event.known_on)
        for event in events
        if event.kind == EventKind.FEE_ENDED
    ]
    by_day = {turn.on: turn for turn in sorted(found, key=lambda turn: turn.rank)}
    ended = min((turn.on for turn in found if turn.rank > len(rules)), default=date.max)
    return tuple(
        Phase(day, turn.basis, turn.rate, turn.known_on)
        for day, turn in sorted(by_day.items())
        if day <= ended
    )


def _turns(rules: Sequence[PhaseRule], events: Sequence[FeeEvent]) -> list[_Turn]:
    """Every day on which a rule may take over, but for those after a later rule did."""
    turns = []
    for rank, rule in enumerate(rules):
        if rule.starts_on is not None:
            turns.append(_Turn(rule.starts_on, rank, rule.basis, rule.rate, None))
        turns += [
            _Turn(event.on, rank, rule.basis, rule.rate, event.known_on)
            for event in events
            if event.kind in rule.after
        ]
    return [
        turn for turn in turns if not any(other.rank > turn.rank and other.on <= turn.on for other in turns)
    ]


def _pauses(events: Sequence[FeeEvent]) -> list[tuple[FeeEvent, date, FeeEvent | None]]:
    """The suspensions: what began each, the day on which it was over, and what ended it."""
    found: list[tuple[FeeEvent, date, FeeEvent | None]] = []
    open_since: FeeEvent | None = None
    for event in sorted(events, key=lambda event: event.on):
        if event.kind not in (EventKind.SUSPENDED, EventKind.RESUMED):
            continue
        if (event.kind == EventKind.SUSPENDED) == (open_since is not None):
            raise FeeRefused("event_order", "A suspension ends before the next one begins.")
        if open_since is not None:
            found.append((open_since, event.on, event))
        open_since = event if event.kind == EventKind.SUSPENDED else None
    return found + ([(open_since, date.max, None)] if open_since else [])
