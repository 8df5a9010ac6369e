"""Settling what a short payment left of an item: a person's decision, with a reason, within the fund's limit.

The database posts by how much each line falls; the checks here say first what it would refuse.
"""

from datetime import date

from django.db.models import Q

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, InvalidInput, NotFound
from blackgem.lib.money import format_money, parse_amount
from blackgem.lib.sql import service
from capital.access import check_residual, check_settle
from capital.models import (
    AllocationAmount,
    AllocationCapital,
    CallItemCapital,
    CapitalCallItem,
    LineChange,
    Payment,
    ResidualSettlement,
)
from capital.services.carried import keep_letters_to_what_is_carried
from capital.services.incoming import check_fields
from capital.services.locks import lock_fund
from capital.services.moves import move_allocations, move_call
from capital.services.payments import lock_items
from funds.access import MANAGE, check_may
from funds.models import CapitalTransaction, Commitment
from funds.queries.periods import check_open
from funds.services.decidable import Decidable

Kind = ResidualSettlement.Kind


@service
def settle_residual(
    *, item_id, kind: str, reason: str, effective_on: date | None = None, amount=None, ctx: WriteContext
) -> ResidualSettlement:
    """Settle all that is outstanding of an item, from a day on (the fund's today): carried, it is due with the
    partner's next call; expensed, the fund bears it and the partner counts as having paid; waived, the called amount
    falls by it.

    `amount` is what the person saw as outstanding; left out, it is what is. Without four eyes it counts at once;
    otherwise a second person approves it. Raises Conflict where nothing was paid or nothing is owed, or another amount,
    for more than the fund's limit, where one waits already, and for carrying what was carried;
    InvalidInput for a day in the future or before the last payment.
    """
    item = _lock_item(ctx.by, item_id)
    fund = item.call.fund
    seen = parse_amount(amount, currency=fund.currency, field="amount") if amount else None
    owed = CallItemCapital.objects.get(pk=item.pk)
    settlement = ResidualSettlement(
        fund=fund,
        call=item.call,
        item=item,
        commitment=item.commitment,
        kind=kind,
        amount=seen or owed.outstanding,
        effective_on=effective_on or ctx.today(fund),
        reason=(reason or "").strip(),
        four_eyes=fund.four_eyes,
        recorded_at=ctx.at,
        recorded_by=ctx.by,
    )
    if settlement.kind not in Kind.values:
        raise InvalidInput("choice.invalid", f"Choose one of: {', '.join(Kind.values)}.", field="kind")
    if not settlement.reason:
        raise InvalidInput("reason.required", "Say why the residual is settled.", field="reason")
    check_fields(settlement, "effective_on", "reason")
    if settlement.effective_on > ctx.today(fund):
        raise InvalidInput(
            "effective_on.future", "The settlement must not take effect in the future.", field="effective_on"
        )
    check_open(fund, settlement.effective_on, field="effective_on")
    check_settle(item, ctx.by)
    _check_once(settlement)
    _check_goes_to_nobody_else(settlement)
    _check(settlement, owed)
    changes = {"residual": [None, settlement.amount]}
    return SETTLEMENTS.ask(settlement, ctx=ctx, changes=changes)


@service
def approve_settlement(*, settlement_id, ctx: WriteContext) -> ResidualSettlement:
    """Approve a settlement; where the fund demanded it, as another person than the one who asked.

    Raises Conflict where no longer exactly that is outstanding, or the limit fell below it.
    """
    return SETTLEMENTS.approve(settlement_id, ctx=ctx)


@service
def reject_settlement(*, settlement_id, ctx: WriteContext) -> ResidualSettlement:
    """Turn a settlement down: the residual stays owed, and may be settled by another request."""
    return SETTLEMENTS.reject(settlement_id, ctx=ctx)


def _lock_item(by, item_id) -> CapitalCallItem:
    """The item, under the locks of its fund, its partner and its own."""
    found = CapitalCallItem.objects.filter(pk=item_id).first()
    if found is None:
        raise NotFound("not_found", "There is no such item.")
    role = check_may(by, found.fund_id, MANAGE)
    item = _locked(found)
    item.role = role
    return item


def _locked(item: CapitalCallItem) -> CapitalCallItem:
    lock_fund(item.fund_id)
    Commitment.objects.select_for_update(no_key=True).get(pk=item.commitment_id)
    lock_items(item.call, [item.pk])
    return CapitalCallItem.objects.select_related("call__fund", "commitment__investor").get(pk=item.pk)


