"""What the letters of a call say once something of it is set off against a distribution: both sides gross, and one net
figure. It is the next version of the letter of each partner, and goes to whom the one before was sent."""

from collections import defaultdict

from blackgem.lib.context import WriteContext
from capital.models import CapitalCallItem
from capital.notices import write_what_is_due
from closings.calc.setoff import Netted
from closings.models import Setoff, SetoffPart, SetoffReversal
from funds.services.notice_facts import text
from funds.services.notices import nudge, queue_next_versions


def tell_of_setoff(setoff: Setoff, ctx: WriteContext) -> None:
    """Once it is approved: what is called, distributed and withheld, and what is left to pay or to receive."""
    items = setoff.parts.values("call_item")
    _tell(setoff.call, items, "A distribution to you was set off against this call.", ctx)


def tell_of_setoff_reversal(reversal: SetoffReversal, ctx: WriteContext) -> None:
    """Once it is taken back: the call is due again."""
    part = reversal.part
    _tell(part.setoff.call, [part.call_item_id], "What was set off was taken back.", ctx)


def _tell(call, item_ids, change_note: str, ctx: WriteContext) -> None:
    items = list(CapitalCallItem.objects.select_related("capital", "call").filter(pk__in=item_ids))
    written = write_what_is_due(
        call=call, items=items, change_note=change_note, netted=_netted([one.pk for one in items]), ctx=ctx
    )
    queue_next_versions(notices=written, ctx=ctx)
    nudge()


def _netted(item_ids: list[int]) -> dict[int, list[dict]]:
    """By item of a call, the set-offs that stand, in their order."""
    taken_back = SetoffReversal.objects.filter(approved_at__isnull=False).values("part")
    parts = (
        SetoffPart.objects.filter(call_item__in=item_ids, setoff__approved_at__isnull=False)
        .exclude(pk__in=taken_back)
        .select_related("setoff", "distribution_item", "distribution")
        .defer("distribution__inputs", "distribution_item__tiers", "distribution_item__working")
        .order_by("pk")
    )
    found = defaultdict(list)
    for part in parts:
        item = part.distribution_item
        net = Netted(distributed=item.gross_amount, withholding=item.withholding_tax, set_off=part.amount)
        found[part.call_item_id].append(
            {
                "distribution": part.distribution.number,
                "on": part.setoff.value_date.isoformat(),
                "gross": text(item.gross_amount),
                "withheld": text(item.withholding_tax),
                "amount": text(part.amount),
                "receives": text(net.receives),
            }
        )
    return found
