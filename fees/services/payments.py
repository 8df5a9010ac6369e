"""What a fund pays the manager of a fee from cash on hand: the wire that left, and taking it back."""

from datetime import date
from decimal import Decimal

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.decisions import cash_day
from blackgem.lib.errors import InvalidInput, NotFound
from blackgem.lib.problems import raise_if
from blackgem.lib.sql import service
from fees.access import check_pay_run, check_take_payment_back
from fees.models import FeePayment, FeeRun
from funds.access import MANAGE, check_may
from funds.queries.periods import check_open
from funds.services.inputs import problems_of

NOTHING = "0.00"


@service
def pay_fee_run(*, run_id, value_date: date, reference: str = "", ctx: WriteContext) -> FeePayment:
    """Record that the fee of a run, with the tax on it, left the fund's account on a day: whole, and once.

    Raises NotFound, Conflict where nothing of it is to be paid from cash, InvalidInput for a day that cannot be.
    """
    run = _locked(run_id, ctx)
    check_pay_run(run, ctx.by)
    _check_day(run, value_date, ctx)
    payment = FeePayment(
        run=run,
        fund=run.fund,
        amount=run.due,
        value_date=value_date,
        reference=(reference or "").strip(),
        recorded_at=ctx.at,
        recorded_by=ctx.by,
    )
    raise_if(problems_of(payment, ["reference"]))
    payment.save(force_insert=True)
    _record("pay_fee_run", payment, [NOTHING, payment.amount], ctx)
    return payment


@service
def take_fee_payment_back(
    *, payment_id, reason: str, bounced: bool = True, cash_on: date | None = None, ctx: WriteContext
) -> FeePayment:
    """Take a payment back: its wire `bounced`, and was back on a day (`cash_on`, the fund's today where left out), or
    nothing had left. The fee is to be paid again. Under four eyes another person does it than the one who recorded it.

    Raises NotFound, Forbidden, Conflict where it was taken back, InvalidInput without a reason or for a day before it.
    """
    run_id = FeePayment.objects.filter(pk=payment_id).values_list("run", flat=True).first()
    if run_id is None:
        raise NotFound("not_found", "There is no such payment.")
    run = _locked(run_id, ctx)
    payment = FeePayment.objects.select_related("reversed_by").get(pk=payment_id)
    payment.role, payment.fund = run.role, run.fund
    check_take_payment_back(payment, ctx.by)
    back = FeePayment(
        run=run,
        fund=run.fund,
        amount=-payment.amount,
        value_date=payment.value_date,
        reference=payment.reference,
        reverses=payment,
        cash_on=cash_day(cash_on, bounced=bounced, since=payment.value_date, today=ctx.today(run.fund)),
        reason=(reason or "").strip(),
        recorded_at=ctx.at,
        recorded_by=ctx.by,
    )
    raise_if(problems_of(back, ["reason"]))
    if not back.reason:
        raise InvalidInput("reason.required", "Say why it is taken back.", field="reason")
    back.save(force_insert=True)
    _record("take_back_fee_payment", back, [payment.amount, NOTHING], ctx)
    return back


def _locked(run_id, ctx: WriteContext) -> FeeRun:
    """The run with who asks' `role`, its fund and what was `paid` of it, locked."""
    fund_id = FeeRun.objects.filter(pk=run_id).values_list("fund", flat=True).first()
    if fund_id is None:
        raise NotFound("not_found", "There is no such fee run.")
    role = check_may(ctx.by, fund_id, MANAGE)
    FeeRun.objects.select_for_update(no_key=True).only("pk").get(pk=run_id)
    run = FeeRun.objects.with_paid().select_related("fund", "bill__call").defer("inputs").get(pk=run_id)
    run.role = role
    return run


def _check_day(run: FeeRun, value_date: date, ctx: WriteContext) -> None:
    if value_date > ctx.today(run.fund):
        raise InvalidInput("paid_date.future", "The date of payment lies in the future.", field="value_date")
    check_open(run.fund, value_date, field="value_date")
    if value_date < run.fund.day_of(run.approved_at):
        raise InvalidInput(
            "paid_date.before_approval",
            "The date of payment lies before the day on which the fee was approved.",
            field="value_date",
        )


def _record(verb: str, payment: FeePayment, paid: list[str | Decimal], ctx: WriteContext) -> None:
    audit.record(
        verb=verb,
        ctx=ctx,
        subject=payment.run,
        also=[payment],
        fund_id=payment.fund_id,
        changes={"paid_from_cash": paid},
        reason=payment.reason,
    )
