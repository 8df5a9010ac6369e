"""Payments of calls, and taking them back."""

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from blackgem.http.pagination import Paged, page_of
from blackgem.http.rights import needs
from blackgem.http.schemas import NOTHING, Nothing
from blackgem.identity.step_up import with_fresh_factor
from blackgem.lib.context import context_of
from capital.services.payments import pay_call
from capital.services.reversals import approve_reversal, reject_reversal, request_reversal
from funds.access import DECLINE, MANAGE
from funds.api.verbs import TAKEN_BACK, RefusalBody, declining

from . import reads
from .answers import CallPaymentAnswer, PaymentAnswer, PaymentsAnswer
from .bodies import CallPayment, ReverseBody
from .serializers import call_detail_answer, payment_answer, payment_answers

router = Router(by_alias=True, tags=["Payments"])


@router.get("/capital-calls/{id:call_id}/payments", response=PaymentsAnswer)
def list_call_payments(request: HttpRequest, call_id: int, asked: Query[Paged]):
    """Every payment and reversal of a call, oldest first."""
    call = reads.one(reads.calls(request.user), call_id)
    found, total = page_of(reads.payments(request.user).filter(call=call).order_by("pk"), asked)
    return PaymentsAnswer(payments=[payment_answer(one) for one in found], total=total)


@router.post("/capital-calls/{id:call_id}/payments", response={201: CallPaymentAnswer})
@needs(MANAGE)
def post_call_payment(request: HttpRequest, response: HttpResponse, call_id: int, body: CallPayment):
    """PAYMENT_RECEIVED. Refused where the receipt does not say whom to credit, or is more than is owed."""
    ctx = context_of(request)
    fields = body.given()
    if body.splits:
        fields["splits"] = [(split.item_id, split.amount) for split in body.splits]
    payments = pay_call(call_id=call_id, **fields, ctx=ctx)
    response["Location"] = f"/api/capital-calls/{call_id}/payments"
    call = call_detail_answer(request.user, call_id, ctx.at)
    shown = payment_answers(request.user, [payment.pk for payment in payments])
    return CallPaymentAnswer(payments=shown, capital_call=call, allocations=call.allocations)


@router.get("/payments/{id:payment_id}", response=PaymentAnswer)
def get_payment(request: HttpRequest, payment_id: int):
    return payment_answer(reads.one(reads.payments(request.user), payment_id))


@router.post("/payments/{id:payment_id}/reverse", response={200: PaymentAnswer, 202: PaymentAnswer})
@needs(MANAGE)
def post_reverse(request: HttpRequest, payment_id: int, body: ReverseBody):
    """Ask to take a whole payment back. Where a second person must approve, it waits, and this answers 202."""
    reversal = request_reversal(payment_id=payment_id, **body.model_dump(), ctx=context_of(request))
    answer = payment_answer(reads.one(reads.payments(request.user), payment_id))
    return Status(200 if reversal.approved_at else 202, answer)


@router.post("/reversals/{id:reversal_id}/approve", response=PaymentAnswer)
@needs(MANAGE)
@with_fresh_factor
def post_approve_reversal(request: HttpRequest, reversal_id: int, body: Nothing = NOTHING):
    """The payment is taken back by a compensating row."""
    reversal = approve_reversal(reversal_id=reversal_id, ctx=context_of(request))
    return payment_answer(reads.one(reads.payments(request.user), reversal.payment_id))


@router.post("/reversals/{id:reversal_id}/reject", response=PaymentAnswer)
@needs(DECLINE)
def post_reject_reversal(request: HttpRequest, reversal_id: int, body: RefusalBody = TAKEN_BACK):
    """The payment stands."""
    reversal = reject_reversal(reversal_id=reversal_id, ctx=declining(request, body))
    return payment_answer(reads.one(reads.payments(request.user), reversal.payment_id))
