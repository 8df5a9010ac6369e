"""Two distributions on the same facts: approved in an order, issued in it, refused where what they rest on moved."""

from datetime import date
from decimal import Decimal
from functools import partial
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict
from blackgem.lib.invariants import to_resolve
from capital.models import Payment
from capital.services import reversals
from distributions.services import distributions
from distributions.services.planning import work_out
from tests.integration.capital.story import fresh
from tests.support.invariants import violations
from tests.support.pages import text_of
from tests.support.race import failures, together

from .story import AT_EXIT, ExitStory

pytestmark = pytest.mark.django_db
CAME_BACK = "capital_was_returned_and_its_payment_came_back"


class TwoStory(ExitStory):
    """100,000 paid in, and two drafts of 120,000 worked out side by side: each would return all of it."""

    def __init__(self, *, scope="per_investor"):
        super().__init__(
            scope=scope, committed=("300000.00", "200000.00"), called=((date(2026, 6, 30), "100000.00"),)
        )
        self.one, self.other = (self.draft_exit("120000.00") for _ in range(2))

    def act(self, verb, one, **more):
        return getattr(distributions, verb)(
            distribution_id=one.pk, ctx=WriteContext(self.manager, AT_EXIT), **more
        )

    def approve(self, one):
        self.act("submit_distribution", one)
        return self.act("approve_distribution", one)

    def send(self, one):
        return self.act("issue_approved_distribution", one)

    def issue(self, one):
        return self.act("issue_distribution", one)

    def cancel(self, one):
        return self.act("cancel_distribution", one, reason="The sale fell through")

    def recompute(self, one):
        return self.act("change_draft", one, plan=self.exit("120000.00"))

    def approve_both(self):
        self.approve(self.one)
        self.recompute(self.other)
        self.approve(self.other)

    def bounce(self, **which):
        paid = Payment.objects.filter(fund=self.fund, reverses__isnull=True, **which)
        payment = paid.order_by("-amount").first()
        return reversals.request_reversal(
            payment_id=payment.pk, reason="The wire bounced", ctx=WriteContext(self.manager, AT_EXIT)
        )


def refusal(doing, *arguments) -> str:
    with pytest.raises(Conflict) as refused:
        doing(*arguments)
    return refused.value.code


def statuses(story) -> list[str]:
    return [fresh(row).status for row in (story.one, story.other)]


def left_to_resolve() -> list[tuple[str, list]]:
    """By exception, what is to be recovered; every sentence holds."""
    assert violations() == []
    return [(one.invariant.name, [row["to_recover"] for row in one.rows]) for one in to_resolve()]


@pytest.mark.parametrize("scope", ["per_investor", "aggregate"])
def test_capital_is_returned_once_and_the_carry_is_that_of_both(scope):
    """240,000 out of 100,000 paid in: 140,000 of profit, 28,000 of carry."""
    story = TwoStory(scope=scope)
    story.approve(story.one)
    story.act("submit_distribution", story.other)
    assert refusal(story.act, "approve_distribution", story.other) == "distribution.inputs_moved"
    story.act("return_to_draft", story.other)
    assert work_out(story.exit("120000.00")).total_of("return_of_capital") == 0, "what is approved counts"
    story.recompute(story.other)
    story.approve(story.other)
    assert refusal(story.send, story.other) == "distribution.not_its_turn"
    for one in (story.one, story.other):
        story.send(one)
        story.pay_out(one)
    account = fresh(story.fund).distributed
    assert (account.return_of_capital, account.carried_interest) == (
        Decimal("100000.00"),
        Decimal("28000.00"),
    )
    assert all(distributions.inputs_since(fresh(one)) is None for one in (story.one, story.other))
    assert left_to_resolve() == []


def test_what_is_issued_in_one_go_runs_the_waterfall_once(monkeypatch):
    story, runs = TwoStory(), []
    monkeypatch.setattr(
        distributions, "work_out", lambda *args, **more: runs.append(1) or work_out(*args, **more)
    )
    story.issue(story.one)
    assert (fresh(story.one).status, len(runs)) == ("sent", 1)


