from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from blackgem.lib.access import investor_page
from portal.queries import home as queries


@investor_page
@require_safe
def home(request):
    """The investor's own commitments and calls, as they stand today."""
    investors = queries.investors_of(request.user)
    items = Paginator(queries.call_items_of(investors), 50)
    context = {
        "commitments": queries.commitments_of(investors),
        "items": items.get_page(request.GET.get("page")),
        "today": timezone.localdate(),
    }
    return render(request, "portal/home.html", context)
