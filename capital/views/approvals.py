"""One queue for everything that waits for a second look."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from blackgem.lib.access import manager_page
from capital.queries import approvals as read


@require_safe
@manager_page
def approvals(request: HttpRequest) -> HttpResponse:
    """Calls, reversals and bank details that wait, own requests among them."""
    context = {
        "calls": _marked(read.calls_to_approve(request.user), "submitted_by_id", request.user),
        "reversals": _marked(read.reversals_to_approve(request.user), "requested_by_id", request.user),
        "bank_details": _marked(read.bank_details_to_verify(request.user), "created_by_id", request.user),
    }
    return render(request, "capital/approvals.html", context)


def _marked(rows, asked_by: str, user) -> list:
    """Each row with whether only somebody else may approve it."""
    rows = list(rows)
    for row in rows:
        row.needs_another = row.four_eyes and getattr(row, asked_by) == user.pk
    return rows
