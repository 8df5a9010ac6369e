"""Later closings: drafted, changed, worked out, submitted, settled, sent back, withdrawn."""

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from blackgem.http.pagination import page_of
from blackgem.http.rights import needs
from blackgem.http.schemas import NOTHING, Nothing
from blackgem.identity.step_up import with_fresh_factor
from blackgem.lib.context import context_of
from closings.queries.figures import figures_of
from closings.services import closings as services
from closings.services import reversals
from funds.access import DECLINE, DRAFT, MANAGE
from funds.api.verbs import AS_IT_IS, TAKEN_BACK, WITHOUT_REASON, CancelBody, RefusalBody, SeenBody, declining

from . import reads
from .answers import ClosingDetailAnswer, ClosingFiguresAnswer, ClosingsAnswer
from .bodies import ClosingBody, ClosingChange, ClosingFilter, ReverseClosing
from .plans import plan_of
from .serializers import closing_answer, closing_detail_answer, figures_answer

router = Router(by_alias=True, tags=["Closings"])


@router.get("/closings", response=ClosingsAnswer)
def list_closings(request: HttpRequest, asked: Query[ClosingFilter]):
    """Newest first."""
    chosen = {"fund": asked.fund_id, "status": asked.status}
    rows = reads.closings(request.user).filter(
        **{name: value for name, value in chosen.items() if value is not None}
    )
    found, total = page_of(rows.order_by("-held_on", "-pk"), asked)
    return ClosingsAnswer(closings=[closing_answer(one) for one in found], total=total)


@router.post("/closings", response={201: ClosingDetailAnswer})
@needs(DRAFT)
def post_closing(request: HttpRequest, response: HttpResponse, body: ClosingBody):
    """A draft: nobody is admitted and nothing moves until it is settled."""
    made = services.draft_closing(plan=plan_of(body, request.user), ctx=context_of(request))
    response["Location"] = f"/api/closings/{made.pk}"
    return closing_detail_answer(request.user, made.pk)


@router.get("/closings/{id:closing_id}", response=ClosingDetailAnswer)
def get_closing(request: HttpRequest, closing_id: int):
    return closing_detail_answer(request.user, closing_id)


@router.put("/closings/{id:closing_id}", response=ClosingDetailAnswer)
@needs(DRAFT)
def put_closing(request: HttpRequest, closing_id: int, body: ClosingChange):
    """Write a draft anew, under its number. Only a draft can be changed."""
    plan = plan_of(body, request.user)
    services.change_closing(closing_id=closing_id, plan=plan, revision=body.revision, ctx=context_of(request))
    return closing_detail_answer(request.user, closing_id)


@router.get("/closings/{id:closing_id}/figures", response=ClosingFiguresAnswer)
def get_closing_figures(request: HttpRequest, closing_id: int):
    """What it comes to, line by line and partner by partner: worked out now until it is settled."""
    one = reads.one(reads.closings(request.user), closing_id)
    return figures_answer(one, figures_of(one))


@router.post("/closings/{id:closing_id}/submit", response=ClosingDetailAnswer)
@needs(MANAGE)
def post_submit_closing(request: HttpRequest, closing_id: int, body: SeenBody = AS_IT_IS):
    """Ask for approval: what it comes to is fixed from here on. Where the fund demands no second person it is settled
    at once."""
    services.submit_closing(closing_id=closing_id, revision=body.revision, ctx=context_of(request))
    return closing_detail_answer(request.user, closing_id)


@router.post("/closings/{id:closing_id}/settle", response=ClosingDetailAnswer)
@needs(MANAGE)
@with_fresh_factor
def post_settle_closing(request: HttpRequest, closing_id: int, body: SeenBody = AS_IT_IS):
    """Settle what waits: partners are admitted, every line is held by the new register, and the call that collects and
    the refund notices are issued. Not by who submitted it where the fund demands two; 409 where it has moved since."""
    services.settle_closing(closing_id=closing_id, revision=body.revision, ctx=context_of(request))
    return closing_detail_answer(request.user, closing_id)


@router.post("/closings/{id:closing_id}/send-back", response=ClosingDetailAnswer)
@needs(MANAGE)
def post_send_back_closing(request: HttpRequest, closing_id: int, body: CancelBody = WITHOUT_REASON):
    """Refuse approval for now, with a reason that its submitter reads: the closing is a draft again."""
    services.send_back_closing(closing_id=closing_id, reason=body.reason, ctx=context_of(request))
    return closing_detail_answer(request.user, closing_id)


@router.post("/closings/{id:closing_id}/cancel", response=ClosingDetailAnswer)
@needs(DRAFT)
def post_cancel_closing(request: HttpRequest, closing_id: int, body: CancelBody = WITHOUT_REASON):
    """Withdraw a closing that is not settled."""
    services.cancel_closing(closing_id=closing_id, reason=body.reason, ctx=context_of(request))
    return closing_detail_answer(request.user, closing_id)


@router.post(
    "/closings/{id:closing_id}/reverse", response={200: ClosingDetailAnswer, 202: ClosingDetailAnswer}
)
@needs(MANAGE)
def post_reverse_closing(request: HttpRequest, closing_id: int, body: ReverseClosing):
    """Ask to take a settled closing back, whole, while nothing of it is paid and nothing issued since. Where a second
    person must approve, it waits, and this answers 202."""
    reversal = reversals.request_closing_reversal(
        closing_id=closing_id, reason=body.reason, ctx=context_of(request)
    )
    return Status(200 if reversal.approved_at else 202, closing_detail_answer(request.user, closing_id))


@router.post("/closing-reversals/{id:closing_reversal_id}/approve", response=ClosingDetailAnswer)
@needs(MANAGE)
@with_fresh_factor
def post_approve_closing_reversal(request: HttpRequest, closing_reversal_id: int, body: Nothing = NOTHING):
    """Everything is held, owed and promised again as before the closing."""
    reversal = reversals.approve_closing_reversal(reversal_id=closing_reversal_id, ctx=context_of(request))
    return closing_detail_answer(request.user, reversal.closing_id)


@router.post("/closing-reversals/{id:closing_reversal_id}/reject", response=ClosingDetailAnswer)
@needs(DECLINE)
def post_reject_closing_reversal(
    request: HttpRequest, closing_reversal_id: int, body: RefusalBody = TAKEN_BACK
):
    """The closing stands."""
    reversal = reversals.reject_closing_reversal(
        reversal_id=closing_reversal_id, ctx=declining(request, body)
    )
    return closing_detail_answer(request.user, reversal.closing_id)
