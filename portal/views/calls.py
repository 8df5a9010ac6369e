"""An investor's calls and payments."""

from collections.abc import Iterable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from blackgem.lib.days import days_in
from funds.models import Fund, Notice
from portal.queries import calls as queries
from portal.queries.documents import acknowledgements_of
from portal.queries.lists import CALLS, PAYMENTS
from portal.queries.questions import thread_of
from portal.reader import portal_page
from portal.views.lists import narrowed_page, show_list


@portal_page
@require_safe
def call_list(request: HttpRequest) -> HttpResponse:
    """Every call of its own."""
    form, items = narrowed_page(request, CALLS)
    context = {"items": items, **_now(item.call.fund for item in items)}
    return show_list(request, "portal/call_list.html", form, context)


def _now(funds: Iterable[Fund]) -> dict:
    """The moment, and the days that it is in the zones of these funds."""
    at = timezone.now()
    return {"at": at, "days": days_in((fund.time_zone for fund in funds), at)}


@portal_page
@require_safe
def call(request: HttpRequest, call_item: UUID) -> HttpResponse:
    """One call: what is due, how to pay it, what was paid, and the letter."""
    item, at = queries.call_of(request.reader, call_item), timezone.now()
    notice = queries.letter_of(request.reader, Notice.Kind.CAPITAL_CALL, item.pk)
    context = {
        "item": item,
        "carried_to": queries.carried_with(request.reader, item),
        "payment": queries.due_with(request.reader, item),
        "notice": notice,
        "facts": notice.facts if notice else None,
        "acknowledgements": acknowledgements_of(notice) if notice else [],
        "payments": queries.payments_of(request.reader, item=item),
        "currency": item.currency,
        "thread": thread_of(request.reader, Notice.Kind.CAPITAL_CALL, item),
        "today": item.call.fund.day_of(at),
        "at": at,
    }
    return render(request, "portal/call.html", context)


@portal_page
@require_safe
def payment_list(request: HttpRequest) -> HttpResponse:
    """What is still to be paid, and what was paid."""
    form, payments = narrowed_page(request, PAYMENTS)
    owed = list(queries.open_calls_of(request.reader))
    funds = [one.call.fund for one in (*owed, *payments)]
    context = {"owed": owed, "payments": payments, **_now(funds)}
    return show_list(request, "portal/payment_list.html", form, context)
