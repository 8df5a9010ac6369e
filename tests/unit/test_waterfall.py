"""Stories of single accounts that the worked examples do not tell."""

from dataclasses import replace
from datetime import date
from decimal import Context, Decimal, localcontext

import pytest

from blackgem.lib.errors import InvalidInput
from blackgem.lib.money import CENT, MoneyError
from distributions.calc.accounts import OutOfOrder, account_at
from distributions.calc.accrual import rounded
from distributions.calc.explain import accrual_schedule
from distributions.calc.facts import (
    Contribution,
    History,
    Paid,
    Parts,
    TierPaid,
    WriteDown,
    excess_returned,
    unfunded_commitment,
)
from distributions.calc.openings import funded
from distributions.calc.partners import split_excess
from distributions.calc.terms import (
    Compounding,
    DayCount,
    Order,
    PrefStart,
    Style,
    Terms,
    TermsRefused,
    Tier,
    check_terms,
    pref_starts_on,
    terms_problems,
    with_side_letter,
)
from distributions.calc.tiers import StepKind
from distributions.calc.waterfall import distribute
from tests.support.accounts import NEW_YEAR, SIMPLE, STANDARD, TERMS, after, new_year, paid_in

# ---------------------------------------------------------------- terms


@pytest.mark.parametrize(
    ("tier", "code", "field"),
    [
        (Tier(Decimal("-0.01"), Decimal(1), Decimal("0.2")), "rate_out_of_range", "tiers.0.hurdle"),
        (Tier(Decimal("1.01"), Decimal(1), Decimal("0.2")), "rate_out_of_range", "tiers.0.hurdle"),
        (Tier(Decimal("NaN"), Decimal(1), Decimal("0.2")), "rate_out_of_range", "tiers.0.hurdle"),
        (Tier(Decimal("0.08"), Decimal("1.1"), Decimal("0.2")), "rate_out_of_range", "tiers.0.catch_up"),
        (Tier(Decimal("0.08"), Decimal(1), Decimal(1)), "rate_out_of_range", "tiers.0.carry"),
        (Tier(Decimal("0.08"), Decimal("0.1"), Decimal("0.2")), "catch_up_below_carry", "tiers.0.catch_up"),
    ],
)
def test_terms_that_are_refused(tier, code, field):
    (problem,) = terms_problems(Terms((tier,)))
    assert (problem.code, problem.field) == (code, field)
    with pytest.raises(TermsRefused) as refused:
        distribute(History(), Terms((tier,)), on=NEW_YEAR, amount=Decimal(1))
    assert refused.value.code == code
    assert isinstance(refused.value, InvalidInput)


@pytest.mark.parametrize(
    ("hurdle", "carry", "field"),
    [("0.08", "0.3", "hurdle"), ("0.12", "0.3", "hurdle"), ("0.15", "0.2", "carry")],
)
def test_tiers_that_are_out_of_order(hurdle, carry, field):
    """A hurdle that does not rise leaves nothing between; what a falling carry would mean is nobody's rule."""
    lower = Tier(Decimal("0.12"), Decimal(1), Decimal("0.25"))
    terms = Terms((lower, Tier(Decimal(hurdle), Decimal(0), Decimal(carry))))
    (problem,) = terms_problems(terms)
    assert (problem.code, problem.field) == ("tiers_out_of_order", f"tiers.1.{field}")
    assert field == "hurdle" or "not supported" in problem.message
    with pytest.raises(TermsRefused):
        distribute(History(), terms, on=NEW_YEAR, amount=Decimal(1))


def test_every_reason_is_listed():
    wrong = Tier(Decimal(2), Decimal("0.1"), Decimal("0.2"))
    codes = [problem.code for problem in terms_problems(Terms((wrong, replace(wrong, hurdle=Decimal(0)))))]
    assert codes == ["rate_out_of_range", "catch_up_below_carry"]
    assert [problem.code for problem in terms_problems(Terms(()))] == ["tiers_missing"]


@pytest.mark.parametrize(
    ("catch_up", "catches_up"), [("0", False), ("0.2", False), ("0.21", True), ("1", True)]
)
def test_no_catch_up_is_zero_or_the_carry_itself(catch_up, catches_up):
    tier = Tier(Decimal("0.08"), Decimal(catch_up), Decimal("0.2"))
    assert check_terms(Terms((tier,))).tiers[0].catches_up is catches_up


