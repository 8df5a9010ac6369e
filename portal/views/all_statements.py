"""The statement over all of an investor's commitments: a section for each currency, which are never added up."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_safe

from blackgem.lib.context import context_of
from blackgem.lib.downloads import makes_file, show_pdf, stream_table
from blackgem.lib.errors import InvalidInput
from blackgem.lib.pages import REFUSED, add_problems
from portal.forms import DayForm
from portal.letters import all_statements_letter
from portal.queries import export
from portal.queries.home import commitments_with_accounts
from portal.queries.statement import AllStatements, state_all
from portal.reader import portal_page


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for. `found` is None where the form says why there is nothing to show."""

    form: DayForm
    found: AllStatements | None

    @property
    def as_of(self) -> date | None:
        return self.form.cleaned_data.get("as_of")

    @property
    def query(self) -> str:
        """How it is asked for again."""
        return f"?as_of={self.as_of.isoformat()}" if self.as_of else ""

    @property
    def name(self) -> str:
        """As a file is called: by the day, or by the last of those that it is."""
        day = self.as_of or max(self.found.days)
        return f"statement-all-funds-{day.isoformat()}"


@portal_page
@require_safe
def all_statements(request: HttpRequest) -> HttpResponse:
    return _page(request, _asked(request))


@makes_file
@portal_page
@require_safe
def all_statements_pdf(request: HttpRequest) -> HttpResponse:
    """What cannot be stated is answered by the page, which says why."""
    asked = _asked(request)
    if not asked.found or not asked.found.stated:
        return _page(request, asked)
    letter = all_statements_letter(asked.found, request.reader.investors, made_at=timezone.now())
    return show_pdf(letter.content, name=f"{asked.name}.pdf")


@portal_page
@require_GET
def export_all_statements(request: HttpRequest, form: str) -> HttpResponse:
    """The dated lines of every statement, one after the other."""
    asked = _asked(request)
    if not asked.found or not asked.found.stated:
        return _page(request, asked)
    rows = [row for one in asked.found.stated for row in export.export_rows(one)]
    ctx = context_of(request)
    return stream_table(form, export.EXPORT_COLUMNS, rows, name=asked.name, sheet="Statements", ctx=ctx)


def _asked(request: HttpRequest) -> Asked:
    form, reader = DayForm(request.GET), request.reader
    if not form.is_valid():
        return Asked(form, None)
    commitments = list(commitments_with_accounts(reader.investors, reader.commitments))
    try:
        found = state_all(commitments, as_of=form.cleaned_data["as_of"], at=timezone.now())
    except InvalidInput as error:
        add_problems(form, error)
        return Asked(form, None)
    return Asked(form, found)


def _page(request: HttpRequest, asked: Asked) -> HttpResponse:
    context = {"form": asked.form, "found": asked.found, "query": asked.query}
    return render(request, "portal/all_statements.html", context, status=200 if asked.found else REFUSED)
