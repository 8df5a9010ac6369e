"""Periods of a fund: read, asked to be closed, decided, opened again."""

from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router, Status

from blackgem.http.rights import needs
from blackgem.http.schemas import NOTHING, Amount, Answer, Body, Day, Nothing, text
from blackgem.identity.step_up import with_fresh_factor
from blackgem.lib.context import context_of
from funds.access import DECLINE, MANAGE
from funds.models import CapitalTransaction, Fund, PeriodClose
from funds.queries.period_checks import checks_of
from funds.queries.periods import Period, closes_seen_by, period_of, periods_of, spans_to_close
from funds.services import periods as services

from . import verbs
from .verbs import TAKEN_BACK, RefusalBody, declining

router = Router(by_alias=True, tags=["Periods"])


class PeriodCloseBody(Body):
    """The next quarter is closed; a fund that closed none yet may take in several, up to `lastDay`."""

    last_day: Day = None
    reason: text(500) = ""


THE_NEXT = PeriodCloseBody()


class PeriodReopenBody(Body):
    reason: text(500)


class PeriodCheckAnswer(Answer):
    """A line of the check list. `state` is DONE, MISSING or NOT_NEEDED; what is `required` and missing holds it up."""

    key: str
    label: str
    state: str
    reason: str
    required: bool


class PeriodCloseAnswer(Answer):
    """A close, or the request for one. `status` is PENDING, REJECTED, CLOSED or REOPENED; `knownAt` is as known when
    figures of its days are reported."""

    id: int
    fund_id: int
    first_day: date
    last_day: date
    name: str
    status: str
    reason: str
    known_at: datetime | None
    recorded_at: datetime
    approved_at: datetime | None
    rejected_at: datetime | None
    checks: list[PeriodCheckAnswer]


class LateRowAnswer(Answer):
    """Money that came after the close of its own period: it counts on its value date, and is reported in this one."""

    transaction_id: int
    commitment_id: int
    investor_name: str
    description: str
    value_date: date
    recorded_at: datetime
    amount: Amount


class PeriodAccountAnswer(Answer):
    """What a partner stood at when the period ended, as known when it was closed."""

    commitment_id: int
    investor_name: str
    reference: str
    committed: Amount
    released: Amount
    called: Amount
    paid: Amount
    outstanding: Amount
    distributed: Amount
    unfunded: Amount


class FundPeriodAnswer(Answer):
    """A quarter. `state` is that of its newest close, else OPEN or, while it lasts, CURRENT."""

    first_day: date
    last_day: date
    name: str
    state: str
    close_id: int | None
    late: list[LateRowAnswer]


class FundPeriodsAnswer(Answer):
    """Newest first, and the check list of the period that is closed next, where one is over."""

    fund_id: int
    currency: str
    periods: list[FundPeriodAnswer]
    checks: list[PeriodCheckAnswer]


class PeriodCloseDetailAnswer(PeriodCloseAnswer):
    """With the figures that it keeps, and what is posted late in it."""

    currency: str
    accounts: list[PeriodAccountAnswer]
    late: list[LateRowAnswer]


@router.get("/funds/{id:fund_id}/periods", response=FundPeriodsAnswer)
def list_periods(request: HttpRequest, fund_id: int):
    """Every quarter of a fund with what is posted late in it."""
    fund = verbs.one(Fund.objects.visible_to(request.user), fund_id)
    today = fund.day_of(timezone.now())
    spans = spans_to_close(fund, today)
    return FundPeriodsAnswer(
        fund_id=fund.pk,
        currency=fund.currency,
        periods=[_period(one) for one in periods_of(fund, today)],
        checks=[_check(one.kept()) for one in checks_of(fund, spans[0])] if spans else [],
    )


@router.post("/funds/{id:fund_id}/period-closes", response={201: PeriodCloseAnswer})
@needs(MANAGE)
def post_period_close(
    request: HttpRequest, response: HttpResponse, fund_id: int, body: PeriodCloseBody = THE_NEXT
):
    """Ask for the next period to be closed: it waits for a second person. 409 `period.check` with every line of the
    check list that is missing."""
    done = services.request_close(
        fund_id=fund_id, last_day=body.last_day, reason=body.reason, ctx=context_of(request)
    )
    response["Location"] = f"/api/period-closes/{done.pk}"
    return Status(201, _close(done))


@router.get("/period-closes/{id:period_close_id}", response=PeriodCloseDetailAnswer)
def get_period_close(request: HttpRequest, period_close_id: int):
    """One close, with the figures of that time and what is posted late in its period."""
    close = verbs.one(closes_seen_by(request.user), period_close_id)
    accounts = close.accounts.select_related("commitment__investor").order_by("commitment__reference", "pk")
    return PeriodCloseDetailAnswer.of(
        close,
        status=close.status.upper(),
        currency=close.fund.currency,
        checks=[_check(one) for one in close.checks],
        accounts=[
            PeriodAccountAnswer.of(
                one, investor_name=one.commitment.investor.name, reference=one.commitment.reference
            )
            for one in accounts
        ],
        late=[_late(row) for row in period_of(close).late],
    )


@router.post("/period-closes/{id:period_close_id}/approve", response=PeriodCloseAnswer)
@needs(MANAGE)
@with_fresh_factor
def post_approve_period_close(request: HttpRequest, period_close_id: int, body: Nothing = NOTHING):
    """The period is closed; not by who asked for it."""
    return _close(services.approve_close(close_id=period_close_id, ctx=context_of(request)))


@router.post("/period-closes/{id:period_close_id}/reject", response=PeriodCloseAnswer)
@needs(DECLINE)
def post_reject_period_close(request: HttpRequest, period_close_id: int, body: RefusalBody = TAKEN_BACK):
    """The period stays open."""
    return _close(services.reject_close(close_id=period_close_id, ctx=declining(request, body)))


@router.post("/period-closes/{id:period_close_id}/reopen", response=PeriodCloseAnswer)
@needs(MANAGE)
@with_fresh_factor
def post_reopen_period(request: HttpRequest, period_close_id: int, body: PeriodReopenBody):
    """Open the period that was closed last again, as an administrator; 403 for others."""
    services.reopen_period(close_id=period_close_id, reason=body.reason, ctx=context_of(request))
    return _close(verbs.one(closes_seen_by(request.user), period_close_id))


def _close(close: PeriodClose) -> PeriodCloseAnswer:
    return PeriodCloseAnswer.of(
        close, status=close.status.upper(), checks=[_check(one) for one in close.checks]
    )


def _check(kept: dict) -> PeriodCheckAnswer:
    said = {name: kept[name] for name in ("key", "label", "reason", "required")}
    return PeriodCheckAnswer(**said, state=kept["state"].upper())


def _period(one: Period) -> FundPeriodAnswer:
    return FundPeriodAnswer(
        first_day=one.first_day,
        last_day=one.last_day,
        name=one.name,
        state=one.state.upper(),
        close_id=one.close.pk if one.close else None,
        late=[_late(row) for row in one.late],
    )


def _late(row: CapitalTransaction) -> LateRowAnswer:
    return LateRowAnswer.of(row, transaction_id=row.pk, investor_name=row.commitment.investor.name)
