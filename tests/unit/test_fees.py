"""Management fees: what holds for every schedule, every side letter and every late closer."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import chain, pairwise

from hypothesis import given
from hypothesis import strategies as st

from fees.calc.charges import charge_of
from fees.calc.course import run
from fees.calc.periods import periods_of
from fees.calc.terms import (
    AmountWaived,
    BaseEntry,
    Basis,
    FeeIncome,
    FeeTerms,
    Frequency,
    LateRule,
    OffsetAfterClosing,
    OffsetShare,
    OwnRate,
    Partner,
    Phase,
    Schedule,
    TimeRule,
    Tranche,
)
from tests.support.examples import examples

FIRST = date(2027, 11, 10)
ZERO = Decimal(0)


def day(number: int) -> date:
    return FIRST + timedelta(number)


days = st.integers(0, 800).map(day)
rates = st.integers(0, 300).map(lambda basis_points: Decimal(basis_points) / 10000)
cents = st.integers(0, 10**10).map(lambda count: Decimal(count) / 100)


@st.composite
def schedules(draw) -> Schedule:
    return Schedule(draw(st.sampled_from(Frequency)), draw(st.booleans()), draw(st.sampled_from(TimeRule)))


@st.composite
def feeterms(draw) -> FeeTerms:
    start = draw(days)
    later = draw(st.lists(st.integers(1, 700), max_size=3, unique=True).map(sorted))
    phases = [
        Phase(
            start + timedelta(offset),
            draw(st.sampled_from([Basis.COMMITMENT, Basis.NET_INVESTED])),
            draw(rates),
            start + timedelta(offset + draw(st.integers(-60, 200))) if offset else None,
        )
        for offset in [0, *later]
    ]
    return FeeTerms(
        start,
        start + timedelta(draw(st.integers(1, 900))),
        tuple(phases),
        (draw(schedules()),),
        draw(st.sampled_from(LateRule)),
        offset_share=draw(st.sampled_from(OffsetShare)),
        offset_after_closing=draw(st.sampled_from(OffsetAfterClosing)),
        vat_rate=draw(rates),
        unit=draw(st.sampled_from([Decimal("0.01"), Decimal(1), Decimal("0.001")])),
    )


@st.composite
def partners_of(draw, terms: FeeTerms, key: str) -> Partner:
    amount = cents.map(lambda amount: amount.quantize(Decimal(1)))
    closings = draw(st.lists(st.integers(0, 600), max_size=2, unique=True).map(sorted))
    first = Tranche(draw(amount) + 1, terms.start, terms.start)
    late = [
        Tranche(draw(amount), terms.start + timedelta(on), terms.start + timedelta(on)) for on in closings
    ]
    own = draw(st.lists(st.integers(0, 700), max_size=2, unique=True).map(sorted))
    return Partner(
        key,
        (first, *late),
        own_rates=tuple(OwnRate(day(on), draw(rates), day(on)) for on in own),
        discount=ZERO if own else draw(rates),
        waived=(AmountWaived(draw(days), draw(amount)),) if draw(st.booleans()) else (),
        bases=(
            BaseEntry(date.min, date.min, draw(amount)),
            BaseEntry(draw(days), draw(days), draw(amount)),
        ),
    )


@st.composite
def funds(draw):
    terms = draw(feeterms())
    partners = [draw(partners_of(terms, key)) for key in "ABC"[: draw(st.integers(1, 3))]]
    partners.append(Partner("GP", (Tranche(Decimal(100), terms.start, terms.start),), fee_free=True))
    income = [
        FeeIncome(draw(days), "monitoring", draw(cents).quantize(Decimal(1)), draw(rates) * 30)
        for _ in range(draw(st.integers(0, 3)))
    ]
    return terms, partners, income


# ---------------------------------------------------------------- what holds for every fund


@examples(120)
@given(fund=funds())
def test_a_fee_adds_up_and_no_offset_is_applied_that_was_not_recognised(fund):
    terms, partners, income = fund
    course = run(terms, partners, income=income)
    recognised = dict.fromkeys("ABC", ZERO)
    applied = dict.fromkeys("ABC", ZERO)
    for one in course.instalments:
        assert one.net == sum(line.net for line in one.lines.values())
        assert "GP" not in one.lines
        for key, line in one.lines.items():
            line.check()
            assert line.net >= 0
            recognised[key] += line.recognised
            applied[key] += line.offset
            assert applied[key] <= recognised[key]
            assert line.gross == sum(part.gross for part in line.parts)
            assert ZERO <= line.discount <= line.gross
    total = sum((income[place].amount * income[place].offset for place in course.state.recognised), ZERO)
    shared = sum(own.recognised for own in course.state.partners.values())
    assert shared == sum(one.recognised for one in course.instalments)
    assert abs(shared - total) <= terms.unit * len(income) / 2


@examples(120)
@given(fund=funds())
def test_every_day_is_charged_once_and_true_ups_leave_what_is_known_in_the_end(fund):
    """What a partner was billed and caught up with, true-ups and all, is what its periods come to as known last."""
    terms, partners, income = fund
    course = run(terms, partners, income=income)
    periods = [one.period for one in course.instalments]
    assert (periods[0].start, periods[-1].end) == (terms.start, terms.until)
    assert all(one.end == later.start for one, later in pairwise(periods))
    last = periods[-1].on
    for partner in partners[:-1]:
        lines = [one.lines[partner.key] for one in course.instalments]
        for period, line in zip(periods, lines, strict=True):
            assert (line.parts[0].start, line.parts[-1].end) == (period.start, period.end)
            assert all(one.end == later.start for one, later in pairwise(line.parts))
        late = [one for one in course.catch_ups if one.key == partner.key]
        assert_true_ups_go_on_from_what_was_charged(periods, lines, late)
        billed = sum(line.gross - line.discount + line.true_up for line in lines)
        known = sum(charge_of(terms, partner, period, last).amount for period in periods)
        assert billed + sum(one.amount for one in late if one.on <= last) == known
        paid = sum(line.net + line.waiver + line.offset for line in lines)
        assert paid - course.state.partners[partner.key].credit == billed


def assert_true_ups_go_on_from_what_was_charged(periods, lines, late) -> None:
    """What a true-up says was charged for a period is what its bill, catch-ups and earlier true-ups came to."""
    charged: dict[date, Decimal] = {}
    for number, (period, line) in enumerate(zip(periods, lines, strict=True)):
        since = periods[number - 1].on if number else date.min
        for one in chain.from_iterable(
            late_one.periods for late_one in late if since < late_one.on <= period.on
        ):
            charged[one.start] = charged.get(one.start, ZERO) + one.amount
        ahead = sum(charged.pop(start) for start in [start for start in charged if start >= period.start])
        for one in line.true_ups:
            was = charged[one.period.start] if one.period else ahead
            assert (one.was, one.was != one.now, bool(one.why)) == (was, True, True)
            if one.period:
                charged[one.period.start] = one.now
        assert bool(ahead) == any(one.period is None for one in line.true_ups)
        charged[period.start] = line.gross - line.discount


@examples(100)
@given(fund=funds(), data=st.data())
def test_a_cut_changes_nothing_but_by_its_rounding(fund, data):
    terms, partners, _ = fund
    period = data.draw(st.sampled_from(periods_of(terms)))
    cut = period.start + timedelta(data.draw(st.integers(0, (period.end - period.start).days)))
    assert period.time(period.start, period.end) == period.time(period.start, cut) + period.time(
        cut, period.end
    )
    phase = [phase for phase in terms.phases if phase.starts_on <= cut][-1]
    same = replace(phase, starts_on=cut)
    doubled = (*(one for one in terms.phases if one.starts_on < cut), same)
    doubled += tuple(one for one in terms.phases if one.starts_on > cut)
    for partner in partners[:-1]:
        whole = charge_of(terms, partner, period, period.on)
        assert charge_of(replace(terms, phases=doubled), partner, period, period.on) == whole
        exact = sum(
            Fraction(part.base) * Fraction(part.rate) * period.time(part.start, part.end)
            for part in whole.parts
        )
        assert abs(Fraction(whole.gross) - exact) <= Fraction(terms.unit) / 2 * len(whole.parts)
        halves = [
            charge_of(terms, partner, part, period.on)
            for part in (period.up_to(cut), replace(period, start=cut))
            if part.start < part.end
        ]
        parts = sum(len(one.parts) for one in (whole, *halves))
        # A part's gross is rounded once; what is left of it by a discount, which is rounded too, twice.
        for name, rounded in (("gross", 1), ("amount", 2)):
            apart = sum(getattr(one, name) for one in halves) - getattr(whole, name)
            assert abs(apart) <= terms.unit / 2 * parts * rounded


@examples(100)
@given(fund=funds(), known_on=days, rate=rates)
def test_what_becomes_known_later_changes_no_earlier_instalment(fund, known_on, rate):
    """New terms, a new side letter and new fee income, known from a day on, leave what was billed before that day."""
    terms, partners, income = fund
    phase = Phase(max(one.starts_on for one in terms.phases) + timedelta(1), Basis.COMMITMENT, rate, known_on)
    changed = replace(terms, phases=(*terms.phases, phase))
    letter = replace(
        partners[0], own_rates=(*partners[0].own_rates, OwnRate(date(2099, 1, 1), rate, known_on))
    )
    if not partners[0].own_rates:
        letter = partners[0]
    more = [*income, FeeIncome(known_on, "directors", Decimal(1000))]
    before = run(terms, partners, income=income)
    after = run(changed, [letter, *partners[1:]], income=more)
    for one, other in zip(before.instalments, after.instalments, strict=True):
        if one.period.on < known_on:
            assert one == other


@examples(80)
@given(terms=feeterms(), amount=cents, on=st.integers(1, 600))
def test_a_late_closer_pays_what_it_would_have_paid_from_the_start(terms, amount, on):
    terms = replace(terms, phases=tuple(replace(one, basis=Basis.COMMITMENT) for one in terms.phases))
    amount = amount.quantize(Decimal(1)) + 1
    closing = terms.start + timedelta(on)
    if closing >= periods_of(terms)[-1].on:
        return
    early = Partner("N", (Tranche(amount, terms.start, terms.start),))
    late = Partner("N", (Tranche(amount, closing, closing),))
    assert run(terms, [late]).fee_of("N") - run(terms, [late]).state.partners["N"].credit == (
        run(terms, [early]).fee_of("N") - run(terms, [early]).state.partners["N"].credit
    )
