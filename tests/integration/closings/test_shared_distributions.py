"""Distributions made before a closing: shared anew as calls are, with the sign turned, or left with who got them. The
figures are those of the published example: a deal of 900,000 of which 300,000 was distributed before C came in."""

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from blackgem.lib.errors import Conflict, InvalidInput
from blackgem.lib.knowledge import Knowledge
from capital.models import CommitmentCapital, Payment
from capital.services.reversals import request_reversal
from closings.models import Closing, EqualisedRow, EqualisedShare, Refund, RefundPayout
from closings.queries.figures import figures_of
from closings.services.closings import draft_closing, submit_closing
from closings.services.refunds import request_refund_reversal
from distributions.models import CommitmentDistributions, TakenShare
from distributions.services import payouts
from distributions.services.facts import facts_on
from funds.models import Notice
from tests.factories import FundTermsFactory
from tests.integration.closings.story import ClosingStory
from tests.support.invariants import violations

pytestmark = pytest.mark.django_db

HELD_ON, PAY_ON, OUT = date(2026, 7, 1), date(2026, 7, 20), date(2026, 6, 10)
RESPLIT, KEEP = Closing.Distributions.RESPLIT, Closing.Distributions.KEEP
D = Decimal


class Story(ClosingStory):
    """Two calls, a distribution of the second's deal, and C, who comes in afterwards."""

    def __post_init__(self):
        super().__post_init__()
        self.terms = FundTermsFactory(
            fund=self.fund, hurdle_rate=D("0.08"), carry_rate=D("0.20"), catch_up_rate=1
        )

    def begin(self, amount="300000.00", *, paid_out=True, **changes):
        self.call(date(2026, 5, 1), date(2026, 5, 15), ("D2", "900000.00"))
        return self.distribute(amount, OUT, self.deals["D2"].deal_id, paid_out=paid_out, **changes)

    def comes(self, what=RESPLIT, **changes) -> Closing:
        newcomer = self.newcomer("C", "4000000.00")
        return self.close(self.plan(HELD_ON, PAY_ON, newcomer, distributions=what, **changes), HELD_ON)

    def distributed(self, name: str) -> Decimal:
        found = CommitmentDistributions.objects.get(
            commitment__fund=self.fund, commitment__investor__name=name
        )
        return found.distributed

    def facts(self) -> tuple:
        """What the next waterfall reads, over all partners: what was paid in, by the day from which it earns, and what
        was paid out, by day, whoever holds it."""
        found = facts_on(self.fund, self.terms, date(2026, 12, 31))
        paid_in, paid_out = Counter(), Counter()
        for one in found.partners:
            for row in one.history.contributions:
                paid_in[row.accrues_from or row.on] += row.amount
            for row in one.history.paid:
                paid_out[row.on] += row.parts.return_of_capital
        return paid_in, paid_out

    def accounts(self) -> dict:
        rows = CommitmentCapital.objects.filter(commitment__fund=self.fund)
        return {
            one.commitment.investor.name: (one.called, one.paid, one.outstanding, one.to_refund, one.unfunded)
            for one in rows.select_related("commitment__investor")
        }


def by_name(model, **which) -> dict:
    return {one.commitment.investor.name: one for one in model.objects.filter(**which)}


@pytest.mark.parametrize("four_eyes", [False, True])
def test_it_is_shared_anew_gross_and_only_the_net_is_paid(four_eyes):
    story = Story(four_eyes=four_eyes, time_zone="Pacific/Auckland")
    story.begin()
    before = story.facts()
    closing = story.comes()

    shares = by_name(EqualisedShare, closing=closing)
    assert {name: (one.delta, one.days, one.interest) for name, one in shares.items()} == {
        "C": (D("-98360.66"), 40, D("-862.34")),
        "A": (D("59976.01"), 40, shares["A"].interest),
        "B": (D("35985.61"), 40, shares["B"].interest),
        "GP": (D("2399.04"), 40, D("21.03")),
    }
    assert (shares["A"].interest, shares["B"].interest) == (D("525.82"), D("315.49"))
    assert {name: story.distributed(name) for name in ("A", "B", "GP", "C")} == {
        "A": D("122950.82"),
        "B": D("73770.49"),
        "GP": D("4918.03"),
        "C": D("98360.66"),
    }

    asked = closing.call.items.get(commitment__investor__name="C")
    assert asked.capital.paid == D("98360.66")
    assert asked.capital.outstanding == D("196721.31") + D("4268.58") - D("862.34")
    refunds = by_name(Refund, closing=closing)
    assert refunds["A"].amount - refunds["A"].set_off - refunds["A"].interest == D("119952.02")
    assert [(one.progress.payable, one.progress.paid_out) for one in refunds.values()] == [
        (0, one.set_off) for one in refunds.values()
    ]
    assert story.account("C").paid == D("98360.66")
    assert story.account("A").unfunded == D("5000000.00") - D("548780.49") + D("179928.03")

    # As C pays the rest, the rest of every refund is released, and all is passed on.
    story.pay(closing.call, PAY_ON)
    paid = story.refund(closing, PAY_ON)
    assert sum(one.amount for one in paid) == asked.capital.outstanding
    assert story.account("C").paid == D("295081.97")
    assert not violations()
    assert story.facts() == before


def test_what_may_be_called_again_stays_with_whom_it_may_be_called_from():
    story = Story()
    story.begin(recallable=True)
    with pytest.raises(Conflict) as refused:
        story.comes()
    assert refused.value.code == "closing.distribution_recallable"


