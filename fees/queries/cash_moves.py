"""The wires of fees that no call asks for: what went out to the manager, what came back, and what is to go out."""

from collections.abc import Collection, Iterator
from datetime import date

from django.urls import reverse

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict
from fees.models import FeePayment, FeeRun
from fees.queries.pages import having_status
from fees.services.payments import pay_fee_run
from fees.states import FeeRunStatus
from funds.models import Fund
from funds.queries.cash_moves import CashMove, CashSource, Payable, register

FEE = "fee_payment"
MANAGER = "Manager"


def _moves(fund: Fund) -> Iterator[CashMove]:
    rows = FeePayment.objects.filter(fund=fund).select_related("run", "reversed_by").defer("run__inputs")
    for one in rows.order_by("pk"):
        yield CashMove(
            kind=FEE,
            row_id=one.pk,
            on=one.cash_on or one.value_date,
            amount=-one.amount,
            who=MANAGER,
            what=f"Management fee, run {one.run.number}" + (", returned" if one.reverses_id else ""),
            takes_back=one.reverses_id if one.reverses_id and not one.cash_on else None,
            address=_address(one),
        )


def _address(one: FeePayment) -> str:
    """The page on which a payment that stands is taken back."""
    if one.reverses_id or hasattr(one, "reversed_by"):
        return ""
    return reverse("fees:payment_take_back", args=[one.pk])


def _payables(fund: Fund) -> Iterator[Payable]:
    rows = FeeRun.objects.with_paid().filter(fund=fund).defer("inputs").order_by("number")
    for one in having_status(rows, FeeRunStatus.OWED):
        what = f"Management fee, run {one.number}"
        yield Payable(
            kind=FEE,
            row_id=one.pk,
            amount=one.due,
            who=MANAGER,
            what=what,
            group=what,
            due_on=fund.day_of(one.approved_at),
        )


def _pay(*, row_ids: Collection[int], value_date: date, reference: str, ctx: WriteContext) -> list[int]:
    if len(row_ids) != 1:
        raise Conflict("payable.gone", "This is not to be paid out any more. Please look again.")
    (run_id,) = row_ids
    return [pay_fee_run(run_id=run_id, value_date=value_date, reference=reference, ctx=ctx).pk]


register(CashSource(kind=FEE, moves=_moves, payables=_payables, pay=_pay))
