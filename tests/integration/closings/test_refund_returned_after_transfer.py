"""A payout of a later closing's refund comes back after the interest that it was paid on was transferred."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from blackgem.lib.errors import Conflict
from blackgem.lib.knowledge import Knowledge
from capital.models import CommitmentCapital, HeldPart
from closings.models import RefundCapital, RefundPayout
from closings.services import refunds
from tests.factories import CommitmentFactory, InvestorFactory
from tests.integration.capital.test_as_of import ROLL_UPS, rows_of
from tests.integration.closings.story import at
from tests.integration.closings.test_closing_after_a_transfer import MovedStory
from tests.integration.closings.test_transfers import by_fund
from tests.integration.portal.test_statement import agrees_with_the_views
from tests.support.invariants import violations

pytestmark = pytest.mark.django_db
CLOSED_ON, PAID_ON, MOVED_ON = date(2026, 7, 1), date(2026, 7, 20), date(2026, 8, 10)
BACK_ON, AGAIN_ON = date(2026, 8, 24), date(2026, 9, 7)


class RefundedStory(MovedStory):
    """A was refunded at the second closing; two fifths of its interest are T's since."""

    def told(self, share=(2, 5)):
        self.first_two_calls()
        self.closing = self.close_on(CLOSED_ON, PAID_ON, self.newcomer("C", "4000000"))
        self.pay(self.closing.call, PAID_ON)
        self.refund(self.closing, PAID_ON)
        self.a = self.partners[0]
        self.t = CommitmentFactory(
            fund=self.fund,
            amount=D(0),
            created_by=self.manager,
            investor=InvestorFactory(name="T", created_by=self.manager),
        )
        self.move(MOVED_ON, *share)
        return self

    def move(self, day, numerator, denominator, giver=None, taker=None):
        share = {"numerator": numerator, "denominator": denominator}
        self.transfer(giver or self.a, taker or self.t, day, **share)

    def returned(self, day=BACK_ON, **more):
        standing = RefundPayout.objects.filter(commitment=self.a, reverses=None, reversed_by_payout=None)
        said = {"reason": "Account closed", "cash_on": day, "ctx": self.ctx(day)} | more
        return refunds.request_refund_reversal(payout_id=standing.latest("pk").pk, **said)


def figures(one):
    own = CommitmentCapital.objects.get(pk=one.pk)
    return [own.called, own.paid, own.paid_in, own.outstanding, own.to_refund, own.unfunded]


def held(story):
    return sorted(HeldPart.objects.exclude(held=0).values_list("line", "commitment", "held", "weight"))


def agreed(story, day=AGAIN_ON):
    assert violations() == []
    for one in story.fund.commitments.order_by("pk"):
        agrees_with_the_views(one, today=day)


@pytest.mark.parametrize(
    ("currency", "zone", "share"),
    [("USD", "UTC", (2, 5)), ("JPY", "Pacific/Auckland", (1, 3)), ("USD", "UTC", (1, 1))],
)
def test_it_is_payable_again_to_whom_it_was_declared_and_nothing_else_moves(currency, zone, share):
    story = RefundedStory(currency=currency, time_zone=zone).told(share)
    refund = story.closing.refunds.get(commitment=story.a)
    before, sums, parts = {one: figures(one) for one in (story.a, story.t)}, by_fund(), held(story)
    days = [PAID_ON - timedelta(1), PAID_ON, MOVED_ON - timedelta(1), MOVED_ON, BACK_ON]
    known = Knowledge(at(MOVED_ON) + timedelta(hours=1))

    def said(knowledge):
        return {day: {model: rows_of(model.on(day, knowledge)) for model in ROLL_UPS} for day in days}

    then, now = said(known), said(Knowledge(None))
    story.returned()

    assert said(known) == then
    for day, back in said(Knowledge(None)).items():
        assert back[CommitmentCapital][story.t.pk] == now[day][CommitmentCapital][story.t.pk]
    assert figures(story.t) == before[story.t]
    called, paid, paid_in, outstanding, to_refund, unfunded = figures(story.a)
    was = before[story.a]
    assert (called, outstanding, unfunded) == (was[0], was[3], was[5])
    assert (paid, paid_in, to_refund) == (was[1] + refund.capital, was[2] + refund.capital, refund.capital)
    assert held(story) == parts
    assert RefundCapital.objects.get(pk=refund.pk).payable == refund.amount
    agreed(story)

    story.refund(story.closing, AGAIN_ON)
    assert by_fund() == sums
    assert {one: figures(one) for one in before} == before
    agreed(story)


def test_and_once_more_after_another_transfer():
    """Meanwhile the transferor passes nothing on, but whoever took a part over does."""
    story = RefundedStory().told()
    sums = by_fund()
    story.returned()
    with pytest.raises(Conflict, match="paid out to the transferor"):
        story.move(BACK_ON, 1, 2)
    story.move(BACK_ON, 1, 3, story.t, story.partners[1])
    agreed(story)
    story.refund(story.closing, BACK_ON)
    story.move(AGAIN_ON, 1, 7)
    before = [figures(one) for one in story.fund.commitments.order_by("pk")]
    story.returned(AGAIN_ON)
    agreed(story)
    story.refund(story.closing, AGAIN_ON)
    assert [figures(one) for one in story.fund.commitments.order_by("pk")] == before
    assert by_fund() == sums
    # What is transferred back whole is its first holder's again: its payout is taken back as it was posted.
    agreed(story)