def test_a_side_letter_changes_what_it_names():
    two = Terms((STANDARD, Tier(Decimal("0.15"), Decimal(0), Decimal("0.3"))), order=Order.PREF_FIRST)
    changed = with_side_letter(
        two, hurdle=Decimal("0.06"), carry=Decimal("0.1"), compounding=Compounding.SIMPLE
    )
    assert [(tier.hurdle, tier.carry) for tier in changed.tiers] == [
        (Decimal("0.06"), Decimal("0.1")),
        (Decimal("0.15"), Decimal("0.1")),
    ]
    assert (changed.order, changed.compounding) == (Order.PREF_FIRST, Compounding.SIMPLE)
    assert with_side_letter(two, tiers=(STANDARD,)).tiers == (STANDARD,)
    assert with_side_letter(two) == two


# ---------------------------------------------------------------- time


@pytest.mark.parametrize(
    ("compounding", "accrued"),
    [
        (Compounding.ANNUAL, "166.40"),
        (Compounding.QUARTERLY, "171.66"),
        (Compounding.SIMPLE, "160.00"),
    ],
)
def test_two_years_at_eight_percent(compounding, accrued):
    account = account_at(paid_in(1000), replace(TERMS, compounding=compounding), new_year(2))
    assert rounded(account.accrued, CENT) == Decimal(accrued)


@pytest.mark.parametrize(
    ("day_count", "accrued"), [("act/365", "80.22"), ("act/360", "81.33"), ("30E/360", "80.00")]
)
def test_the_leap_year_2020_by_day_count(day_count, accrued):
    terms = replace(SIMPLE, day_count=DayCount(day_count))
    assert rounded(account_at(paid_in(1000), terms, new_year(1)).accrued, CENT) == Decimal(accrued)


def test_half_a_cent_is_rounded_up_even_after_thirds():
    """Twelve months of thirty days, each a third of a cent short of nothing: 0.125 in all."""
    monthly = tuple(Paid(date(2020, month, 1), Parts()) for month in range(2, 13))
    terms = replace(SIMPLE, tiers=(Tier(Decimal("0.01"), Decimal(0), Decimal(0)),))
    account = account_at(History(paid_in("12.50").contributions, monthly), terms, new_year(1))
    assert rounded(account.accrued, CENT) == Decimal("0.13")


def test_results_do_not_depend_on_the_callers_decimal_context():
    expected = distribute(paid_in("1234567.89"), TERMS, on=new_year(3), amount=Decimal("2345678.91"))
    with localcontext(Context(prec=34)):
        again = distribute(paid_in("1234567.89"), TERMS, on=new_year(3), amount=Decimal("2345678.91"))
    assert again == expected


@pytest.mark.parametrize(("start", "day"), [(PrefStart.PAID, 5), (PrefStart.DUE, 1), (PrefStart.LATER, 5)])
def test_a_late_payer_earns_from_the_day_that_the_terms_name(start, day):
    due, paid = date(2020, 1, 1), date(2020, 1, 5)
    assert pref_starts_on(start, paid_on=paid, due_on=due) == date(2020, 1, day)


def test_without_a_due_date_the_day_paid_counts():
    assert pref_starts_on(PrefStart.LATER, paid_on=NEW_YEAR, due_on=None) == NEW_YEAR


def test_a_preferred_return_that_starts_before_the_money_came():
    """Due on New Year 2020, paid a year late, distributed after another: two years."""
    late = History((Contribution(new_year(1), Decimal(1000), accrues_from=new_year(0)),))
    two = replace(TERMS, tiers=(STANDARD, Tier(Decimal("0.1"), Decimal(0), Decimal("0.3"))))
    account = account_at(late, two, new_year(2))
    assert rounded(account.accrued, CENT) == Decimal("166.40")
    assert rounded(account.hurdles[0], CENT) == Decimal("1210.00")


def test_a_preferred_return_that_starts_after_the_money_came():
    """Paid early: its capital is returned like any other, and earns only from the due date."""
    early = History((Contribution(new_year(0), Decimal(1000), accrues_from=new_year(1)),))
    two = replace(TERMS, tiers=(STANDARD, Tier(Decimal("0.1"), Decimal(0), Decimal("0.3"))))
    before = account_at(early, two, new_year(1).replace(month=1, day=1))
    assert (before.capital, before.accrued, before.hurdles[0]) == (1000, 0, 1000)
    account = account_at(early, two, new_year(2))
    assert rounded(account.accrued, CENT) == Decimal("80.00")
    assert rounded(account.hurdles[0], CENT) == Decimal("1100.00")


def test_capital_returned_before_it_began_to_earn_never_earns():
    early = History((Contribution(new_year(0), Decimal(1000), accrues_from=new_year(2)),))
    event = distribute(early, TERMS, on=new_year(1), amount=Decimal(600))
    account = account_at(after(early, event), TERMS, new_year(3))
    assert (account.capital, rounded(account.accrued, CENT)) == (400, Decimal("32.00"))


