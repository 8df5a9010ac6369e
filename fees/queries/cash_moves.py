"""The wires of fees that no call asks for: what went out to the manager, what came back, and what is to go out."""

from collections.abc import Callable, Collection
from datetime import date

from django.db.models import QuerySet
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


def _moves(fund: Fund) -> tuple[QuerySet, Callable]:
    rows = FeePayment.objects.filter(fund=fund).order_by("pk")
    names = ("pk", "amount", "value_date", "cash_on", "reverses", "reversed_by", "run__number")
    return rows.values_list(*names), _move


def _move(row: tuple) -> CashMove:
    """What stands is taken back on a page of its own."""
    key, amount, on, cash_on, reverses, reversed_by, number = row
    return CashMove(
        kind=FEE,
        row_id=key,
        on=cash_on or on,
        amount=-amount,
        who=MANAGER,
        what=f"Management fee, run {number}" + (", returned" if reverses else ""),
        takes_back=reverses if reverses and not cash_on else None,
        address="" if reverses or reversed_by else reverse("fees:payment_take_back", args=[key]),
    )


def _payables(fund: Fund) -> tuple[QuerySet, Callable]:
    rows = FeeRun.objects.with_paid().filter(fund=fund).defer("inputs").order_by("number")
    return having_status(rows, FeeRunStatus.OWED), lambda run: _payable(run, fund)


def _payable(one: FeeRun, fund: Fund) -> Payable:
    what = f"Management fee, run {one.number}"
    return Payable(
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
