"""The refund notices of a closing, sent and read."""

from django.http import HttpRequest
from ninja import Query, Router

from blackgem.http.rights import makes_file, needs
from blackgem.lib.context import context_of
from blackgem.lib.downloads import takes
from closings.services.letters import send_notices
from funds.access import MANAGE
from funds.api.letters import PDF, all_letters, one_letter
from funds.api.verbs import SentAnswer
from funds.models import Notice

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
def get_closing_notice_pdf(request: HttpRequest, closing_id: int, asked: Query[RefundNoticeFilter]):
    """One partner's newest refund notice, or all of them in one file. 409 while they are being made."""
    found = reads.one(reads.closings(request.user), closing_id)
    takes(request, found, fund_id=found.fund_id)
    if asked.refund_id is None:
        return all_letters(Notice.Kind.REFUND, found.pk, f"{found.fund.code}-closing-{found.number}")
    reads.one(reads.refunds(request.user, found), asked.refund_id)
    return one_letter(Notice.Kind.REFUND, found.pk, asked.refund_id)
