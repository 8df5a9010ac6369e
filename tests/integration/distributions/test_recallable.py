"""What goes out and may be called again, through the services: fees outside the commitment, deals, terms and limits."""

from datetime import date
from decimal import Decimal

import pytest

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict
from capital.models import CommitmentCapital
from capital.services import calls
from capital.services.plans import LinePlan
from distributions.models import GivenBack
from distributions.services import distributions
from distributions.states import DistributionType
from funds.services.terms import set_terms
from tests.integration.capital.story import NOW
from tests.integration.distributions.story import AT_EXIT, ExitStory
from tests.support.invariants import contradicted

pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2026, 4, 1)


@pytest.fixture
def story():
    return ExitStory(committed=("200000.00",) * 3)


def pay_fee(story, amount, *, inside):
    lines = (LinePlan("management_fee", Decimal(amount), reduces_unfunded=inside),)
    plan = story.plan(amount, lines=lines, call_date=date(2026, 3, 1), due_date=DAY)
    call = issue(story, plan)
    story.pay(call, amount)
    return call


def issue(story, plan):
    draft = calls.draft_call(plan=plan, ctx=WriteContext(story.manager, NOW))
    return calls.issue_call(call_id=draft.pk, ctx=WriteContext(story.manager, NOW))


def unfunded(story):
    return [
        one.unfunded for one in CommitmentCapital.objects.filter(fund=story.fund).order_by("commitment_id")
    ]


def test_a_fee_called_outside_the_commitment_restores_nothing_when_it_goes_back(story):
    before = unfunded(story)
    fee = pay_fee(story, "30000.00", inside=False)
    line = fee.lines.get().pk
    out = story.issue_exit("30000.00", recallable=True, given_back_lines=(line,))
    story.pay_out(out)
    assert {one.call_line_id for one in GivenBack.objects.all()} == {line}
    assert unfunded(story) == before
    assert contradicted() == []


def test_by_default_every_line_goes_back_by_what_was_paid_and_only_what_was_inside_restores(story):
    before = unfunded(story)
    pay_fee(story, "30000.00", inside=False)
    story.pay_out(story.issue_exit("38000.00", recallable=True))
    # 350,000 was paid inside the commitments and 30,000 outside: of 38,000 given back 35,000 restores.
    assert sum(unfunded(story)) - sum(before) == 35000
    assert contradicted() == []


def test_no_more_of_a_line_goes_back_than_was_paid(story):
    pay_fee(story, "3000.00", inside=True)
    for _ in range(2):
        story.pay_out(story.issue_exit("170000.00", type=DistributionType.RETURN_OF_EXCESS_CAPITAL))
    assert sum(unfunded(story)) <= 600000
    assert contradicted() == []


def test_profit_restores_where_the_terms_let_gains_but_never_beyond_the_most(story):
    set_terms(
        fund_id=story.fund.pk,
        fields={"recall_gains": True, "max_unfunded": "1.1"},
        ctx=WriteContext(story.manager, AT_EXIT),
    )
    story.pay_out(story.issue_exit("800000.00", recallable=True))
    assert max(unfunded(story)) == 220000
    assert contradicted() == []


def test_terms_that_limit_what_is_called_in_all(story):
    set_terms(fund_id=story.fund.pk, fields={"max_cumulative": "1"}, ctx=WriteContext(story.manager, AT_EXIT))
    before = unfunded(story)
    story.pay_out(story.issue_exit("9000.00", recallable=True))
    assert sum(unfunded(story)) - sum(before) == 9000
    plan = story.plan("255000.00", call_date=date(2026, 3, 1), due_date=DAY)
    with pytest.raises(Conflict) as refused:
        issue(story, plan)
    assert refused.value.code in ("call.exceeds_cumulative", "call.exceeds_uncalled")


def test_a_named_line_is_kept_and_worked_out_again(story):
    line = story.fund.capital_calls.order_by("number").first().lines.get().pk
    draft = story.draft_exit("5000.00", recallable=True, given_back_lines=(line,))
    assert distributions.plan_of(draft).given_back_lines == (line,)
    assert {one.call_line_id for one in GivenBack.objects.all()} == {line}