# ---------------------------------------------------------------- one account


def test_the_preferred_return_first():
    first = replace(TERMS, order=Order.PREF_FIRST)
    event = distribute(paid_in(1000), first, on=new_year(1), amount=Decimal(100))
    assert (event.parts.preferred_return, event.parts.return_of_capital) == (80, 20)
    assert [step.kind for step in event.steps[:2]] == [
        StepKind.PREFERRED_RETURN,
        StepKind.RETURN_OF_CAPITAL,
    ]


def test_unpaid_preferred_return_keeps_compounding():
    history = paid_in(1000)
    event = distribute(history, TERMS, on=new_year(1), amount=Decimal(1000))
    account = account_at(after(history, event), TERMS, new_year(2))
    assert (account.capital, rounded(account.accrued, CENT)) == (0, Decimal("86.40"))


def test_past_profit_never_prepays_later_capital():
    history = paid_in(1000)
    event = distribute(history, TERMS, on=new_year(1), amount=Decimal(5000))
    later = replace(
        after(history, event), contributions=(*history.contributions, Contribution(new_year(1), Decimal(500)))
    )
    again = distribute(later, TERMS, on=new_year(2), amount=Decimal(540))
    assert (again.parts.return_of_capital, again.parts.preferred_return) == (500, 40)


def test_a_backdated_contribution_counts_from_its_own_date_and_changes_no_past_part():
    history = paid_in(1000)
    event = distribute(history, TERMS, on=new_year(1), amount=Decimal(1080))
    found = Contribution(new_year(0), Decimal(100))
    known = replace(after(history, event), contributions=(*history.contributions, found))
    account = account_at(known, TERMS, new_year(1))
    assert (account.capital, rounded(account.accrued, CENT)) == (100, Decimal("8.00"))
    assert account.pref_paid == 80


def test_excess_capital_given_back_is_no_profit():
    """1,000 called, 400 of it not needed and given back after half a year: the rest goes on as 600."""
    history = paid_in(1000)
    history = replace(
        history, contributions=(*history.contributions, excess_returned(date(2020, 7, 1), Decimal(400)))
    )
    account = account_at(history, SIMPLE, new_year(1))
    assert (account.contributed, account.capital) == (600, 600)
    assert rounded(account.accrued, CENT) == Decimal("64.00")  # 40 for the first half, 24 for the second
    event = distribute(history, SIMPLE, on=new_year(1), amount=Decimal(700))
    assert event.parts.total == 700
    assert event.parts.return_of_capital == 600
    assert funded(history, new_year(1)) == 600


def test_excess_goes_back_to_those_who_paid_in_proportion():
    paid = {"A": Decimal("60.00"), "B": Decimal("40.00"), "C": Decimal("0.00")}
    assert split_excess(Decimal("33.33"), paid) == {
        "A": Decimal("20.00"),
        "B": Decimal("13.33"),
        "C": Decimal("0.00"),
    }


def test_unfunded_commitment():
    assert unfunded_commitment(Decimal(2000), Decimal(1500), Decimal(300)) == 800


def test_a_distribution_before_one_already_made_is_refused():
    history = paid_in(1000)
    done = after(history, distribute(history, TERMS, on=new_year(2), amount=Decimal(10)))
    with pytest.raises(OutOfOrder, match="Jan 1, 2021 would come before one that was made for Jan 1, 2022"):
        distribute(done, TERMS, on=new_year(1), amount=Decimal(10))


@pytest.mark.parametrize("amount", ["0.001", "-0.01"])
def test_amounts_that_are_refused(amount):
    with pytest.raises(MoneyError):
        distribute(paid_in(1000), TERMS, on=new_year(1), amount=Decimal(amount))
    if amount == "0.001":
        with pytest.raises(MoneyError):
            distribute(paid_in(amount), TERMS, on=new_year(1), amount=Decimal(1))


def test_terms_that_changed_share_out_only_what_comes_on_top():
    """Carry came down from 20 % to 10 %: nothing is taken back, and new profit is split 90 to 10."""
    history = paid_in(1000)
    event = distribute(history, TERMS, on=new_year(1), amount=Decimal(1200))
    assert event.parts.gp_carry == 40
    lower = with_side_letter(TERMS, carry=Decimal("0.1"))
    again = distribute(after(history, event), lower, on=new_year(1), amount=Decimal(100))
    assert (again.parts.split_lp, again.parts.split_gp) == (90, 10)


