"""Allocations: what a fund sets aside for a deal, and calls on it."""

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from blackgem.http.pagination import Paged, page_of
from blackgem.http.rights import needs
from blackgem.identity.step_up import with_fresh_factor
from blackgem.lib.context import context_of
from capital.models import FundCapital
from capital.services.allocations import allocate, amend_allocation, approve_amendment, reject_amendment
from capital.services.calls import call_allocation
from capital.states import CALL_ISSUED
from funds.access import DECLINE, MANAGE
from funds.api.verbs import AS_IT_IS, TAKEN_BACK, RefusalBody, SeenBody, declining

from . import reads
from .answers import (
    AllocationAmountAnswer,
    AllocationAmountsAnswer,
    AllocationAnswer,
    AllocationCallAnswer,
    AllocationsAnswer,
    FundCapitalAnswer,
)
from .bodies import AllocationAmendment, AllocationCall, AllocationFilter, NewAllocation
from .serializers import allocation_amount_answer, allocation_answer, call_detail_answer

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
    return AllocationsAnswer(allocations=[allocation_answer(one) for one in found], total=total)


@router.post("/allocations", response={201: AllocationAnswer})
@needs(MANAGE)
def post_allocation(request: HttpRequest, response: HttpResponse, body: NewAllocation):
    """ALLOCATE. One allocation per fund and deal."""
    allocation = allocate(**body.given(), ctx=context_of(request))
    response["Location"] = f"/api/allocations/{allocation.pk}"
    return allocation_answer(reads.one(reads.allocations(request.user), allocation.pk))


@router.get("/allocations/{id:allocation_id}", response=AllocationAnswer)
def get_allocation(request: HttpRequest, allocation_id: int):
    return allocation_answer(reads.one(reads.allocations(request.user), allocation_id))


@router.post(
    "/allocations/{id:allocation_id}/calls", response={201: AllocationCallAnswer, 202: AllocationCallAnswer}
)
@needs(MANAGE)
def post_allocation_call(
    request: HttpRequest, response: HttpResponse, allocation_id: int, body: AllocationCall
):
    """CREATE_CALL: created and issued at once. Where a second person must approve, it waits, and this answers 202."""
    ctx = context_of(request)
    call = call_allocation(allocation_id=allocation_id, **body.given(), ctx=ctx)
    response["Location"] = f"/api/capital-calls/{call.pk}"
    allocation = allocation_answer(reads.one(reads.allocations(request.user), allocation_id))
    answer = call_detail_answer(request.user, call.pk, ctx.at, AllocationCallAnswer, allocation=allocation)
    return Status(201 if call.status in CALL_ISSUED else 202, answer)


@router.get("/allocations/{id:allocation_id}/amendments", response=AllocationAmountsAnswer)
def list_amendments(request: HttpRequest, allocation_id: int, asked: Query[Paged]):
    """Every dated row of an allocation, its allotment first; rows that wait or were turned down count nowhere."""
    allocation = reads.one(reads.allocations(request.user), allocation_id)
    rows = reads.allocation_amounts(request.user).filter(allocation=allocation)
    found, total = page_of(rows.order_by("effective_on", "pk"), asked)
    return AllocationAmountsAnswer(amendments=[allocation_amount_answer(one) for one in found], total=total)


@router.post(
    "/allocations/{id:allocation_id}/amendments",
    response={201: AllocationAmountAnswer, 202: AllocationAmountAnswer},
)
@needs(MANAGE)
def post_amendment(
    request: HttpRequest, response: HttpResponse, allocation_id: int, body: AllocationAmendment
):
    """Raise or lower what is committed. Where a second person must approve, it waits, and this answers 202."""
    amendment = amend_allocation(
        allocation_id=allocation_id,
        change=body.amount if body.direction == "raise" else -body.amount,
        effective_on=body.effective_on,
        reason=body.reason,
        ctx=context_of(request),
    )
    response["Location"] = f"/api/allocations/{allocation_id}/amendments"
    return Status(201 if amendment.approved_at else 202, _amendment(request, amendment.pk))


@router.post("/amendments/{id:amendment_id}/approve", response=AllocationAmountAnswer)
@needs(MANAGE)
@with_fresh_factor
def post_approve_amendment(request: HttpRequest, amendment_id: int, body: SeenBody = AS_IT_IS):
    """The dated row counts from its day on."""
    approve_amendment(amendment_id=amendment_id, revision=body.revision, ctx=context_of(request))
    return _amendment(request, amendment_id)


@router.post("/amendments/{id:amendment_id}/reject", response=AllocationAmountAnswer)
@needs(DECLINE)
def post_reject_amendment(request: HttpRequest, amendment_id: int, body: RefusalBody = TAKEN_BACK):
    """The allocation stays as it is."""
    return _amendment(request, reject_amendment(amendment_id=amendment_id, ctx=declining(request, body)).pk)


def _amendment(request, amendment_id) -> AllocationAmountAnswer:
    return allocation_amount_answer(reads.one(reads.allocation_amounts(request.user), amendment_id))
