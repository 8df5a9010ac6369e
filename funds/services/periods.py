"""Closing the books of a fund: asked for by one person, closed by another, opened again by an administrator."""

from collections.abc import Callable
from datetime import date, datetime

from django.db import connection

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, InvalidInput, NotFound, Problem
from blackgem.lib.problems import raise_if
from blackgem.lib.sql import service
from funds.access import MANAGE, check_may, check_reopen
from funds.models import Fund, PeriodAccount, PeriodClose, PeriodReopening
from funds.queries.period_checks import checks_of
from funds.queries.periods import Span, closed_through, next_span
from funds.services.inputs import problems_of

from .decidable import Decidable

#: The figures of a fund's partners on a day, as known at a time: rows without their close.
Accounts = Callable[[Fund, date, datetime], list[PeriodAccount]]
_ACCOUNTS: list[Accounts] = []


def register_period_accounts(accounts: Accounts) -> None:
    """Say who adds up what partners stood at."""
    _ACCOUNTS[:] = [accounts]


@service
def request_close(
    *, fund_id, last_day: date | None = None, reason: str = "", ctx: WriteContext
) -> PeriodClose:
    """Ask for the next period of a fund to be closed, up to `last_day`: the first may take in several quarters.

    Raises Conflict("period.not_next") for another period than the next, ("period.not_over") for one that lasts,
    ("period.waits") while another waits, and with each line of its check list that is missing ("period.check").
    """
    check_may(ctx.by, fund_id, MANAGE)
    lock_periods(fund_id)
    fund = Fund.objects.get(pk=fund_id)
    if PeriodClose.objects.pending().filter(fund=fund).exists():
        raise Conflict("period.waits", "A period of this fund waits to be closed: it is decided first.")
    span = next_span(fund, up_to=last_day)
    _check_span(fund, span, last_day, ctx)
    checks = checks_of(fund, span)
    _check_ready(checks)
    row = PeriodClose(
        fund=fund,
        first_day=span.first_day,
        last_day=span.last_day,
        checks=[one.kept() for one in checks],
        reason=reason.strip(),
        recorded_at=ctx.at,
        recorded_by=ctx.by,
    )
    raise_if(problems_of(row, ("reason",)))
    return CLOSES.ask(row, ctx=ctx)


@service
def approve_close(*, close_id, ctx: WriteContext) -> PeriodClose:
    """Close the period, as another person than the one who asked: its figures are as known now, from now on."""
    return CLOSES.approve(close_id, ctx=ctx)


@service
def reject_close(*, close_id, ctx: WriteContext) -> PeriodClose:
    """Turn it down, or take it back as the one who asked: the period stays open."""
    return CLOSES.reject(close_id, ctx=ctx)


@service
def reopen_period(*, close_id, reason: str, ctx: WriteContext) -> PeriodReopening:
    """Open the period that was closed last again, as an administrator, with a reason: until it is closed anew, its
    figures say all that is known.

    Raises NotFound, Forbidden("role.insufficient"), InvalidInput("reason.required"), Conflict("period.not_last").
    """
    close = PeriodClose.objects.select_related("fund").filter(pk=close_id).first()
    if close is None:
        raise NotFound("not_found", "There is no such period.")
    check_may(ctx.by, close.fund_id, MANAGE)
    lock_periods(close.fund_id)
    check_reopen(close, ctx.by, until=closed_through(close.fund_id))
    if not reason.strip():
        raise InvalidInput("reason.required", "Say why the period is opened again.", field="reason")
    row = PeriodReopening(
        close=close, fund=close.fund, reason=reason.strip(), recorded_at=ctx.at, recorded_by=ctx.by
    )
    raise_if(problems_of(row, ("reason",)))
    row.save(force_insert=True)
    audit.record(
        verb="reopen_period",
        ctx=ctx,
        subject=close,
        also=[close.fund],
        fund_id=close.fund_id,
        reason=row.reason,
        changes={"last_day": [close.last_day, None]},
    )
    return row


def lock_periods(fund_id) -> None:
    """Wait for every write of this fund that has a day, and hold those that follow."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(period_lock(%s))", [fund_id])


def _check_span(fund: Fund, span: Span, last_day: date | None, ctx: WriteContext) -> None:
    if last_day not in (None, span.last_day):
        raise Conflict(
            "period.not_next",
            f"Periods are closed in order, by whole quarters: {span.name} is next.",
            field="last_day",
        )
    if span.last_day >= ctx.today(fund):
        raise Conflict("period.not_over", f"{span.name} is not over yet.", field="last_day")


def _check_ready(checks) -> None:
    raise_if(
        Problem("period.check", f"{one.label}: {one.reason}", kind=Conflict.kind)
        for one in checks
        if one.blocks
    )


def _lock(row: PeriodClose) -> None:
    lock_periods(row.fund_id)


def _check(row: PeriodClose, at: datetime) -> None:
    """The fund's next period is this one still, and nothing of its check list is missing by now."""
    span = Span(row.first_day, row.last_day)
    if next_span(row.fund, up_to=row.last_day) != span:
        raise Conflict("period.not_next", "Another period of this fund is next by now.")
    _check_ready(checks_of(row.fund, span))


def _close(row: PeriodClose, ctx: WriteContext) -> None:
    changes = {"last_day": [None, row.last_day], "known_at": [None, ctx.at]}
    CLOSES.approved(row, ctx, changes=changes, known_at=ctx.at)
    accounts = _ACCOUNTS[0](row.fund, row.last_day, ctx.at)
    for one in accounts:
        one.close, one.fund = row, row.fund
    PeriodAccount.objects.bulk_create(accounts)


CLOSES = Decidable(
    pending=PeriodClose.objects.pending,
    fetch=("fund", "recorded_by"),
    code="period",
    noun="close of a period",
    asked="request_period_close",
    granted="close_period",
    refused="reject_period_close",
    also=lambda row: [row.fund],
    told=lambda row: {"last_day": [None, row.last_day]},
    lock=_lock,
    check=_check,
    effect=_close,
)
