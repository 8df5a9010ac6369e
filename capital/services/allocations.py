"""Setting money aside for deals, and amending what was set aside by dated rows."""

from datetime import date, datetime

from blackgem.lib import audit
from blackgem.lib.errors import Conflict, InvalidInput, NotFound
from blackgem.lib.money import format_money, parse_amount
from blackgem.lib.sql import service
from capital.models import AllocationAmount, AllocationCapital, FundAllocation
from capital.services.locks import lock_fund
from capital.services.moves import move_allocations
from capital.services.payments import check_fields
from funds.access import MANAGE, check_may, check_second_person
from funds.models import Deal


@service
def allocate(
    *, fund_id, deal_id, committed, by, at: datetime, effective_on: date | None = None
) -> FundAllocation:
    """Commit an amount of a fund, in its currency, to a deal (ALLOCATE), from `effective_on` (the fund's today).

    Raises Conflict where the fund already has an allocation to the deal, InvalidInput for an amount that is not
    positive money or a deal that is not there.
    """
    check_may(by, fund_id, MANAGE)
    fund = lock_fund(fund_id)
    deal = Deal.objects.visible_to(by).filter(pk=deal_id).first()
    if deal is None:
        raise InvalidInput("deal.unknown", "There is no such deal.", field="deal_id")
    amount = parse_amount(committed, currency=fund.currency, field="committed")
    if fund.allocations.filter(deal=deal).exists():
        raise Conflict(
            "allocation.duplicate", f"{fund} already has an allocation to {deal}.", field="deal_id"
        )
    allocation = FundAllocation.objects.create(fund=fund, deal=deal, created_by=by)
    AllocationAmount.objects.create(
        fund=fund,
        allocation=allocation,
        kind=AllocationAmount.Kind.ALLOTMENT,
        amount=amount,
        effective_on=effective_on or fund.day_of(at),
        four_eyes=False,
        recorded_at=at,
        recorded_by=by,
        approved_at=at,
        approved_by=by,
    )
    audit.record(
        verb="allocate",
        by=by,
        at=at,
        subject=allocation,
        also=[fund, deal],
        fund_id=fund.pk,
        changes={"committed_amount": [None, amount], "state": [None, allocation.state]},
    )
    return allocation


@service
def amend_allocation(
    *, allocation_id, change, effective_on: date, reason: str, by, at: datetime
) -> AllocationAmount:
    """Raise or lower (negative `change`, fund currency) what is committed, by a dated row with its reason.

    Without four eyes it counts at once; otherwise a second person approves it. Raises Conflict where less than what
    was called would be left, on any day, InvalidInput for a day in the future or before the allotment.
    """
    allocation = _lock_allocation(by, allocation_id)
    fund = allocation.fund
    amendment = AllocationAmount(
        fund=fund,
        allocation=allocation,
        kind=AllocationAmount.Kind.AMENDMENT,
        amount=parse_amount(change, currency=fund.currency, allow_negative=True, field="change"),
        effective_on=effective_on,
        reason=(reason or "").strip(),
        four_eyes=fund.four_eyes,
        recorded_at=at,
        recorded_by=by,
    )
    if effective_on > allocation.fund.day_of(at):
        raise InvalidInput(
            "effective_on.future", "The change must not take effect in the future.", field="effective_on"
        )
    if not amendment.reason:
        raise InvalidInput("reason.required", "Say why the allocation is amended.", field="reason")
    check_fields(amendment, "effective_on", "reason")
    _check_room(allocation, amendment.amount)
    amendment.save(force_insert=True)
    _record(amendment, "request_amendment", by, at)
    if not amendment.four_eyes:
        _take_effect(amendment, by, at)
    return amendment


@service
def approve_amendment(*, amendment_id, by, at: datetime) -> AllocationAmount:
    """Approve an amendment; where the fund demanded it, as another person than the one who asked."""
    amendment = _lock_pending(by, amendment_id)
    check_second_person(needed=amendment.four_eyes, first=amendment.recorded_by, second=by)
    _check_room(amendment.allocation, amendment.amount)
    _take_effect(amendment, by, at)
    return amendment


@service
def reject_amendment(*, amendment_id, by, at: datetime) -> AllocationAmount:
    """Turn an amendment down: the allocation stays as it is."""
    amendment = _lock_pending(by, amendment_id)
    amendment.rejected_by, amendment.rejected_at = by, at
    amendment.save(update_fields=["rejected_by", "rejected_at"])
    _record(amendment, "reject_amendment", by, at)
    return amendment


def _lock_allocation(by, allocation_id) -> FundAllocation:
    """The allocation, under the lock of its fund and its own."""
    fund_id = FundAllocation.objects.filter(pk=allocation_id).values_list("fund_id", flat=True).first()
    if fund_id is None:
        raise NotFound("not_found", "There is no such allocation.")
    check_may(by, fund_id, MANAGE)
    lock_fund(fund_id)
    locked = FundAllocation.objects.select_for_update(no_key=True, of=("self",))
    return locked.select_related("fund", "deal").get(pk=allocation_id)


def _lock_pending(by, amendment_id) -> AllocationAmount:
    found = AllocationAmount.objects.filter(pk=amendment_id).first()
    if found is None:
        raise NotFound("not_found", "There is no such amendment.")
    allocation = _lock_allocation(by, found.allocation_id)
    amendment = AllocationAmount.objects.pending().filter(pk=amendment_id).first()
    if amendment is None:
        raise Conflict("amendment.decided", "This amendment was already decided.")
    amendment.allocation = allocation
    return amendment


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


def _take_effect(amendment, by, at) -> None:
    amendment.approved_by, amendment.approved_at = by, at
    amendment.save(update_fields=["approved_by", "approved_at"])
    after = AllocationCapital.objects.get(pk=amendment.allocation_id).committed
    _record(amendment, "amend_allocation", by, at, {"committed_amount": [after - amendment.amount, after]})
    move_allocations([amendment.allocation_id], "amend", by=by, at=at)


def _record(amendment, verb, by, at, changes=None) -> None:
    allocation = amendment.allocation
    audit.record(
        verb=verb,
        by=by,
        at=at,
        subject=amendment,
        also=[allocation, allocation.fund, allocation.deal],
        fund_id=allocation.fund_id,
        reason=amendment.reason,
        changes=changes or {"change": [None, amendment.amount]},
    )
