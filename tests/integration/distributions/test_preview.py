"""A preview is remembered between keystrokes, and never longer than the facts that it follows from stand."""

from datetime import date
from decimal import Decimal

import pytest

from blackgem.lib.context import WriteContext
from capital.models import CapitalCallItem, Payment
from distributions.services.planning import preview, work_out
from distributions.services.write_downs import write_down
from distributions.states import DistributionType
from funds.services.partners import change_investor
from funds.services.terms import set_side_letter, set_terms
from tests.factories import CommitmentFactory, FundTermsFactory

from .story import AT_EXIT, EXIT, ExitStory

pytestmark = pytest.mark.django_db
BEFORE = date(2027, 3, 31)


def pays_the_rest(story):
    item = CapitalCallItem.objects.filter(call__due_date=date(2026, 3, 1)).earliest("pk")
    story.pay_item(item, "100.00", value_date=date(2026, 3, 1))


def takes_a_payment_back(story):
    story.reverse(Payment.objects.earliest("pk"))


def agrees_on_a_side_letter(story):
    fields = {"effective_on": BEFORE, "carry_rate": Decimal(0)}
    set_side_letter(
        commitment_id=story.partners[0].pk, fields=fields, ctx=WriteContext(story.manager, AT_EXIT)
    )


def changes_the_terms(story):
    set_terms(
        fund_id=story.fund.pk,
        fields={
            "effective_on": BEFORE,
            "scope": "per_investor",
            "hurdle_rate": Decimal("0.10"),
            "catch_up_rate": Decimal(1),
            "carry_rate": Decimal("0.20"),
        },
        ctx=WriteContext(story.manager, AT_EXIT),
    )


def admits_another(story):
    CommitmentFactory(fund=story.fund, amount="300000.00")


def withholds(story):
    change_investor(
        investor_id=story.partners[0].investor_id,
        fields={"withholding_rate": Decimal("0.15")},
        ctx=WriteContext(story.manager, AT_EXIT),
    )


def renames(story):
    change_investor(
        investor_id=story.partners[0].investor_id,
        fields={"name": "Renamed Partners LP"},
        ctx=WriteContext(story.manager, AT_EXIT),
    )


def distributes_before(story):
    story.issue_exit("200000.00", on=BEFORE)


def writes_down(story):
    write_down(
        fund_id=story.fund.pk,
        deal_id=story.allocation.deal_id,
        date=BEFORE,
        amount=Decimal("50000.00"),
        ctx=WriteContext(story.manager, AT_EXIT),
    )


def shown(worked_out):
    assert not worked_out.problems
    return worked_out.rows, worked_out.tiers, worked_out.terms, worked_out.stretches


def looked_at_before_and_after(story, plan, move):
    first = shown(preview(plan))
    assert first == shown(work_out(plan)) == shown(preview(plan))
    move(story)
    after = shown(preview(plan))
    assert after == shown(work_out(plan))
    return first, after


@pytest.mark.parametrize(
    "move",
    [
        pays_the_rest,
        takes_a_payment_back,
        agrees_on_a_side_letter,
        changes_the_terms,
        withholds,
        renames,
        distributes_before,
    ],
)
def test_a_preview_moves_with_every_fact(move):
    story = ExitStory(scope="per_investor", short="25000.00")
    first, after = looked_at_before_and_after(story, story.exit("900000.00"), move)
    assert first != after


def test_one_account_for_all_moves_with_the_commitments():
    story = ExitStory(scope="aggregate")
    first, after = looked_at_before_and_after(story, story.exit(), admits_another)
    assert first != after
    assert after[-1], "the stretches of time are shown"


def test_deal_by_deal_moves_with_a_write_down():
    story = ExitStory()
    story.allocation = story.allocate()
    story.call_and_pay(date(2026, 5, 1), Decimal("60000.00"), allocation=story.allocation)
    FundTermsFactory(
        fund=story.fund,
        style="american",
        hurdle_rate=Decimal("0.08"),
        carry_rate=Decimal("0.20"),
        catch_up_rate=1,
    )
    first, after = looked_at_before_and_after(story, story.exit("90000.00"), writes_down)
    assert first != after


def test_unused_money_given_back_moves_with_a_payment():
    story = ExitStory(short="25000.00")
    plan = story.exit("1000.00", type=DistributionType.RETURN_OF_EXCESS_CAPITAL)
    first, after = looked_at_before_and_after(story, plan, pays_the_rest)
    assert first != after


def test_a_second_look_reads_no_history(django_assert_num_queries):
    story = ExitStory(scope="per_investor")
    preview(story.exit("1.00"), fund=story.fund)
    with django_assert_num_queries(2) as asked:  # the terms of the day, and whether anything has moved
        preview(story.exit("2.00"), fund=story.fund)
    assert all("value_date" not in query["sql"] for query in asked)


def test_another_day_is_another_preview():
    story = ExitStory(scope="per_investor")
    soon, later = (shown(preview(story.exit("900000.00", on=day))) for day in (EXIT, date(2028, 6, 30)))
    assert soon != later
