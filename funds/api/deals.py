"""Deals: what funds invest in."""

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from blackgem.http.pagination import Paged, page_of
from blackgem.http.rights import asks, needs
from blackgem.lib.context import context_of
from blackgem.lib.errors import NotFound
from funds.access import DRAFT, check_enter_shared
from funds.models import Deal
from funds.services.partners import change_deal, create_deal

from .schemas import DealAnswer, DealChange, DealsAnswer, NewDeal

router = Router(by_alias=True, tags=["Deals"])


def _deal(user, deal_id) -> DealAnswer:
    deal = Deal.objects.visible_to(user).filter(pk=deal_id).first()
    if deal is None:
        raise NotFound("not_found", "There is no such deal.")
    return DealAnswer.of(deal)


@router.get("/deals", response=DealsAnswer)
def list_deals(request: HttpRequest, asked: Query[Paged]):
    """Deals that your funds invest in, or that you or a colleague entered and no fund has yet, by name."""
    deals, total = page_of(Deal.objects.visible_to(request.user).order_by("name", "pk"), asked)
    return DealsAnswer(deals=[DealAnswer.of(deal) for deal in deals], total=total)


@router.post("/deals", response={201: DealAnswer})
@asks(check_enter_shared)
def post_deal(request: HttpRequest, response: HttpResponse, body: NewDeal):
    deal = create_deal(fields=body.given(), ctx=context_of(request))
    response["Location"] = f"/api/deals/{deal.pk}"
    return _deal(request.user, deal.pk)


@router.get("/deals/{id:deal_id}", response=DealAnswer)
def get_deal(request: HttpRequest, deal_id: int):
    return _deal(request.user, deal_id)


@router.patch("/deals/{id:deal_id}", response=DealAnswer)
@needs(DRAFT)
def patch_deal(request: HttpRequest, deal_id: int, body: DealChange):
    change_deal(deal_id=deal_id, fields=body.given(), ctx=context_of(request))
    return _deal(request.user, deal_id)
