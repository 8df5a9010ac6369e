"""A closing as a spreadsheet that anybody can recalculate."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from blackgem.lib.access import manager_page
from blackgem.lib.downloads import makes_file, takes
from blackgem.lib.pages import says_refusals
from closings.queries.closing import closing_of
from closings.queries.proof import proof_name, proof_of
from closings.views.verbs import refused_on_closing

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@makes_file
@require_GET
@manager_page
@says_refusals(refused_on_closing)
def proof_sheet(request: HttpRequest, closing_id: int) -> HttpResponse:
    """Prove it yourself: the facts and terms of a closing with live formulas, for who may see it."""
    one = closing_of(request.user, closing_id)
    takes(request, one, fund_id=one.fund_id)
    response = HttpResponse(proof_of(one, at=timezone.now()), content_type=_XLSX)
    response["Content-Disposition"] = f'attachment; filename="{proof_name(one)}"'
    return response
