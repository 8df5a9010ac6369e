"""Commitment and cash-flow statements: for the investor itself, and for those who work for its funds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC as UTC_ZONE
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_safe

from blackgem.lib.access import manager_page
from blackgem.lib.charts import CashFlowChart, by_quarter, cash_flow_chart, in_both_sizes
from blackgem.lib.context import context_of
from blackgem.lib.days import UTC, local_day
from blackgem.lib.downloads import makes_file, show_pdf, stream_table, takes
from blackgem.lib.errors import InvalidInput
from blackgem.lib.pages import REFUSED, add_problems
from funds.models import Commitment, Fund, Investor
from funds.queries.partners import investor_of
from portal.forms import StatementForm
from portal.letters import statement_letter
from portal.queries import export
from portal.queries.statement import StatementShown, commitments_of, state_commitment
from portal.reader import portal_page

#: How many of the minutes in which a statement was changed afterwards are offered, newest first.
CHANGES_SHOWN = 5
#: How commitments are named in an address: to managers by number, to investors at random.
IdOf = Callable[[Commitment], str]
MANAGERS_PAGE, INVESTORS_PAGE = "portal/investor_statement.html", "portal/statement.html"


# ---------------------------------------------------------------- for the investor


@portal_page
@require_safe
def statement(request: HttpRequest) -> HttpResponse:
    """The person's own statement."""
    return _page(request, _own(request), INVESTORS_PAGE)


@makes_file
@portal_page
@require_safe
def statement_pdf(request: HttpRequest) -> HttpResponse:
    return _pdf(request, _own(request), INVESTORS_PAGE)


@portal_page
@require_GET
def export_statement(request: HttpRequest, form: str) -> HttpResponse:
    return _export(request, _own(request), INVESTORS_PAGE, form)


def _own(request) -> "Asked":
    return _asked(request, list(request.reader.investors), id_of=random_id, only=request.reader.commitments)


# ---------------------------------------------------------------- for those who work for its funds


@manager_page
@require_safe
def investor_statement(request: HttpRequest, investor_id: int) -> HttpResponse:
    """An investor's statement in one of the funds that this person works for."""
    return _page(request, _of_investor(request, investor_id), MANAGERS_PAGE)


@makes_file
@manager_page
@require_safe
def investor_statement_pdf(request: HttpRequest, investor_id: int) -> HttpResponse:
    return _pdf(request, _of_investor(request, investor_id), MANAGERS_PAGE)


@manager_page
@require_GET
def export_investor_statement(request: HttpRequest, investor_id: int, form: str) -> HttpResponse:
    return _export(request, _of_investor(request, investor_id), MANAGERS_PAGE, form)


def _of_investor(request, investor_id) -> "Asked":
    investor = investor_of(request.user, investor_id)
    return _asked(request, [investor], id_of=number, funds=Fund.objects.visible_to(request.user))


# ---------------------------------------------------------------- what was asked, and the answer


def number(commitment: Commitment) -> str:
    return str(commitment.pk)


def random_id(commitment: Commitment) -> str:
    return str(commitment.public_id)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for. `shown` is None where the form says why there is nothing to show."""

    investors: Sequence[Investor]
    commitments: Sequence[Commitment]
    chosen: Commitment | None
    id_of: IdOf
    form: StatementForm
    as_of: date
    shown: StatementShown | None


def _asked(request, investors, *, id_of: IdOf, funds=None, only=None) -> Asked:
    """Read the address; what is not among the investors' own commitments is not there."""
    commitments = commitments_of(investors, funds=funds)
    if only is not None:
        commitments = [one for one in commitments if one.pk in only]
    chosen, at = _chosen(commitments, request.GET.get("commitment"), id_of), timezone.now()
    today = chosen.fund.day_of(at) if chosen else local_day(at, UTC)
    zone = chosen.fund.time_zone if chosen else UTC
    form = StatementForm({"as_of": today.isoformat(), **request.GET.dict()}, zone=zone)
    form.full_clean()
    form.offer(commitments, id_of)
    as_of = form.cleaned_data.get("as_of") or today
    can_show = chosen and not {"as_of", "known_at"} & set(form.errors)
    shown = _shown(form, investors, chosen, as_of, at) if can_show else None
    return Asked(investors, commitments, chosen, id_of, form, as_of, shown)


