"""Deals, with what funds set aside for them."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from blackgem.lib.access import manager_page
from blackgem.lib.pages import narrowed
from dashboard.forms.filters import SearchForm
from dashboard.queries.deals import deals_page
from funds.staff import may_enter_partners


@manager_page
@require_safe
def deal_list(request):
    form = SearchForm(request.GET)
    text, sort = narrowed(form)["q"], request.GET.get("sort", "name")
    may_enter = may_enter_partners(request.user)
    page = deals_page(request.user, text=text, sort=sort, number=request.GET.get("page"))
    for deal in page.object_list:
        deal.may_change = deal.is_kept or (not deal.is_tied and may_enter)
    context = {"form": form, "page": page, "sort": sort, "text": text, "may_enter": may_enter}
    return render(request, "dashboard/deal_list.html", context)