def test_what_counted_one_that_goes_is_a_draft_again():
    story = TwoStory()
    story.approve_both()
    story.act("return_to_draft", story.one)
    assert statuses(story) == ["draft", "draft"]
    story.approve_both()
    story.send(story.one)
    story.cancel(story.one)
    assert statuses(story) == ["cancelled", "draft"]
    assert refusal(story.issue, story.other) == "distribution.inputs_moved"
    story.recompute(story.other)
    story.issue(story.other)
    assert fresh(story.fund).distributed.return_of_capital == Decimal("100000.00")


def test_what_a_later_one_was_issued_on_is_not_cancelled():
    story = TwoStory()
    story.issue(story.one)
    story.recompute(story.other)
    story.issue(story.other)
    assert refusal(story.cancel, story.one) == "distribution.later_issued"
    story.cancel(story.other)
    story.cancel(story.one)
    assert statuses(story) == ["cancelled", "cancelled"]


def test_facts_that_move_after_the_approval_refuse_the_issue():
    story = TwoStory()
    story.approve(story.one)
    story.call_and_pay(date(2026, 7, 1), Decimal("1000.00"))
    assert refusal(story.send, story.one) == "distribution.inputs_moved"
    story.act("return_to_draft", story.one)
    story.recompute(story.one)
    story.issue(story.one)


def test_excess_capital_is_what_the_waterfall_has_not_returned():
    story = TwoStory()
    story.issue(story.one)
    excess = {"type": "RETURN_OF_EXCESS_CAPITAL"}
    assert refusal(partial(story.draft_exit, "0.01", **excess)) == "distribution.more_than_paid_in"


def test_a_wire_that_bounces_afterwards_posts_and_is_to_be_resolved(client):
    """Nothing stops the bank's facts; reconcile and the pages list what they leave, until it is paid again."""
    story = TwoStory()
    story.issue(story.one)
    story.bounce()
    assert left_to_resolve() == [(CAME_BACK, [Decimal("60000.00")])]
    client.force_login(story.manager)
    for name, key in (("distribution_changes", story.one.pk), ("fund_returns", story.fund.pk)):
        page = text_of(client.get(reverse(f"distributions:{name}", args=[key])))
        assert "To be resolved" in page
        assert "$60,000.00 too much" in page
    story.recompute(story.other)
    assert fresh(story.other).capital.return_of_capital == 0, "the next one takes it into account"
    story.call_and_pay(date(2026, 6, 30), Decimal("150000.00"))
    assert left_to_resolve() == []


def test_money_of_a_line_that_went_back_before_its_wire_bounced_is_to_be_resolved(client):
    story = TwoStory()
    call = story.call_and_pay(date(2026, 7, 1), Decimal("1000.00"))
    line = call.lines.get().pk
    story.issue_exit("600.00", recallable=True, given_back_lines=(line,))
    story.bounce(call=call)
    left = "a_line_was_given_back_and_its_payment_came_back"
    assert left_to_resolve() == [(left, [Decimal("360.00")])]
    client.force_login(story.manager)
    page = text_of(client.get(reverse("distributions:fund_returns", args=[story.fund.pk])))
    assert "line 1 of Capital Call #2: $360.00 returned, $0.00 paid in" in page
    story.pay(call, "600.00")
    assert left_to_resolve() == []


@pytest.mark.django_db(transaction=True)
def test_two_issues_at_once_return_the_capital_once(monkeypatch):
    monkeypatch.setattr(distributions, "nudge", lambda: None)
    story = TwoStory()
    answers = together([partial(story.issue, story.one), partial(story.issue, story.other)])
    [refused] = failures(answers)
    assert refused.code == "distribution.inputs_moved"
    assert sorted(statuses(story)) == ["draft", "sent"]


@pytest.mark.django_db(transaction=True)
def test_a_payment_taken_back_while_it_is_issued_is_seen_or_is_an_exception(monkeypatch):
    monkeypatch.setattr(distributions, "nudge", lambda: None)
    story = TwoStory()
    answers = together([partial(story.issue, story.one), story.bounce])
    refused = [error.code for error in failures(answers)]
    assert refused in ([], ["distribution.inputs_moved"])
    told = StringIO()
    call_command("reconcile", stdout=told, no_color=True)
    assert (f"{CAME_BACK}: 1 to resolve" in told.getvalue()) == (not refused)
