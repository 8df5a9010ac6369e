"""The search across everything, and the keys that lead to pages."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from blackgem.lib.access import manager_page
from blackgem.lib.pages import render_partial
from dashboard.calc.search_terms import LONGEST, cleaned
from dashboard.queries import search as queries


@manager_page
@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """What fits the text of the address: a page or, for the box over another page, only its list."""
    text = cleaned(request.GET.get("q", ""))
    context = {"text": text, "groups": queries.search(request.user, text), "longest": LONGEST}
    return render_partial(request, "dashboard/search.html", "options", context)


@manager_page
@require_safe
def shortcuts(request: HttpRequest) -> HttpResponse:
    """The keys, as a page or as what a dialog holds."""
    context = {"groups": queries.shortcuts(request.user)}
    return render_partial(request, "dashboard/shortcuts.html", "keys", context)
