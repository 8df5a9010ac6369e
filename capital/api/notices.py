"""The letters of a call, to read."""

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router

from blackgem.http.rights import makes_file
from blackgem.lib.context import context_of
from blackgem.lib.downloads import takes
from capital.models import CapitalCallItem
from capital.notices import draft_of_letter, drafts_of_letters
from capital.states import CALL_BEFORE_ISSUE
from funds.api.letters import PDF, NoticeFilter, Stage, all_letters, draft_letter, one_letter
from funds.models import Notice
from funds.views.letters import send_drafts

from . import reads

router = Router(by_alias=True, tags=["Capital calls"])


@router.get("/capital-calls/{id:call_id}/notice-pdf", openapi_extra=PDF)
@makes_file
def get_notice_pdf(request: HttpRequest, call_id: int, asked: Query[NoticeFilter]):
    """One investor's newest notice, or all of them in one file; before issue, as they would read. 409 while they are
    being made."""
    call = reads.one(reads.calls(request.user), call_id)
    takes(request, call, fund_id=call.fund_id)
    is_draft = asked.stage == Stage.DRAFT and call.status in CALL_BEFORE_ISSUE
    if is_draft and asked.item_id is None:
        name = f"{call.fund.code}-capital-call-{call.number}-drafts"
        return send_drafts(drafts_of_letters(call, at=timezone.now()), name=name, ctx=context_of(request))
    if asked.item_id is None:
        return all_letters(Notice.Kind.CAPITAL_CALL, call.pk, f"{call.fund.code}-capital-call-{call.number}")
    reads.one(CapitalCallItem.objects.filter(call=call), asked.item_id)
    if is_draft:
        return draft_letter(draft_of_letter(call, asked.item_id, at=timezone.now()))
    return one_letter(Notice.Kind.CAPITAL_CALL, call.pk, asked.item_id)
