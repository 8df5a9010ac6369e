"""The fund that something new is for: named by the address, the only one there is, or chosen on a page."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from funds.queries.access import funds_of


@dataclass(frozen=True, kw_only=True, slots=True)
class FundChoice:
    """What the page of the choice says. `enter` and `up` are names of pages: that of the form, and of the list above
    it, which is called `up_label`; `none` and `why_none` stand where there is no fund to choose."""

    title: str
    question: str
    enter: str
    up: str
    up_label: str
    none: str
    why_none: str


def in_one_fund(
    request: HttpRequest, enter: Callable[..., HttpResponse], *, may: Callable, choice: FundChoice
) -> HttpResponse:
    """`enter(request, fund_id=)` with the fund that the request names, or with the only one in which this person `may`;
    else the page on which it chooses among those."""
    fund_id = request.POST.get("fund") or request.GET.get("fund")
    if fund_id:
        return enter(request, fund_id=fund_id)
    funds = [fund for fund in funds_of(request.user) if may(fund)]
    if len(funds) == 1:
        return enter(request, fund_id=funds[0].pk)
    return render(request, "funds/choose_fund.html", {"funds": funds, "choice": choice})
