"""Settlements of residuals: what is decided about the small rest that a short payment left."""

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from blackgem.http.pagination import Paged, page_of
from blackgem.http.rights import needs
from blackgem.http.schemas import NOTHING, Nothing
from blackgem.identity.step_up import with_fresh_factor
from blackgem.lib.context import context_of
from capital.services.settlements import approve_settlement, reject_settlement, settle_residual
from funds.access import DECLINE, MANAGE
from funds.api.verbs import TAKEN_BACK, RefusalBody, declining

from . import reads
from .answers import SettlementAnswer, SettlementsAnswer
from .bodies import NewSettlement
from .serializers import settlement_answer

router = Router(by_alias=True, tags=["Capital calls"])


@router.get("/capital-calls/{id:call_id}/items/{id:item_id}/settlements", response=SettlementsAnswer)
def list_settlements(request: HttpRequest, call_id: int, item_id: int, asked: Query[Paged]):
    """What was decided about an item's residual; what waits or was turned down counts nowhere."""
    item = reads.item(request.user, call_id, item_id)
    found, total = page_of(reads.settlements(request.user).filter(item=item).order_by("pk"), asked)
    return SettlementsAnswer(settlements=[settlement_answer(one) for one in found], total=total)


@router.post(
    "/capital-calls/{id:call_id}/items/{id:item_id}/settlements",
    response={201: SettlementAnswer, 202: SettlementAnswer},
)
@needs(MANAGE)
def post_settlement(
    request: HttpRequest, response: HttpResponse, call_id: int, item_id: int, body: NewSettlement
):
    """Settle all that is outstanding of an item that was paid in part, within the fund's limit: carried, it is due with
    the investor's next call; expensed, the fund bears it; waived, the called amount falls by it. Where a second person
    must approve, it waits, and this answers 202."""
    item = reads.item(request.user, call_id, item_id)
    settlement = settle_residual(item_id=item.pk, **body.model_dump(), ctx=context_of(request))
    response["Location"] = f"/api/capital-calls/{call_id}/items/{item_id}/settlements"
    return Status(201 if settlement.approved_at else 202, _shown(request, settlement.pk))


@router.post("/settlements/{id:settlement_id}/approve", response=SettlementAnswer)
@needs(MANAGE)
@with_fresh_factor
def post_approve_settlement(request: HttpRequest, settlement_id: int, body: Nothing = NOTHING):
    """It counts from its day on; refused where no longer exactly that is outstanding."""
    return _shown(request, approve_settlement(settlement_id=settlement_id, ctx=context_of(request)).pk)


@router.post("/settlements/{id:settlement_id}/reject", response=SettlementAnswer)
@needs(DECLINE)
def post_reject_settlement(request: HttpRequest, settlement_id: int, body: RefusalBody = TAKEN_BACK):
    """The residual stays owed."""
    return _shown(request, reject_settlement(settlement_id=settlement_id, ctx=declining(request, body)).pk)


def _shown(request, settlement_id) -> SettlementAnswer:
    return settlement_answer(reads.one(reads.settlements(request.user), settlement_id))
