"""One investor's part of a call."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from blackgem.lib.access import manager_page
from blackgem.lib.checks import offer
from blackgem.lib.pages import render_live
from capital.access import check_pay_item, check_resend_notice
from capital.queries import item as read
from capital.queries.excuses import excuse_offer
from capital.states import CALL_BEFORE_ISSUE, CALL_ISSUED
from funds.models import Notice
from funds.queries.notices import versions_of
from funds.queries.questions import thread_read


@require_safe
@manager_page
def item(request: HttpRequest, call_id: int, item_id: int) -> HttpResponse:
    """What one investor owes, paid and was sent. For HTMX what a payment changes on it."""
    shown = read.item_of(request.user, call_id, item_id)
    return render_live(request, "capital/call_item.html", "item_live", item_context(request, shown))


def item_context(request, shown) -> dict:
    """What the page of an item, and its partial, is rendered from."""
    call = shown.call
    call.role = shown.role
    found = read.about(shown, request.user)
    return {
        "item": shown,
        "call": call,
        "currency": call.fund.currency,
        "pay": offer(check_pay_item, shown, request.user),
        "resend": offer(check_resend_notice, call, request.user),
        "is_issued": call.status in CALL_ISSUED,
        "may_preview": call.status in CALL_BEFORE_ISSUE and shown.amount > 0,
        "days_late": read.days_late(shown, at=timezone.now()),
        "excused": read.is_excused(found.parts, found.excuses),
        "parts": found.parts,
        "settlements": found.settlements,
        "excuses": [one for one in found.excuses if one.item_id == shown.pk or one.changed],
        "excuse": excuse_offer(shown, request.user, found.parts, found.excuses),
        "settle": read.settle_offer(shown, request.user, found.settlements),
        "payments": found.payments,
        "notices": versions_of(Notice.Kind.CAPITAL_CALL, shown.pk),
        "thread": thread_read(shown.messages),
        "story": found.story,
    }