def _chosen(commitments, wanted, id_of: IdOf) -> Commitment | None:
    """The commitment of ?commitment=, else the first."""
    if not wanted:
        return commitments[0] if commitments else None
    found = [one for one in commitments if id_of(one) == wanted]
    if not found:
        raise Http404
    return found[0]


def _shown(form, investors, chosen, as_of, at) -> StatementShown | None:
    try:
        said = {"known_at": form.cleaned_data["known_at"], "since_inception": form.cleaned_data["inception"]}
        return state_commitment(investors, chosen, as_of=as_of, at=at, **said)
    except InvalidInput as error:
        add_problems(form, error)
        return None


def _page(request, asked: Asked, template: str) -> HttpResponse:
    shown = asked.shown
    context = {
        "form": asked.form,
        "investor": asked.investors[0] if asked.investors else None,
        "commitments": asked.commitments,
        "chosen": asked.chosen,
        "chosen_id": asked.id_of(asked.chosen) if asked.chosen else "",
        "as_of": asked.as_of,
        "shown": shown,
        "statement": shown.statement if shown else None,
        "charts": _charts(shown) if shown else (),
        "currency": asked.chosen.fund.currency if asked.chosen else "",
        "query": _query(asked, shown.known_at) if shown else "",
        "now_query": _query(asked, timezone.now() if shown.is_reported else None) if shown else "",
        "before": _before(asked) if shown else [],
    }
    return render(request, template, context, status=REFUSED if asked.chosen and not shown else 200)


def _query(asked: Asked, known_at: datetime | None) -> str:
    """How this statement, as known at a time, is asked for again."""
    query = {"commitment": asked.id_of(asked.chosen), "as_of": asked.as_of.isoformat()}
    if known_at is not None:
        query["known_at"] = known_at.astimezone(UTC_ZONE).isoformat()
    if asked.shown and asked.shown.is_since_inception:
        query["inception"] = "on"
    return urlencode(query)


def _before(asked: Asked) -> list[tuple[datetime, str]]:
    """The newest minutes in which it was changed after its day, each with how to ask for what was known before."""
    first_of = {moment.replace(second=0, microsecond=0): moment for moment in asked.shown.changed_at}
    newest = list(first_of.items())[:CHANGES_SHOWN]
    return [(minute, _query(asked, moment - timedelta.resolution)) for minute, moment in newest]


def _charts(shown: StatementShown) -> tuple[CashFlowChart, ...]:
    """What was paid in and out by quarter, and the balance, wide and narrow; none while nothing has moved."""
    movements = shown.statement.movements
    quarters = by_quarter((one.on, one.contributed, one.distributed) for one in movements)
    currency = shown.commitment.fund.currency
    return in_both_sizes(cash_flow_chart, quarters, currency=currency) if quarters else ()


def _pdf(request, asked: Asked, template: str) -> HttpResponse:
    """The statement as a letter; what cannot be stated is answered by the page, which says why."""
    if asked.shown is None:
        return _page(request, asked, template)
    _say_of_whom(request, asked.shown.commitment)
    letter = statement_letter(asked.shown)
    return show_pdf(letter.content, name=f"{_name(asked.shown)}.pdf")


def _export(request, asked: Asked, template: str, form: str) -> HttpResponse:
    """The dated lines of the statement as CSV or XLSX."""
    if asked.shown is None:
        return _page(request, asked, template)
    _say_of_whom(request, asked.shown.commitment)
    rows = export.export_rows(asked.shown)
    return stream_table(
        form,
        export.EXPORT_COLUMNS,
        rows,
        name=_name(asked.shown),
        sheet="Statement",
        ctx=context_of(request),
    )


def _say_of_whom(request, commitment: Commitment) -> None:
    takes(request, commitment, commitment.investor, fund_id=commitment.fund_id)


def _name(shown: StatementShown) -> str:
    """As a file is called: LSFI-statement-0001-2026-03-31, and as known when."""
    commitment = shown.commitment
    reference = slugify(commitment.reference)
    known = f"-known-{shown.known_at.astimezone(UTC_ZONE):%Y%m%dT%H%M%SZ}" if shown.known_at else ""
    inception = "-since-inception" if shown.is_since_inception else ""
    day = shown.statement.as_of.isoformat()
    return f"{commitment.fund.code}-statement-{reference}-{day}{known}{inception}"
