"""The refund notices of a closing: sent, sent again, downloaded, and how far they are."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from blackgem.lib.access import manager_page, manager_rehearsal
from blackgem.lib.checks import offer
from blackgem.lib.context import context_of
from blackgem.lib.downloads import makes_file, takes
from blackgem.lib.pages import says_refusals
from closings.access import check_send_notices
from closings.queries import closing as read
from closings.queries.refund import refund_of
from closings.services import letters as services
from closings.services.rehearsal import rehearsed_letter, rehearsed_letters
from closings.states import CLOSING_OPEN
from closings.views.verbs import refused_on_closing
from funds.models import Notice
from funds.queries.notices import notices_of, progress_of
from funds.views.letters import LetterPages, say_queued, send_drafts, show_draft


@require_POST
@manager_page
@says_refusals(refused_on_closing)
def resend_notice(request: HttpRequest, closing_id: int, refund_id: int) -> HttpResponse:
    """Queue one partner's newest notice again."""
    count = services.resend_notice(closing_id=closing_id, refund_id=refund_id, ctx=context_of(request))
    say_queued(request, count, "This notice is on its way already, or nobody takes it.")
    return redirect("closings:refund", closing_id, refund_id)


@require_safe
@manager_page
def notices_card(request: HttpRequest, closing_id: int) -> HttpResponse:
    """How far the notices are, for the page that looks again while they move."""
    shown = read.closing_of(request.user, closing_id)
    if not request.htmx:
        return redirect("closings:closing", closing_id)
    context = {
        "closing": shown,
        "verbs": {"send_notices": offer(check_send_notices, shown, request.user)},
        "progress": progress_of(notices_of(Notice.Kind.REFUND, closing_id)),
    }
    return render(request, "closings/closing_notices.html", context)


@makes_file
@require_safe
@manager_rehearsal
@says_refusals(refused_on_closing)
def preview_notice(request: HttpRequest, closing_id: int, investor_id: int) -> HttpResponse:
    """What a partner would be written if the closing were settled now, marked as a draft; once it is settled, the page
    of the closing, where the letters are."""
    shown = read.closing_of(request.user, closing_id)
    if shown.status not in CLOSING_OPEN:
        return redirect("closings:closing", closing_id)
    takes(request, shown, fund_id=shown.fund_id)
    letter = rehearsed_letter(closing_id=closing_id, investor_id=investor_id, ctx=context_of(request))
    return show_draft(letter)


@require_safe
@manager_rehearsal
@says_refusals(refused_on_closing)
def all_previews(request: HttpRequest, closing_id: int) -> HttpResponse:
    """Every letter as it would go out if the closing were settled now, in one file, marked as drafts; once it is
    settled, the page of the closing."""
    shown = read.closing_of(request.user, closing_id)
    if shown.status not in CLOSING_OPEN:
        return redirect("closings:closing", closing_id)
    ctx = context_of(request)
    letters = rehearsed_letters(closing_id=closing_id, ctx=ctx)
    takes(request, shown, fund_id=shown.fund_id)
    return send_drafts(letters, name=f"{shown.fund.code}_Closing_{shown.number}_Draft_Notices", ctx=ctx)


PAGES = LetterPages(
    kind=Notice.Kind.REFUND,
    event="closing",
    event_page="closings:closing",
    event_of=read.closing_of,
    item_of=refund_of,
    page="closings:refund_notice",
    title="Closing",
    refused=refused_on_closing,
)
all_notices, refund_notice = PAGES.all_in_one(), PAGES.newest()
send_notices = PAGES.send(services.send_notices)
