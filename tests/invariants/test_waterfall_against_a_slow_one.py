"""The engine against other methods: cents handed out one by one, closed formulas, and rates of return."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from distributions.calc.accounts import account_at
from distributions.calc.accrual import rounded
from distributions.calc.facts import Contribution, History, WriteDown, add_parts
from distributions.calc.terms import Compounding, DayCount, FeeAllocation, FeeBase, Style, Terms, Tier
from distributions.calc.waterfall import distribute
from funds.calc.irr import xirr
from tests.support.examples import examples
from tests.support.random_waterfalls import START, Story, cents, play, rates, stories, terms
from tests.support.slow_waterfall import SlowAccount, due_deal_by_deal

CENT = Decimal("0.01")
small = st.one_of(cents(0, 50), cents(1, 3000))


def play_slowly(story: Story, terms: Terms) -> SlowAccount:
    """Contributions of a day before its distributions."""
    account = SlowAccount(terms)
    flows = [(fact.on, 0, fact.amount) for fact in story.contributions]
    flows += [(payment.on, 1, payment.amount) for payment in story.payments]
    for on, kind, amount in sorted(flows, key=lambda flow: flow[:2]):
        account.wait(on)
        (account.distribute if kind else account.contribute)(amount)
    return account


def is_common(terms: Terms) -> bool:
    """Rising carry, and a catch-up that is well above it: what agreements say.

    Otherwise a cent at one boundary is many in the next tier, in either method.
    """
    carries = [tier.carry for tier in terms.tiers]
    return carries == sorted(carries) and all(
        not tier.catches_up or tier.catch_up >= 2 * tier.carry for tier in terms.tiers
    )


@examples(30)
@given(stories(amounts=small, most=3), terms())
def test_agrees_with_cents_handed_out_one_by_one(story, terms):
    assume(is_common(terms))
    history, _ = play(story, terms)
    slow = play_slowly(story, terms)
    fast = add_parts(paid.parts for paid in history.paid)
    assert fast.return_of_capital == rounded(Decimal(slow.returned) / 100, CENT)
    assert fast.preferred_return == rounded(Decimal(slow.pref_paid) / 100, CENT)
    tolerance = Fraction(CENT) * len(terms.tiers)
    assert abs(Fraction(fast.gp_carry) - slow.carry) <= tolerance
    assert abs(Fraction(fast.lp_total) - slow.to_lp) <= tolerance
    for paid, expected in zip(fast.tiers, slow.tiers, strict=False):
        assert abs(Fraction(paid.catch_up) - expected.catch_up) <= 2 * tolerance
        assert abs(Fraction(paid.split) - expected.split) <= 2 * tolerance
        assert abs(Fraction(paid.gp) - expected.carry) <= 2 * tolerance
    end = account_at(history, terms, story.last_day)
    assert abs(Fraction(end.accrued) - slow.accrued) < Fraction(1, 10**12)
    assert Fraction(end.capital) == slow.capital


# ---------------------------------------------------------------- hurdles are rates of return

two_hurdles = Terms(
    (
        Tier(Decimal("0.08"), Decimal(1), Decimal("0.2")),
        Tier(Decimal("0.15"), Decimal("0.5"), Decimal("0.3")),
    )
)


@examples(25)
@given(stories(amounts=cents(10**8, 10**10), most=3), rates("0.02", "0.25"), st.integers(300, 3000))
def test_the_preferred_return_is_an_irr_hurdle(story, rate, later):
    """Whoever gets capital and preferred return, and no more, has earned the hurdle rate."""
    terms = Terms((Tier(rate, Decimal(1), Decimal("0.2")),))
    on = story.last_day + timedelta(later)
    history = History(story.contributions)
    account = account_at(history, terms, on)
    owed = account.capital + rounded(account.accrued, CENT)
    event = distribute(history, terms, on=on, amount=owed)
    assert event.parts.lp_total == owed
    flows = [(fact.on, -fact.amount) for fact in story.contributions] + [(on, owed)]
    assert abs(xirr(flows).irr - rate) < Decimal("1e-7")


@examples(25)
@given(stories(amounts=cents(10**8, 10**10), most=3), st.integers(300, 3000))
def test_the_second_tier_begins_at_its_rate_of_return(story, later):
    on = story.last_day + timedelta(later)
    history = History(story.contributions)
    plenty = 20 * sum(fact.amount for fact in story.contributions)
    event = distribute(history, two_hurdles, on=on, amount=plenty * 10)
    first = event.parts.tiers[0]
    to_lp = event.parts.return_of_capital + event.parts.preferred_return + first.lp
    flows = [(fact.on, -fact.amount) for fact in story.contributions] + [(on, to_lp)]
    assert abs(xirr(flows).irr - Decimal("0.15")) < Decimal("1e-7")


# ---------------------------------------------------------------- deal by deal


@st.composite
def funds_of_deals(draw) -> tuple[History, Terms, list]:
    """Deals drawn in one or two parts, fees, write-downs, and the realisations to come."""
    names = draw(st.lists(st.sampled_from("ABCD"), min_size=1, max_size=4, unique=True))
    early, amounts = st.integers(0, 1500).map(lambda count: START + timedelta(count)), cents(10**4, 10**9)
    drawn = [Contribution(draw(early), draw(amounts), name) for name in names]
    drawn += draw(
        st.lists(st.builds(Contribution, early, amounts, st.sampled_from([*names, None])), max_size=4)
    )
    losses = draw(st.lists(st.builds(WriteDown, early, amounts, st.sampled_from(names)), max_size=2))
    late = st.integers(1500, 3650).map(lambda count: START + timedelta(count))
    exits = draw(
        st.lists(st.tuples(late, cents(0, 3 * 10**9), st.sampled_from(names)), min_size=1, max_size=4)
    )
    terms = Terms(
        (Tier(draw(rates("0", "0.2")), Decimal(1), Decimal("0.2")),),
        style=Style.AMERICAN,
        compounding=Compounding.ANNUAL,
        day_count=draw(st.sampled_from(DayCount)),
        fee_allocation=draw(st.sampled_from(FeeAllocation)),
        fee_base=draw(st.sampled_from(FeeBase)),
    )
    history = History(tuple(drawn), write_downs=tuple(losses), commitment=draw(cents(10**9, 10**10)))
    return history, terms, sorted(exits, key=lambda each: each[0])


@examples(40)
@given(funds_of_deals())
def test_deal_by_deal_agrees_with_sums_of_future_values(fund):
    history, terms, exits = fund
    for on, amount, deal in exits:
        expected = due_deal_by_deal(history, terms, on, deal)
        event = distribute(history, terms, on=on, amount=amount, deal=deal)
        capital, pref = (step.owed_before for step in event.steps[:2])
        assert abs(Fraction(capital) - expected.capital) <= Fraction(CENT) / 2
        assert abs(Fraction(pref) - expected.pref) <= 2 * Fraction(CENT)
        assert event.parts.total == amount
        history = replace(history, paid=(*history.paid, event.as_paid()))


@examples(40)
@given(funds_of_deals())
def test_once_everything_is_sold_deal_by_deal_has_returned_what_whole_fund_has(fund):
    """With losses carried forward, fees shared and no hurdle, the last exit leaves nobody worse off."""
    history, terms, exits = fund
    last = max(on for on, _, _ in exits)
    for deal in sorted({fact.deal for fact in history.contributions if fact.deal}):
        exits.append((last, Decimal(10**9), deal))
    no_hurdle = replace(
        terms,
        tiers=(Tier(Decimal(0), Decimal(0), Decimal("0.2")),),
        fee_allocation=FeeAllocation.PRO_RATA,
        fee_base=FeeBase.INVESTED,
    )
    carry = {}
    for style in Style:
        played = replace(history, paid=())
        for on, amount, deal in exits:
            event = distribute(played, replace(no_hurdle, style=style), on=on, amount=amount, deal=deal)
            played = replace(played, paid=(*played.paid, event.as_paid()))
        carry[style] = sum(paid.parts.gp_carry for paid in played.paid)
        paid_in = sum(fact.amount for fact in history.contributions)
        assert sum(paid.parts.return_of_capital for paid in played.paid) == paid_in
    assert carry[Style.AMERICAN] == carry[Style.EUROPEAN]


def test_the_slow_waterfall_finds_a_known_answer():
    """1,000 for a year at 8 %: 80 preferred return, 20 catch-up, 80/20 of the last 100."""
    year = replace(two_hurdles, tiers=two_hurdles.tiers[:1])
    slow = SlowAccount(year)
    slow.wait(date(2021, 1, 1))
    slow.contribute(Decimal(1000))
    slow.wait(date(2022, 1, 1))
    slow.distribute(Decimal(1200))
    assert (slow.returned, slow.pref_paid, slow.carry, slow.to_lp) == (100000, 8000, 40, 1160)
