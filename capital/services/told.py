"""What a partner is told of a payment that was taken back: the next version of the letter of the call that it got."""

from blackgem.lib.context import WriteContext
from capital.models import CapitalCallItem, PaymentReversal
from capital.notices import write_what_is_due
from capital.queries.carried import carried_to, outstanding_with, pays_by_refund
from funds.models import Notice
from funds.services.notice_facts import text
from funds.services.notices import items_expecting, nudge, queue_next_versions

TAKEN_BACK = "A payment of yours on it was taken back."


def tell_of_payment_taken_back(reversal: PaymentReversal, ctx: WriteContext) -> None:
    """Once it is posted, inside its transaction: what was taken back, from when, and what is outstanding by now.

    Whoever has no letter of the call, and waits for none, is told nothing: it would be the first that it hears.
    """
    paid = reversal.payment
    if paid.item_id not in items_expecting(Notice.Kind.CAPITAL_CALL, paid.call_id):
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
    written = write_what_is_due(call=item.call, items=[item], change_note=TAKEN_BACK, said=said, ctx=ctx)
    queue_next_versions(notices=written, ctx=ctx)
    nudge()
