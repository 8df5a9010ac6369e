"""An investor's calls and payments."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from funds.models import Notice
from funds.queries.lists import PER_PAGE, page_of
from portal.queries import calls as queries
from portal.queries.documents import acknowledgements_of
from portal.reader import portal_page


@portal_page
@require_safe
def call_list(request: HttpRequest) -> HttpResponse:
    """Every call of its own."""
    items = page_of(queries.calls_of(request.reader), PER_PAGE, request.GET.get("page"))
    return render(request, "portal/call_list.html", {"items": items, "today": timezone.localdate()})


@portal_page
@require_safe
def call(request: HttpRequest, item_id: int) -> HttpResponse:
    """One call: what is due, how to pay it, what was paid, and the letter."""
    item = queries.call_of(request.reader, item_id)
    notice = queries.letter_of(request.reader, Notice.Kind.CAPITAL_CALL, item.pk)
    context = {
        "item": item,
        "notice": notice,
        "facts": notice.facts if notice else None,
        "acknowledgements": acknowledgements_of(notice) if notice else [],
        "payments": queries.payments_of(request.reader, item=item),
        "currency": item.currency,
        "today": timezone.localdate(),
    }
    return render(request, "portal/call.html", context)


@portal_page
@require_safe
def payment_list(request: HttpRequest) -> HttpResponse:
    """What is still to be paid, and what was paid."""
    payments = page_of(queries.payments_of(request.reader), PER_PAGE, request.GET.get("page"))
    context = {
        "owed": queries.open_calls_of(request.reader),
        "payments": payments,
        "today": timezone.localdate(),
    }
    return render(request, "portal/payment_list.html", context)
