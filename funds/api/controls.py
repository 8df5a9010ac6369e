"""Changes of a fund's controls: what one person asked for and another decides."""

from django.http import HttpRequest
from ninja import Query, Router

from blackgem.http.pagination import Paged, page_of
from blackgem.http.rights import needs
from blackgem.http.schemas import NOTHING, Answer, Nothing
from blackgem.identity.step_up import with_fresh_factor
from blackgem.lib.context import context_of
from funds.access import DECLINE, MANAGE
from funds.models import ControlChange, Fund
from funds.services.controls import approve_change, reject_change

from .schemas import ControlChangeAnswer
from .verbs import TAKEN_BACK, RefusalBody, decided, declining, one

router = Router(by_alias=True, tags=["Funds"])


class ControlChangesAnswer(Answer):
    control_changes: list[ControlChangeAnswer]
    total: int


def control_change_answer(change: ControlChange) -> ControlChangeAnswer:
    return ControlChangeAnswer.of(
        change,
        status=decided(change),
        requested_at=change.recorded_at,
        requested_by=change.recorded_by_id,
    )


def pending_changes(kind: str, subject_id: int) -> list[ControlChangeAnswer]:
    """What waits of a call or distribution, which the person sees."""
    waiting = ControlChange.objects.pending().filter(kind=kind, subject_id=subject_id).order_by("pk")
    return [control_change_answer(change) for change in waiting]


def pending_changes_of(fund: Fund, kind: str) -> list[ControlChangeAnswer]:
    """What waits of one kind in a fund, which the person sees."""
    waiting = ControlChange.objects.pending().filter(fund=fund, kind=kind).order_by("pk")
    return [control_change_answer(change) for change in waiting]


def _changes(user):
    return ControlChange.objects.filter(fund__in=Fund.objects.visible_to(user))


@router.get("/funds/{id:fund_id}/control-changes", response=ControlChangesAnswer)
def list_control_changes(request: HttpRequest, fund_id: int, asked: Query[Paged]):
    """Every change that was asked for, newest first."""
    one(Fund.objects.visible_to(request.user), fund_id)
    found, total = page_of(_changes(request.user).filter(fund=fund_id).order_by("-pk"), asked)
    return ControlChangesAnswer(control_changes=[control_change_answer(row) for row in found], total=total)


@router.post("/control-changes/{id:control_change_id}/approve", response=ControlChangeAnswer)
@needs(MANAGE)
@with_fresh_factor
def post_approve_control_change(request: HttpRequest, control_change_id: int, body: Nothing = NOTHING):
    """It takes effect; one that concerns several funds, once it is approved in each."""
    approve_change(change_id=control_change_id, ctx=context_of(request))
    return control_change_answer(one(_changes(request.user), control_change_id))


@router.post("/control-changes/{id:control_change_id}/reject", response=ControlChangeAnswer)
@needs(DECLINE)
def post_reject_control_change(request: HttpRequest, control_change_id: int, body: RefusalBody = TAKEN_BACK):
    """Nothing changes; it may be asked for again. Whoever asked for it reads why, an investor too."""
    reject_change(change_id=control_change_id, reason=body.reason, ctx=declining(request, body))
    return control_change_answer(one(_changes(request.user), control_change_id))
