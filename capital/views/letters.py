"""The notices of a call: sent, sent again, downloaded, and how far they are."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import retarget

from blackgem.lib.access import manager_page
from blackgem.lib.context import context_of
from blackgem.lib.pages import query_of_page, says_refusals
from capital.notices import draft_of_letter, drafts_of_letters
from capital.queries import call as read
from capital.queries.item import item_of
from capital.services import calls as services
from capital.states import CALL_BEFORE_ISSUE
from capital.views.calls import call_context
from capital.views.verbs import refused_on_call
from funds.models import Notice
from funds.views.letters import LetterPages, say_queued


@require_POST
@manager_page
@says_refusals(refused_on_call)
def resend_notice(request: HttpRequest, call_id: int, item_id: int) -> HttpResponse:
    """Queue one investor's newest notice again."""
    item = item_of(request.user, call_id, item_id)
    count = services.resend_notice(
        item_id=item.pk,
        ctx=context_of(request),
    )
    say_queued(request, count, "This notice is on its way already, or nobody takes it.")
    if request.POST.get("back") == "item":
        return redirect("capital:item", call_id, item_id)
    return redirect("capital:call", call_id)


@require_safe
@manager_page
def notices_card(request: HttpRequest, call_id: int) -> HttpResponse:
    """How far the notices are, for the page that looks again while they move. At the end the whole page is renewed."""
    shown = read.call_of(request.user, call_id)
    if not request.htmx:
        return redirect("capital:call", call_id)
    context = call_context(request, shown, query_of_page(request))
    if context["progress"].moving:
        return render(request, "capital/call_detail.html#call_notices", context)
    return retarget(render(request, "capital/call_detail.html#call_live", context), "#call_live")


PAGES = LetterPages(
    kind=Notice.Kind.CAPITAL_CALL,
    event="call",
    event_page="capital:call",
    event_of=read.call_of,
    item_of=item_of,
    before_issue=CALL_BEFORE_ISSUE,
    draft=draft_of_letter,
    drafts=drafts_of_letters,
    page="capital:item_notice",
    title="Capital_Call",
    refused=refused_on_call,
)
all_notices, item_notice, preview_notice = PAGES.all_in_one(), PAGES.newest(), PAGES.preview()
all_previews = PAGES.all_previews()
send_notices = PAGES.send(services.send_notices, "confirmed", lists=["acknowledged"])
