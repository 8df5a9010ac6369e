"""What a fee is worked out from: versions of the schedule, side letters, fee income. Asked for, read, decided."""

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from blackgem.http.pagination import Paged, page_of
from blackgem.http.rights import needs
from blackgem.http.schemas import NOTHING, Nothing
from blackgem.http.validation import naming
from blackgem.identity.step_up import with_fresh_factor
from blackgem.lib.context import context_of
from fees.models import FeeIncome, FeeLetter, FeeSchedule
from fees.queries import pages as read
from fees.services import asked as services
from funds.access import DECLINE, MANAGE
from funds.api import verbs
from funds.api.verbs import TAKEN_BACK, RefusalBody, declining
from funds.models import Fund

from .answers import (
    FeeIncomeAnswer,
    FeeIncomeListAnswer,
    FeeLetterAnswer,
    FeeLettersAnswer,
    FeeScheduleAnswer,
    FeeSchedulesAnswer,
)
from .bodies import FeeIncomeBody, FeeLetterBody, FeeScheduleBody

router = Router(by_alias=True, tags=["Management fees"])


def _fund(request, fund_id) -> Fund:
    return verbs.one(Fund.objects.visible_to(request.user), fund_id)


# ---------------------------------------------------------------- the schedule


@router.get("/funds/{id:fund_id}/fee-schedules", response=FeeSchedulesAnswer)
def list_fee_schedules(request: HttpRequest, fund_id: int, asked: Query[Paged]):
    """Every version, newest first, also what waits or was turned down."""
    found, total = page_of(read.schedules_of_fund(_fund(request, fund_id)), asked)
    return FeeSchedulesAnswer(fee_schedules=[_schedule(row) for row in found], total=total)


@router.post("/funds/{id:fund_id}/fee-schedules", response={201: FeeScheduleAnswer, 202: FeeScheduleAnswer})
@needs(MANAGE)
def post_fee_schedule(request: HttpRequest, response: HttpResponse, fund_id: int, body: FeeScheduleBody):
    """Enter a version from a day on. What it changes of days that were billed, the next run trues up. 409 for another
    rhythm within days that were billed. Where a second person must approve, it waits, and this answers 202."""
    said = body.given()
    reason = said.pop("reason", "")
    done = services.set_fee_schedule(fund_id=fund_id, fields=said, reason=reason, ctx=context_of(request))
    response["Location"] = f"/api/funds/{fund_id}/fee-schedules"
    return Status(201 if done.approved_at else 202, _schedule(done))


@router.post("/fee-schedules/{id:fee_schedule_id}/approve", response=FeeScheduleAnswer)
@needs(MANAGE)
@with_fresh_factor
def post_approve_fee_schedule(request: HttpRequest, fee_schedule_id: int, body: Nothing = NOTHING):
    """It counts from its day on; not by who asked for it where the fund demands two."""
    return _schedule(services.approve_fee_schedule(schedule_id=fee_schedule_id, ctx=context_of(request)))


@router.post("/fee-schedules/{id:fee_schedule_id}/reject", response=FeeScheduleAnswer)
@needs(DECLINE)
def post_reject_fee_schedule(request: HttpRequest, fee_schedule_id: int, body: RefusalBody = TAKEN_BACK):
    """The fee stays as it is."""
    return _schedule(services.reject_fee_schedule(schedule_id=fee_schedule_id, ctx=declining(request, body)))


def _schedule(row: FeeSchedule) -> FeeScheduleAnswer:
    return FeeScheduleAnswer.of(row, status=row.status.upper())


# ---------------------------------------------------------------- side letters


@router.get("/funds/{id:fund_id}/fee-letters", response=FeeLettersAnswer)
def list_fee_letters(request: HttpRequest, fund_id: int, asked: Query[Paged]):
    """What partners agreed on the fee, newest first."""
    rows = read.letters_of(_fund(request, fund_id)).select_related("fund")
    found, total = page_of(rows, asked)
    return FeeLettersAnswer(fee_letters=[_letter(row) for row in found], total=total)


