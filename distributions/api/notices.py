"""The letters of a distribution, sent and read."""

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router

from blackgem.http.rights import makes_file, needs
from blackgem.lib.context import context_of
from blackgem.lib.downloads import takes
from distributions.models import DistributionItem
from distributions.notices import draft_of_letter, drafts_of_letters
from distributions.services.distributions import send_notices
from distributions.states import DISTRIBUTION_BEFORE_ISSUE
from funds.access import MANAGE
from funds.api.letters import PDF, NoticeFilter, Stage, all_letters, draft_letter, one_letter
from funds.api.verbs import ONCE, SendNotices, SentAnswer
from funds.models import Notice
from funds.views.letters import send_drafts

from . import reads

router = Router(by_alias=True, tags=["Distributions"])


@router.post("/distributions/{id:distribution_id}/send-notices", response=SentAnswer)
@needs(MANAGE)
def post_distribution_notices(request: HttpRequest, distribution_id: int, body: SendNotices = ONCE):
    """Queue one notice per item; twice sends nothing twice, unless `resend`. A draft is issued first where one may."""
    asked = body.model_dump(include={"resend", "revision", "acknowledged"})
    count = send_notices(distribution_id=distribution_id, **asked, ctx=context_of(request))
    return SentAnswer(sent_count=count)


@router.get("/distributions/{id:distribution_id}/notice-pdf", openapi_extra=PDF)
@makes_file
def get_distribution_notice_pdf(request: HttpRequest, distribution_id: int, asked: Query[NoticeFilter]):
    """One investor's newest notice, or all of them in one file; before issue, as they would read. 409 while they are
    being made."""
    found = reads.one(reads.distributions(request.user), distribution_id)
    takes(request, found, fund_id=found.fund_id)
    is_draft = asked.stage == Stage.DRAFT and found.status in DISTRIBUTION_BEFORE_ISSUE
    if is_draft and asked.item_id is None:
        name = f"{found.fund.code}-distribution-{found.number}-drafts"
        return send_drafts(drafts_of_letters(found, at=timezone.now()), name=name, ctx=context_of(request))
    if asked.item_id is None:
        return all_letters(
            Notice.Kind.DISTRIBUTION, found.pk, f"{found.fund.code}-distribution-{found.number}"
        )
    reads.one(DistributionItem.objects.filter(distribution=found), asked.item_id)
    if is_draft:
        return draft_letter(draft_of_letter(found, asked.item_id, at=timezone.now()))
    return one_letter(Notice.Kind.DISTRIBUTION, found.pk, asked.item_id)
