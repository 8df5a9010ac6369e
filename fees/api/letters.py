"""The letters of a fee run, to read: those of the call that bills it, and before that how they would read."""

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from blackgem.http.rights import makes_file, rehearses
from blackgem.lib.context import context_of
from blackgem.lib.downloads import takes
from blackgem.lib.errors import Conflict
from blackgem.lib.snapshots import read_at_one_moment
from capital.models import CapitalCall
from fees.models import FeeRun
from fees.queries.pages import run_of
from fees.services.rehearsal import rehearsed_letters
from funds.api.letters import PDF, Stage, StageFilter, all_letters
from funds.models import Notice
from funds.views.letters import send_drafts

router = Router(by_alias=True, tags=["Management fees"])


@router.get("/fee-runs/{id:fee_run_id}/notice-pdf", openapi_extra=PDF)
@makes_file
@rehearses
def get_fee_run_notice_pdf(request: HttpRequest, fee_run_id: int, asked: Query[StageFilter]):
    """All letters of the call that bills it, with how each partner's fee was worked out; before it is approved, as they
    would read. 409 while they are being made, and where the fund pays it from cash on hand."""
    found = run_of(request.user, fee_run_id)
    if asked.stage == Stage.DRAFT and found.status == "pending":
        ctx = context_of(request)
        letters = rehearsed_letters(run_id=found.pk, ctx=ctx)
        takes(request, found, fund_id=found.fund_id)
        return send_drafts(letters, name=f"{found.fund.code}-fee-run-{found.number}-drafts", ctx=ctx)
    return read_at_one_moment(lambda: _issued(request, found))


def _issued(request: HttpRequest, found: FeeRun) -> HttpResponse:
    takes(request, found, fund_id=found.fund_id)
    call = CapitalCall.objects.filter(fee_bill__run=found).first()
    if call is None:
        raise Conflict("notice.none", "No call asks for this fee: there are no letters of it.")
    return all_letters(Notice.Kind.CAPITAL_CALL, call.pk, f"{found.fund.code}-fee-run-{found.number}")
