"""Payouts: the money of a distribution went out, and came back."""

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from blackgem.http.pagination import Paged, page_of
from blackgem.http.rights import needs
from blackgem.http.schemas import NOTHING, Nothing
from blackgem.http.validation import naming
from blackgem.identity.step_up import with_fresh_factor
from blackgem.lib.context import context_of
from distributions.services.payouts import (
    approve_payout_reversal,
    pay_out,
    reject_payout_reversal,
    request_payout_reversal,
)
from funds.access import DECLINE, MANAGE
from funds.api.verbs import TAKEN_BACK, RefusalBody, declining

from . import reads
from .answers import DistributionDetailAnswer, PayoutAnswer, PayoutsAnswer
from .bodies import PayoutBody, ReversePayout
from .serializers import distribution_detail_answer, payout_answer, payout_answer_of

router = Router(by_alias=True, tags=["Payouts"])


@router.get("/distributions/{id:distribution_id}/payouts", response=PayoutsAnswer)
def list_payouts(request: HttpRequest, distribution_id: int, asked: Query[Paged]):
    """Every payout and reversal of a distribution, oldest first."""
    one = reads.one(reads.distributions(request.user), distribution_id)
    rows = reads.payouts(request.user).filter(fund=one.fund_id, distribution=one)
    found, total = page_of(rows.order_by("pk"), asked)
    return PayoutsAnswer(payouts=[payout_answer(payout) for payout in found], total=total)


@router.post("/distributions/{id:distribution_id}/payouts", response={201: DistributionDetailAnswer})
@needs(MANAGE)
def post_payouts(request: HttpRequest, response: HttpResponse, distribution_id: int, body: PayoutBody):
    """The money went out, to `itemId` or to every item not paid yet: each whole, and posted to the ledger."""
    facts = body.given()
    facts["value_date"] = facts.pop("paid_date")
    with naming(value_date="paid_date"):
        pay_out(distribution_id=distribution_id, **facts, ctx=context_of(request))
    response["Location"] = f"/api/distributions/{distribution_id}/payouts"
    return distribution_detail_answer(request.user, distribution_id)


@router.get("/payouts/{id:payout_id}", response=PayoutAnswer)
def get_payout(request: HttpRequest, payout_id: int):
    return payout_answer_of(request.user, payout_id)


@router.post("/payouts/{id:payout_id}/reverse", response={200: PayoutAnswer, 202: PayoutAnswer})
@needs(MANAGE)
def post_reverse_payout(request: HttpRequest, payout_id: int, body: ReversePayout):
    """Ask to take a whole payout back. Where a second person must approve, it waits, and this answers 202."""
    reversal = request_payout_reversal(payout_id=payout_id, **body.model_dump(), ctx=context_of(request))
    return Status(200 if reversal.approved_at else 202, payout_answer_of(request.user, payout_id))


@router.post("/payout-reversals/{id:payout_reversal_id}/approve", response=PayoutAnswer)
@needs(MANAGE)
@with_fresh_factor
def post_approve_payout_reversal(request: HttpRequest, payout_reversal_id: int, body: Nothing = NOTHING):
    """The payout is taken back by a compensating row."""
    reversal = approve_payout_reversal(reversal_id=payout_reversal_id, ctx=context_of(request))
    return payout_answer_of(request.user, reversal.payout_id)


@router.post("/payout-reversals/{id:payout_reversal_id}/reject", response=PayoutAnswer)
@needs(DECLINE)
def post_reject_payout_reversal(
    request: HttpRequest, payout_reversal_id: int, body: RefusalBody = TAKEN_BACK
):
    """The payout stands."""
    reversal = reject_payout_reversal(reversal_id=payout_reversal_id, ctx=declining(request, body))
    return payout_answer_of(request.user, reversal.payout_id)
