"""The closings of a fund, and the refunds of a closing, as files."""

from collections.abc import Iterator

from blackgem.lib.export import Column, Kind
from blackgem.shapes import status_of
from closings.models import Closing, Refund
from closings.queries.closing import closings_of

_CURRENCY = Column("Currency", Kind.CURRENCY, 10)
CLOSING_COLUMNS = (
    Column("Fund", width=32),
    Column("Closing", Kind.INTEGER, 8),
    Column("On", Kind.DATE, 12),
    Column("Paid by", Kind.DATE, 12),
    Column("Status", width=18),
    Column("Partners", Kind.INTEGER, 8),
    _CURRENCY,
    Column("Promised", Kind.MONEY),
    Column("Refunds", Kind.MONEY),
)
REFUND_COLUMNS = (
    Column("Fund", width=32),
    Column("Closing", Kind.INTEGER, 8),
    Column("Partner", width=36),
    Column("Reference", width=14),
    _CURRENCY,
    *(
        Column(name, Kind.MONEY)
        for name in ("Capital", "Interest", "Refund", "Released", "Paid out", "Payable now", "Outstanding")
    ),
    Column("Last paid out on", Kind.DATE, 12),
)


def closing_rows(fund) -> Iterator[tuple]:
    """Every closing of a fund, newest first, as rows of `CLOSING_COLUMNS`."""
    for one in closings_of(fund):
        yield (
            fund.name,
            one.number,
            one.held_on,
            one.pay_on,
            status_of("closing", one.status).word,
            one.tranche_count,
            fund.currency,
            one.promised,
            one.refunded,
        )


def refund_rows(closing: Closing) -> Iterator[tuple]:
    """Every refund of a closing, by reference, as rows of `REFUND_COLUMNS`."""
    fund = closing.fund
    rows = Refund.objects.filter(closing=closing).select_related("commitment__investor", "progress")
    for one in rows.order_by("commitment__reference", "pk"):
        account = one.progress
        yield (
            fund.name,
            closing.number,
            one.commitment.investor.name,
            one.commitment.reference,
            fund.currency,
            one.capital,
            one.interest,
            one.amount,
            account.released,
            account.paid_out,
            account.payable,
            account.outstanding,
            account.paid_on,
        )
