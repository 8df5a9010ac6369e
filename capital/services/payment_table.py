"""Payments of many investors of one fund, recorded together: all or none."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import REFUSALS, DomainError, InvalidInput
from blackgem.lib.money import parse_amount
from blackgem.lib.problems import Problem, raise_if
from blackgem.lib.sql import service
from capital.models import Payment
from capital.services.posting import Wire, post_wires
from funds.access import MANAGE, check_may
from funds.models import Fund

MOST_ROWS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRow:
    """What one investor paid towards its item, in the fund's currency; as `record_payment` takes it."""

    item_id: int
    amount: object
    value_date: date
    method: str
    reference: str = ""
    tx_ref: str | None = None
    again: bool = False


@service
def record_payments(*, fund_id, rows: Sequence[PaymentRow], ctx: WriteContext) -> list[Payment]:
    """Record each row as `record_payment` does, with a receipt of its own, or none of them.

    Raises NotFound
    for an item of another fund; InvalidInput or Conflict with what is wrong with every row, under
    `rows.<place>.<name>`.
    """
    check_may(ctx.by, fund_id, MANAGE)
    ids = [row.item_id for row in rows]
    if not rows or len(rows) > MOST_ROWS or len(set(ids)) != len(ids):
        raise InvalidInput("rows.invalid", f"Name each item once, and at most {MOST_ROWS}.")
    fund = Fund.objects.get(pk=fund_id)
    wires, problems = {}, []
    for place, row in enumerate(rows):
        try:
            wires[place] = _wire(row, fund.currency)
        except REFUSALS as error:
            problems += _of_row(place, error)
    written = []
    for place, posted in zip(wires, post_wires(fund, list(wires.values()), ctx=ctx), strict=True):
        if isinstance(posted.refusal, REFUSALS):
            problems += _of_row(place, posted.refusal)
        elif payment := posted.or_raise():
            written += [payment] if posted.is_new else []
    raise_if(problems)
    return written


def _wire(row: PaymentRow, currency: str) -> Wire:
    """Raises MoneyError for an amount that is none."""
    amount = parse_amount(row.amount, currency=currency, field="amount")
    return Wire(**{**asdict(row), "amount": amount})


def _of_row(place: int, error: DomainError) -> list[Problem]:
    return [replace(one, field=f"rows.{place}.{one.field or 'amount'}") for one in error.problems]
