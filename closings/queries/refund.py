"""One refund: what went out of it, and what became of that."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from blackgem.lib import audit
from blackgem.lib.checks import Offer, offer
from blackgem.lib.pages import found
from blackgem.lib.timeline import TimelineEntry, entries_of
from closings.access import check_request_refund_reversal
from closings.models import Closing, Refund, RefundPayout, RefundPayoutReversal
from funds.queries.access import with_role


@dataclass(frozen=True, slots=True)
class RefundPayoutShown:
    """One payout with what became of it. `state` is paid, asked (a reversal waits), reversed, or reversal."""

    payout: RefundPayout
    state: str
    reverse: Offer


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


def payouts_of_refund(refund: Refund, by) -> list[RefundPayoutShown]:
    """Every payout and reversal of a refund, newest first, and whether this person may ask to `reverse` it."""
    payouts = refund.payouts.select_related("recorded_by").annotate(
        is_reversed=Exists(RefundPayout.objects.filter(reverses=OuterRef("pk"))),
        is_asked_back=Exists(RefundPayoutReversal.objects.pending().filter(payout=OuterRef("pk"))),
    )
    return [_shown(payout, refund.role, by) for payout in payouts.order_by("-pk")]


def _shown(payout: RefundPayout, role, by) -> RefundPayoutShown:
    payout.role = role
    is_asked = payout.is_reversed or payout.is_asked_back
    reverse = offer(check_request_refund_reversal, payout, by, is_asked=is_asked)
    if payout.reverses_id:
        state = "reversal"
    elif payout.is_reversed:
        state = "reversed"
    else:
        state = "asked" if payout.is_asked_back else "paid"
    return RefundPayoutShown(payout, state, reverse)


def story_of_refund(refund: Refund) -> list[TimelineEntry]:
    """What was done with the refund, newest first. A payout to many is told with what went to this one."""
    events, paid = list(audit.timeline(refund)), dict(refund.payouts.values_list("recorded_at", "amount"))
    for event in events:
        if event.verb == "pay_refunds":
            own = paid.get(event.happened_at)
            event.changes = {"paid_out": [None, f"{own:f}"]} if own else {}
    return entries_of(events, refund.closing.fund.currency)
