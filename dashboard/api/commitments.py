"""Commitments: what each investor promised a fund, and its account there."""

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from blackgem.http.pagination import Paged, page_of
from blackgem.http.rights import needs
from blackgem.http.validation import naming
from blackgem.lib.context import context_of
from blackgem.lib.errors import NotFound
from funds.access import MANAGE
from funds.api.schemas import CommitmentChange, NewCommitment
from funds.models import Commitment, Fund
from funds.services.partners import change_commitment, commit

from .funds import fund_for
from .schemas import CommitmentAnswer, CommitmentsAnswer, PartnersAnswer

router = Router(by_alias=True, tags=["Commitments"])


def _commitments(user):
    visible = Commitment.objects.filter(fund__in=Fund.objects.visible_to(user))
    return visible.select_related("fund", "investor", "capital")


def _answer(commitment: Commitment) -> CommitmentAnswer:
    account = commitment.capital
    sums = ("called", "paid", "outstanding", "distributed", "recallable", "unfunded")
    return CommitmentAnswer.of(
        commitment,
        investor_name=commitment.investor.name,
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
    """Raise or lower the amount, never below what was called of it."""
    change_commitment(commitment_id=commitment_id, ctx=context_of(request), **body.given())
    return _commitment(request.user, commitment_id)
