"""Losses on deals that are not sold yet."""

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from blackgem.http.acting import acting
from blackgem.http.pagination import page_of
from blackgem.http.rights import needs
from distributions.services.write_downs import write_down
from funds.access import MANAGE

from . import reads
from .answers import WriteDownAnswer, WriteDownsAnswer
from .bodies import WriteDownBody, WriteDownFilter
from .shown import show_write_down

router = Router(by_alias=True, tags=["Write-downs"])


@router.get("/deals/{id:deal_id}/write-downs", response=WriteDownsAnswer)
def list_write_downs(request: HttpRequest, deal_id: int, asked: Query[WriteDownFilter]):
    """Newest first, of the funds you work for."""
    deal = reads.one(reads.deals(request.user), deal_id)
    rows = reads.write_downs(request.user).filter(deal=deal).order_by("-date", "-pk")
    if asked.fund_id:
        rows = rows.filter(fund=asked.fund_id)
    found, total = page_of(rows, asked)
    return WriteDownsAnswer(write_downs=[show_write_down(one) for one in found], total=total)


@router.post("/deals/{id:deal_id}/write-downs", response={201: WriteDownAnswer})
@needs(MANAGE)
def post_write_down(request: HttpRequest, response: HttpResponse, deal_id: int, body: WriteDownBody):
    """What a fund paid for a deal is gone in part. Deal-by-deal waterfalls let the investors recoup it."""
    deal = reads.one(reads.deals(request.user), deal_id)
    row = write_down(deal_id=deal.pk, **body.given(), **acting(request))
    response["Location"] = f"/api/deals/{deal.pk}/write-downs"
    return show_write_down(reads.one(reads.write_downs(request.user), row.pk))
