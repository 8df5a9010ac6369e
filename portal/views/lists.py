"""The lists of the portal, narrowed, and as files of exactly what is narrowed to."""

from django.core.paginator import Page
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from blackgem.lib.context import context_of
from blackgem.lib.downloads import stream_table
from blackgem.lib.pages import REFUSED, narrowed
from funds.queries.lists import PER_PAGE, page_of
from portal.forms import OwnFilterForm
from portal.queries.home import accounts_of
from portal.queries.lists import COMMITMENT_COLUMNS, OwnFilter, OwnList, of_commitment
from portal.reader import portal_page


def filter_of(request: HttpRequest) -> OwnFilterForm:
    """The filter of the address. 404 for a fund that is not one of the reader's: of such a one there is no list."""
    form = OwnFilterForm(request.GET, funds=request.reader.funds)
    form.full_clean()
    if "fund" in form.errors:
        raise Http404
    return form


def chosen_in(form: OwnFilterForm) -> OwnFilter:
    """Raises InvalidInput for days that are none."""
    return OwnFilter(**narrowed(form))


def narrowed_page(request: HttpRequest, kind: OwnList) -> tuple[OwnFilterForm, Page]:
    """The filter, and the page asked for of what it leaves: of nothing where it cannot be read."""
    form = filter_of(request)
    rows = kind.rows(request.reader, chosen_in(form)) if form.is_valid() else kind.read(request.reader).none()
    return form, page_of(rows, PER_PAGE, request.GET.get("page"))


def show_list(request: HttpRequest, template: str, form: OwnFilterForm, context: dict) -> HttpResponse:
    """A list with its filter; the filter says beside its field what cannot be read."""
    return render(request, template, context | {"form": form}, status=200 if form.is_valid() else REFUSED)


# ---------------------------------------------------------------- files


@portal_page
@require_GET
def export_list(request: HttpRequest, form: str, kind: OwnList) -> HttpResponse:
    """Read here and now, under row-level security; only the writing of it is streamed."""
    found, at = kind.rows(request.reader, chosen_in(filter_of(request))), timezone.now()
    rows = [kind.cells(row, at) for row in found]
    sheet = kind.name.capitalize()
    return stream_table(form, kind.columns, rows, name=kind.name, sheet=sheet, ctx=context_of(request))


@portal_page
@require_GET
def export_commitments(request: HttpRequest, form: str) -> HttpResponse:
    """The commitments as home shows them."""
    reader, ctx = request.reader, context_of(request)
    accounts = accounts_of(reader.investors, reader.commitments, at=ctx.at)
    rows = [of_commitment(one) for account in accounts for one in account.rows]
    return stream_table(form, COMMITMENT_COLUMNS, rows, name="commitments", sheet="Commitments", ctx=ctx)
