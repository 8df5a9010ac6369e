"""Everything an investor was ever sent. A document is found by who asks, never by its address alone."""

from functools import partial
from uuid import UUID

from csp.constants import SELF
from csp.decorators import csp_replace
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST, require_safe

from blackgem.lib.context import context_of
from blackgem.lib.days import UTC, local_day
from blackgem.lib.downloads import show_pdf, stream_file, takes
from blackgem.lib.errors import InvalidInput, NotFound
from blackgem.lib.seals import alarms_recorded
from blackgem.lib.snapshots import write_after_reading
from blackgem.models import User
from funds.models import Notice
from funds.queries.letter_states import LIVE
from funds.services.letters import file_name
from portal.archives import MOST_LETTERS, archive_of
from portal.queries import documents as queries
from portal.queries.calls import due_with, letter_of
from portal.queries.lists import DOCUMENTS
from portal.queries.questions import thread_of
from portal.reader import portal_page, reader_of
from portal.services.readings import acknowledge_notice, record_opening
from portal.views.lists import chosen_in, filter_of, narrowed_page, show_list


@portal_page
@require_safe
def document_list(request: HttpRequest) -> HttpResponse:
    """Every letter, newest first."""
    form, documents = narrowed_page(request, DOCUMENTS)
    return show_list(
        request, "portal/document_list.html", form, {"documents": documents, "most": MOST_LETTERS}
    )


@portal_page
@require_GET
def document_archive(request: HttpRequest) -> HttpResponse:
    """The letters that were ticked, or all of the filter, in one ZIP."""
    takes_all, asked = request.GET.get("of") == "all", request.GET.getlist("document")
    if not takes_all and not asked:
        messages.error(request, "Choose at least one document.")
        return redirect(f"{reverse('portal:document_list')}{filter_of(request).query}")
    letters = _all_of_filter(request) if takes_all else queries.documents_with(request.reader, asked)
    ctx = context_of(request)
    takes(request, *request.reader.investors, documents=len(letters))
    content = archive_of(letters, partial(_read_now, request), day=local_day(ctx.at, UTC))
    return stream_file(content, name="documents.zip", content_type="application/zip", ctx=ctx)


def _all_of_filter(request: HttpRequest) -> list[Notice]:
    """Raises InvalidInput for more than an archive holds."""
    found = list(DOCUMENTS.rows(request.reader, chosen_in(filter_of(request)))[: MOST_LETTERS + 1])
    if len(found) > MOST_LETTERS:
        message = f"One file holds at most {MOST_LETTERS} documents: narrow the list by fund or days."
        raise InvalidInput("archive.too_many", message)
    return found


def _read_now(request: HttpRequest, letter: Notice) -> bytes:
    """The PDF for who asks, by its rights at this moment; that it was opened is written down first."""
    if not User.objects.filter(pk=request.user.pk, is_active=True).exists():
        raise NotFound("not_found", "There is no such document.")
    reader = reader_of(request)
    with alarms_recorded(timezone.now):
        with reader.own_rows():
            content = queries.content_of(reader, letter.public_id)
        if not reader.viewed_by:
            record_opening(notice=letter.public_id, ctx=context_of(request))
    return content


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
    takes(request, shown, *request.reader.investors, fund_id=shown.fund_id)
    return show_pdf(content, name=file_name(shown))


@portal_page
@require_POST
def acknowledge(request: HttpRequest, notice: UUID) -> HttpResponse:
    """Confirm that a letter was received."""
    acknowledge_notice(notice=notice, ctx=context_of(request))
    messages.success(request, "Thank you. Your acknowledgement is noted.")
    return redirect("portal:document", notice)
