"""Moving calls and allocations along their states: their locks are taken here, last, and sums re-read under them."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from blackgem.lib import audit
from blackgem.lib.checks import fire
from blackgem.lib.context import WriteContext
from blackgem.lib.sql import rails_have_spoken
from capital.models import AllocationCapital, CallCapital, CapitalCall, FundAllocation
from capital.services.locks import lock_call


def move_call(call_id, verb, *, ctx: WriteContext) -> CapitalCall:
    """Lock the call, re-read its sums, and fire `receive_payment`, `reverse_payment` or `settle_residual`."""
    call = lock_call(call_id)
    before = call.status
    fire(getattr(call, verb), CallCapital.objects.get(pk=call_id))
    if call.status != before:
        call.save(update_fields=["status"])
        audit.record(
            verb=f"call_{call.status}",
            ctx=ctx,
            subject=call,
            fund_id=call.fund_id,
            changes={"status": [before, call.status]},
        )
    return call


def move_posted(call_ids, payment_ids, verb, *, last: bool = False, ctx: WriteContext) -> None:
    """The same of calls and then of the allocations that payments were posted to, all locked and read in one go: the
    database answers those whose state must move. Where that is the `last` that the service writes, every other rail
    speaks before the locks are taken."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, id, fund_id, state, committed, called, paid FROM rows_to_move(%s, %s, %s)",
            [list(call_ids), list(payment_ids), last],
        )
        rows = cursor.fetchall()
    if last and not rows:
        rails_have_spoken()
    for kind, *found, committed, called, paid in rows:
        model, field, event = _MOVED[kind]
        row = model.from_db(connection.alias, ["id", "fund_id", field], found)
        before = getattr(row, field)
        fire(getattr(row, verb), Sums(committed, called, paid))
        if (after := getattr(row, field)) != before:
            row.save(update_fields=[field])
            audit.record(
                verb=event.format(after) if event else verb,
                ctx=ctx,
                subject=row,
                fund_id=row.fund_id,
                changes={field: [before, after]},
            )


@dataclass(frozen=True, slots=True)
class Sums:
    """What transitions read of a roll-up, in the fund's currency."""

    committed: Decimal | None
    called: Decimal
    paid: Decimal

    @property
    def funded(self) -> Decimal:
        return self.paid


#: Of what `rows_to_move` answers: the model, the field of its state, and the event, where that is not the verb.
_MOVED: dict[str, tuple[type[CapitalCall | FundAllocation], str, str]] = {
    "call": (CapitalCall, "status", "call_{}"),
    "allocation": (FundAllocation, "state", ""),
}


def move_allocations(allocation_ids, verb, *, ctx: WriteContext) -> None:
    """Lock the allocations in id order, re-read their sums, and fire `verb` on each."""
    ids = sorted(set(allocation_ids))
    if not ids:
        return
    locked = list(FundAllocation.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))
    capital = AllocationCapital.objects.in_bulk(ids)
    for allocation in locked:
        before = allocation.state
        fire(getattr(allocation, verb), capital[allocation.pk])
        if allocation.state != before:
            allocation.save(update_fields=["state"])
            audit.record(
                verb=verb,
                ctx=ctx,
                subject=allocation,
                fund_id=allocation.fund_id,
                changes={"state": [before, allocation.state]},
            )


def allocations_of(call_id) -> list[int]:
    """The allocations that a call draws on."""
    return list(
        CapitalCall.objects.filter(pk=call_id, lines__allocation__isnull=False)
        .values_list("lines__allocation_id", flat=True)
        .distinct()
    )
