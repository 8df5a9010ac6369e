"""The closings of a fund, and the refunds of a closing, as files."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from blackgem.lib.access import manager_page
from blackgem.lib.context import context_of
from blackgem.lib.downloads import stream_table, takes
from closings.queries.closing import closing_of
from closings.queries.files import CLOSING_COLUMNS, REFUND_COLUMNS, closing_rows, refund_rows
from funds.queries.access import fund_of


@require_GET
@manager_page
def export_closings(request: HttpRequest, fund_id: int, form: str) -> HttpResponse:
    """Every closing of a fund as CSV or XLSX."""
    fund = fund_of(request.user, fund_id)
    return stream_table(
        form,
        CLOSING_COLUMNS,
        closing_rows(fund),
        name=f"{fund.code}-closings",
        sheet="Closings",
        ctx=context_of(request),
    )


@require_GET
@manager_page
def export_refunds(request: HttpRequest, closing_id: int, form: str) -> HttpResponse:
    """Every refund of a closing as CSV or XLSX."""
    one = closing_of(request.user, closing_id)
    takes(request, one, fund_id=one.fund_id)
    return stream_table(
        form,
        REFUND_COLUMNS,
        refund_rows(one),
        name=f"{one.fund.code}-closing-{one.number}-refunds",
        sheet="Refunds",
        ctx=context_of(request),
    )
