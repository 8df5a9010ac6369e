"""The closings of a fund, and one closing with what it comes to."""

from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from blackgem.lib.access import manager_page
from blackgem.lib.errors import REFUSALS
from blackgem.lib.pages import found, seen_revision
from blackgem.lib.revisions import changes_since, revision_of, sent_back
from closings.access import closing_offers
from closings.models import Closing
from closings.queries import closing as read
from closings.queries.figures import figures_of
from closings.states import CLOSING_OPEN, ClosingStatus
from funds.models import Notice
from funds.queries.access import fund_of, may_draft
from funds.queries.lists import nearest_page_of
from funds.queries.notices import notices_of, progress_of

LINES_PER_PAGE = 40
PARTNERS_PER_PAGE = 12
FEES_PER_PAGE = 6


@require_safe
@manager_page
def closing_list(request: HttpRequest, fund_id: int) -> HttpResponse:
    """Every closing of a fund, newest first."""
    fund = fund_of(request.user, fund_id)
    page = nearest_page_of(read.closings_of(fund), LINES_PER_PAGE, request.GET.get("page"))
    context = {
        "fund": fund,
        "currency": fund.currency,
        "page": page,
        "may_draft": may_draft(fund),
        "to_recover": read.refunds_to_recover(fund),
    }
    return render(request, "closings/closing_list.html", context)


@require_safe
@manager_page
def closing(request: HttpRequest, closing_id: int) -> HttpResponse:
    """One closing: its terms, who comes in, refunds, what was done. What it comes to follows by `closing_figures`."""
    shown = read.closing_of(request.user, closing_id)
    return render(request, "closings/closing_detail.html", closing_context(request, shown))


@require_safe
@manager_page
def closing_of_call(request: HttpRequest, call_id: int) -> HttpResponse:
    """To the closing for which a call collects."""
    return redirect("closings:closing", found(Closing.objects.visible_to(request.user), call=call_id).pk)


@require_safe
@manager_page
def closing_figures(request: HttpRequest, closing_id: int) -> HttpResponse:
    """What a closing comes to by lines and partners; for HTMX that part alone. It is worked out anew until it is
    settled, which takes a while."""
    shown = read.closing_of(request.user, closing_id)
    figures = figures_context(request, shown)
    if request.htmx:
        return render(request, "closings/figures.html", figures)
    context = closing_context(request, shown) | figures
    return render(request, "closings/closing_detail.html", context)


def closing_context(request: HttpRequest, shown: Closing) -> dict:
    """What the page of a closing is rendered from."""
    story = read.story_of(shown, whole=request.GET.get("all") == "story")
    waits, collected = shown.status == ClosingStatus.PENDING_APPROVAL, read.collected_by(shown)
    notices = notices_of(Notice.Kind.REFUND, shown.pk) if shown.status == ClosingStatus.SETTLED else {}
    return {
        "closing": shown,
        "currency": shown.fund.currency,
        "verbs": closing_offers(shown, request.user, has_come=bool(collected and collected.came)),
        "tranches": read.tranches_of(shown),
        "fees_worked_out": shown.fees_worked_out,
        "rates": list(shown.rates.order_by("starts_on")) if shown.rate is None else [],
        "refunds": turned(request, "refunds", read.refunds_page(shown, request.GET.get("refunds"), notices)),
        "progress": progress_of(notices),
        "collected": collected,
        "story": story,
        "revision": changes_since(shown, seen_revision(request)) or (revision_of(shown) if waits else None),
        "sent_back": sent_back(story) if shown.status == ClosingStatus.DRAFT else None,
    }


def figures_context(request: HttpRequest, shown: Closing) -> dict:
    """What the figures of a closing are rendered from: pages of lines and of partners, and the parts of one line."""
    may_preview = shown.status in CLOSING_OPEN
    context = {"closing": shown, "currency": shown.fund.currency, "may_preview": may_preview}
    if shown.status == ClosingStatus.CANCELLED:
        return context
    try:
        figures = figures_of(shown)
    except REFUSALS as error:
        return context | {"problems": error.problems}
    asked = request.GET.get("line", "")
    line = next((one for one in figures.lines if str(one.pk) == asked), next(iter(figures.lines), None))
    parts = figures.parts_of(line.pk) if line else []
    return context | {
        "figures": figures,
        "line": line,
        "lines": _page(request, "lines", figures.lines, LINES_PER_PAGE),
        "parts": _page(request, "parts", parts, PARTNERS_PER_PAGE),
        "notices": _page(request, "notices", figures.notices, PARTNERS_PER_PAGE),
        "fees": _page(request, "fees", figures.fees, FEES_PER_PAGE),
    }


def _page(request: HttpRequest, name: str, rows: list, size: int) -> Page:
    return turned(request, name, nearest_page_of(rows, size, request.GET.get(name)))


def turned(request: HttpRequest, name: str, page: Page | None) -> Page | None:
    """A page of one of several lists of a page, with the query of the page `before` and of that `behind` it."""
    if page is not None:
        page.before = _query(request, name, page.number - 1) if page.has_previous() else ""
        page.behind = _query(request, name, page.number + 1) if page.has_next() else ""
    return page


def _query(request: HttpRequest, name: str, number: int) -> str:
    query = request.GET.copy()
    query[name] = str(number)
    return f"?{query.urlencode()}"
