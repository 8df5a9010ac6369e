"""Side letters: what single partners agreed apart from the fund's terms, in dated versions."""

from datetime import date, datetime

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from blackgem.http.pagination import Paged, page_of
from blackgem.http.rights import needs
from blackgem.http.schemas import Answer, Body, Day, Fraction, Rate, text
from blackgem.identity.step_up import demand_fresh_factor
from blackgem.lib.context import context_of
from funds.access import MANAGE
from funds.models import Commitment, ControlChange, Fund, SideLetter
from funds.services.terms import set_side_letter

from .controls import control_change_answer
from .schemas import ControlChangeAnswer
from .verbs import one

router = Router(by_alias=True, tags=["Commitments"])


class NewSideLetter(Body):
    """Rates are fractions; what is left out stays as in the fund's terms."""

    effective_on: Day
    hurdle_rate: Rate | None = None
    catch_up_rate: Rate | None = None
    carry_rate: Rate | None = None
    note: text(500) = ""


class SideLetterAnswer(Answer):
    id: int
    commitment_id: int
    version: int
    effective_on: date
    hurdle_rate: Fraction | None
    catch_up_rate: Fraction | None
    carry_rate: Fraction | None
    note: str
    created_at: datetime


class SideLettersAnswer(Answer):
    side_letters: list[SideLetterAnswer]
    total: int


@router.get("/commitments/{id:commitment_id}/side-letters", response=SideLettersAnswer)
def list_side_letters(request: HttpRequest, commitment_id: int, asked: Query[Paged]):
    """Every version, newest first. On a day, the newest of those in effect holds."""
    visible = Commitment.objects.filter(fund__in=Fund.objects.visible_to(request.user))
    commitment = one(visible, commitment_id)
    rows = SideLetter.objects.filter(commitment=commitment).order_by("-version")
    found, total = page_of(rows, asked)
    return SideLettersAnswer(side_letters=[SideLetterAnswer.of(row) for row in found], total=total)


@router.post(
    "/commitments/{id:commitment_id}/side-letters",
    response={201: SideLetterAnswer, 202: ControlChangeAnswer},
)
@needs(MANAGE)
def post_side_letter(request: HttpRequest, response: HttpResponse, commitment_id: int, body: NewSideLetter):
    """A new version. Distributions that were approved before keep the terms that they were computed with. Where another
    person has to agree, the change waits, and this answers 202."""
    with transaction.atomic():
        letter = set_side_letter(commitment_id=commitment_id, fields=body.given(), ctx=context_of(request))
        if isinstance(letter, ControlChange):
            demand_fresh_factor(request)
    if isinstance(letter, ControlChange):
        return Status(202, control_change_answer(letter))
    response["Location"] = f"/api/commitments/{commitment_id}/side-letters"
    return Status(201, SideLetterAnswer.of(SideLetter.objects.get(pk=letter.pk)))