def test_carry_that_went_up_is_caught_up():
    history = paid_in(1000)
    event = distribute(history, TERMS, on=new_year(1), amount=Decimal(1200))
    higher = with_side_letter(TERMS, carry=Decimal("0.25"))
    again = distribute(after(history, event), higher, on=new_year(1), amount=Decimal(100))
    assert again.parts.catch_up_gp == Decimal("13.33")  # (50 − 40) / 0.75
    assert event.parts.gp_carry + again.parts.gp_carry == 75


def test_fewer_tiers_than_before_keep_what_was_paid_in_mind():
    history = paid_in(1000)
    two = replace(TERMS, tiers=(STANDARD, Tier(Decimal("0.1"), Decimal(1), Decimal("0.3"))))
    event = distribute(history, two, on=new_year(1), amount=Decimal(1500))
    account = account_at(after(history, event), TERMS, new_year(1))
    assert account.tiers[0].total == sum(tier.total for tier in event.parts.tiers)
    again = distribute(after(history, event), TERMS, on=new_year(1), amount=Decimal(100))
    assert again.parts.catch_up_gp == 0


def test_the_second_catch_up_brings_the_gp_to_its_share_of_everything():
    two = replace(TERMS, tiers=(STANDARD, Tier(Decimal("0.15"), Decimal(1), Decimal("0.3"))))
    parts = distribute(paid_in(1000), two, on=new_year(1), amount=Decimal(2000)).parts
    assert parts.preferred_return + parts.tiers[0].lp == 150
    assert parts.gp_carry == 300


def test_a_partial_catch_up_stops_at_the_next_hurdle():
    """At 50 % the GP would need 53.33 of catch-up; the LP reaches 9 % after 10 more, which takes 20."""
    half = Tier(Decimal("0.08"), Decimal("0.5"), Decimal("0.2"))
    two = replace(TERMS, tiers=(half, Tier(Decimal("0.09"), Decimal(0), Decimal("0.3"))))
    event = distribute(paid_in(1000), two, on=new_year(1), amount=Decimal(1300))
    first, second = event.parts.tiers
    assert first == TierPaid(Decimal(10), Decimal(10))
    assert (second.split_lp, second.split_gp) == (140, 60)
    assert event.steps[2].inputs["to_next_hurdle"] == 10


# ---------------------------------------------------------------- deal by deal


def test_a_distribution_that_names_no_deal_realises_none():
    american = replace(TERMS, style=Style.AMERICAN)
    event = distribute(paid_in(1000, deal="A"), american, on=new_year(1), amount=Decimal(100))
    assert event.parts.return_of_capital == 0
    assert (event.parts.split_lp, event.parts.split_gp) == (80, 20)


def test_what_was_written_off_is_due_though_it_will_never_be_sold():
    american = replace(TERMS, style=Style.AMERICAN)
    history = History(
        (Contribution(NEW_YEAR, Decimal(100), "A"), Contribution(NEW_YEAR, Decimal(100), "B")),
        write_downs=(WriteDown(new_year(1), Decimal(250), "B"), WriteDown(new_year(3), Decimal(1), "A")),
    )
    event = distribute(history, american, on=new_year(2), amount=Decimal(500), deal="A")
    assert event.parts.return_of_capital == 200  # no more than B cost
    assert event.parts.preferred_return == Decimal("33.28")
    lines = accrual_schedule(history, american, on=new_year(2), deal="A")
    assert [(line.days, line.capital) for line in lines] == [(720, 200)]


def test_a_share_of_the_fees_that_was_returned_too_early_is_netted():
    """A bears all fees while it is the only deal; once B and C are bought, B's exit needs less."""
    american = replace(with_side_letter(TERMS, hurdle=Decimal(0)), style=Style.AMERICAN)
    history = History((Contribution(NEW_YEAR, Decimal(60)), Contribution(NEW_YEAR, Decimal(100), "A")))
    first = distribute(history, american, on=new_year(1), amount=Decimal(160), deal="A")
    assert first.parts.return_of_capital == 160
    bought = (Contribution(new_year(2), Decimal(100), "B"), Contribution(new_year(2), Decimal(100), "C"))
    later = replace(after(history, first), contributions=(*history.contributions, *bought))
    second = distribute(later, american, on=new_year(3), amount=Decimal(100), deal="B")
    assert second.steps[0].owed_before == 80  # 200 of cost and 40 of fees, less 160
    last = distribute(after(later, second), american, on=new_year(3), amount=Decimal(200), deal="C")
    assert last.steps[0].owed_before == 120  # 360 in all, less 160 and 80
