"""Investors, and the contacts who receive their notices."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from blackgem.http.pagination import Paged, page_of
from blackgem.http.rights import asks, needs
from blackgem.identity.step_up import demand_fresh_factor
from blackgem.lib.context import context_of
from blackgem.lib.errors import NotFound
from blackgem.lib.text import masked
from funds.access import DRAFT, check_enter_shared
from funds.models import ControlChange, Investor
from funds.queries.controls import changes_of_investors
from funds.services.contacts import add_contact
from funds.services.partners import change_investor, create_investor

from .controls import control_change_answer
from .schemas import ContactAnswer, InvestorAnswer, InvestorChange, InvestorsAnswer, NewContact, NewInvestor

router = Router(by_alias=True, tags=["Investors"])


def _investors(user):
    return Investor.objects.visible_to(user).prefetch_related("contacts")


def _answers(user, investors: list[Investor]) -> list[InvestorAnswer]:
    """Each with the changes of it that wait in funds of this person."""
    waiting: dict[int, list] = {}
    for change in changes_of_investors(user, [one.pk for one in investors]):
        waiting.setdefault(change.subject_id, []).append(control_change_answer(change))
    return [
        InvestorAnswer.of(
            one,
            tax_reference=masked(one.tax_reference),
            contacts=[
                ContactAnswer.of(contact) for contact in sorted(one.contacts.all(), key=lambda row: row.pk)
            ],
            pending_changes=waiting.get(one.pk, []),
        )
        for one in investors
    ]


def _investor(user, investor_id) -> InvestorAnswer:
    investor = _investors(user).filter(pk=investor_id).first()
    if investor is None:
        raise NotFound("not_found", "There is no such investor.")
    return _answers(user, [investor])[0]


@router.get("/investors", response=InvestorsAnswer)
def list_investors(request: HttpRequest, asked: Query[Paged]):
    """Investors that committed to your funds, or that you or a colleague entered and no fund has yet, by name."""
    investors, total = page_of(_investors(request.user).order_by("name", "pk"), asked)
    return InvestorsAnswer(investors=_answers(request.user, list(investors)), total=total)


@router.post("/investors", response={201: InvestorAnswer})
@asks(check_enter_shared)
def post_investor(request: HttpRequest, response: HttpResponse, body: NewInvestor):
    investor = create_investor(fields=body.given(), ctx=context_of(request))
    response["Location"] = f"/api/investors/{investor.pk}"
    return _investor(request.user, investor.pk)


@router.get("/investors/{id:investor_id}", response=InvestorAnswer)
def get_investor(request: HttpRequest, investor_id: int):
    return _investor(request.user, investor_id)


@router.patch("/investors/{id:investor_id}", response={200: InvestorAnswer, 202: InvestorAnswer})
@needs(DRAFT)
def patch_investor(request: HttpRequest, investor_id: int, body: InvestorChange):
    """Change what is named. Another rate of withholding may wait for managers of its funds: then this answers 202."""
    with transaction.atomic():
        changed = change_investor(investor_id=investor_id, fields=body.given(), ctx=context_of(request))
        if changed.waiting:
            demand_fresh_factor(request)
    return Status(202 if changed.waiting else 200, _investor(request.user, investor_id))


@router.post("/investors/{id:investor_id}/contacts", response={201: InvestorAnswer, 202: InvestorAnswer})
@needs(DRAFT)
def post_contact(request: HttpRequest, response: HttpResponse, investor_id: int, body: NewContact):
    """Somebody who speaks for the investor; notices go to those who take them. In funds in use others have to agree to
    a mailbox that takes notices: then this answers 202."""
    with transaction.atomic():
        contact = add_contact(investor_id=investor_id, fields=body.model_dump(), ctx=context_of(request))
        waits = isinstance(contact, ControlChange)
        if waits:
            demand_fresh_factor(request)
    response["Location"] = f"/api/investors/{investor_id}"
    return Status(202 if waits else 201, _investor(request.user, investor_id))