@router.post(
    "/commitments/{id:commitment_id}/fee-letters", response={201: FeeLetterAnswer, 202: FeeLetterAnswer}
)
@needs(MANAGE)
def post_fee_letter(request: HttpRequest, response: HttpResponse, commitment_id: int, body: FeeLetterBody):
    """Enter what a partner agreed. Where a second person must approve, it waits, and this answers 202."""
    done = services.set_fee_letter(commitment_id=commitment_id, **body.model_dump(), ctx=context_of(request))
    response["Location"] = f"/api/funds/{done.fund_id}/fee-letters"
    return Status(201 if done.approved_at else 202, _letter(done))


@router.post("/fee-letters/{id:fee_letter_id}/approve", response=FeeLetterAnswer)
@needs(MANAGE)
@with_fresh_factor
def post_approve_fee_letter(request: HttpRequest, fee_letter_id: int, body: Nothing = NOTHING):
    """The fee of this partner is worked out by it from its day on."""
    return _letter(services.approve_fee_letter(letter_id=fee_letter_id, ctx=context_of(request)))


@router.post("/fee-letters/{id:fee_letter_id}/reject", response=FeeLetterAnswer)
@needs(DECLINE)
def post_reject_fee_letter(request: HttpRequest, fee_letter_id: int, body: RefusalBody = TAKEN_BACK):
    """The partner pays as before."""
    return _letter(services.reject_fee_letter(letter_id=fee_letter_id, ctx=declining(request, body)))


def _letter(row: FeeLetter) -> FeeLetterAnswer:
    return FeeLetterAnswer.of(
        row,
        status=row.status.upper(),
        currency=row.fund.currency,
        investor_name=row.commitment.investor.name,
    )


# ---------------------------------------------------------------- fee income


@router.get("/funds/{id:fund_id}/fee-income", response=FeeIncomeListAnswer)
def list_fee_income(request: HttpRequest, fund_id: int, asked: Query[Paged]):
    """What the manager received from companies of the fund, newest first."""
    rows = read.income_of(_fund(request, fund_id)).select_related("fund")
    found, total = page_of(rows, asked)
    return FeeIncomeListAnswer(fee_income=[_income(row) for row in found], total=total)


@router.post("/funds/{id:fund_id}/fee-income", response={201: FeeIncomeAnswer, 202: FeeIncomeAnswer})
@needs(MANAGE)
def post_fee_income(request: HttpRequest, response: HttpResponse, fund_id: int, body: FeeIncomeBody):
    """Enter what the manager received: the next run on its day or later shares what is offset among the partners. Where
    a second person must approve, it waits, and this answers 202."""
    with naming(effective_on="received_on"):
        done = services.record_fee_income(fund_id=fund_id, **body.model_dump(), ctx=context_of(request))
    response["Location"] = f"/api/funds/{fund_id}/fee-income"
    return Status(201 if done.approved_at else 202, _income(done))


@router.post("/fee-income/{id:fee_income_id}/approve", response=FeeIncomeAnswer)
@needs(MANAGE)
@with_fresh_factor
def post_approve_fee_income(request: HttpRequest, fee_income_id: int, body: Nothing = NOTHING):
    """The next run on its day or later shares it."""
    return _income(services.approve_fee_income(income_id=fee_income_id, ctx=context_of(request)))


@router.post("/fee-income/{id:fee_income_id}/reject", response=FeeIncomeAnswer)
@needs(DECLINE)
def post_reject_fee_income(request: HttpRequest, fee_income_id: int, body: RefusalBody = TAKEN_BACK):
    """It is offset against nothing."""
    return _income(services.reject_fee_income(income_id=fee_income_id, ctx=declining(request, body)))


def _income(row: FeeIncome) -> FeeIncomeAnswer:
    return FeeIncomeAnswer.of(
        row, status=row.status.upper(), currency=row.fund.currency, received_on=row.effective_on
    )
