"""The wires of refunds after a later closing: what went out, what came back of it, and what is released to go out."""

from collections.abc import Collection, Iterator
from datetime import date

from django.db.models import F
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


def _moves(fund: Fund) -> Iterator[CashMove]:
    rows = RefundPayout.objects.filter(fund=fund, by_distribution=False, setoff_part__isnull=True)
    for one in rows.select_related("refund", "commitment__investor", "reversal"):
        bounced = getattr(one, "reversal", None) and one.reversal.cash_on
        yield CashMove(
            kind=REFUND,
            row_id=one.pk,
            on=bounced or one.value_date,
            amount=-one.amount,
            who=one.commitment.investor.name,
            what="Refund" + (", returned" if one.reverses_id else ""),
            takes_back=one.reverses_id if one.reverses_id and not bounced else None,
            address=_address(one),
        )


def _address(payout: RefundPayout) -> str:
    """The page on which a payout of a closing is taken back."""
    closing = payout.refund.closing_id
    return reverse("closings:refund_payout_reverse", args=[closing, payout.pk]) if closing else ""


def _payables(fund: Fund) -> Iterator[Payable]:
    rows = Refund.objects.filter(fund=fund, closing__isnull=False, progress__payable__gt=0)
    wired = with_kept(rows).filter(progress__payable__gt=F("kept")).defer("closing__inputs")
    for one in wired.select_related("closing", "commitment__investor", "progress").order_by("pk"):
        yield Payable(
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