def test_whoever_got_it_keeps_it_where_the_terms_say_so():
    story = Story()
    story.begin()
    closing = story.comes(KEEP)
    assert not EqualisedShare.objects.exists()
    assert not TakenShare.objects.exists()
    assert (story.distributed("A"), story.distributed("C")) == (D("182926.83"), 0)
    assert closing.call.items.get().capital.outstanding == D("295081.97") + D("4268.58")


def test_what_becomes_of_it_is_asked_and_never_assumed():
    story = Story()
    story.begin()
    with pytest.raises(InvalidInput) as refused:
        story.comes(None)
    assert (refused.value.code, refused.value.field) == ("closing.distributions_undecided", "distributions")
    deal = story.deals["D2"].deal_id
    assert not story.comes(None, excluded_deals=(deal,)).refunds.exists()


def test_it_is_paid_out_before_it_is_shared_anew():
    story = Story()
    story.begin(paid_out=False)
    with pytest.raises(Conflict) as refused:
        story.comes()
    assert refused.value.code == "closing.distribution_unpaid"


def test_more_was_distributed_than_is_taken_over():
    """Nobody could pay out of what it owes what it would get, where the deal that paid for it is left out."""
    story = Story()
    story.call(date(2026, 2, 1), date(2026, 2, 16), ("D1", "1500000.00"))
    story.begin("1000000.00")
    left_out = (story.deals["D1"].deal_id,)
    with pytest.raises(InvalidInput) as refused:
        story.comes(excluded_deals=left_out)
    assert refused.value.code == "side_turns"
    assert story.comes().shares.count() == 4


def test_a_closing_taken_back_moves_it_back():
    story = Story(four_eyes=True)
    story.begin()
    before = story.accounts(), story.distributed("A")
    closing = story.comes()
    settled = closing.approved_at
    story.reverse(closing, date(2026, 7, 10))
    after = story.accounts()
    assert after.pop("C") == (0, 0, 0, 0, 0)
    assert (after, story.distributed("A")) == before
    assert not violations()
    known = {row.commitment.investor.name: row for row in CommitmentCapital.on(HELD_ON, Knowledge(settled))}
    assert known["C"].paid == D("98360.66")


def test_neither_side_is_taken_back_alone():
    story = Story()
    issued = story.begin()
    closing = story.comes()
    ctx = story.ctx(HELD_ON)
    with pytest.raises(Conflict) as refused:
        request_reversal(payment_id=Payment.objects.get(closing_id=closing.pk).pk, reason="No", ctx=ctx)
    assert refused.value.code == "payment.of_closing"
    with pytest.raises(Conflict) as refused:
        request_refund_reversal(payout_id=RefundPayout.objects.first().pk, reason="No", ctx=ctx)
    assert refused.value.code == "refund.of_closing"
    with pytest.raises(Conflict, match="held for the partner"):
        payouts.request_payout_reversal(payout_id=issued.payouts.first().pk, reason="No", ctx=ctx)


def test_a_second_newcomer_takes_from_the_first_too():
    story = Story()
    story.begin()
    first = story.comes()
    story.pay(first.call, PAY_ON)
    story.refund(first, PAY_ON)
    held, due = date(2026, 9, 1), date(2026, 9, 20)
    second = story.close(
        story.plan(held, due, story.newcomer("E", "2000000.00"), distributions=RESPLIT), held
    )
    assert {name: story.distributed(name) for name in ("A", "B", "GP", "C", "E")} == {
        "A": D("105633.81"),
        "B": D("63380.28"),
        "GP": D("4225.35"),
        "C": D("84507.04"),
        "E": D("42253.52"),
    }
    assert EqualisedRow.objects.filter(closing=second).count() > 3
    assert not violations()


def test_the_figures_are_the_same_before_and_after():
    story = Story()
    story.begin()
    plan = story.plan(HELD_ON, PAY_ON, story.newcomer("C", "4000000.00"), distributions=RESPLIT)
    draft = draft_closing(plan=plan, ctx=story.ctx(HELD_ON))

    def shown() -> tuple:
        found = figures_of(Closing.objects.select_related("fund").get(pk=draft.pk))
        parts = [[part for part in found.parts_of(line.pk) if part.change] for line in found.lines]
        return found.lines, found.notices, parts, found.comes_in, found.goes_out

    worked_out = shown()
    submit_closing(closing_id=draft.pk, ctx=story.ctx(HELD_ON))
    assert shown() == worked_out
    assert worked_out[3] == D("196721.31") + D("3406.24")


def test_letters_say_both_sides_and_what_moves_in_cash():
    story = Story()
    story.begin()
    closing = story.comes()
    asked = Notice.objects.newest(Notice.Kind.CAPITAL_CALL, closing.call_id).get()
    assert asked.facts["netted"] == [
        {"distribution": 1, "closing": 2, "on": "2026-07-01", "amount": "98360.66"}
    ]
    assert asked.facts["due"] == "200127.55"
    told = Notice.objects.newest(Notice.Kind.REFUND, closing.pk).get(commitment__investor__name="A")
    refund = Refund.objects.get(closing=closing, commitment=told.commitment)
    assert told.facts["payable"] == str(refund.amount - D("59976.01"))
    assert told.facts["distributions"][0]["amount"] == "59976.01"
