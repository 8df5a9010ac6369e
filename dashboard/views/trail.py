"""The audit trail as a page, and as a file of exactly what the page is narrowed to."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_safe

from blackgem.lib.access import manager_page
from blackgem.lib.context import context_of
from blackgem.lib.downloads import stream_table
from blackgem.lib.errors import Forbidden
from blackgem.lib.lists import Listing, as_file
from blackgem.lib.pages import narrowed
from dashboard.forms.filters import TrailFilterForm
from dashboard.queries import reviews
from dashboard.queries import trail as queries
from funds.queries.files import export_name

NOTHING = queries.TrailFilter(fund_id=-1)


@manager_page
@require_safe
def audit_trail(request: HttpRequest) -> HttpResponse:
    """Who did what, when, from where, with old and new values, newest first."""
    form = _form(request)
    is_valid = form.is_valid()
    rows = queries.events(request.user, _filter(form.cleaned_data) if is_valid else NOTHING)
    page = queries.events_page(rows, number=request.GET.get("page"))
    page.object_list = queries.shown(page, {fund.pk: fund for fund in form.funds})
    context = {
        "listing": Listing(queries.TRAIL, request, form, page, hidden=form.same_in_all),
        "fund": form.fund_chosen,
        "narrowed": request.GET.urlencode(),
    }
    return render(request, "dashboard/audit_trail.html", context, status=200 if is_valid else 400)


@require_GET
@manager_page
def export_audit_trail(request: HttpRequest, form: str) -> HttpResponse:
    """The whole filter as CSV or XLSX. Refused where the filter cannot be read."""
    asked = _form(request)
    chosen = _filter(narrowed(asked))
    rows = queries.events(request.user, chosen)
    funds = {fund.pk: fund for fund in asked.funds}
    return stream_table(
        form,
        *as_file(request, queries.TRAIL, queries.EXPORT_COLUMNS, queries.export_rows(rows, funds)),
        name=export_name("audit-trail", chosen.fund_id),
        sheet="Audit trail",
        ctx=context_of(request),
    )


@require_GET
@manager_page
def export_decisions(request: HttpRequest, form: str) -> HttpResponse:
    """Everything that was asked for within the days, and who decided it: what an auditor takes a sample of."""
    chosen = _filter(narrowed(_form(request)))
    rows = reviews.decision_rows(request.user, chosen)
    name = export_name("decisions", chosen.fund_id)
    return stream_table(
        form, reviews.DECISION_COLUMNS, rows, name=name, sheet="Decisions", ctx=context_of(request)
    )


@require_GET
@manager_page
def export_access(request: HttpRequest, form: str) -> HttpResponse:
    """Who may do what in the funds now, for the yearly review."""
    chosen = _filter(narrowed(_form(request)))
    rows = reviews.access_rows(request.user, chosen)
    name = export_name("access", chosen.fund_id)
    return stream_table(
        form, reviews.ACCESS_COLUMNS, rows, name=name, sheet="Access", ctx=context_of(request)
    )


def _form(request) -> TrailFilterForm:
    if not request.user.audits:
        raise Forbidden("role.insufficient", "Only managers and auditors of a fund read its audit trail.")
    return TrailFilterForm(request.GET, user=request.user)


def _filter(cleaned: dict) -> queries.TrailFilter:
    fund = cleaned["fund"]
    return queries.TrailFilter(fund.pk if fund else None, cleaned["since"], cleaned["until"], cleaned["q"])
