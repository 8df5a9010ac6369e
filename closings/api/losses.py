"""What a partner in default loses of its interest, and withdrawing the notice of a default."""

from django.http import HttpRequest
from ninja import Router, Status

from blackgem.http.rights import needs
from blackgem.http.schemas import NOTHING, Nothing
from blackgem.http.validation import naming
from blackgem.identity.step_up import with_fresh_factor
from blackgem.lib.context import context_of
from closings.services import forfeitures, withdrawals
from funds.access import DECLINE, MANAGE
from funds.api.verbs import TAKEN_BACK, RefusalBody, declining

from .default_answers import DefaultDetailAnswer, default_detail
from .default_bodies import ForfeitureBody, ReductionBody, SaleBody, WithdrawalBody

router = Router(by_alias=True, tags=["Defaults"])
_ASKED = {200: DefaultDetailAnswer, 202: DefaultDetailAnswer}


def _answer(request, default_id, done) -> Status:
    return Status(200 if done.approved_at else 202, default_detail(request.user, default_id))


@router.post("/defaults/{id:default_id}/forfeiture", response=_ASKED)
@needs(MANAGE)
def post_forfeiture(request: HttpRequest, default_id: int, body: ForfeitureBody):
    """Take a share of the interest, and give it to the others by what remains of their commitments, by transfers. What
    is owed stays the partner's own. Where a second person must approve, it waits, and this answers 202. 409 while the
    default may still be cured."""
    done = forfeitures.request_forfeiture(default_id=default_id, **body.model_dump(), ctx=context_of(request))
    return _answer(request, default_id, done)


@router.post("/defaults/{id:default_id}/sale", response=_ASKED)
@needs(MANAGE)
def post_sale(request: HttpRequest, default_id: int, body: SaleBody):
    """Sell the whole interest to another partner, by a transfer; what the two pay each other is in no figure of the
    fund. Where a second person must approve, it waits, and this answers 202."""
    with naming(buyer="buyer_id"):
        done = forfeitures.request_sale(default_id=default_id, **body.model_dump(), ctx=context_of(request))
    return _answer(request, default_id, done)


@router.post("/defaults/{id:default_id}/reduction", response=_ASKED)
@needs(MANAGE)
def post_reduction(request: HttpRequest, default_id: int, body: ReductionBody):
    """Cut the commitment to what was contributed net of distributions, and not below what is drawn. Where a second
    person must approve, it waits, and this answers 202."""
    done = forfeitures.request_reduction(default_id=default_id, **body.model_dump(), ctx=context_of(request))
    return _answer(request, default_id, done)


@router.post("/defaults/{id:default_id}/withdraw", response=_ASKED)
@needs(MANAGE)
def post_withdraw_default(request: HttpRequest, default_id: int, body: WithdrawalBody):
    """Withdraw the notice: the next version of the letter says so, and why. Where a second person must approve, it
    waits, and this answers 202. 409 where something was done about the default."""
    done = withdrawals.request_withdrawal(default_id=default_id, **body.model_dump(), ctx=context_of(request))
    return _answer(request, default_id, done)


@router.post("/default-withdrawals/{id:default_withdrawal_id}/approve", response=DefaultDetailAnswer)
@needs(MANAGE)
@with_fresh_factor
def post_approve_default_withdrawal(
    request: HttpRequest, default_withdrawal_id: int, body: Nothing = NOTHING
):
    """The notice is withdrawn, and its partner told so."""
    done = withdrawals.approve_withdrawal(withdrawal_id=default_withdrawal_id, ctx=context_of(request))
    return default_detail(request.user, done.default_id)


@router.post("/default-withdrawals/{id:default_withdrawal_id}/reject", response=DefaultDetailAnswer)
@needs(DECLINE)
def post_reject_default_withdrawal(
    request: HttpRequest, default_withdrawal_id: int, body: RefusalBody = TAKEN_BACK
):
    """The notice stands."""
    done = withdrawals.reject_withdrawal(withdrawal_id=default_withdrawal_id, ctx=declining(request, body))
    return default_detail(request.user, done.default_id)
