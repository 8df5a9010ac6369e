"""The management fee of a fund on one page: what falls due next, every run, and the versions of the schedule."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_safe

from blackgem.lib.access import manager_page
from blackgem.lib.checks import offer
from blackgem.lib.context import context_of
from blackgem.lib.downloads import makes_file, stream_table
from blackgem.lib.pages import found
from fees.access import check_begin_run, check_enter
from fees.queries import pages as read
from fees.queries.calendar import next_fee
from fees.queries.files import INCOME_COLUMNS, RUN_COLUMNS, income_rows, run_rows
from fees.queries.workbook import workbook_of
from funds.queries.access import fund_of
from funds.queries.lists import nearest_page_of

RUNS_PER_PAGE = 24
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@manager_page
def fees(request: HttpRequest, fund_id: int) -> HttpResponse:
    """What falls due next, and what was billed."""
    fund = fund_of(request.user, fund_id)
    context = {
        "fund": fund,
        "currency": fund.currency,
        "next": next_fee(fund, today=fund.day_of(timezone.now())),
        "page": nearest_page_of(read.runs_of(fund), RUNS_PER_PAGE, request.GET.get("page")),
        "by_closings": read.charged_by_closings(fund),
        "schedules": read.schedules_of_fund(fund),
        "begin": offer(check_begin_run, fund, request.user),
        "enter": offer(check_enter, fund, request.user),
    }
    return render(request, "fees/fees.html", context)


@require_safe
@manager_page
def run_of_call(request: HttpRequest, call_id: int) -> HttpResponse:
    """To the run that a call bills."""
    return redirect("fees:run", found(read.runs_seen(request.user), bill__call=call_id).pk)


@require_GET
@manager_page
def export_runs(request: HttpRequest, fund_id: int, form: str) -> HttpResponse:
    """Every run of a fund as CSV or XLSX."""
    fund = fund_of(request.user, fund_id)
    return stream_table(
        form,
        RUN_COLUMNS,
        run_rows(fund),
        name=f"{fund.code}-management-fees",
        sheet="Management fees",
        ctx=context_of(request),
    )


@makes_file
@require_GET
@manager_page
def workbook(request: HttpRequest, fund_id: int) -> HttpResponse:
    """Prove it yourself: every run with live formulas, for who may see them."""
    fund = fund_of(request.user, fund_id)
    response = HttpResponse(workbook_of(fund, at=timezone.now()), content_type=_XLSX)
    response["Content-Disposition"] = f'attachment; filename="{fund.code}-fee-workbook.xlsx"'
    return response


@require_GET
@manager_page
def export_income(request: HttpRequest, fund_id: int, form: str) -> HttpResponse:
    """All fee income of a fund as CSV or XLSX."""
    fund = fund_of(request.user, fund_id)
    return stream_table(
        form,
        INCOME_COLUMNS,
        income_rows(fund),
        name=f"{fund.code}-fee-income",
        sheet="Fee income",
        ctx=context_of(request),
    )
