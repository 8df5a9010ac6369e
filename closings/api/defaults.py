"""Defaults: notice to a partner that did not pay, the interest that it owes, and what the others are asked for."""

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from blackgem.http.pagination import Paged, page_of
from blackgem.http.rights import needs
from blackgem.http.schemas import NOTHING, Nothing
from blackgem.identity.step_up import with_fresh_factor
from blackgem.lib.context import context_of
from capital.api.reads import item as item_of
from closings.queries.default_pages import defaults_of
from closings.services import defaults as services
from closings.services import remedies
from funds.access import DECLINE, MANAGE
from funds.api.verbs import TAKEN_BACK, RefusalBody, declining

from . import reads
from .default_answers import (
    DefaultAnswer,
    DefaultDetailAnswer,
    DefaultsAnswer,
    default_answer,
    default_detail,
)
from .default_bodies import DefaultBody, InterestBody, PaidOnBody, ShortfallBody

router = Router(by_alias=True, tags=["Defaults"])


@router.get("/funds/{id:fund_id}/defaults", response=DefaultsAnswer)
def list_defaults(request: HttpRequest, fund_id: int, asked: Query[Paged]):
    """Every default of a fund, newest first, also what waits or was turned down."""
    fund = reads.one(reads.funds(request.user), fund_id)
    found, total = page_of(defaults_of(fund), asked)
    return DefaultsAnswer(defaults=[default_answer(one, DefaultAnswer) for one in found], total=total)


@router.post(
    "/capital-calls/{id:call_id}/items/{id:item_id}/defaults",
    response={201: DefaultDetailAnswer, 202: DefaultDetailAnswer},
)
@needs(MANAGE)
def post_default(request: HttpRequest, response: HttpResponse, call_id: int, item_id: int, body: DefaultBody):
    """Give the partner of an item notice that it is in default. The notice is the next version of the letter of the
    call, and its terms hold from then on. Where a second person must approve, it waits, and this answers 202. 409 where
    nothing is owed, or it is not due yet."""
    item = item_of(request.user, call_id, item_id)
    done = services.request_default(item_id=item.pk, **body.fields(), ctx=context_of(request))
    response["Location"] = f"/api/defaults/{done.pk}"
    return Status(201 if done.approved_at else 202, default_detail(request.user, done.pk))


@router.get("/defaults/{id:default_id}", response=DefaultDetailAnswer)
def get_default(request: HttpRequest, default_id: int):
    """With its interest by today, and what was done about it."""
    return default_detail(request.user, default_id)


@router.post("/defaults/{id:default_id}/approve", response=DefaultDetailAnswer)
@needs(MANAGE)
@with_fresh_factor
def post_approve_default(request: HttpRequest, default_id: int, body: Nothing = NOTHING):
    """Notice is given. 409 where nothing is owed by now."""
    services.approve_default(default_id=default_id, ctx=context_of(request))
    return default_detail(request.user, default_id)


@router.post("/defaults/{id:default_id}/reject", response=DefaultDetailAnswer)
@needs(DECLINE)
def post_reject_default(request: HttpRequest, default_id: int, body: RefusalBody = TAKEN_BACK):
    """Nobody is told."""
    services.reject_default(default_id=default_id, ctx=declining(request, body))
    return default_detail(request.user, default_id)


@router.post(
    "/defaults/{id:default_id}/interest", response={200: DefaultDetailAnswer, 202: DefaultDetailAnswer}
)
@needs(MANAGE)
def post_interest(request: HttpRequest, default_id: int, body: InterestBody):
    """Ask for the interest that accrued up to a day (today) and was not asked for before: a call of this partner alone,
    in no figure of capital. Where a second person must approve, it waits, and this answers 202."""
    done = remedies.request_interest(default_id=default_id, **body.model_dump(), ctx=context_of(request))
    return Status(200 if done.approved_at else 202, default_detail(request.user, default_id))


@router.post(
    "/defaults/{id:default_id}/shortfall", response={200: DefaultDetailAnswer, 202: DefaultDetailAnswer}
)
@needs(MANAGE)
def post_shortfall(request: HttpRequest, default_id: int, body: ShortfallBody):
    """Ask the others in its place, each up to its cap; what nobody can be asked for is `uncovered`. Where a second
    person must approve, it waits, and this answers 202."""
    done = remedies.request_shortfall(default_id=default_id, **body.model_dump(), ctx=context_of(request))
    return Status(200 if done.approved_at else 202, default_detail(request.user, default_id))


@router.post("/default-remedies/{id:remedy_id}/approve", response=DefaultDetailAnswer)
@needs(MANAGE)
@with_fresh_factor
def post_approve_remedy(request: HttpRequest, remedy_id: int, body: Nothing = NOTHING):
    """It is asked for by a call of its own. 409 where it would come to something else by now."""
    done = remedies.approve_remedy(remedy_id=remedy_id, ctx=context_of(request))
    return default_detail(request.user, done.default_id)


@router.post("/default-remedies/{id:remedy_id}/reject", response=DefaultDetailAnswer)
@needs(DECLINE)
def post_reject_remedy(request: HttpRequest, remedy_id: int, body: RefusalBody = TAKEN_BACK):
    """Nothing is asked of anybody."""
    done = remedies.reject_remedy(remedy_id=remedy_id, ctx=declining(request, body))
    return default_detail(request.user, done.default_id)


@router.post("/default-remedies/{id:remedy_id}/pay", response=DefaultDetailAnswer)
@needs(MANAGE)
def post_pay_interest_on(request: HttpRequest, remedy_id: int, body: PaidOnBody):
    """The other partners were paid what came of the interest, after costs. 409 where nothing may be paid out."""
    remedies.pay_interest_on(remedy_id=remedy_id, **body.model_dump(), ctx=context_of(request))
    return default_detail(request.user, reads.remedy(request.user, remedy_id).default_id)
