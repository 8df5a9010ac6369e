"""What holds for every waterfall, whatever the terms and the flows."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from blackgem.lib.money import CENT, round_to_unit
from distributions.calc.accounts import account_at
from distributions.calc.accrual import ZERO
from distributions.calc.facts import History, Parts, add_parts
from distributions.calc.openings import Partner, Role
from distributions.calc.partners import distribute_to_partners
from distributions.calc.terms import Scope, Tier
from distributions.calc.waterfall import distribute
from tests.support.examples import examples
from tests.support.random_waterfalls import amounts, cents, play, stories, terms


def figures(parts: Parts) -> list[Decimal]:
    """Every single amount that a distribution consists of."""
    by_tier = [(t.catch_up_lp, t.catch_up_gp, t.split_lp, t.split_gp) for t in parts.tiers]
    return [parts.return_of_capital, parts.preferred_return, *(amount for tier in by_tier for amount in tier)]


def magnification(tier: Tier) -> Decimal:
    """How much catch-up one unit of profit asks for, to the GP."""
    return tier.carry / (tier.catch_up - tier.carry) if tier.catches_up else Decimal(0)


@examples(60)
@given(stories(), terms())
def test_parts_add_up_and_nobody_gets_less_than_nothing(story, terms):
    _, events = play(story, terms)
    for event in events:
        assert event.parts.total == event.amount == event.parts.lp_total + event.parts.gp_carry
        assert sum(figures(event.parts)) == sum(step.paid for step in event.steps) == event.amount
        assert all(amount >= 0 and amount == round_to_unit(amount, CENT) for amount in figures(event.parts))


@examples(60)
@given(stories(), terms())
def test_every_step_says_what_it_owed_and_still_owes(story, terms):
    _, events = play(story, terms)
    for event in events:
        for step in event.steps:
            if step.owed_before is None:
                assert step.owed_after is None
                assert step.tier == len(terms.tiers)
            else:
                assert step.owed_after == step.owed_before - step.paid >= 0
        unpaid = [step for step in event.steps if step.owed_after]
        later = event.steps[event.steps.index(unpaid[0]) + 1 :] if unpaid else ()
        assert not any(step.paid for step in later), "a step is paid only when those before it are"


@examples(60)
@given(stories(), terms(most_tiers=1))
def test_carry_never_exceeds_its_share_of_the_profit(story, terms):
    history, events = play(story, terms)
    so_far = add_parts(paid.parts for paid in history.paid)
    profit = so_far.total - so_far.return_of_capital
    share = terms.tiers[0].carry * profit
    assert so_far.gp_carry <= share + CENT
    last_split = events[-1].steps[-1] if events else None
    if terms.tiers[0].catch_up == 1 and last_split and last_split.inputs["caught_up"]:
        assert so_far.gp_carry <= round_to_unit(share, CENT)


@examples(40)
@given(stories(), terms())
def test_with_several_tiers_carry_stays_below_the_highest_share(story, terms):
    history, _ = play(story, terms)
    so_far = add_parts(paid.parts for paid in history.paid)
    highest = max(tier.carry for tier in terms.tiers)
    assert so_far.gp_carry <= highest * (so_far.total - so_far.return_of_capital) + CENT * len(terms.tiers)


@examples(60)
@given(stories(), terms(), amounts, st.one_of(cents(1, 5), amounts))
def test_more_proceeds_never_give_anybody_less(story, terms, amount, more):
    history, _ = play(story, terms)
    on = story.last_day
    less = distribute(history, terms, on=on, amount=amount).parts
    greater = distribute(history, terms, on=on, amount=amount + more).parts
    assert all(new >= old for old, new in zip(figures(less), figures(greater), strict=True))


@examples(100)
@given(stories(most=3), terms(most_tiers=1), amounts, amounts)
def test_splitting_a_distribution_changes_no_tier_by_more_than_a_cent(story, terms, first, second):
    history, _ = play(story, terms)
    on = story.last_day
    whole = distribute(history, terms, on=on, amount=first + second).parts
    one = distribute(history, terms, on=on, amount=first)
    other = distribute(replace(history, paid=(*history.paid, one.as_paid())), terms, on=on, amount=second)
    both = add_parts([one.parts, other.parts])
    assert all(abs(a - b) <= CENT for a, b in zip(figures(whole), figures(both), strict=True))
    assert abs(whole.lp_total - both.lp_total) <= CENT


@examples(100)
@given(stories(most=3), terms(), amounts, amounts)
def test_splitting_over_several_hurdles_moves_a_few_odd_cents(story, terms, first, second):
    """Each hurdle adds the rounding of its boundary, which a catch-up then magnifies by k / (c − k)."""
    assume(all(low.carry <= high.carry for low, high in pairwise(terms.tiers)))
    history, _ = play(story, terms)
    on = story.last_day
    whole = distribute(history, terms, on=on, amount=first + second).parts
    one = distribute(history, terms, on=on, amount=first)
    other = distribute(replace(history, paid=(*history.paid, one.as_paid())), terms, on=on, amount=second)
    both = add_parts([one.parts, other.parts])
    assert abs(whole.lp_total - both.lp_total) <= CENT * len(terms.tiers)
    allowed = 2 * CENT * len(terms.tiers) * (1 + max(map(magnification, terms.tiers)))
    assert all(abs(a - b) <= allowed for a, b in zip(figures(whole), figures(both), strict=True))


@given(stories(), terms())
def test_time_zero_accrues_nothing(story, terms):
    same_day = History(tuple(replace(fact, on=story.last_day) for fact in story.contributions))
    account = account_at(same_day, terms, story.last_day)
    assert account.accrued == 0
    assert account.capital == sum(fact.amount for fact in same_day.contributions)
    assert account.hurdles == (account.capital,) * (len(terms.tiers) - 1)


@given(stories(), terms(), st.integers(0, 2000))
def test_accrual_adds_up_over_any_stretch_of_time(story, terms, later):
    """A day in between changes nothing beyond the forty digits that are carried."""
    history, _ = play(story, terms)
    on = story.last_day + timedelta(later)
    nothing = distribute(history, terms, on=on, amount=ZERO)
    end = on + timedelta(500)
    straight = account_at(history, terms, end)
    stopped = account_at(replace(history, paid=(*history.paid, nothing.as_paid())), terms, end)
    assert abs(straight.accrued - stopped.accrued) < Decimal("0.02")  # less than half a cent may end unpaid
    assert straight.capital == stopped.capital


# ---------------------------------------------------------------- over all partners


@st.composite
def funds(draw) -> tuple[list[Decimal], int]:
    """Commitments of several partners, and the number of calls."""
    shares = draw(st.lists(st.integers(1, 500), min_size=1, max_size=6))
    return [Decimal(share * 1000) for share in shares], draw(st.integers(1, 4))


def partners_of(shares: list[Decimal], story, *, gp: bool = False) -> list[Partner]:
    """Partners who all pay alike: each call in proportion, exactly."""
    names = [f"LP{number}" for number in range(len(shares))]
    built = []
    for number, (name, share) in enumerate(zip(names, shares, strict=True)):
        facts = tuple(
            replace(fact, amount=share * (index + 1)) for index, fact in enumerate(story.contributions)
        )
        role = Role.GP if gp and number == 0 else Role.LP
        built.append(Partner(name, History(facts), role=role))
    return built


def distribute_all(partners, terms, payments):
    events = []
    for payment in payments:
        event = distribute_to_partners(partners, terms, on=payment.on, amount=payment.amount)
        paid = event.as_paid(len(events))
        partners = [
            replace(p, history=replace(p.history, paid=(*p.history.paid, paid[p.key]))) for p in partners
        ]
        events.append(event)
    return events


@examples(30)
@given(funds(), stories(most=3), terms(), st.booleans())
def test_shares_of_all_partners_add_up(fund, story, terms, with_gp):
    shares, _ = fund
    first = min(fact.on for fact in story.contributions)
    payments = [payment for payment in story.payments if payment.on >= first]
    for scope in Scope:
        partners = partners_of(shares, story, gp=with_gp)
        for event in distribute_all(partners, replace(terms, scope=scope), payments):
            assert sum(share.gross for share in event.shares) + event.parts.gp_carry == event.amount
            assert event.parts.total + event.gp_own == event.amount
            assert all(share.gross >= 0 and share.parts.gp_carry >= 0 for share in event.shares)


@examples(40)
@given(funds(), stories(most=3), terms(most_tiers=1))
def test_per_investor_equals_aggregate_when_all_paid_alike(fund, story, terms):
    """One distribution; every figure of the fund agrees up to a cent per LP."""
    assume(
        magnification(terms.tiers[0]) <= 1
    )  # beyond, half a cent of preferred return catches up more than that
    shares, _ = fund
    assume(story.payments and story.payments[-1].on >= story.contributions[0].on)
    payment = story.payments[-1]
    partners = partners_of(shares, story)
    each = distribute_to_partners(partners, terms, on=payment.on, amount=payment.amount)
    pooled = distribute_to_partners(
        partners, replace(terms, scope=Scope.AGGREGATE), on=payment.on, amount=payment.amount
    )
    for own, one in zip(figures(each.parts), figures(pooled.parts), strict=True):
        assert abs(own - one) <= CENT * len(shares)


@examples(40)
@given(funds(), stories(most=3), terms(most_tiers=2), amounts, st.one_of(cents(1, 5), amounts))
def test_more_proceeds_give_no_partner_less_but_for_the_odd_cent(fund, story, terms, amount, more):
    """Largest remainders may move one odd cent from a partner to another as the amount grows; no more than it."""
    partners = partners_of(fund[0], story)
    on = story.last_day
    less = distribute_to_partners(partners, terms, on=on, amount=amount)
    greater = distribute_to_partners(partners, terms, on=on, amount=amount + more)
    for before, after in zip(less.shares, greater.shares, strict=True):
        assert after.gross >= before.gross - CENT
    assert greater.parts.gp_carry >= less.parts.gp_carry - CENT * len(partners)


@given(stories(), terms(most_tiers=2))
def test_a_partner_alone_is_the_aggregate(story, terms):
    history, _ = play(replace(story, payments=()), terms)
    assume(any(fact.amount for fact in history.contributions))
    alone = [Partner("LP", history)]
    for payment in story.payments:
        if payment.on < story.last_day:
            continue
        each = distribute_to_partners(alone, terms, on=payment.on, amount=payment.amount)
        pooled = distribute_to_partners(
            alone, replace(terms, scope=Scope.AGGREGATE), on=payment.on, amount=payment.amount
        )
        assert each.parts == pooled.parts
        assert [(s.kind, s.tier, s.owed_before, s.lp, s.gp) for s in each.steps] == [
            (s.kind, s.tier, s.owed_before, s.lp, s.gp) for s in pooled.steps
        ]
