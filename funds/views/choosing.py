"""The fund that something new is for: named by the address, the only one there is, or chosen on a page."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from funds.queries.access import fund_of, funds_of


def in_one_fund(
    request: HttpRequest, enter: Callable[..., HttpResponse], *, may: Callable, template: str
) -> HttpResponse:
    """`enter(request, fund)` with the fund that the request names, or with the only one in which this person `may`;
    else the page on which it chooses among those."""
    fund_id = request.POST.get("fund") or request.GET.get("fund")
    if fund_id:
        return enter(request, fund_of(request.user, fund_id))
    funds = [fund for fund in funds_of(request.user) if may(fund)]
    if len(funds) == 1:
        return enter(request, funds[0])
    return render(request, template, {"funds": funds})
