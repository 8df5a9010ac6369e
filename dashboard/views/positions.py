"""A fund as of a day."""

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from blackgem.lib.access import manager_page
from blackgem.lib.context import context_of
from blackgem.lib.downloads import stream_table
from blackgem.lib.errors import InvalidInput
from dashboard.forms.positions import PositionForm
from dashboard.queries import positions as read
from funds.queries import funds as queries
from funds.queries.files import export_name
from funds.queries.periods import reported_at


@manager_page
@require_safe
def fund_position(request: HttpRequest, fund_id: int) -> HttpResponse:
    """Its partners and deals as of the end of a day, as known now or then, with what was learnt in between."""
    fund = queries.fund_of(request.user, fund_id)
    at = timezone.now()
    form = _form(request, fund, at)
    context = {"fund": fund, "form": form, "figures": read.FIGURES, "deal_figures": read.DEAL_FIGURES}
    if form.is_valid():
        try:
            context |= _positions(fund, form.cleaned_data, at) | {"asked": urlencode(form.data)}
        except InvalidInput as error:
            form.add_error("as_of", error.message)
    status = 422 if form.errors else 200
    return render(request, "dashboard/fund_position.html", context, status=status)


@manager_page
@require_safe
def export_position(request: HttpRequest, fund_id: int, form: str) -> HttpResponse:
    """The partners and deals of the page of the same address, as CSV or XLSX."""
    fund = queries.fund_of(request.user, fund_id)
    at = timezone.now()
    asked = _form(request, fund, at)
    try:
        shown = _positions(fund, asked.cleaned_data, at)["shown"] if asked.is_valid() else None
    except InvalidInput:
        shown = None
    if shown is None:
        raise Http404
    return stream_table(
        form,
        read.EXPORT_COLUMNS,
        read.export_rows(shown),
        name=export_name(f"as-of-{shown.day:%Y-%m-%d}", fund.pk),
        sheet="As of a day",
        ctx=context_of(request),
    )


def _form(request, fund, at) -> PositionForm:
    """What was asked for: of today, as it is reported, where nothing is said."""
    return PositionForm({"as_of": fund.day_of(at).isoformat(), "known": "reported", **request.GET.dict()})


def _positions(fund, asked: dict, at) -> dict:
    day, ended = asked["as_of"], read.known_on(fund, asked["as_of"])
    now = read.position_of(fund, day, at=at, reported=False)
    if ended >= at:
        return {"shown": now, "changes": []}
    closed_at = reported_at(fund.pk, day)
    then = read.position_of(fund, day, at=at, known_at=closed_at or ended)
    kept = asked["known"] == "then" or (closed_at and asked["known"] != "now")
    if closed_at and asked["known"] == "then":
        then = read.position_of(fund, day, at=at, known_at=ended)
    return {"shown": then if kept else now, "changes": read.learnt_since(then, now), "closed_at": closed_at}
