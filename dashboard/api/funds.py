"""Funds with their terms, and what their partners have paid in."""

from django.db import transaction
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from blackgem.http.pagination import Paged, page_of
from blackgem.http.rights import asks, needs
from blackgem.identity.step_up import demand_fresh_factor
from blackgem.lib.context import context_of
from blackgem.lib.errors import NotFound
from funds.access import MANAGE, check_open_fund
from funds.api.controls import control_change_answer
from funds.api.schemas import FundChange, NewFund, TermsAnswer
from funds.models import ControlChange, Fund, FundTerms
from funds.services.funds import change_fund, create_fund
from funds.services.terms import set_terms

from .schemas import CashAnswer, FundAnswer, FundsAnswer, PartnersAnswer

router = Router(by_alias=True, tags=["Funds"])


def _funds(user):
    newest = FundTerms.objects.order_by("fund_id", "-version").distinct("fund_id")
    newest = newest.prefetch_related("further_tiers")
    waiting = ControlChange.objects.pending().order_by("pk")
    return (
        Fund.objects.visible_to(user)
        .select_related("partners", "cash")
        .prefetch_related(Prefetch("terms", newest, to_attr="newest_terms"))
        .prefetch_related(Prefetch("control_changes", waiting, to_attr="waiting_changes"))
    )


def fund_for(user, fund_id) -> Fund:
    """One fund with its sums; NotFound where this person may not see it."""
    fund = _funds(user).filter(pk=fund_id).first()
    if fund is None:
        raise NotFound("not_found", "There is no such fund.")
    return fund


def _answer(fund: Fund) -> FundAnswer:
    return FundAnswer.of(
        fund,
        terms=TermsAnswer.of(fund.newest_terms[0]) if fund.newest_terms else None,
        pending_changes=[control_change_answer(change) for change in fund.waiting_changes],
        current_size=fund.partners.paid,
        partners=PartnersAnswer.of(fund.partners),
        cash=CashAnswer.of(fund.cash),
    )


@router.get("/funds", response=FundsAnswer)
def list_funds(request: HttpRequest, asked: Query[Paged]):
    """The funds you work for, by name."""
    funds, total = page_of(_funds(request.user).order_by("name", "pk"), asked)
    return FundsAnswer(funds=[_answer(fund) for fund in funds], total=total)


@router.post("/funds", response={201: FundAnswer})
@asks(check_open_fund)
def post_fund(request: HttpRequest, response: HttpResponse, body: NewFund):
    """Set up a fund with its terms. You become its manager; its GP becomes a partner with a commitment of zero."""
    fund = create_fund(fields=body.given(), ctx=context_of(request))
    response["Location"] = f"/api/funds/{fund.pk}"
    return _answer(fund_for(request.user, fund.pk))


@router.get("/funds/{id:fund_id}", response=FundAnswer)
def get_fund(request: HttpRequest, fund_id: int):
    """`currentSize` is what the partners have paid in."""
    return _answer(fund_for(request.user, fund_id))


@router.patch("/funds/{id:fund_id}", response={200: FundAnswer, 202: FundAnswer})
@needs(MANAGE)
def patch_fund(request: HttpRequest, fund_id: int, body: FundChange):
    """Change what is named. `terms` makes a new version of the terms; old versions stay. In a fund in use, what weakens
    a control waits for another person: then this answers 202, and `pendingChanges` says what waits."""
    fields = body.given()
    terms = fields.pop("terms", None)
    with transaction.atomic():  # two services, one answer: both happen or neither
        waits = bool(change_fund(fund_id=fund_id, fields=fields, ctx=context_of(request)).waiting)
        if terms is not None:
            set_to = set_terms(fund_id=fund_id, fields=terms, ctx=context_of(request))
            waits = waits or isinstance(set_to, ControlChange)
        if waits:
            demand_fresh_factor(request)
    return Status(202 if waits else 200, _answer(fund_for(request.user, fund_id)))
