"""The wires of refunds after a later closing: what went out, what came back of it, and what is released to go out."""

from collections.abc import Callable, Collection
from datetime import date

from django.db.models import F, QuerySet
from django.urls import reverse

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict
from closings.models import Refund, RefundPayout
from closings.queries.setoffs import with_kept
from closings.services.refunds import pay_refunds
from funds.models import Fund, PayeeDetails
from funds.queries.cash_moves import CashMove, CashSource, Payable, register

REFUND = "refund_payout"
_WAITS = "New bank details of this partner wait to be verified."


def _moves(fund: Fund) -> tuple[QuerySet, Callable]:
    rows = RefundPayout.objects.filter(fund=fund, by_distribution=False, setoff_part__isnull=True)
    names = ("pk", "amount", "value_date", "reverses", "refund__closing", "commitment__investor__name")
    return rows.values_list(*names, "reversal__cash_on"), _move


def _move(row: tuple) -> CashMove:
    key, amount, on, reverses, closing, who, bounced = row
    return CashMove(
        kind=REFUND,
        row_id=key,
        on=bounced or on,
        amount=-amount,
        who=who,
        what="Refund" + (", returned" if reverses else ""),
        takes_back=reverses if reverses and not bounced else None,
        address=reverse("closings:refund_payout_reverse", args=[closing, key]) if closing else "",
    )


def _payables(fund: Fund) -> tuple[QuerySet, Callable]:
    rows = Refund.objects.filter(fund=fund, closing__isnull=False, progress__payable__gt=0)
    wired = with_kept(rows).filter(progress__payable__gt=F("kept")).defer("closing__inputs")
    return wired.select_related("closing", "commitment__investor", "progress").order_by("pk"), _payable


def _payable(one: Refund) -> Payable:
    return Payable(
        kind=REFUND,
        row_id=one.pk,
        commitment_id=one.commitment_id,
        amount=one.progress.payable - one.kept,
        who=one.commitment.investor.name,
        what=f"Refund of closing {one.closing.number}",
        group=f"refunds of closing {one.closing.number}",
        due_on=one.closing.held_on,
    )


def _pay(*, row_ids: Collection[int], value_date: date, reference: str, ctx: WriteContext) -> list[int]:
    refunds = Refund.objects.filter(pk__in=row_ids)
    closings = set(refunds.values_list("closing", flat=True))
    if len(closings) != 1 or None in closings:
        raise Conflict("payable.gone", "This is not to be paid out any more. Please look again.")
    paid = pay_refunds(
        closing_id=closings.pop(), value_date=value_date, reference=reference, refund_ids=row_ids, ctx=ctx
    )
    return [row.pk for row in paid if row.setoff_part_id is None]


def _held(row_ids: Collection[int]) -> dict[int, str]:
    waiting = PayeeDetails.objects.pending().values("commitment")
    rows = Refund.objects.filter(pk__in=row_ids, commitment__in=waiting)
    return dict.fromkeys(rows.values_list("pk", flat=True), _WAITS)


register(CashSource(kind=REFUND, moves=_moves, payables=_payables, pay=_pay, held=_held))
