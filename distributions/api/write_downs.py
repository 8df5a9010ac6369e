"""Losses on deals that are not sold yet."""

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from blackgem.http.pagination import page_of
from blackgem.http.rights import needs
from blackgem.http.schemas import NOTHING, Nothing
from blackgem.identity.step_up import with_fresh_factor
from blackgem.lib.context import context_of
from distributions.services.write_downs import approve_write_down, reject_write_down, write_down
from funds.access import DECLINE, MANAGE
from funds.api.verbs import TAKEN_BACK, RefusalBody, declining

from . import reads
from .answers import WriteDownAnswer, WriteDownsAnswer
from .bodies import WriteDownBody, WriteDownFilter
from .serializers import write_down_answer

router = Router(by_alias=True, tags=["Write-downs"])


@router.get("/deals/{id:deal_id}/write-downs", response=WriteDownsAnswer)
def list_write_downs(request: HttpRequest, deal_id: int, asked: Query[WriteDownFilter]):
    """Newest first, of the funds you work for."""
    deal = reads.one(reads.deals(request.user), deal_id)
    rows = reads.write_downs(request.user).filter(deal=deal).order_by("-date", "-pk")
    if asked.fund_id:
        rows = rows.filter(fund=asked.fund_id)
    found, total = page_of(rows, asked)
    return WriteDownsAnswer(write_downs=[write_down_answer(one) for one in found], total=total)


@router.post("/deals/{id:deal_id}/write-downs", response={201: WriteDownAnswer, 202: WriteDownAnswer})
@needs(MANAGE)
def post_write_down(request: HttpRequest, response: HttpResponse, deal_id: int, body: WriteDownBody):
    """What a fund paid for a deal is gone in part. Deal-by-deal waterfalls let the investors recoup it. Where a second
    person must approve, it waits, and this answers 202."""
    deal = reads.one(reads.deals(request.user), deal_id)
    row = write_down(deal_id=deal.pk, **body.given(), ctx=context_of(request))
    response["Location"] = f"/api/deals/{deal.pk}/write-downs"
    return Status(201 if row.is_in_force else 202, _shown(request, row.pk))


@router.post("/write-downs/{id:write_down_id}/approve", response=WriteDownAnswer)
@needs(MANAGE)
@with_fresh_factor
def post_approve_write_down(request: HttpRequest, write_down_id: int, body: Nothing = NOTHING):
    """The write-down counts from its day on."""
    return _shown(request, approve_write_down(write_down_id=write_down_id, ctx=context_of(request)).pk)


@router.post("/write-downs/{id:write_down_id}/reject", response=WriteDownAnswer)
@needs(DECLINE)
def post_reject_write_down(request: HttpRequest, write_down_id: int, body: RefusalBody = TAKEN_BACK):
    """The write-down counts nowhere."""
    return _shown(request, reject_write_down(write_down_id=write_down_id, ctx=declining(request, body)).pk)


def _shown(request, write_down_id) -> WriteDownAnswer:
    return write_down_answer(reads.one(reads.write_downs(request.user), write_down_id))
