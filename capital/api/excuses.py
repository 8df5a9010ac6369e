"""Partners excused from an investment of an issued call."""

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from blackgem.http.pagination import Paged, page_of
from blackgem.http.rights import needs
from blackgem.http.schemas import NOTHING, Nothing
from blackgem.identity.step_up import with_fresh_factor
from blackgem.lib.context import context_of
from blackgem.lib.errors import InvalidInput
from capital.services.excuses import approve_excuse, excuse_partner, reject_excuse
from funds.access import DECLINE, MANAGE
from funds.api.verbs import TAKEN_BACK, RefusalBody, declining

from . import reads
from .answers import ExcuseAnswer, ExcusesAnswer
from .bodies import NewExcuse
from .serializers import excuse_answer

router = Router(by_alias=True, tags=["Capital calls"])


@router.get("/capital-calls/{id:call_id}/items/{id:item_id}/excuses", response=ExcusesAnswer)
def list_excuses(request: HttpRequest, call_id: int, item_id: int, asked: Query[Paged]):
    """From what the partner of an item was excused after the call was issued; what waits or was turned down counts
    nowhere."""
    item = reads.item(request.user, call_id, item_id)
    found, total = page_of(reads.excuses(request.user).filter(item=item).order_by("pk"), asked)
    return ExcusesAnswer(excuses=[excuse_answer(one) for one in found], total=total)


@router.post(
    "/capital-calls/{id:call_id}/items/{id:item_id}/excuses",
    response={201: ExcuseAnswer, 202: ExcuseAnswer},
)
@needs(MANAGE)
def post_excuse(request: HttpRequest, response: HttpResponse, call_id: int, item_id: int, body: NewExcuse):
    """Excuse the partner of an item from an investment line of its call. The others are asked for what it leaves, in
    proportion to what remains of their commitments, each up to the limit; what nobody can be asked for is no longer
    called, and what was paid too much is unapplied cash of its receipt again. Where a second person must approve, it
    waits, and this answers 202."""
    item = reads.item(request.user, call_id, item_id)
    if not item.item_lines.filter(line=body.line_id).exists():
        raise InvalidInput("line.unknown", "This is no line of the call.", field="line_id")
    excuse = excuse_partner(commitment_id=item.commitment_id, **body.model_dump(), ctx=context_of(request))
    response["Location"] = f"/api/capital-calls/{call_id}/items/{item_id}/excuses"
    return Status(201 if excuse.approved_at else 202, _shown(request, excuse.pk))


@router.post("/excuses/{id:excuse_id}/approve", response=ExcuseAnswer)
@needs(MANAGE)
@with_fresh_factor
def post_approve_excuse(request: HttpRequest, excuse_id: int, body: Nothing = NOTHING):
    """It counts from its day on; the parts of the others are worked out as their commitments stand by now."""
    return _shown(request, approve_excuse(excuse_id=excuse_id, ctx=context_of(request)).pk)


@router.post("/excuses/{id:excuse_id}/reject", response=ExcuseAnswer)
@needs(DECLINE)
def post_reject_excuse(request: HttpRequest, excuse_id: int, body: RefusalBody = TAKEN_BACK):
    """The call stays as it is."""
    return _shown(request, reject_excuse(excuse_id=excuse_id, ctx=declining(request, body)).pk)


def _shown(request, excuse_id) -> ExcuseAnswer:
    return excuse_answer(reads.one(reads.excuses(request.user), excuse_id))
