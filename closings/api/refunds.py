"""Refunds of a closing, and payouts of them: the money went out, and came back."""

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from blackgem.http.pagination import Paged, page_of
from blackgem.http.rights import needs
from blackgem.http.schemas import NOTHING, Nothing
from blackgem.http.validation import naming
from blackgem.identity.step_up import with_fresh_factor
from blackgem.lib.context import context_of
from closings.services import refunds as services
from funds.access import DECLINE, MANAGE
from funds.api.letters import letter_answers
from funds.api.verbs import TAKEN_BACK, RefusalBody, declining
from funds.models import Notice

from . import reads
from .answers import ClosingDetailAnswer, RefundPayoutAnswer, RefundPayoutsAnswer, RefundsAnswer
from .bodies import RefundPayoutBody, ReverseRefundPayout
from .serializers import closing_detail_answer, payout_answer, payout_answer_of, refund_answer

router = Router(by_alias=True, tags=["Refunds"])


@router.get("/closings/{id:closing_id}/refunds", response=RefundsAnswer)
def list_refunds(request: HttpRequest, closing_id: int, asked: Query[Paged]):
    """What each partner gets back, by reference, and how much of it is released and paid out."""
    closing = reads.one(reads.closings(request.user), closing_id)
    found, total = page_of(reads.refunds(request.user, closing), asked)
    letters = letter_answers(Notice.Kind.REFUND, closing.pk)
    return RefundsAnswer(refunds=[refund_answer(one, letters.get(one.pk, [])) for one in found], total=total)


@router.get("/closings/{id:closing_id}/refund-payouts", response=RefundPayoutsAnswer)
def list_refund_payouts(request: HttpRequest, closing_id: int, asked: Query[Paged]):
    """Every payout and reversal of a closing's refunds, oldest first."""
    closing = reads.one(reads.closings(request.user), closing_id)
    rows = reads.payouts(request.user).filter(refund__closing=closing)
    found, total = page_of(rows.order_by("pk"), asked)
    return RefundPayoutsAnswer(payouts=[payout_answer(one) for one in found], total=total)


@router.post("/closings/{id:closing_id}/refund-payouts", response={201: ClosingDetailAnswer})
@needs(MANAGE)
def post_refund_payouts(
    request: HttpRequest, response: HttpResponse, closing_id: int, body: RefundPayoutBody
):
    """What is released went out, of `refundId` or of every refund of the closing, and is posted to the ledger. 409
    where nothing is."""
    with naming(value_date="paid_date"):
        services.pay_refunds(
            closing_id=closing_id,
            value_date=body.paid_date,
            method=body.method,
            reference=body.reference,
            refund_ids=None if body.refund_id is None else [body.refund_id],
            ctx=context_of(request),
        )
    response["Location"] = f"/api/closings/{closing_id}/refund-payouts"
    return closing_detail_answer(request.user, closing_id)


@router.get("/refund-payouts/{id:refund_payout_id}", response=RefundPayoutAnswer)
def get_refund_payout(request: HttpRequest, refund_payout_id: int):
    return payout_answer_of(request.user, refund_payout_id)


@router.post(
    "/refund-payouts/{id:refund_payout_id}/reverse",
    response={200: RefundPayoutAnswer, 202: RefundPayoutAnswer},
)
@needs(MANAGE)
def post_reverse_refund_payout(request: HttpRequest, refund_payout_id: int, body: ReverseRefundPayout):
    """Ask to take a whole payout back. Where a second person must approve, it waits, and this answers 202."""
    reversal = services.request_refund_reversal(
        payout_id=refund_payout_id, **body.model_dump(), ctx=context_of(request)
    )
    return Status(200 if reversal.approved_at else 202, payout_answer_of(request.user, refund_payout_id))


@router.post("/refund-payout-reversals/{id:refund_payout_reversal_id}/approve", response=RefundPayoutAnswer)
@needs(MANAGE)
@with_fresh_factor
def post_approve_refund_payout_reversal(
    request: HttpRequest, refund_payout_reversal_id: int, body: Nothing = NOTHING
):
    """The payout is taken back by a compensating row."""
    reversal = services.approve_refund_reversal(
        reversal_id=refund_payout_reversal_id, ctx=context_of(request)
    )
    return payout_answer_of(request.user, reversal.payout_id)


@router.post("/refund-payout-reversals/{id:refund_payout_reversal_id}/reject", response=RefundPayoutAnswer)
@needs(DECLINE)
def post_reject_refund_payout_reversal(
    request: HttpRequest, refund_payout_reversal_id: int, body: RefusalBody = TAKEN_BACK
):
    """The payout stands."""
    reversal = services.reject_refund_reversal(
        reversal_id=refund_payout_reversal_id, ctx=declining(request, body)
    )
    return payout_answer_of(request.user, reversal.payout_id)
