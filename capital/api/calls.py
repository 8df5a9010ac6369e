"""Capital calls: drafted, changed, submitted, approved, cancelled; their notices sent and read."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Status

from blackgem.http.pagination import page_of
from blackgem.http.rights import needs
from blackgem.identity.step_up import demand_fresh_factor, with_fresh_factor
from blackgem.lib.context import context_of
from capital.queries import calls as queries
from capital.services.calls import (
    approve_call,
    cancel_call,
    change_draft,
    delete_draft,
    draft_call,
    send_back_call,
    send_notices,
    submit_call,
)
from funds.access import DECLINE, DRAFT, MANAGE
from funds.api.verbs import (
    AS_IT_IS,
    ISSUED_AS_IT_IS,
    ONCE,
    SENT_BACK_AS_IT_IS,
    WITHOUT_REASON,
    CancelBody,
    DeletedAnswer,
    IssueBody,
    SeenBody,
    SendBackBody,
    SendNotices,
    SentAnswer,
)

from . import reads
from .answers import CallDetailAnswer, CallsAnswer
from .bodies import CallBody, CallChange, CallFilter
from .plans import plan_of
from .serializers import call_answer, call_detail_answer, summary_answers

router = Router(by_alias=True, tags=["Capital calls"])


@router.get("/capital-calls", response=CallsAnswer)
def list_calls(request: HttpRequest, asked: Query[CallFilter]):
    """Newest first. `summary` is over the whole filter; only issued calls count in it."""
    at = timezone.now()
    narrowed = queries.CallFilter(fund_id=asked.fund_id, status=asked.status or "")
    calls = queries.calls(request.user, narrowed, at=at)
    found, total = page_of(reads.with_first_mail(calls).order_by("-call_date", "-pk"), asked)
    summary, summaries = summary_answers(queries.totals(request.user, calls, narrowed))
    shown = [call_answer(call, at) for call in found]
    return CallsAnswer(capital_calls=shown, total=total, summary=summary, summaries=summaries)


@router.post("/capital-calls", response={201: CallDetailAnswer})
@needs(DRAFT)
def post_call(request: HttpRequest, response: HttpResponse, body: CallBody):
    """A draft, pro rata to the commitments unless `items` say otherwise."""
    call = draft_call(plan=plan_of(body, request.user), ctx=context_of(request))
    response["Location"] = f"/api/capital-calls/{call.pk}"
    return _detail(request, call.pk)


def _detail(request, call_id) -> CallDetailAnswer:
    return call_detail_answer(request.user, call_id, timezone.now())


@router.get("/capital-calls/{id:call_id}", response=CallDetailAnswer)
def get_call(request: HttpRequest, call_id: int):
    return _detail(request, call_id)


@router.put("/capital-calls/{id:call_id}", response=CallDetailAnswer)
@needs(DRAFT)
def put_call(request: HttpRequest, call_id: int, body: CallChange):
    """Write a draft anew, under its number. Only a draft can be changed."""
    plan = plan_of(body, request.user)
    change_draft(call_id=call_id, plan=plan, revision=body.revision, ctx=context_of(request))
    return _detail(request, call_id)


@router.delete("/capital-calls/{id:call_id}", response=DeletedAnswer)
@needs(DRAFT)
def delete_call(request: HttpRequest, call_id: int):
    """Only a draft can be deleted; its number is not given again."""
    delete_draft(call_id=call_id, ctx=context_of(request))
    return DeletedAnswer()


@router.post("/capital-calls/{id:call_id}/submit", response=CallDetailAnswer)
@needs(DRAFT)
def post_submit(request: HttpRequest, call_id: int, body: SeenBody = AS_IT_IS):
    """Ask for approval; the call is fixed from here on."""
    submit_call(call_id=call_id, revision=body.revision, ctx=context_of(request))
    return _detail(request, call_id)


@router.post("/capital-calls/{id:call_id}/approve", response=CallDetailAnswer)
@needs(MANAGE)
@with_fresh_factor
def post_approve(request: HttpRequest, call_id: int, body: IssueBody = ISSUED_AS_IT_IS):
    """Issue the call: it binds, and its notices are written. Where the fund demands two, not by who submitted it."""
    approve_call(call_id=call_id, **body.model_dump(), ctx=context_of(request))
    return _detail(request, call_id)


@router.post("/capital-calls/{id:call_id}/send-back", response=CallDetailAnswer)
@needs(DECLINE)
def post_send_back(request: HttpRequest, call_id: int, body: SendBackBody = SENT_BACK_AS_IT_IS):
    """Refuse approval for now, with a reason that its submitter reads: the call is a draft again."""
    send_back_call(call_id=call_id, reason=body.reason, revision=body.revision, ctx=context_of(request))
    return _detail(request, call_id)


@router.post("/capital-calls/{id:call_id}/cancel", response={200: CallDetailAnswer, 202: CallDetailAnswer})
@needs(MANAGE)
def post_cancel(request: HttpRequest, call_id: int, body: CancelBody = WITHOUT_REASON):
    """Withdraw a call on which nothing was paid. Once it is issued, where the fund demands two, it waits for another
    person: then this answers 202, and `pendingChanges` says what waits."""
    with transaction.atomic():
        call = cancel_call(call_id=call_id, reason=body.reason, ctx=context_of(request))
        if call.waiting:
            demand_fresh_factor(request)
    return Status(202 if call.waiting else 200, _detail(request, call_id))


@router.post("/capital-calls/{id:call_id}/send-notices", response=SentAnswer)
@needs(MANAGE)
def post_notices(request: HttpRequest, call_id: int, body: SendNotices = ONCE):
    """Queue one notice per item; twice sends nothing twice, unless `resend`. A draft is issued first where one may."""
    count = send_notices(call_id=call_id, **body.model_dump(), ctx=context_of(request))
    return SentAnswer(sent_count=count)
