"""One partner's part of a distribution."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from blackgem.lib.access import manager_page
from blackgem.lib.checks import offer
from blackgem.lib.pages import render_live
from distributions.access import check_pay_item_out, check_resend_notice
from distributions.queries import item as read
from distributions.queries.distribution import payout_status
from distributions.queries.schedule import schedule_of_one
from distributions.states import DISTRIBUTION_BEFORE_ISSUE, DISTRIBUTION_ISSUED, DistributionType
from funds.models import Notice
from funds.queries.notices import versions_of
from funds.queries.questions import thread_read


@require_safe
@manager_page
def item(request: HttpRequest, distribution_id: int, item_id: int) -> HttpResponse:
    """What one partner gets, how it was worked out, what was paid and sent. For HTMX what a payout changes on it."""
    shown = read.item_of(request.user, distribution_id, item_id)
    context = item_context(request, shown)
    return render_live(request, "distributions/distribution_item.html", "item_live", context)


def item_context(request, shown) -> dict:
    """What the page of an item, and its partial, is rendered from."""
    one = shown.distribution
    one.role = shown.role
    return {
        "item": shown,
        "distribution": one,
        "currency": one.fund.currency,
        "pay_out": offer(check_pay_item_out, shown, request.user),
        "resend": offer(check_resend_notice, one, request.user),
        "is_issued": one.status in DISTRIBUTION_ISSUED,
        "may_preview": one.status in DISTRIBUTION_BEFORE_ISSUE and shown.gross_amount > 0,
        "payout_status": payout_status(one, shown),
        "tiers": read.working_of(shown),
        "stretches": _stretches(one, shown),
        "payouts": read.payouts_of(shown, request.user),
        "notices": versions_of(Notice.Kind.DISTRIBUTION, shown.pk),
        "thread": thread_read(shown.messages),
        "story": read.story_of_item(shown),
    }


def _stretches(one, shown):
    if one.type == DistributionType.RETURN_OF_EXCESS_CAPITAL:
        return ()
    return schedule_of_one(one.inputs, shown.commitment.reference, on=one.date, deal_id=one.deal_id)
