"""Stories of distributions: how they are divided, frozen, issued, paid out and taken back."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, Forbidden, InvalidInput
from capital.services import calls
from distributions.models import Distribution
from distributions.services import distributions
from distributions.services.distributions import inputs_since
from distributions.services.planning import work_out
from funds.models import CapitalTransaction
from tests.integration.capital.story import NOW, fresh
from tests.support.staging import staged

from .story import AT_EXIT, EXIT, ExitStory

pytestmark = pytest.mark.django_db

SUMS_OF_THE_CFO = [
    ("25000.00", "325000.00", "40238.84", "10059.71", "99761.16", "24940.29", "35000.00"),
    ("0.00", "350000.00", "42936.56", "10734.14", "77063.44", "19265.86", "30000.00"),
]


@staged
def story():
    return ExitStory()


@pytest.mark.parametrize(
    ("short", "capital", "pref", "catch_up", "split_lp", "split_gp", "gp"), SUMS_OF_THE_CFO
)
def test_the_exit_is_divided_as_a_cfo_expects(short, capital, pref, catch_up, split_lp, split_gp, gp):
    worked_out = work_out(ExitStory(short=short).exit())
    tiers = {tier.kind: tier for tier in worked_out.tiers}
    assert tiers["return_of_capital"].lp_amount == Decimal(capital)
    assert tiers["preferred_return"].lp_amount == Decimal(pref)
    assert tiers["catch_up"].gp_amount == Decimal(catch_up)
    assert (tiers["split"].lp_amount, tiers["split"].gp_amount) == (Decimal(split_lp), Decimal(split_gp))
    assert worked_out.to_gp == Decimal(gp)
    assert worked_out.to_lps == Decimal("500000.00") - Decimal(gp)


def test_items_and_tiers_add_up_and_the_gp_gets_the_carry(story):
    distribution = story.draft_exit()
    sums = fresh(distribution).capital
    assert sums.gross == Decimal("500000.00")
    assert (
        sums.return_of_capital + sums.preferred_return + sums.profit_share + sums.carried_interest
        == sums.gross
    )
    assert distribution.items.get(commitment=story.gp).carried_interest == Decimal("30000.00")


def test_a_draft_counts_nowhere_and_an_issued_one_at_once(story):
    draft = story.draft_exit()
    assert fresh(story.fund).distributed.distributed == 0
    distributions.issue_distribution(distribution_id=draft.pk, ctx=WriteContext(story.manager, AT_EXIT))
    account = fresh(story.fund).distributed
    assert (account.distributed, account.paid_out, account.payable) == (500000, 0, 500000)


def test_payouts_post_the_ledger_and_complete_it(story):
    distribution = story.issue_exit()
    first = distribution.items.order_by("pk")[0]
    story.pay_out(distribution, item_id=first.pk)
    assert fresh(distribution).status == "sent"
    story.pay_out(distribution)
    assert fresh(distribution).status == "paid"
    ledger = CapitalTransaction.objects.filter(distribution_id=distribution.pk)
    assert sum(row.amount for row in ledger) == Decimal("-500000.00")
    with pytest.raises(Conflict):
        story.pay_out(distribution)


def test_a_returned_wire_takes_the_payout_back(story):
    distribution = story.issue_exit()
    payout = story.pay_out(distribution)[0]
    story.take_back(payout)
    assert fresh(distribution).status == "sent"
    assert fresh(payout.item).capital.paid_out == 0
    story.pay_out(distribution)
    assert fresh(distribution).status == "paid"


def test_recallable_capital_may_be_called_again_once_it_is_paid_out(story):
    distribution = story.issue_exit("50000.00", recallable=True)
    assert fresh(story.fund).partners.unfunded == Decimal("900000.00")
    payouts = story.pay_out(distribution)
    assert fresh(story.fund).partners.unfunded == Decimal("950000.00")
    dates = {"call_date": EXIT, "due_date": EXIT + timedelta(days=14)}
    again = calls.draft_call(plan=story.plan("950000.00", **dates), ctx=WriteContext(story.manager, AT_EXIT))
    calls.issue_call(call_id=again.pk, ctx=WriteContext(story.manager, AT_EXIT))
    with pytest.raises(Conflict) as refused:
        story.take_back(payouts[0])
    assert refused.value.code == "payout.called_again"


def test_excess_capital_goes_back_to_those_who_paid_it_outside_the_waterfall(story):
    excess = story.issue_exit("35000.00", type="RETURN_OF_EXCESS_CAPITAL")
    assert [tier.kind for tier in excess.tiers.all()] == ["excess"]
    assert fresh(excess).capital.return_of_capital == Decimal("35000.00")
    after = work_out(replace(story.exit(), total_amount=Decimal("315000.00")))
    assert after.total_of("return_of_capital") == Decimal("315000.00")


def test_tax_is_withheld_from_what_is_no_return_of_capital(story):
    investor = story.partners[0].investor
    investor.withholding_rate = Decimal("0.10")
    investor.save()
    item = story.draft_exit().items.get(commitment=story.partners[0])
    taxable = item.gross_amount - item.return_of_capital
    assert item.withholding_tax == (taxable / 10).quantize(Decimal("0.01"))
    assert item.net_amount == item.gross_amount - item.withholding_tax
    by_hand = story.draft_exit(withholding={story.partners[0].pk: Decimal("1.00")})
    assert by_hand.items.get(commitment=story.partners[0]).withholding_tax == Decimal("1.00")


def test_a_distribution_whose_inputs_moved_is_not_approved():
    story = ExitStory(short="25000.00")
    draft = story.draft_exit()
    story.call_and_pay(date(2026, 6, 1), Decimal("1000.00"))
    with pytest.raises(Conflict) as refused:
        distributions.issue_distribution(distribution_id=draft.pk, ctx=WriteContext(story.manager, AT_EXIT))
    assert refused.value.code == "distribution.inputs_moved"


def test_a_backdated_contribution_does_not_change_what_was_sent_and_is_told(story):
    distribution = story.issue_exit()
    assert inputs_since(distribution) is None
    before = list(distribution.items.order_by("pk").values_list("gross_amount", flat=True))
    story.call_and_pay(date(2026, 6, 1), Decimal("1000.00"))
    moved = inputs_since(fresh(distribution))
    assert moved["contributed"] == [Decimal("350000.00"), Decimal("351000.00")]
    assert list(distribution.items.order_by("pk").values_list("gross_amount", flat=True)) == before


def test_a_second_distribution_knows_what_the_first_paid(story):
    whole = work_out(story.exit())
    story.issue_exit("200000.00")
    rest = work_out(story.exit("300000.00"))
    assert rest.total_of("carried_interest") == whole.total_of("carried_interest")
    assert rest.total_of("return_of_capital") == Decimal("150000.00")


def test_where_the_fund_demands_it_a_second_person_approves(story):
    story.fund.four_eyes = True
    story.fund.save()
    waiting = story.issue_exit()
    assert waiting.status == "pending_approval"
    with pytest.raises(Forbidden):
        distributions.approve_distribution(
            distribution_id=waiting.pk, ctx=WriteContext(story.manager, AT_EXIT)
        )
    distributions.approve_distribution(distribution_id=waiting.pk, ctx=WriteContext(story.second, AT_EXIT))
    distributions.issue_approved_distribution(
        distribution_id=waiting.pk, ctx=WriteContext(story.manager, AT_EXIT)
    )
    assert fresh(waiting).status == "sent"


def test_a_deleted_draft_leaves_a_gap_and_an_issued_one_is_cancelled(story):
    distributions.delete_draft(distribution_id=story.draft_exit().pk, ctx=WriteContext(story.manager, NOW))
    issued = story.issue_exit()
    assert issued.number == 2
    with pytest.raises(Conflict):
        distributions.delete_draft(distribution_id=issued.pk, ctx=WriteContext(story.manager, NOW))
    distributions.cancel_distribution(
        distribution_id=issued.pk, reason="Sale fell through", ctx=WriteContext(story.manager, NOW)
    )
    assert fresh(story.fund).distributed.distributed == 0


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"total_amount": Decimal("0.00")}, "amount.min_value"),
        ({"type": "LOTTERY"}, "distribution.type"),
        ({"deal_id": 1 << 40}, "deal.unknown"),
        ({"withholding": {1 << 40: Decimal("1.00")}}, "commitment.unknown"),
    ],
)
def test_what_could_never_be_right_is_refused(changes, code, story):
    with pytest.raises(InvalidInput) as refused:
        distributions.draft_distribution(
            plan=replace(story.exit(), **changes), ctx=WriteContext(story.manager, NOW)
        )
    assert refused.value.code == code
    assert not Distribution.objects.exists()


def test_per_investor_and_aggregate_agree_when_all_paid_alike():
    for_each = work_out(ExitStory(scope="per_investor").exit())
    as_one = work_out(ExitStory(scope="aggregate").exit())
    assert abs(for_each.to_gp - as_one.to_gp) <= Decimal("0.03")


def test_the_waterfall_never_runs_backwards(story):
    story.issue_exit("100000.00")
    with pytest.raises(Conflict) as refused:
        distributions.draft_distribution(
            plan=replace(story.exit("1000.00"), date=date(2027, 1, 1)), ctx=WriteContext(story.manager, NOW)
        )
    assert refused.value.code == "distribution.out_of_order"
