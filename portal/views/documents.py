"""Everything an investor was ever sent. A document is found by who asks, never by its address alone."""

from uuid import UUID

from csp.constants import SELF
from csp.decorators import csp_replace
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from blackgem.lib.context import context_of
from blackgem.lib.downloads import show_pdf
from blackgem.lib.snapshots import write_after_reading
from funds.models import Notice
from funds.queries.letter_states import LIVE
from funds.queries.lists import PER_PAGE, page_of
from funds.services.letters import file_name
from portal.queries import documents as queries
from portal.queries.calls import due_with, letter_of
from portal.queries.questions import thread_of
from portal.reader import portal_page
from portal.services.readings import acknowledge_notice, record_opening


@portal_page
@require_safe
def document_list(request: HttpRequest) -> HttpResponse:
    """Every letter, newest first."""
    documents = page_of(queries.documents_of(request.reader), PER_PAGE, request.GET.get("page"))
    return render(request, "portal/document_list.html", {"documents": documents})


@portal_page
@require_safe
def document(request: HttpRequest, notice: UUID) -> HttpResponse:
    """One letter: where its mail leads to. A version that another took the place of says so."""
    shown = queries.document_of(request.reader, notice)
    part = queries.part_of(request.reader, shown)
    asks = shown.kind == Notice.Kind.CAPITAL_CALL and shown.state == LIVE
    context = {
        "notice": shown,
        "facts": shown.facts,
        "currency": shown.fund.currency,
        "part": part,
        "thread": thread_of(request.reader, shown.kind, part),
        "payment": due_with(request.reader, part) if asks else None,
        "newest": letter_of(request.reader, shown.kind, shown.item_id) if shown.state == "replaced" else None,
        "acknowledgements": queries.acknowledgements_of(shown),
    }
    return render(request, "portal/document.html", context)


@portal_page
@require_safe
def document_by_number(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Where the mails of letters lead that were written before letters had a public id."""
    return redirect("portal:document", queries.document_by_number(request.reader, notice_id).public_id)


@portal_page
@require_safe
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": [SELF]})
def document_pdf(request: HttpRequest, notice: UUID) -> HttpResponse:
    """The letter itself, as it was sent: to be kept, or read in the frame of its page. Who opens it is written down; a
    manager who only looks is not."""
    shown = queries.document_of(request.reader, notice)
    content = queries.content_of(request.reader, notice)
    if not request.reader.viewed_by:
        opened = {"notice": notice, "ctx": context_of(request)}
        write_after_reading(lambda: record_opening(**opened))
    return show_pdf(content, name=file_name(shown))


@portal_page
@require_POST
def acknowledge(request: HttpRequest, notice: UUID) -> HttpResponse:
    """Confirm that a letter was received."""
    acknowledge_notice(notice=notice, ctx=context_of(request))
    messages.success(request, "Thank you. Your acknowledgement is noted.")
    return redirect("portal:document", notice)
