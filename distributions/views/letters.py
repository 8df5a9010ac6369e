"""The notices of a distribution: sent, sent again, downloaded, and how far they are."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from blackgem.lib.access import manager_page
from blackgem.lib.checks import offer
from blackgem.lib.context import context_of
from blackgem.lib.pages import says_refusals
from distributions.access import check_send_notices
from distributions.notices import draft_of_letter, drafts_of_letters
from distributions.queries import distribution as read
from distributions.queries.item import item_of
from distributions.services import distributions as services
from distributions.states import DISTRIBUTION_BEFORE_ISSUE, DISTRIBUTION_ISSUED
from distributions.views.verbs import refused_on_distribution
from funds.models import Notice
from funds.queries.notices import notices_of, progress_of
from funds.views.letters import LetterPages, say_queued


@require_POST
@manager_page
@says_refusals(refused_on_distribution)
def resend_notice(request: HttpRequest, distribution_id: int, item_id: int) -> HttpResponse:
    """Queue one investor's newest notice again."""
    item = item_of(request.user, distribution_id, item_id)
    count = services.resend_notice(item_id=item.pk, ctx=context_of(request))
    say_queued(request, count, "This notice is on its way already, or nobody takes it.")
    return redirect("distributions:item", distribution_id, item_id)


@require_safe
@manager_page
def notices_card(request: HttpRequest, distribution_id: int) -> HttpResponse:
    """How far the notices are, for the page that looks again while they move."""
    shown = read.distribution_of(request.user, distribution_id)
    if not request.htmx:
        return redirect("distributions:distribution", distribution_id)
    context = {
        "distribution": shown,
        "is_issued": shown.status in DISTRIBUTION_ISSUED,
        "verbs": {"send_notices": offer(check_send_notices, shown, request.user)},
        "progress": progress_of(notices_of(Notice.Kind.DISTRIBUTION, distribution_id)),
    }
    return render(request, "distributions/distribution_detail.html#distribution_notices", context)


PAGES = LetterPages(
    kind=Notice.Kind.DISTRIBUTION,
    event="distribution",
    event_page="distributions:distribution",
    event_of=read.distribution_of,
    item_of=item_of,
    before_issue=DISTRIBUTION_BEFORE_ISSUE,
    draft=draft_of_letter,
    drafts=drafts_of_letters,
    page="distributions:item_notice",
    title="Distribution",
    refused=refused_on_distribution,
)
all_notices, item_notice, preview_notice = PAGES.all_in_one(), PAGES.newest(), PAGES.preview()
all_previews = PAGES.all_previews()
send_notices = PAGES.send(services.send_notices, lists=["acknowledged"])
