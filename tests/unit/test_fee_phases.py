"""Base and rate of a fee from day to day: an event changes no day before it, and a suspension none outside it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from fees.models import FeeEvent, FeeSchedule
from fees.queries.phases import phases_from
from tests.support.examples import examples

FIRST = date(2027, 1, 1)
NOON = datetime(2027, 1, 1, 12, tzinfo=UTC)
STEPS = ("nothing", "investment_period_ended", "successor_fee_started", "either")
days = st.integers(0, 60).map(lambda number: FIRST + timedelta(number))


def version(number, on, brought_by="nothing", agreed=0) -> FeeSchedule:
    return FeeSchedule(
        version=number,
        effective_on=on,
        rate=Decimal(number) / 100,
        basis=FeeSchedule.Basis.values[number % 6],
        brought_by=brought_by,
        suspended_basis="net_invested",
        suspended_rate=Decimal("0.001"),
        approved_at=NOON + timedelta(agreed),
    )


def happened(kind, on, known=0) -> FeeEvent:
    return FeeEvent(kind=kind, effective_on=on, approved_at=NOON + timedelta(known))


@st.composite
def schedules(draw) -> list[FeeSchedule]:
    later = draw(st.lists(days.filter(lambda day: day > FIRST), max_size=4, unique=True))
    agreed = st.integers(0, 60)
    found = [version(1, FIRST)]
    for number, on in enumerate(sorted(later), start=2):
        found.append(version(number, on, draw(st.sampled_from(STEPS)), draw(agreed)))
    return found


def on_each_day(versions, events) -> list[tuple]:
    """Base and rate of every day, each said by exactly one phase."""
    phases = phases_from(versions, events)
    starts = [phase.starts_on for phase in phases]
    assert starts == sorted(set(starts))
    assert starts[0] <= FIRST
    found = []
    for number in range(64):
        [*_, phase] = [one for one in phases if one.starts_on <= FIRST + timedelta(number)]
        found.append((phase.basis, phase.rate))
    return found


@examples(60)
@given(versions=schedules(), on=days, known=st.integers(0, 60), kind=st.sampled_from(STEPS[1:3]))
def test_an_event_changes_no_day_before_it_and_none_where_nothing_follows_it(versions, on, known, kind):
    before, after = on_each_day(versions, []), on_each_day(versions, [happened(kind, on, known)])
    place = (on - FIRST).days
    assert after[:place] == before[:place]
    awaited = [one for one in versions if one.brought_by in (kind, "either") and one.effective_on > on]
    if not awaited:
        assert after == before
    else:
        first = awaited[0]
        assert after[place] in {
            (one.basis, one.rate) for one in versions if one.effective_on >= first.effective_on
        } | {(one.basis, one.rate) for one in versions if one.effective_on == on}


@examples(40)
@given(versions=schedules(), on=days, lasts=st.integers(1, 30))
def test_a_suspension_changes_its_own_days_and_no_other(versions, on, lasts):
    end = on + timedelta(lasts)
    before = on_each_day(versions, [])
    after = on_each_day(versions, [happened("suspended", on), happened("resumed", end)])
    first, last = (on - FIRST).days, (end - FIRST).days
    assert after[:first] == before[:first]
    assert set(after[first:last]) <= {("net_invested", Decimal("0.001"))}
    assert after[last:] == before[last:]
