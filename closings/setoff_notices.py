"""What the letters of a call say once something of it is set off against a distribution or a refund: both sides gross,
and one net figure. It is the next version of the letter of each partner, and goes to whom the one before was sent."""

from collections import defaultdict

from django.db.models import QuerySet

from blackgem.lib.context import WriteContext
from capital.models import CapitalCallItem
from capital.notices import netted_otherwise, write_what_is_due
from closings.calc.setoff import Netted
from closings.models import Closing, Setoff, SetoffPart, SetoffReversal
from closings.notices import write_netted_refunds
from funds.services.notice_facts import text
from funds.services.notices import nudge, queue_next_versions


def tell_of_setoff(setoff: Setoff, ctx: WriteContext) -> None:
    """Once it is approved: what is called, given and withheld, and what is left to pay or to receive."""
    given = (
        f"A {'distribution' if setoff.distribution_id else 'refund'} to you was set off against this call."
    )
    _tell(setoff.call, setoff.parts.values("call_item"), given, ctx)
    if setoff.closing_id:
        refunds = setoff.parts.values_list("refund", flat=True)
        tell_of_netted_refunds(setoff.closing, list(refunds), "Some of it pays a capital call.", ctx)
    nudge()


def tell_of_setoff_reversal(reversal: SetoffReversal, ctx: WriteContext) -> None:
    """Once it is taken back: the call is due again."""
    part = reversal.part
    _tell(part.setoff.call, [part.call_item_id], "What was set off was taken back.", ctx)
    if part.refund_id:
        tell_of_netted_refunds(
            part.setoff.closing, [part.refund_id], "It pays no capital call any more.", ctx
        )
    nudge()


def _tell(call, item_ids, change_note: str, ctx: WriteContext) -> None:
    items = list(CapitalCallItem.objects.select_related("capital", "call").filter(pk__in=item_ids))
    parts = _standing().filter(call_item__in=[one.pk for one in items])
    netted = netted_otherwise(call, [one.pk for one in items])
    for part in parts:
        netted[part.call_item_id].append(_of_distribution(part) if part.distribution_id else _of_refund(part))
    written = write_what_is_due(call=call, items=items, change_note=change_note, netted=netted, ctx=ctx)
    queue_next_versions(notices=written, ctx=ctx)


def _standing() -> QuerySet[SetoffPart]:
    """Parts of set-offs that stand, in their order."""
    taken_back = SetoffReversal.objects.filter(approved_at__isnull=False).values("part")
    return (
        SetoffPart.objects.filter(setoff__approved_at__isnull=False)
        .exclude(pk__in=taken_back)
        .select_related("setoff", "distribution_item", "distribution", "refund", "closing", "call")
        .defer(
            "distribution__inputs",
            "distribution_item__tiers",
            "distribution_item__working",
            "closing__inputs",
        )
        .order_by("pk")
    )


def _of_distribution(part: SetoffPart) -> dict:
    item = part.distribution_item
    net = Netted(distributed=item.gross_amount, withholding=item.withholding_tax, set_off=part.amount)
    return {
        "distribution": part.distribution.number,
        "on": part.setoff.value_date.isoformat(),
        "gross": text(item.gross_amount),
        "withheld": text(item.withholding_tax),
        "amount": text(part.amount),
        "receives": text(net.receives),
    }


def _of_refund(part: SetoffPart) -> dict:
    return {
        "refund_of": part.closing.number,
        "on": part.setoff.value_date.isoformat(),
        "gross": text(part.gross),
        "amount": text(part.amount),
        "receives": text(part.gross - part.amount),
    }


def tell_of_netted_refunds(
    closing: Closing, refund_ids: list[int], change_note: str, ctx: WriteContext
) -> None:
    """The next version of the letters of these refunds: which part of each pays which call."""
    netted = defaultdict(list)
    for part in _standing().filter(refund__in=refund_ids):
        netted[part.refund_id].append({"call": part.call.number, "amount": text(part.amount)})
    written = write_netted_refunds(
        closing=closing, netted=netted, of=refund_ids, change_note=change_note, ctx=ctx
    )
    queue_next_versions(notices=written, ctx=ctx)
