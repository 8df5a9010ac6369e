"""The refund notices of a closing, sent and read, and how they would read before it is settled."""

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from blackgem.http.rights import makes_file, needs, rehearses
from blackgem.lib.context import context_of
from blackgem.lib.downloads import takes
from blackgem.lib.snapshots import read_at_one_moment
from closings.models import Closing
from closings.services.letters import send_notices
from closings.services.rehearsal import rehearsed_letters
from closings.states import CLOSING_OPEN
from funds.access import MANAGE
from funds.api.letters import PDF, Stage, all_letters, one_letter
from funds.api.verbs import SentAnswer
from funds.models import Notice
from funds.views.letters import send_drafts

from . import reads
from .bodies import NOT_AGAIN, RefundNoticeFilter, SendRefundNotices

router = Router(by_alias=True, tags=["Closings"])


@router.post("/closings/{id:closing_id}/send-notices", response=SentAnswer)
@needs(MANAGE)
def post_closing_notices(request: HttpRequest, closing_id: int, body: SendRefundNotices = NOT_AGAIN):
    """Queue one notice per refund; twice sends nothing twice, unless `resend`. The call that collects has its own."""
    count = send_notices(closing_id=closing_id, resend=body.resend, ctx=context_of(request))
    return SentAnswer(sent_count=count)


@router.get("/closings/{id:closing_id}/notice-pdf", openapi_extra=PDF)
@makes_file
@rehearses
def get_closing_notice_pdf(request: HttpRequest, closing_id: int, asked: Query[RefundNoticeFilter]):
    """One partner's newest refund notice, or all of them in one file; before the closing is settled, as they would
    read, with those of the call that collects. 409 while they are being made, or where it could not be settled now."""
    found = reads.one(reads.closings(request.user), closing_id)
    if asked.stage == Stage.DRAFT and found.status in CLOSING_OPEN and asked.refund_id is None:
        ctx = context_of(request)
        letters = rehearsed_letters(closing_id=found.pk, ctx=ctx)
        takes(request, found, fund_id=found.fund_id)
        return send_drafts(letters, name=f"{found.fund.code}-closing-{found.number}-drafts", ctx=ctx)
    return read_at_one_moment(lambda: _issued(request, found, asked))


def _issued(request: HttpRequest, found: Closing, asked: RefundNoticeFilter) -> HttpResponse:
    takes(request, found, fund_id=found.fund_id)
    if asked.refund_id is None:
        return all_letters(Notice.Kind.REFUND, found.pk, f"{found.fund.code}-closing-{found.number}")
    reads.one(reads.refunds(request.user, found), asked.refund_id)
    return one_letter(Notice.Kind.REFUND, found.pk, asked.refund_id)
