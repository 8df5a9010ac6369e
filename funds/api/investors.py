"""Investors, and the contacts who receive their notices."""

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from blackgem.http.pagination import Paged, page_of
from blackgem.http.rights import asks, needs
from blackgem.lib.context import context_of
from blackgem.lib.errors import NotFound
from funds.access import DRAFT, check_enter_shared
from funds.models import Investor
from funds.services.partners import add_contact, change_investor, create_investor

from .schemas import ContactAnswer, InvestorAnswer, InvestorChange, InvestorsAnswer, NewContact, NewInvestor

router = Router(by_alias=True, tags=["Investors"])


def _investors(user):
    return Investor.objects.visible_to(user).prefetch_related("contacts")


def _answer(investor: Investor) -> InvestorAnswer:
    contacts = sorted(investor.contacts.all(), key=lambda contact: contact.pk)
    return InvestorAnswer.of(investor, contacts=[ContactAnswer.of(contact) for contact in contacts])


def _investor(user, investor_id) -> InvestorAnswer:
    investor = _investors(user).filter(pk=investor_id).first()
    if investor is None:
        raise NotFound("not_found", "There is no such investor.")
    return _answer(investor)


@router.get("/investors", response=InvestorsAnswer)
def list_investors(request: HttpRequest, asked: Query[Paged]):
    """Investors that you or your colleagues entered or that committed to your funds, by name."""
    investors, total = page_of(_investors(request.user).order_by("name", "pk"), asked)
    return InvestorsAnswer(investors=[_answer(investor) for investor in investors], total=total)


@router.post("/investors", response={201: InvestorAnswer})
@asks(check_enter_shared)
def post_investor(request: HttpRequest, response: HttpResponse, body: NewInvestor):
    investor = create_investor(fields=body.given(), ctx=context_of(request))
    response["Location"] = f"/api/investors/{investor.pk}"
    return _investor(request.user, investor.pk)


@router.get("/investors/{id:investor_id}", response=InvestorAnswer)
def get_investor(request: HttpRequest, investor_id: int):
    return _investor(request.user, investor_id)


@router.patch("/investors/{id:investor_id}", response=InvestorAnswer)
@needs(DRAFT)
def patch_investor(request: HttpRequest, investor_id: int, body: InvestorChange):
    change_investor(investor_id=investor_id, fields=body.given(), ctx=context_of(request))
    return _investor(request.user, investor_id)


@router.post("/investors/{id:investor_id}/contacts", response={201: InvestorAnswer})
@needs(DRAFT)
def post_contact(request: HttpRequest, response: HttpResponse, investor_id: int, body: NewContact):
    """Somebody who speaks for the investor; notices go to those who take them."""
    add_contact(investor_id=investor_id, fields=body.model_dump(), ctx=context_of(request))
    response["Location"] = f"/api/investors/{investor_id}"
    return _investor(request.user, investor_id)
