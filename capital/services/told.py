"""What a partner is told of a payment that was taken back, and what a general partner is told of waived fees that count
as its own: the next version of the letter of the call.
"""

from django.db.models import Max, OuterRef, Subquery, Sum

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from capital.models import CapitalCallItem, LineChange, Payment, PaymentReversal
from capital.notice_lines import lines_assumed
from capital.notices import netted_otherwise, write_what_is_due
from capital.queries.carried import carried_to, outstanding_with, pays_by_refund
from funds.models import Notice
from funds.services.notice_facts import text
from funds.services.notices import items_expecting, nudge, queue_deliveries, queue_next_versions

DEEMED = "Fees that the manager waived pay some of this call for you."
OPEN_AGAIN = (
    "A payment on it was taken back after the interest that it was for had passed to another investor."
)
_FETCHED = ("capital", "call__fund", "commitment__investor")
TAKEN_BACK = "A payment of yours on it was taken back."


def tell_of_payment_taken_back(reversal: PaymentReversal, compensation: Payment, ctx: WriteContext) -> None:
    """Once it is posted, inside its transaction: what was taken back, from when, and what is outstanding by now.

    Whoever has no letter of the call, and waits for none, is told nothing: it would be the first that it hears. A
    letter that speaks of waived fees is replaced also where it was not sent. Who held a part of the payment since a
    transfer owes that by now: it is told by its own letter, the first where it has none.
    """
    paid = reversal.payment
    expecting = items_expecting(Notice.Kind.CAPITAL_CALL, paid.call_id)
    is_told = paid.item_id in expecting
    moved = _moved_back(compensation)
    for item in moved.values():
        if item.pk != paid.item_id and item.owes:
            _tell_of_moved(item, reversal, compensation, is_sent=is_told, ctx=ctx)
    if not is_told and not paid.waiver_use_id:
        return
    item = CapitalCallItem.objects.select_related("capital", "call").get(pk=paid.item_id)
    owed = outstanding_with(item, carried_to(item.call))
    back = {
        "amount": text(paid.amount),
        "paid_on": paid.value_date.isoformat(),
        "on": (reversal.cash_on or ctx.today(item.call.fund)).isoformat(),
        "left": reversal.money_left,
        "outstanding": text(owed),
    }
    newest = Notice.objects.newest(Notice.Kind.CAPITAL_CALL, paid.call_id).get(item_id=item.pk)
    said = {"undone": back, "ask": None if pays_by_refund(newest.facts) else text(owed)}
    if paid.item_id in moved:
        said["assumed"] = _assumed(moved[paid.item_id], reversal, ctx)
    netted = None
    if paid.waiver_use_id:
        kept = [one for one in newest.facts.get("netted") or () if one.get("waived_fees") != paid.reference]
        netted = {item.pk: kept}
    written = write_what_is_due(
        call=item.call, items=[item], change_note=TAKEN_BACK, said=said, netted=netted, ctx=ctx
    )
    queue_next_versions(notices=written, ctx=ctx)
    nudge()


def _moved_back(compensation: Payment) -> dict[int, CapitalCallItem]:
    """The items of which more or less is owed since a payment was taken back of which transfers had moved parts, each
    with what it `owes` of it, below zero where others do, and from `on` which day."""
    of_it = LineChange.objects.filter(came_back=compensation, item=OuterRef("pk")).order_by()
    sums = of_it.values("item").annotate(all=Sum("amount"), last=Max("effective_on"))
    items = CapitalCallItem.objects.filter(line_changes__came_back=compensation).annotate(
        owes=Subquery(sums.values("all")), on=Subquery(sums.values("last"))
    )
    return {one.pk: one for one in items.select_related(*_FETCHED).distinct().order_by("pk")}


def _assumed(item: CapitalCallItem, reversal: PaymentReversal, ctx: WriteContext) -> dict:
    """What a letter says of it: from which day the interest is another's, and when the payment was taken back."""
    is_given = item.owes < 0
    return {
        "on": item.on.isoformat(),
        "given": is_given,
        "lines": [] if is_given else lines_assumed(item),
        "back": (reversal.cash_on or ctx.today(item.call.fund)).isoformat(),
    }


def _tell_of_moved(
    item: CapitalCallItem,
    reversal: PaymentReversal,
    compensation: Payment,
    *,
    is_sent: bool,
    ctx: WriteContext,
) -> None:
    """Who owes a part of what came back, or less than it did: by its next letter, or its first one, which goes out at
    once where the letter about that payment did."""
    audit.record(
        verb="owe_what_came_back",
        ctx=ctx,
        subject=item,
        also=[compensation, item.call],
        fund_id=item.fund_id,
        reason=reversal.reason,
        changes={"owed": [None, item.owes]},
    )
    owed = outstanding_with(item, carried_to(item.call))
    said = {"assumed": _assumed(item, reversal, ctx), "ask": text(owed)}
    written = write_what_is_due(call=item.call, items=[item], change_note=OPEN_AGAIN, said=said, ctx=ctx)
    queue_next_versions(notices=written, ctx=ctx)
    if is_sent:
        queue_deliveries(notices=written, ctx=ctx)
    nudge()


def tell_of_waived_fees(payment: Payment, ctx: WriteContext) -> None:
    """Once an item of a general partner is deemed paid: how much of it, by which call the partners pay it, and what is
    left to pay. A call that was brought in is told of by a first letter."""
    item = CapitalCallItem.objects.select_related("capital", "call", "commitment__investor").get(
        pk=payment.item_id
    )
    deemed = {
        "waived_fees": payment.reference,
        "on": payment.value_date.isoformat(),
        "amount": text(payment.amount),
    }
    netted = netted_otherwise(item.call, [item.pk])
    netted[item.pk].append(deemed)
    written = write_what_is_due(call=item.call, items=[item], change_note=DEEMED, netted=netted, ctx=ctx)
    queue_next_versions(notices=written, ctx=ctx)
    nudge()
