"""Fees that were waived and what of them the general partner uses; and cancelling a run that no call asks for."""

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from blackgem.http.rights import needs
from blackgem.http.schemas import NOTHING, Nothing
from blackgem.identity.step_up import with_fresh_factor
from blackgem.lib.context import context_of
from fees.models import FeeRunCancellation, FeeWaiverUse
from fees.queries.waivers import uses_of, waiver_account
from fees.services import cancellations, waivers
from funds.access import DECLINE, MANAGE
from funds.api import verbs
from funds.api.verbs import TAKEN_BACK, RefusalBody, declining
from funds.models import Fund

from .answers import FeeCancellationAnswer, FeeWaiverUseAnswer, WaivedFeesAnswer
from .bodies import FeeTakeBackBody, FeeWaiverUseBody

router = Router(by_alias=True, tags=["Management fees"])


@router.get("/funds/{id:fund_id}/waived-fees", response=WaivedFeesAnswer)
def get_waived_fees(request: HttpRequest, fund_id: int):
    """What was waived of the runs that count, and every use of it, newest first."""
    fund = verbs.one(Fund.objects.visible_to(request.user), fund_id)
    account = waiver_account(fund)
    amounts = {name: getattr(account, name) for name in ("waived", "used", "available")}
    uses = [_use(one) for one in uses_of(fund)]
    return WaivedFeesAnswer(fund_id=fund.pk, currency=fund.currency, uses=uses, **amounts)


@router.post("/funds/{id:fund_id}/waived-fees", response={201: FeeWaiverUseAnswer, 202: FeeWaiverUseAnswer})
@needs(MANAGE)
def post_waiver_use(request: HttpRequest, response: HttpResponse, fund_id: int, body: FeeWaiverUseBody):
    """Deem a general partner’s part of a call paid out of what was waived; a call asks the partners who were spared the
    fee for as much. Where a second person must approve, it waits, and this answers 202. 409 for another partner’s part,
    and for more than is owed or left."""
    done = waivers.use_waived_fees(fund_id=fund_id, **body.model_dump(), ctx=context_of(request))
    response["Location"] = f"/api/funds/{fund_id}/waived-fees"
    return Status(201 if done.approved_at else 202, _use(uses_of(done.fund).get(pk=done.pk)))


@router.post("/fee-waiver-uses/{id:fee_waiver_use_id}/approve", response=FeeWaiverUseAnswer)
@needs(MANAGE)
@with_fresh_factor
def post_approve_waiver_use(request: HttpRequest, fee_waiver_use_id: int, body: Nothing = NOTHING):
    """The call that asks the partners is issued; not by who asked for it where the fund demands two."""
    done = waivers.approve_waiver_use(use_id=fee_waiver_use_id, ctx=context_of(request))
    return _use(uses_of(done.fund).get(pk=done.pk))


@router.post("/fee-waiver-uses/{id:fee_waiver_use_id}/reject", response=FeeWaiverUseAnswer)
@needs(DECLINE)
def post_reject_waiver_use(request: HttpRequest, fee_waiver_use_id: int, body: RefusalBody = TAKEN_BACK):
    """The general partner pays its part itself."""
    done = waivers.reject_waiver_use(use_id=fee_waiver_use_id, ctx=declining(request, body))
    return _use(uses_of(done.fund).get(pk=done.pk))


@router.post(
    "/fee-runs/{id:fee_run_id}/cancel", response={201: FeeCancellationAnswer, 202: FeeCancellationAnswer}
)
@needs(MANAGE)
def post_cancel_fee_run(request: HttpRequest, response: HttpResponse, fee_run_id: int, body: FeeTakeBackBody):
    """A run that is paid from cash on hand, or of which nothing is due, counts no longer; one that a call asks for is
    cancelled with its call. 409 while a payment of it stands, or a later run rests on it. Where a second person must
    approve, it waits, and this answers 202."""
    done = cancellations.cancel_fee_run(run_id=fee_run_id, reason=body.reason, ctx=context_of(request))
    response["Location"] = f"/api/fee-runs/{fee_run_id}"
    return Status(201 if done.approved_at else 202, _cancellation(done))


@router.post("/fee-cancellations/{id:fee_cancellation_id}/approve", response=FeeCancellationAnswer)
@needs(MANAGE)
@with_fresh_factor
def post_approve_fee_cancellation(request: HttpRequest, fee_cancellation_id: int, body: Nothing = NOTHING):
    """The same days are worked out anew; not by who asked for it where the fund demands two."""
    done = cancellations.approve_fee_cancellation(
        cancellation_id=fee_cancellation_id, ctx=context_of(request)
    )
    return _cancellation(done)


@router.post("/fee-cancellations/{id:fee_cancellation_id}/reject", response=FeeCancellationAnswer)
@needs(DECLINE)
def post_reject_fee_cancellation(
    request: HttpRequest, fee_cancellation_id: int, body: RefusalBody = TAKEN_BACK
):
    """The run stays as it is."""
    done = cancellations.reject_fee_cancellation(
        cancellation_id=fee_cancellation_id, ctx=declining(request, body)
    )
    return _cancellation(done)


def _use(one: FeeWaiverUse) -> FeeWaiverUseAnswer:
    asked = getattr(one, "asked", None)
    return FeeWaiverUseAnswer.of(
        one,
        currency=one.fund.currency,
        status=one.state.upper(),
        call_id=one.item.call_id,
        asked_by_call_id=asked.call_id if asked else None,
    )


def _cancellation(one: FeeRunCancellation) -> FeeCancellationAnswer:
    status = "REJECTED" if one.rejected_at else "APPROVED" if one.approved_at else "PENDING"
    return FeeCancellationAnswer.of(one, fee_run_id=one.run_id, status=status)
