"""What a partner is told of a payment that was taken back, and what a general partner is told of waived fees that count
as its own: the next version of the letter of the call.
"""

from blackgem.lib.context import WriteContext
from capital.models import CapitalCallItem, Payment, PaymentReversal
from capital.notices import netted_otherwise, write_what_is_due
from capital.queries.carried import carried_to, outstanding_with, pays_by_refund
from funds.models import Notice
from funds.services.notice_facts import text
from funds.services.notices import items_expecting, nudge, queue_next_versions

DEEMED = "Fees that the manager waived pay some of this call for you."
TAKEN_BACK = "A payment of yours on it was taken back."


def tell_of_payment_taken_back(reversal: PaymentReversal, ctx: WriteContext) -> None:
    """Once it is posted, inside its transaction: what was taken back, from when, and what is outstanding by now.

    Whoever has no letter of the call, and waits for none, is told nothing: it would be the first that it hears. A
    letter that speaks of waived fees is replaced also where it was not sent.
    """
    paid = reversal.payment
    expecting = items_expecting(Notice.Kind.CAPITAL_CALL, paid.call_id)
    if paid.item_id not in expecting and not paid.waiver_use_id:
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
    netted = None
    if paid.waiver_use_id:
        kept = [one for one in newest.facts.get("netted") or () if one.get("waived_fees") != paid.reference]
        netted = {item.pk: kept}
    written = write_what_is_due(
        call=item.call, items=[item], change_note=TAKEN_BACK, said=said, netted=netted, ctx=ctx
    )
    queue_next_versions(notices=written, ctx=ctx)
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
