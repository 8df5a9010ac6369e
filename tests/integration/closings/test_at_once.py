"""What moves an interest, or pays a call, at the same moment as something else: each finds what the other left."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest

from capital.models import CallItemCapital, CommitmentCapital
from capital.services import payments
from closings.models import Closing, RefundCapital
from closings.services import closings, setoffs
from closings.services.planning import ClosingPlan, TranchePlan
from distributions.models import CommitmentDistributions
from distributions.services import payouts
from tests.factories import InvestorFactory
from tests.integration.closings.test_refund_returned_after_transfer import BACK_ON, RefundedStory
from tests.integration.closings.transfer_story import MOVED_ON, TransferStory
from tests.support.invariants import violations
from tests.support.race import failures, together

pytestmark = pytest.mark.django_db(transaction=True)


def test_transfers_payments_set_offs_and_closings_at_once(monkeypatch):
    for module in (payments, setoffs, closings):
        monkeypatch.setattr(f"{module.__name__}.nudge", lambda: None, raising=False)
    story = TransferStory(committed=("3000000.00", "1000000.00"))
    story.history()
    open_on, ctx = MOVED_ON - timedelta(10), story._ctx(MOVED_ON)
    call = story.paid_call(open_on, ("other", "90000.00"), due=MOVED_ON + timedelta(20), paid=False)
    given = story.paid_out(open_on, "40000.00", "D2", paid=False)
    item = call.items.get(commitment=story.first)
    pay = partial(
        payments.record_payment,
        item_id=item.pk,
        amount=Decimal("50000.00"),
        value_date=MOVED_ON,
        method="wire",
        ctx=ctx,
    )
    net = partial(
        setoffs.request_setoff, call_id=call.pk, distribution_id=given.pk, reason="Clause 14.14", ctx=ctx
    )
    move = partial(story.transfer, open_items="assumed")
    newcomer = InvestorFactory(created_by=story.manager)
    plan = ClosingPlan(
        story.fund.pk,
        MOVED_ON,
        MOVED_ON + timedelta(9),
        (TranchePlan(newcomer.pk, Decimal("500000.00")),),
        fee_interest=Closing.FeeInterest.NONE,
        rate=Decimal("0.08"),
    )
    draft = closings.draft_closing(plan=plan, ctx=ctx)
    settle = partial(closings.submit_closing, closing_id=draft.pk, ctx=ctx)
    answers = together([move, pay, net, settle, pay, move])
    refused = [getattr(error, "code", error) for error in failures(answers)]
    assert all(isinstance(code, str) for code in refused), refused
    assert violations() == []
    assert min(CallItemCapital.objects.filter(call=call).values_list("outstanding", flat=True)) >= 0
    assert sum(one.committed for one in CommitmentCapital.objects.all()) in (4000000, 4500000)


def test_a_payout_comes_back_and_goes_out_while_interests_move(monkeypatch):
    """Of two that take it back one does; whatever else comes first, all that moved of it is whole."""
    monkeypatch.setattr("distributions.services.payouts.nudge", lambda: None)
    story = TransferStory(committed=("3000000.00", "1000000.00"))
    story.history()
    ctx = story._ctx(MOVED_ON)
    story.transfer()
    out = story.first.distribution_items.earliest("pk").distribution_id
    back = partial(story.payout_returned, MOVED_ON)
    again = partial(payouts.pay_out, distribution_id=out, value_date=MOVED_ON, method="wire", ctx=ctx)
    move = partial(story.transfer, 1, 2, frm=story.newcomer, to=story.partners[1])
    answers = together([back, move, again, back, move, again])
    refused = [getattr(error, "code", error) for error in failures(answers)]
    assert all(isinstance(code, str) for code in refused), refused
    assert violations() == []
    if CommitmentDistributions.objects.get(pk=story.first.pk).payable:
        again()
    assert violations() == []
    assert sum(one.payable for one in CommitmentDistributions.objects.all()) == 0


def test_a_refund_comes_back_and_goes_out_while_interests_move():
    """Whatever comes first, the transferor passes nothing on while it waits, and is paid what was declared to it."""
    story = RefundedStory().told()
    back, again = partial(story.returned, BACK_ON), partial(story.refund, story.closing, BACK_ON)
    on, off = (
        partial(story.move, BACK_ON, 1, 2),
        partial(story.move, BACK_ON, 1, 3, story.t, story.partners[1]),
    )
    refused = [
        getattr(error, "code", error) for error in failures(together([back, on, again, off, back, on]))
    ]
    assert all(isinstance(code, str) for code in refused), refused
    assert violations() == []
    if RefundCapital.objects.get(refund__commitment=story.a).payable:
        again()
    assert violations() == []
    assert sum(one.to_refund for one in CommitmentCapital.objects.all()) == 0
