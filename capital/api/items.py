"""One investor's part of a call, and what it pays."""

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from blackgem.http.rights import needs
from blackgem.http.validation import naming
from blackgem.lib.context import context_of
from blackgem.lib.errors import NotFound
from capital.services.payments import record_payment
from funds.access import MANAGE

from . import reads
from .answers import ItemAnswer
from .bodies import ItemPayment
from .serializers import item_answers

router = Router(by_alias=True, tags=["Capital calls"])


@router.get("/capital-calls/{id:call_id}/items", response=list[ItemAnswer])
def list_items(request: HttpRequest, call_id: int):
    call = reads.one(reads.calls(request.user), call_id)
    return item_answers(call, timezone.now())


@router.patch("/capital-calls/{id:call_id}/items/{id:item_id}/payment", response=ItemAnswer)
@needs(MANAGE)
def patch_item_payment(request: HttpRequest, call_id: int, item_id: int, body: ItemPayment):
    """Record one payment of this investor."""
    call = reads.one(reads.calls(request.user), call_id)
    if not call.items.filter(pk=item_id).exists():
        raise NotFound("not_found", "There is no such item.")
    ctx = context_of(request)
    with naming(
        amount="paid_amount", value_date="paid_date", method="payment_method", reference="payment_ref"
    ):
        record_payment(
            item_id=item_id,
            amount=body.paid_amount,
            value_date=body.paid_date,
            method=body.payment_method,
            reference=body.payment_ref or "",
            ctx=ctx,
        )
    return item_answers(call, ctx.at, item_id)[0]
