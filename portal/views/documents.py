"""Everything an investor was ever sent. A document is found by who asks, never by its address alone."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from blackgem.lib.context import context_of
from blackgem.lib.downloads import show_pdf
from blackgem.lib.snapshots import write_after_reading
from funds.queries.lists import PER_PAGE, page_of
from funds.services.letters import file_name
from portal.queries import documents as queries
from portal.queries.calls import letter_of
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
def document(request: HttpRequest, notice_id: int) -> HttpResponse:
    """One letter: where its mail leads to. A version that another took the place of says so."""
    notice = queries.document_of(request.reader, notice_id)
    context = {
        "notice": notice,
        "newest": letter_of(request.reader, notice.kind, notice.item_id),
        "acknowledgements": queries.acknowledgements_of(notice),
    }
    return render(request, "portal/document.html", context)


@portal_page
@require_safe
def document_pdf(request: HttpRequest, notice_id: int) -> HttpResponse:
    """The letter itself, as it was sent. Who opens it is written down; a manager who only looks is not."""
    notice = queries.document_of(request.reader, notice_id)
    content = queries.content_of(request.reader, notice_id)
    if not request.reader.viewed_by:
        opened = {"notice_id": notice.pk, "ctx": context_of(request)}
        write_after_reading(lambda: record_opening(**opened))
    return show_pdf(content, name=file_name(notice))


@portal_page
@require_POST
def acknowledge(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Confirm that a letter was received."""
    acknowledge_notice(notice_id=notice_id, ctx=context_of(request))
    messages.success(request, "Thank you. Your acknowledgement is noted.")
    return redirect("portal:document", notice_id)
