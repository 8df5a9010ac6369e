"""Distributions: drafted, changed, submitted, approved, issued, cancelled."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from blackgem.http.pagination import page_of
from blackgem.http.rights import needs
from blackgem.identity.step_up import demand_fresh_factor, with_fresh_factor
from blackgem.lib.context import context_of
from distributions.queries import distributions as queries
from distributions.services.distributions import (
    approve_distribution,
    cancel_distribution,
    change_draft,
    delete_draft,
    draft_distribution,
    issue_approved_distribution,
    return_to_draft,
    send_back_distribution,
    submit_distribution,
)
from funds.access import DECLINE, DRAFT, MANAGE
from funds.api.verbs import (
    AS_IT_IS,
    ISSUED_AS_IT_IS,
    SENT_BACK_AS_IT_IS,
    WITHOUT_REASON,
    CancelBody,
    DeletedAnswer,
    IssueBody,
    SeenBody,
    SendBackBody,
)

from . import reads
from .answers import DistributionDetailAnswer, DistributionsAnswer
from .bodies import DistributionBody, DistributionChange, DistributionFilter
from .plans import plan_of
from .serializers import distribution_answer, distribution_detail_answer, summary_answers

router = Router(by_alias=True, tags=["Distributions"])


@router.get("/distributions", response=DistributionsAnswer)
def list_distributions(request: HttpRequest, asked: Query[DistributionFilter]):
    """Newest first. `summary` is over the whole filter; only issued distributions count in it."""
    narrowed = queries.DistributionFilter(
        fund_id=asked.fund_id, status=asked.status or "", type=asked.type or ""
    )
    rows = queries.distributions(request.user, narrowed)
    found, total = page_of(reads.with_first_mail(rows).order_by("-date", "-pk"), asked)
    summary, summaries = summary_answers(queries.totals(request.user, rows, narrowed))
    shown = [distribution_answer(one) for one in found]
    return DistributionsAnswer(distributions=shown, total=total, summary=summary, summaries=summaries)


@router.post("/distributions", response={201: DistributionDetailAnswer})
@needs(DRAFT)
def post_distribution(request: HttpRequest, response: HttpResponse, body: DistributionBody):
    """A draft: the waterfall is worked out now and kept with its inputs. They are frozen on approval."""
    made = draft_distribution(plan=plan_of(body, request.user), ctx=context_of(request))
    response["Location"] = f"/api/distributions/{made.pk}"
    return distribution_detail_answer(request.user, made.pk)


@router.get("/distributions/{id:distribution_id}", response=DistributionDetailAnswer)
def get_distribution(request: HttpRequest, distribution_id: int):
    return distribution_detail_answer(request.user, distribution_id)


@router.put("/distributions/{id:distribution_id}", response=DistributionDetailAnswer)
@needs(DRAFT)
def put_distribution(request: HttpRequest, distribution_id: int, body: DistributionChange):
    """Work a draft out anew, under its number. Only a draft can be changed."""
    plan = plan_of(body, request.user)
    change_draft(distribution_id=distribution_id, plan=plan, revision=body.revision, ctx=context_of(request))
    return distribution_detail_answer(request.user, distribution_id)


@router.delete("/distributions/{id:distribution_id}", response=DeletedAnswer)
@needs(DRAFT)
def delete_distribution(request: HttpRequest, distribution_id: int):
    """Only a draft can be deleted; its number is not given again."""
    delete_draft(distribution_id=distribution_id, ctx=context_of(request))
    return DeletedAnswer()


@router.post("/distributions/{id:distribution_id}/submit", response=DistributionDetailAnswer)
@needs(DRAFT)
def post_submit_distribution(request: HttpRequest, distribution_id: int, body: SeenBody = AS_IT_IS):
    """Ask for approval; the distribution is fixed from here on."""
    submit_distribution(distribution_id=distribution_id, revision=body.revision, ctx=context_of(request))
    return distribution_detail_answer(request.user, distribution_id)


@router.post("/distributions/{id:distribution_id}/approve", response=DistributionDetailAnswer)
@needs(MANAGE)
@with_fresh_factor
def post_approve_distribution(request: HttpRequest, distribution_id: int, body: SeenBody = AS_IT_IS):
    """Freeze it with its inputs; 409 where they moved since. Where the fund demands two, not by who submitted it."""
    approve_distribution(distribution_id=distribution_id, revision=body.revision, ctx=context_of(request))
    return distribution_detail_answer(request.user, distribution_id)


@router.post("/distributions/{id:distribution_id}/send-back", response=DistributionDetailAnswer)
@needs(DECLINE)
def post_send_back_distribution(
    request: HttpRequest, distribution_id: int, body: SendBackBody = SENT_BACK_AS_IT_IS
):
    """Refuse approval for now, with a reason that its submitter reads: the distribution is a draft again."""
    send_back_distribution(
        distribution_id=distribution_id, reason=body.reason, revision=body.revision, ctx=context_of(request)
    )
    return distribution_detail_answer(request.user, distribution_id)


@router.post("/distributions/{id:distribution_id}/return-to-draft", response=DistributionDetailAnswer)
@needs(MANAGE)
def post_return_to_draft(request: HttpRequest, distribution_id: int, body: SeenBody = AS_IT_IS):
    """Take what is not issued back to draft, to be computed anew, and every one that was approved after it."""
    return_to_draft(distribution_id=distribution_id, revision=body.revision, ctx=context_of(request))
    return distribution_detail_answer(request.user, distribution_id)


@router.post("/distributions/{id:distribution_id}/send", response=DistributionDetailAnswer)
@needs(MANAGE)
def post_send_distribution(request: HttpRequest, distribution_id: int, body: IssueBody = ISSUED_AS_IT_IS):
    """Issue an approved distribution: it counts from now on, and its notices are written. 409 where one that was
    approved before it waits, or its inputs moved since: take it back to draft and compute it anew."""
    issue_approved_distribution(distribution_id=distribution_id, **body.model_dump(), ctx=context_of(request))
    return distribution_detail_answer(request.user, distribution_id)


@router.post(
    "/distributions/{id:distribution_id}/cancel",
    response={200: DistributionDetailAnswer, 202: DistributionDetailAnswer},
)
@needs(MANAGE)
def post_cancel_distribution(request: HttpRequest, distribution_id: int, body: CancelBody = WITHOUT_REASON):
    """Withdraw a distribution of which nothing was paid out; those approved after it counted it and become drafts.
    409 where one of them was issued. Once it is approved, where the fund demands two, it waits for another person: then
    this answers 202, and `pendingChanges` says what waits."""
    with transaction.atomic():
        one = cancel_distribution(
            distribution_id=distribution_id, reason=body.reason, ctx=context_of(request)
        )
        if one.waiting:
            demand_fresh_factor(request)
    answer = distribution_detail_answer(request.user, distribution_id)
    return Status(202 if one.waiting else 200, answer)
