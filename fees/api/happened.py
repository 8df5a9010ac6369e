"""What happened in a fund that its fee follows: events, and the cost of what was sold. Asked for, read, decided."""

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from blackgem.http.pagination import Paged, page_of
from blackgem.http.rights import needs
from blackgem.http.schemas import NOTHING, Nothing
from blackgem.http.validation import naming
from blackgem.identity.step_up import with_fresh_factor
from blackgem.lib.context import context_of
from fees.models import FeeEvent, FeeRealisation
from fees.queries import pages as read
from fees.services import happened as services
from funds.access import DECLINE, MANAGE
from funds.api import verbs
from funds.api.verbs import TAKEN_BACK, RefusalBody, declining
from funds.models import Fund

from .answers import FeeEventAnswer, FeeEventsAnswer, FeeRealisationAnswer, FeeRealisationsAnswer
from .bodies import FeeEventBody, FeeRealisationBody, FeeTakeBackBody

router = Router(by_alias=True, tags=["Management fees"])


def _fund(request, fund_id) -> Fund:
    return verbs.one(Fund.objects.visible_to(request.user), fund_id)


# ---------------------------------------------------------------- events


@router.get("/funds/{id:fund_id}/fee-events", response=FeeEventsAnswer)
def list_fee_events(request: HttpRequest, fund_id: int, asked: Query[Paged]):
    """Every event, newest first, also what waits, was turned down or taken back."""
    found, total = page_of(read.events_of(_fund(request, fund_id)), asked)
    return FeeEventsAnswer(fee_events=[_event(row) for row in found], total=total)


@router.post("/funds/{id:fund_id}/fee-events", response={201: FeeEventAnswer, 202: FeeEventAnswer})
@needs(MANAGE)
def post_fee_event(request: HttpRequest, response: HttpResponse, fund_id: int, body: FeeEventBody):
    """Enter what changes the fee from a day on, as the schedule says. No run that was approved changes: the next one
    trues up. 409 where it happened already, or a suspension and its end do not alternate. Where a second person must
    approve, it waits, and this answers 202."""
    with naming(effective_on="happened_on"):
        done = services.record_fee_event(fund_id=fund_id, **body.model_dump(), ctx=context_of(request))
    response["Location"] = f"/api/funds/{fund_id}/fee-events"
    return Status(201 if done.approved_at else 202, _event(done))


@router.post("/fee-events/{id:fee_event_id}/take-back", response={201: FeeEventAnswer, 202: FeeEventAnswer})
@needs(MANAGE)
def post_take_fee_event_back(
    request: HttpRequest, response: HttpResponse, fee_event_id: int, body: FeeTakeBackBody
):
    """Say that an event did not happen, in a row of its own. 409 where it does not count. Where a second person must
    approve, it waits, and this answers 202."""
    done = services.take_fee_event_back(event_id=fee_event_id, reason=body.reason, ctx=context_of(request))
    response["Location"] = f"/api/funds/{done.fund_id}/fee-events"
    return Status(201 if done.approved_at else 202, _event(done))


@router.post("/fee-events/{id:fee_event_id}/approve", response=FeeEventAnswer)
@needs(MANAGE)
@with_fresh_factor
def post_approve_fee_event(request: HttpRequest, fee_event_id: int, body: Nothing = NOTHING):
    """The fee follows it; not by who asked for it where the fund demands two."""
    return _event(services.approve_fee_event(event_id=fee_event_id, ctx=context_of(request)))


@router.post("/fee-events/{id:fee_event_id}/reject", response=FeeEventAnswer)
@needs(DECLINE)
def post_reject_fee_event(request: HttpRequest, fee_event_id: int, body: RefusalBody = TAKEN_BACK):
    """The fee stays as it is."""
    return _event(services.reject_fee_event(event_id=fee_event_id, ctx=declining(request, body)))


def _event(row: FeeEvent) -> FeeEventAnswer:
    return FeeEventAnswer.of(
        row,
        status="TAKEN_BACK" if getattr(row, "taken_back", False) else row.status.upper(),
        happened_on=row.effective_on,
        takes_back_id=row.takes_back_id,
    )


# ---------------------------------------------------------------- what was sold


@router.get("/funds/{id:fund_id}/fee-realisations", response=FeeRealisationsAnswer)
def list_fee_realisations(request: HttpRequest, fund_id: int, asked: Query[Paged]):
    """What was entered of the cost of what was sold, newest first."""
    rows = read.realisations_of(_fund(request, fund_id)).select_related("fund")
    found, total = page_of(rows, asked)
    return FeeRealisationsAnswer(fee_realisations=[_realisation(row) for row in found], total=total)


@router.post(
    "/funds/{id:fund_id}/fee-realisations", response={201: FeeRealisationAnswer, 202: FeeRealisationAnswer}
)
@needs(MANAGE)
def post_fee_realisation(
    request: HttpRequest, response: HttpResponse, fund_id: int, body: FeeRealisationBody
):
    """Enter what the fund had paid for what was sold of a deal, in whole or in part; or, with the reason, that it was
    less. Where a second person must approve, it waits, and this answers 202."""
    with naming(effective_on="sold_on"):
        done = services.record_fee_realisation(fund_id=fund_id, **body.model_dump(), ctx=context_of(request))
    response["Location"] = f"/api/funds/{fund_id}/fee-realisations"
    return Status(201 if done.approved_at else 202, _realisation(done))


@router.post("/fee-realisations/{id:fee_realisation_id}/approve", response=FeeRealisationAnswer)
@needs(MANAGE)
@with_fresh_factor
def post_approve_fee_realisation(request: HttpRequest, fee_realisation_id: int, body: Nothing = NOTHING):
    """A fee of invested capital is no longer taken of it."""
    done = services.approve_fee_realisation(realisation_id=fee_realisation_id, ctx=context_of(request))
    return _realisation(done)


@router.post("/fee-realisations/{id:fee_realisation_id}/reject", response=FeeRealisationAnswer)
@needs(DECLINE)
def post_reject_fee_realisation(
    request: HttpRequest, fee_realisation_id: int, body: RefusalBody = TAKEN_BACK
):
    """The fee is taken of that cost as before."""
    done = services.reject_fee_realisation(realisation_id=fee_realisation_id, ctx=declining(request, body))
    return _realisation(done)


def _realisation(row: FeeRealisation) -> FeeRealisationAnswer:
    return FeeRealisationAnswer.of(
        row, status=row.status.upper(), currency=row.fund.currency, sold_on=row.effective_on
    )
