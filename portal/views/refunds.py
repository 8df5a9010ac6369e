"""What an investor gets back after later closings."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from blackgem.lib.days import days_in
from funds.models import Notice
from portal.queries import refunds as queries
from portal.queries.calls import letter_of
from portal.queries.documents import acknowledgements_of
from portal.queries.lists import REFUNDS, refund_word
from portal.reader import portal_page
from portal.views.lists import narrowed_page, show_list


@portal_page
@require_safe
def refund_list(request: HttpRequest) -> HttpResponse:
    """Every refund of its own."""
    form, refunds = narrowed_page(request, REFUNDS)
    for one in refunds:
        one.word = refund_word(one)
    days = days_in((one.closing.fund.time_zone for one in refunds), timezone.now())
    return show_list(request, "portal/refund_list.html", form, {"refunds": refunds, "days": days})


@portal_page
@require_safe
def refund(request: HttpRequest, refund: UUID) -> HttpResponse:
    """One refund: why it comes, line by line, when it is paid, and what was."""
    shown = queries.refund_of(request.reader, refund)
    state = queries.state_of(shown)
    notice = letter_of(request.reader, Notice.Kind.REFUND, shown.pk)
    context = {
        "refund": shown,
        "state": state,
        "account": queries.account_of(shown) if state in ("open", "partial") else None,
        "payouts": queries.payouts_of(shown),
        "notice": notice,
        "facts": notice.facts if notice else None,
        "acknowledgements": acknowledgements_of(notice) if notice else [],
        "currency": shown.currency,
        "today": shown.closing.fund.day_of(timezone.now()),
    }
    return render(request, "portal/refund.html", context)
