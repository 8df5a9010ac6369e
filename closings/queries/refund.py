"""One refund: what went out of it, and what became of that."""

from blackgem.lib import audit
from blackgem.lib.pages import found
from blackgem.lib.timeline import TimelineEntry, entries_of
from closings.access import check_request_refund_reversal
from closings.models import Closing, Refund, RefundPayout, RefundPayoutReversal
from funds.queries.access import with_role
from funds.queries.reversals import MoneyShown, money_shown, with_reversals


def refund_of(user, closing_id, refund_id) -> Refund:
    """The refund with its closing, fund, partner and `progress`, and the user's `role`; else 404."""
    refunds = Refund.objects.filter(closing__in=Closing.objects.visible_to(user).values("pk"))
    refunds = refunds.select_related("closing__fund", "commitment__investor", "progress")
    return found(with_role(refunds.defer("closing__inputs"), user), pk=refund_id, closing=closing_id)


def payout_of_refund(user, closing_id, payout_id) -> RefundPayout:
    """The payout with its refund, closing, fund and partner, and the user's `role`; else 404."""
    payouts = RefundPayout.objects.filter(refund__closing__in=Closing.objects.visible_to(user).values("pk"))
    payouts = payouts.select_related("refund__closing__fund", "commitment__investor")
    return found(
        with_role(payouts.defer("refund__closing__inputs"), user), pk=payout_id, refund__closing=closing_id
    )


def payouts_of_refund(refund: Refund, by) -> list[MoneyShown]:
    """Every payout and reversal of a refund, newest first, and whether this person may ask to `reverse` it."""
    payouts = refund.payouts.select_related("recorded_by")
    read = with_reversals(
        payouts, RefundPayoutReversal.objects.pending(), of="payout", posted_by="refund_payout_id"
    )
    return money_shown(read, refund.role, by, check_request_refund_reversal)


def story_of_refund(refund: Refund) -> list[TimelineEntry]:
    """What was done with the refund, newest first. A payout to many is told with what went to this one."""
    events, paid = list(audit.timeline(refund)), dict(refund.payouts.values_list("recorded_at", "amount"))
    for event in events:
        if event.verb == "pay_refunds":
            own = paid.get(event.happened_at)
            event.changes = {"paid_out": [None, f"{own:f}"]} if own else {}
    return entries_of(events, refund.closing.fund.currency)
