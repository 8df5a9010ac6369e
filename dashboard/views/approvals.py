"""One queue for everything that waits for a second look."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from blackgem.lib.access import manager_page
from blackgem.lib.approvals import all_rows, queues, waiting_among


@require_safe
@manager_page
def approvals(request: HttpRequest) -> HttpResponse:
    """Every queue that has something, own requests among them."""
    filled = all_rows(request.user, timezone.now())
    request.waiting_approvals = waiting_among(filled)  # the navigation shows what waits among these
    context = {"queues": [(queue, filled[queue.key]) for queue in queues() if filled[queue.key]]}
    return render(request, "dashboard/approvals.html", context)
