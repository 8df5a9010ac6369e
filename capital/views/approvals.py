"""One queue for everything that waits for a second look."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from blackgem.lib.access import manager_page
from blackgem.lib.approvals import queues


@require_safe
@manager_page
def approvals(request: HttpRequest) -> HttpResponse:
    """Every queue that has something, own requests among them."""
    filled = [(queue, queue.rows(request.user)) for queue in queues()]
    context = {"queues": [(queue, rows) for queue, rows in filled if rows]}
    return render(request, "capital/approvals.html", context)
