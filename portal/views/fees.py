"""How an investor's management fees were worked out."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.queries.fees import fee_of
from portal.queries.lists import FEES
from portal.reader import portal_page
from portal.views.lists import narrowed_page, show_list


@portal_page
@require_safe
def fee_list(request: HttpRequest) -> HttpResponse:
    """Every fee of its own."""
    form, fees = narrowed_page(request, FEES)
    return show_list(request, "portal/fee_list.html", form, {"fees": fees})


@portal_page
@require_safe
def fee(request: HttpRequest, fee: UUID) -> HttpResponse:
    """One fee, step by step."""
    shown = fee_of(request.reader, fee)
    context = {"fee": shown, "facts": shown.facts, "currency": shown.fund.currency}
    return render(request, "portal/fee.html", context)