def _lock(settlement) -> None:
    settlement.item = _locked(settlement.item)
    settlement.call, settlement.fund = settlement.item.call, settlement.item.call.fund


def _check_once(settlement) -> None:
    """What was carried is not carried again; it may still be settled otherwise."""
    carried = settlement.item.settlements.carried().filter(amount__gte=settlement.amount)
    if settlement.kind == Kind.CARRIED and carried.exists():
        raise Conflict("residual.carried", "The residual of this item was carried already.")


def _check_goes_to_nobody_else(settlement) -> None:
    """What a call collects for earlier partners, with their interest, is passed on to them in full: never waived."""
    passed_on = settlement.call.lines.filter(Q(equalises__isnull=False) | Q(counts_as_called=False))
    if settlement.kind == Kind.WAIVED and passed_on.exists():
        raise Conflict(
            "residual.of_a_closing",
            "What this call collects goes to other partners: let the fund bear the rest, or carry it to the next call.",
        )


def _check(settlement, owed) -> None:
    """A residual is all that a payment left of an issued item, and within the fund's limit."""
    check_residual(settlement.call, owed.paid, owed.outstanding)
    if settlement.amount != owed.outstanding:
        raise Conflict(
            "residual.changed",
            f"What is outstanding changed since: it is {format_money(owed.outstanding, settlement.fund.currency)} now.",
        )
    if settlement.effective_on < max(owed.paid_on, settlement.call.call_date):
        raise InvalidInput(
            "effective_on.before_payment",
            "A residual is settled from the day of the call and of its last payment, or later.",
            field="effective_on",
        )


def _take_effect(settlement, ctx: WriteContext) -> None:
    changes = {"kind": [None, settlement.kind], "residual": [None, settlement.amount]}
    SETTLEMENTS.approved(settlement, ctx, changes=changes)
    move_call(settlement.call_id, "settle_residual", ctx=ctx)
    keep_letters_to_what_is_carried([settlement.item_id], settled=True, ctx=ctx)
    changes = LineChange.objects.filter(settlement=settlement, allocation__isnull=False)
    lowered = {deal: -amount for deal, amount in changes.values_list("allocation", "amount")}
    _complete(settlement, lowered, ctx)
    paid = CapitalTransaction.objects.filter(
        call_item_id=settlement.item_id,
        payment_id__in=Payment.objects.filter(settlement=settlement).values("pk"),
    )
    reached = paid.filter(allocation_id__isnull=False).values_list("allocation_id", flat=True)
    move_allocations([*lowered, *reached], "settle_residual", ctx=ctx)


def _complete(settlement, lowered, ctx: WriteContext) -> None:
    """An allocation that was called in full falls with its call: nobody is left from whom the rest could be called."""
    for capital in AllocationCapital.objects.filter(pk__in=list(lowered)).order_by("pk"):
        waived = lowered[capital.pk]
        if capital.uncalled == waived and capital.called > 0:
            amendment = AllocationAmount.objects.create(
                fund_id=settlement.fund_id,
                allocation_id=capital.pk,
                kind=AllocationAmount.Kind.AMENDMENT,
                amount=-waived,
                effective_on=settlement.effective_on,
                reason=f"Waived of {settlement.call}: {settlement.reason}"[:500],
                four_eyes=settlement.four_eyes,
                recorded_at=settlement.recorded_at,
                recorded_by=settlement.recorded_by,
                approved_at=ctx.at,
                approved_by=ctx.by,
            )
            audit.record(
                verb="amend_allocation",
                ctx=ctx,
                subject=amendment,
                also=[amendment.allocation],
                fund_id=settlement.fund_id,
                reason=amendment.reason,
                changes={"committed_amount": [capital.committed, capital.committed - waived]},
            )


SETTLEMENTS = Decidable(
    pending=ResidualSettlement.objects.pending,
    fetch=("item__call", "recorded_by"),
    code="residual",
    noun="settlement",
    asked="request_settlement",
    granted="settle_residual",
    refused="reject_settlement",
    also=lambda settlement: [settlement.item, settlement.call],
    lock=_lock,
    check=lambda settlement, at: _check(settlement, CallItemCapital.objects.get(pk=settlement.item_id)),
    effect=_take_effect,
)
