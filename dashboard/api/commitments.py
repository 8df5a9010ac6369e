"""Commitments: what each investor promised a fund, and its account there."""

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from blackgem.http.pagination import Paged, page_of
from blackgem.http.rights import needs
from blackgem.http.validation import naming
from blackgem.identity.step_up import with_fresh_factor
from blackgem.lib.context import context_of
from blackgem.lib.errors import NotFound
from funds.access import DECLINE, MANAGE
from funds.api.schemas import CommitmentChange, NewCommitment, NewCommitmentEvent
from funds.api.verbs import AS_IT_IS, TAKEN_BACK, RefusalBody, SeenBody, decided, declining, one
from funds.models import Commitment, CommitmentEvent, Fund
from funds.services.partners import change_commitment, commit
from funds.services.register import approve_event, change_register, reject_event

from .funds import fund_for
from .schemas import (
    CommitmentAnswer,
    CommitmentEventAnswer,
    CommitmentEventsAnswer,
    CommitmentsAnswer,
    PartnersAnswer,
)

router = Router(by_alias=True, tags=["Commitments"])


def _commitments(user):
    visible = Commitment.objects.filter(fund__in=Fund.objects.visible_to(user))
    return visible.select_related("fund", "investor", "capital")


def _answer(commitment: Commitment) -> CommitmentAnswer:
    account = commitment.capital
    sums = ("released", "called", "paid", "outstanding", "distributed", "recallable", "unfunded")
    return CommitmentAnswer.of(
        commitment,
        investor_name=commitment.investor.name,
        amount=account.committed,
        **{name: getattr(account, name) for name in sums},
    )


def _commitment(user, commitment_id) -> CommitmentAnswer:
    commitment = _commitments(user).filter(pk=commitment_id).first()
    if commitment is None:
        raise NotFound("not_found", "There is no such commitment.")
    return _answer(commitment)


@router.get("/funds/{id:fund_id}/commitments", response=CommitmentsAnswer)
def list_commitments(request: HttpRequest, fund_id: int, asked: Query[Paged]):
    """The fund's partners by reference; `summary` is over all of them."""
    fund = fund_for(request.user, fund_id)
    # The roll-up's own fund keeps PostgreSQL from adding up every other fund's partners too.
    rows = _commitments(request.user).filter(fund=fund, capital__fund=fund)
    found, total = page_of(rows.order_by("reference", "pk"), asked)
    summary = PartnersAnswer.of(fund.partners).in_currency(fund.currency)
    return CommitmentsAnswer(commitments=[_answer(row) for row in found], total=total, summary=summary)


@router.post("/funds/{id:fund_id}/commitments", response={201: CommitmentAnswer})
@needs(MANAGE)
def post_commitment(request: HttpRequest, response: HttpResponse, fund_id: int, body: NewCommitment):
    """In a fund in use with four eyes the amount waits, as an event, for a second person: it is zero until then."""
    with naming(investor="investor_id"):
        commitment = commit(fund_id=fund_id, **body.given(), ctx=context_of(request))
    response["Location"] = f"/api/commitments/{commitment.pk}"
    return _commitment(request.user, commitment.pk)


@router.get("/commitments/{id:commitment_id}", response=CommitmentAnswer)
def get_commitment(request: HttpRequest, commitment_id: int):
    return _commitment(request.user, commitment_id)


@router.patch("/commitments/{id:commitment_id}", response=CommitmentAnswer)
@needs(MANAGE)
def patch_commitment(request: HttpRequest, commitment_id: int, body: CommitmentChange):
    """Correct the amount, until a call of it was issued. In a fund in use with four eyes the correction waits, as an
    event, for a second person: the amount stays as it was until then."""
    change_commitment(commitment_id=commitment_id, ctx=context_of(request), **body.given())
    return _commitment(request.user, commitment_id)


# ---------------------------------------------------------------- the register


def _events(user):
    return CommitmentEvent.objects.filter(fund__in=Fund.objects.visible_to(user)).select_related("fund")


def _event(user, event_id) -> CommitmentEventAnswer:
    return _event_answer(one(_events(user).with_revision(), event_id))


def _event_answer(event: CommitmentEvent) -> CommitmentEventAnswer:
    return CommitmentEventAnswer.of(event, status=decided(event))


@router.get("/commitments/{id:commitment_id}/events", response=CommitmentEventsAnswer)
def list_commitment_events(request: HttpRequest, commitment_id: int, asked: Query[Paged]):
    """Every dated event of a commitment, its admission first; events that wait or were turned down count nowhere."""
    commitment = one(_commitments(request.user), commitment_id)
    rows = _events(request.user).filter(commitment=commitment).with_revision()
    found, total = page_of(rows.order_by("effective_on", "pk"), asked)
    return CommitmentEventsAnswer(events=[_event_answer(row) for row in found], total=total)


@router.post(
    "/commitments/{id:commitment_id}/events",
    response={201: CommitmentEventAnswer, 202: CommitmentEventAnswer},
)
@needs(MANAGE)
def post_commitment_event(
    request: HttpRequest, response: HttpResponse, commitment_id: int, body: NewCommitmentEvent
):
    """Increase, release, expire or reduce. Where a second person must approve, it waits, and this answers 202."""
    event = change_register(commitment_id=commitment_id, **body.given(), ctx=context_of(request))
    response["Location"] = f"/api/commitments/{commitment_id}/events"
    return Status(201 if event.approved_at else 202, _event(request.user, event.pk))


@router.post("/commitment-events/{id:event_id}/approve", response=CommitmentEventAnswer)
@needs(MANAGE)
@with_fresh_factor
def post_approve_commitment_event(request: HttpRequest, event_id: int, body: SeenBody = AS_IT_IS):
    """The event counts from its day on."""
    approve_event(event_id=event_id, revision=body.revision, ctx=context_of(request))
    return _event(request.user, event_id)


@router.post("/commitment-events/{id:event_id}/reject", response=CommitmentEventAnswer)
@needs(DECLINE)
def post_reject_commitment_event(request: HttpRequest, event_id: int, body: RefusalBody = TAKEN_BACK):
    """The commitment stays as it is."""
    return _event(request.user, reject_event(event_id=event_id, ctx=declining(request, body)).pk)
