"""Setting money aside for deals, and amending what was set aside by dated rows."""

from datetime import date

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, InvalidInput, NotFound
from blackgem.lib.money import format_money, parse_amount
from blackgem.lib.sql import service
from capital.models import AllocationAmount, AllocationCapital, FundAllocation
from capital.services.incoming import check_fields
from capital.services.locks import lock_fund
from capital.services.moves import move_allocations
from funds.access import MANAGE, check_may
from funds.models import Deal
from funds.queries.periods import check_open
from funds.services.decidable import Decidable
from funds.services.partners import create_deal


@service
def allocate(
    *, fund_id, deal_id, committed, ctx: WriteContext, effective_on: date | None = None
) -> FundAllocation:
    """Commit an amount of a fund, in its currency, to a deal (ALLOCATE), from `effective_on` (the fund's today).

    Raises Conflict where the fund already has an allocation to the deal, InvalidInput for an amount that is not
    positive money or a deal that is not there.
    """
    check_may(ctx.by, fund_id, MANAGE)
    fund = lock_fund(fund_id)
    deal = Deal.objects.visible_to(ctx.by).filter(pk=deal_id).first()
    if deal is None:
        raise InvalidInput("deal.unknown", "There is no such deal.", field="deal_id")
    amount = parse_amount(committed, currency=fund.currency, field="committed")
    if fund.allocations.filter(deal=deal).exists():
        raise Conflict(
            "allocation.duplicate", f"{fund} already has an allocation to {deal}.", field="deal_id"
        )
    allocation = FundAllocation.objects.create(fund=fund, deal=deal, created_by=ctx.by)
    AllocationAmount.objects.create(
        fund=fund,
        allocation=allocation,
        kind=AllocationAmount.Kind.ALLOTMENT,
        amount=amount,
        effective_on=effective_on or ctx.today(fund),
        four_eyes=False,
        recorded_at=ctx.at,
        recorded_by=ctx.by,
        approved_at=ctx.at,
        approved_by=ctx.by,
    )
    audit.record(
        verb="allocate",
        ctx=ctx,
        subject=allocation,
        also=[fund, deal],
        fund_id=fund.pk,
        changes={"committed_amount": [None, amount], "state": [None, allocation.state]},
    )
    return allocation


@service
def allocate_to_new_deal(*, fund_id, name: str, committed, ctx: WriteContext) -> FundAllocation:
    """Enter a deal and commit an amount of a fund to it, both or neither. Raises as `create_deal` and `allocate` do."""
    check_may(ctx.by, fund_id, MANAGE)
    lock_fund(fund_id)
    deal = create_deal(fields={"name": name}, ctx=ctx)
    return allocate(fund_id=fund_id, deal_id=deal.pk, committed=committed, ctx=ctx)


@service
def amend_allocation(
    *, allocation_id, change, effective_on: date, reason: str, ctx: WriteContext
) -> AllocationAmount:
    """Raise or lower (negative `change`, fund currency) what is committed, by a dated row with its reason.

    Without four eyes it counts at once; otherwise a second person approves it. Raises Conflict where less than what
    was called would be left, on any day, InvalidInput for a day in the future or before the allotment.
    """
    allocation = _lock_allocation(ctx.by, allocation_id)
    fund = allocation.fund
    amendment = AllocationAmount(
        fund=fund,
        allocation=allocation,
        kind=AllocationAmount.Kind.AMENDMENT,
        amount=parse_amount(change, currency=fund.currency, allow_negative=True, field="change"),
        effective_on=effective_on,
        reason=(reason or "").strip(),
        four_eyes=fund.four_eyes,
        recorded_at=ctx.at,
        recorded_by=ctx.by,
    )
    if effective_on > ctx.today(allocation.fund):
        raise InvalidInput(
            "effective_on.future", "The change must not take effect in the future.", field="effective_on"
        )
    check_open(allocation.fund, effective_on, field="effective_on")
    if not amendment.reason:
        raise InvalidInput("reason.required", "Say why the allocation is amended.", field="reason")
    check_fields(amendment, "effective_on", "reason")
    _check_room(allocation, amendment.amount)
    return AMENDMENTS.ask(amendment, ctx=ctx)


@service
def approve_amendment(*, amendment_id, revision: int | None = None, ctx: WriteContext) -> AllocationAmount:
    """Approve an amendment; where the fund demanded it, as another person than the one who asked. `revision` is how
    many rows the allocation had that counted: Conflict("stale_version") where another was added since."""
    return AMENDMENTS.approve(amendment_id, revision=revision, ctx=ctx)


@service
def reject_amendment(*, amendment_id, ctx: WriteContext) -> AllocationAmount:
    """Turn an amendment down: the allocation stays as it is."""
    return AMENDMENTS.reject(amendment_id, ctx=ctx)


def _lock_allocation(by, allocation_id) -> FundAllocation:
    """The allocation, under the lock of its fund and its own."""
    fund_id = FundAllocation.objects.filter(pk=allocation_id).values_list("fund_id", flat=True).first()
    if fund_id is None:
        raise NotFound("not_found", "There is no such allocation.")
    check_may(by, fund_id, MANAGE)
    return _locked(fund_id, allocation_id)


def _locked(fund_id, allocation_id) -> FundAllocation:
    lock_fund(fund_id)
    locked = FundAllocation.objects.select_for_update(no_key=True, of=("self",))
    return locked.select_related("fund", "deal").get(pk=allocation_id)


def _lock(amendment) -> None:
    amendment.allocation = _locked(amendment.fund_id, amendment.allocation_id)


def _check_room(allocation, change) -> None:
    """Never below what is called; an allocation of which nothing is called keeps more than zero."""
    capital = AllocationCapital.objects.get(pk=allocation.pk)
    left = capital.committed + change
    if left < capital.called or left <= 0:
        called = format_money(capital.called, allocation.fund.currency)
        raise Conflict(
            "allocation.below_called",
            f"An allocation stays above zero and at what was called of it, or more: {called} is called.",
            field="change",
        )


def _take_effect(amendment, ctx: WriteContext) -> None:
    before = AllocationCapital.objects.get(pk=amendment.allocation_id).committed
    changes = {"committed_amount": [before, before + amendment.amount]}
    AMENDMENTS.approved(amendment, ctx, changes=changes)
    move_allocations([amendment.allocation_id], "amend", ctx=ctx)


AMENDMENTS = Decidable(
    pending=AllocationAmount.objects.pending,
    fetch=("recorded_by",),
    code="amendment",
    noun="amendment",
    asked="request_amendment",
    granted="amend_allocation",
    refused="reject_amendment",
    also=lambda amendment: [amendment.allocation, amendment.allocation.fund, amendment.allocation.deal],
    told=lambda amendment: {"change": [None, amendment.amount]},
    lock=_lock,
    check=lambda amendment, at: _check_room(amendment.allocation, amendment.amount),
    effect=_take_effect,
    revision=lambda amendment: amendment.allocation.amounts.approved().count(),
)
