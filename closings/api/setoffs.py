"""Set-offs: what partners owe of a call, paid out of what a distribution or a refund gives them."""

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from blackgem.http.pagination import Paged, page_of
from blackgem.http.rights import needs
from blackgem.http.schemas import NOTHING, Nothing
from blackgem.identity.step_up import with_fresh_factor
from blackgem.lib.context import context_of
from blackgem.lib.errors import InvalidInput
from closings.queries.setoff_pages import visible_setoffs
from closings.services import setoffs as services
from distributions.models import Distribution
from funds.access import DECLINE, MANAGE
from funds.api.verbs import TAKEN_BACK, RefusalBody, declining

from . import reads
from .answers import SetoffDetailAnswer, SetoffsAnswer
from .bodies import ReverseSetoff, SetoffBody
from .serializers import setoff_answer, setoff_detail_answer

router = Router(by_alias=True, tags=["Set-offs"])


@router.get("/distributions/{id:distribution_id}/setoffs", response=SetoffsAnswer)
def list_setoffs(request: HttpRequest, distribution_id: int, asked: Query[Paged]):
    """Every set-off of a distribution, oldest first, also what waits or was turned down."""
    one = reads.one(Distribution.objects.visible_to(request.user), distribution_id)
    found, total = page_of(visible_setoffs(request.user).filter(distribution=one).order_by("pk"), asked)
    return SetoffsAnswer(setoffs=[setoff_answer(row) for row in found], total=total)


@router.post(
    "/distributions/{id:distribution_id}/setoffs",
    response={201: SetoffDetailAnswer, 202: SetoffDetailAnswer},
)
@needs(MANAGE)
def post_setoff(request: HttpRequest, response: HttpResponse, distribution_id: int, body: SetoffBody):
    """Set it off against a call of the same fund: both sides count gross on that day, and no cash moves; of each
    partner named the whole part of the distribution is paid out. Where a second person must approve, it waits, and this
    answers 202. 409 where more is asked for than is owed or payable."""
    done = services.request_setoff(
        call_id=body.call_id,
        distribution_id=distribution_id,
        amounts=_amounts(body),
        reason=body.reason,
        value_date=body.value_date,
        ctx=context_of(request),
    )
    response["Location"] = f"/api/setoffs/{done.pk}"
    return Status(201 if done.approved_at else 202, setoff_detail_answer(request.user, done.pk))


@router.get("/closings/{id:closing_id}/setoffs", response=SetoffsAnswer)
def list_refund_setoffs(request: HttpRequest, closing_id: int, asked: Query[Paged]):
    """Every set-off of the refunds of a closing, oldest first, also what waits or was turned down."""
    one = reads.one(reads.closings(request.user), closing_id)
    found, total = page_of(visible_setoffs(request.user).filter(closing=one).order_by("pk"), asked)
    return SetoffsAnswer(setoffs=[setoff_answer(row) for row in found], total=total)


@router.post("/closings/{id:closing_id}/setoffs", response={201: SetoffDetailAnswer, 202: SetoffDetailAnswer})
@needs(MANAGE)
def post_refund_setoff(request: HttpRequest, response: HttpResponse, closing_id: int, body: SetoffBody):
    """Set its refunds off against a call of the same fund: each pays it, and no cash moves, once so much of it is
    released. Where a second person must approve, it waits, and this answers 202. 409 where more is asked for than is
    owed or still to be refunded."""
    done = services.request_setoff(
        call_id=body.call_id,
        closing_id=closing_id,
        amounts=_amounts(body),
        reason=body.reason,
        value_date=body.value_date,
        ctx=context_of(request),
    )
    response["Location"] = f"/api/setoffs/{done.pk}"
    return Status(201 if done.approved_at else 202, setoff_detail_answer(request.user, done.pk))


def _amounts(body: SetoffBody) -> dict | None:
    if body.parts is None:
        return None
    amounts = {part.commitment_id: part.amount for part in body.parts}
    if len(amounts) < len(body.parts):
        raise InvalidInput("setoff.part_twice", "A set-off names each partner once.", field="parts")
    return amounts


@router.get("/setoffs/{id:setoff_id}", response=SetoffDetailAnswer)
def get_setoff(request: HttpRequest, setoff_id: int):
    return setoff_detail_answer(request.user, setoff_id)


@router.post("/setoffs/{id:setoff_id}/approve", response=SetoffDetailAnswer)
@needs(MANAGE)
@with_fresh_factor
def post_approve_setoff(request: HttpRequest, setoff_id: int, body: Nothing = NOTHING):
    """Both sides are posted. 409 where less is owed or payable by now."""
    services.approve_setoff(setoff_id=setoff_id, ctx=context_of(request))
    return setoff_detail_answer(request.user, setoff_id)


@router.post("/setoffs/{id:setoff_id}/reject", response=SetoffDetailAnswer)
@needs(DECLINE)
def post_reject_setoff(request: HttpRequest, setoff_id: int, body: RefusalBody = TAKEN_BACK):
    """The call is still owed, and the distribution still payable."""
    services.reject_setoff(setoff_id=setoff_id, ctx=declining(request, body))
    return setoff_detail_answer(request.user, setoff_id)


@router.post(
    "/setoff-parts/{id:setoff_part_id}/reverse",
    response={200: SetoffDetailAnswer, 202: SetoffDetailAnswer},
)
@needs(MANAGE)
def post_reverse_setoff_part(request: HttpRequest, setoff_part_id: int, body: ReverseSetoff):
    """Ask to take one partner's part back, on both sides. Where a second person must approve, it waits, and this
    answers 202."""
    reversal = services.request_setoff_reversal(
        part_id=setoff_part_id, reason=body.reason, ctx=context_of(request)
    )
    answer = setoff_detail_answer(request.user, reversal.part.setoff_id)
    return Status(200 if reversal.approved_at else 202, answer)


@router.post("/setoff-reversals/{id:setoff_reversal_id}/approve", response=SetoffDetailAnswer)
@needs(MANAGE)
@with_fresh_factor
def post_approve_setoff_reversal(request: HttpRequest, setoff_reversal_id: int, body: Nothing = NOTHING):
    """What was called is owed again, and what was distributed is payable."""
    reversal = services.approve_setoff_reversal(reversal_id=setoff_reversal_id, ctx=context_of(request))
    return setoff_detail_answer(request.user, reversal.part.setoff_id)


@router.post("/setoff-reversals/{id:setoff_reversal_id}/reject", response=SetoffDetailAnswer)
@needs(DECLINE)
def post_reject_setoff_reversal(
    request: HttpRequest, setoff_reversal_id: int, body: RefusalBody = TAKEN_BACK
):
    """The set-off stands."""
    reversal = services.reject_setoff_reversal(reversal_id=setoff_reversal_id, ctx=declining(request, body))
    return setoff_detail_answer(request.user, reversal.part.setoff_id)
