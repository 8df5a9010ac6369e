"""What every taking back of money has in common: the request as it is asked for, and the row that takes it back."""

from datetime import date

from django.db.models import Model

from blackgem.lib.context import WriteContext
from blackgem.lib.decisions import Reversal, cash_day, compensating
from blackgem.lib.problems import raise_if
from funds.models import Fund
from funds.services.decidable import Decidable
from funds.services.inputs import problems_of


def fill_reversal(
    reversal: Reversal,
    *,
    paid: Model,
    fund: Fund,
    reason: str,
    bounced: bool,
    cash_on: date | None,
    ctx: WriteContext,
) -> Reversal:
    """The request to take back `paid`, with who asks why, and the bank's own day where its wire `bounced` (the fund's
    today where that is left out). Raises InvalidInput for a day or a reason that cannot be."""
    reversal.reason = (reason or "").strip()
    reversal.cash_on = cash_day(cash_on, bounced=bounced, since=paid.value_date, today=ctx.today(fund))
    reversal.four_eyes = fund.four_eyes
    reversal.requested_by, reversal.requested_at = ctx.by, ctx.at
    raise_if(problems_of(reversal, ["reason"]))
    return reversal


def post_compensation(
    kind: Decidable, reversal: Reversal, paid: Model, *, figure: str, ctx: WriteContext
) -> Model:
    """Write the row that takes `paid` back and the decision that it rests on; `figure` is what the trail calls it."""
    compensation = compensating(paid, ctx=ctx)
    compensation.save(force_insert=True)
    kind.approved(reversal, ctx, compensation=compensation, changes={figure: [paid.amount, "0.00"]})
    return compensation
