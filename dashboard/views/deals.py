"""Deals, with what funds set aside for them."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from blackgem.lib.access import manager_page
from blackgem.lib.checks import offer
from blackgem.lib.pages import narrowed
from dashboard.forms.filters import SearchForm
from dashboard.queries.deals import deals_page
from funds.access import check_change_shared, check_enter_shared


@manager_page
@require_safe
def deal_list(request):
    form = SearchForm(request.GET)
    text, sort = narrowed(form)["q"], request.GET.get("sort", "name")
    enter = offer(check_enter_shared, request.user)
    page = deals_page(request.user, text=text, sort=sort, number=request.GET.get("page"))
    for deal in page.object_list:
        deal.change = offer(check_change_shared, deal, request.user, may_enter=bool(enter))
    context = {"form": form, "page": page, "sort": sort, "text": text, "enter": enter}
    return render(request, "dashboard/deal_list.html", context)
