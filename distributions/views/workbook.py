"""A distribution as a spreadsheet that anybody can recalculate."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from blackgem.lib.access import manager_page
from blackgem.lib.downloads import makes_file, takes
from distributions.queries.distribution import distribution_of
from distributions.queries.workbook import workbook_name, workbook_of

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@makes_file
@require_GET
@manager_page
def check_workbook(request: HttpRequest, distribution_id: int) -> HttpResponse:
    """Check this yourself: the facts and terms of a distribution with live formulas, for who may see it."""
    one = distribution_of(request.user, distribution_id)
    takes(request, one, fund_id=one.fund_id)
    response = HttpResponse(workbook_of(one, at=timezone.now()), content_type=_XLSX)
    response["Content-Disposition"] = f'attachment; filename="{workbook_name(one)}"'
    return response
