"""Allocations: what a fund sets aside for a deal, and calls on it."""

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from blackgem.http.acting import acting, acting_today
from blackgem.http.pagination import page_of
from blackgem.http.rights import needs
from capital.models import FundCapital
from capital.services.allocations import allocate
from capital.services.calls import call_allocation
from capital.states import CALL_ISSUED
from funds.access import MANAGE

from . import reads
from .answers import AllocationAnswer, AllocationCallAnswer, AllocationsAnswer, FundCapitalAnswer
from .bodies import AllocationCall, AllocationFilter, NewAllocation
from .shown import show_allocation, show_call_detail

router = Router(by_alias=True, tags=["Allocations"])


@router.get("/funds/{id:fund_id}/capital", response=FundCapitalAnswer)
def get_fund_capital(request: HttpRequest, fund_id: int):
    """The fund's deals: committed, called, funded, uncalled and outstanding over all its allocations."""
    fund = reads.one(reads.funds(request.user), fund_id)
    return FundCapitalAnswer.of(FundCapital.objects.get(pk=fund.pk)).in_currency(fund.currency)


@router.get("/allocations", response=AllocationsAnswer)
def list_allocations(request: HttpRequest, asked: Query[AllocationFilter]):
    rows = reads.allocations(request.user).order_by("pk")
    if asked.fund_id:
        rows = rows.filter(fund=asked.fund_id)
    found, total = page_of(rows, asked)
    return AllocationsAnswer(allocations=[show_allocation(one) for one in found], total=total)


@router.post("/allocations", response={201: AllocationAnswer})
@needs(MANAGE)
def post_allocation(request: HttpRequest, response: HttpResponse, body: NewAllocation):
    """ALLOCATE. One allocation per fund and deal."""
    allocation = allocate(**body.given(), **acting(request))
    response["Location"] = f"/api/allocations/{allocation.pk}"
    return show_allocation(reads.one(reads.allocations(request.user), allocation.pk))


@router.get("/allocations/{id:allocation_id}", response=AllocationAnswer)
def get_allocation(request: HttpRequest, allocation_id: int):
    return show_allocation(reads.one(reads.allocations(request.user), allocation_id))


@router.post(
    "/allocations/{id:allocation_id}/calls", response={201: AllocationCallAnswer, 202: AllocationCallAnswer}
)
@needs(MANAGE)
def post_allocation_call(
    request: HttpRequest, response: HttpResponse, allocation_id: int, body: AllocationCall
):
    """CREATE_CALL: created and issued at once. Where a second person must approve, it waits, and this answers 202."""
    acts = acting_today(request)
    call = call_allocation(allocation_id=allocation_id, **body.given(), **acts)
    response["Location"] = f"/api/capital-calls/{call.pk}"
    allocation = show_allocation(reads.one(reads.allocations(request.user), allocation_id))
    answer = show_call_detail(
        request.user, call.pk, acts["today"], AllocationCallAnswer, allocation=allocation
    )
    return Status(201 if call.status in CALL_ISSUED else 202, answer)
