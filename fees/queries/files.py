"""Runs, their lines and fee income as files. The lines have the rows of ILPA's reporting template beside them."""

from collections.abc import Iterator

from blackgem.lib.export import Column, Kind
from blackgem.shapes import status_of
from fees.models import FeeRun
from fees.queries.categories import ILPA_ROWS, by_category
from fees.queries.explained import true_up_told
from fees.queries.pages import income_of, lines_of, runs_of
from funds.models import Fund

_CURRENCY = Column("Currency", Kind.CURRENCY, 10)
RUN_COLUMNS = (
    Column("Fund", width=32),
    Column("Run", Kind.INTEGER, 8),
    Column("From", Kind.DATE, 12),
    Column("To", Kind.DATE, 12),
    Column("Falls due", Kind.DATE, 12),
    Column("Paid by", Kind.DATE, 12),
    Column("Status", width=18),
    Column("Paid from", width=12),
    Column("Call", Kind.INTEGER, 8),
    _CURRENCY,
    *(Column(name, Kind.MONEY) for name in ("Fee income recognised", "Waived", "Fee", "Tax")),
)
_LINE_AMOUNTS = {
    "Gross": "gross",
    "Discount": "discount",
    "True-up": "true_up",
    "Credit used": "credit",
    "Credit carried forward": "credit_carried",
    "Waiver": "waiver",
    "Offset brought forward": "offset_opening",
    "Offset recognised": "recognised",
    "Offset applied": "offset_applied",
    "Offset carried forward": "offset_carried",
    "Net": "net",
    "Tax": "tax",
}
_ILPA = (
    "ILPA 21 Gross",
    "ILPA 22 Rebate",
    "ILPA 23 Waiver",
    "ILPA 24 Offsets",
    "ILPA 25 Net",
    *(f"ILPA {row}" for row in ILPA_ROWS),
    "ILPA 76 Recognised",
    "ILPA 77 Applied",
    "ILPA 78 Offsets, beginning",
    "ILPA 79 Recognised",
    "ILPA 80 Applied",
    "ILPA 81 Offsets, ending",
)
LINE_COLUMNS = (
    Column("Fund", width=32),
    Column("Run", Kind.INTEGER, 8),
    Column("From", Kind.DATE, 12),
    Column("To", Kind.DATE, 12),
    Column("Partner", width=36),
    Column("Reference", width=14),
    _CURRENCY,
    *(Column(name, Kind.MONEY) for name in (*_LINE_AMOUNTS, *_ILPA)),
    Column("True-up of", width=40),
)
INCOME_COLUMNS = (
    Column("Fund", width=32),
    Column("Received", Kind.DATE, 12),
    Column("Category", width=32),
    Column("Deal", width=32),
    Column("Status", width=18),
    Column("Share that is offset", Kind.RATE),
    _CURRENCY,
    Column("Amount", Kind.MONEY),
    Column("Reason", width=40),
)


def run_rows(fund: Fund) -> Iterator[tuple]:
    """Every run of a fund, newest first, as rows of `RUN_COLUMNS`."""
    for one in runs_of(fund):
        bill = getattr(one, "bill", None)
        yield (
            fund.name,
            one.number,
            one.starts_on,
            one.last_day,
            one.effective_on,
            one.due_on,
            status_of("fee_run", one.status).word,
            "Cash on hand" if one.paid_from == FeeRun.PaidFrom.CASH else "Call",
            bill.call.number if bill else None,
            fund.currency,
            one.recognised,
            one.waived,
            one.net,
            one.tax,
        )


def line_rows(run: FeeRun) -> Iterator[tuple]:
    """Every partner of a run, as rows of `LINE_COLUMNS`. ILPA's gross is at the partner's own rate, with true-ups; what
    is charged has a minus. What is recognised stands by category, too."""
    kinds = by_category(run)
    for one in lines_of(run):
        gross = one.net + one.waiver + one.offset_applied
        yield (
            run.fund.name,
            run.number,
            run.starts_on,
            run.last_day,
            one.commitment.investor.name,
            one.commitment.reference,
            run.fund.currency,
            *(getattr(one, name) for name in _LINE_AMOUNTS.values()),
            -gross,
            0,
            one.waiver,
            one.offset_applied,
            -one.net,
            *(kinds[one.commitment_id][kind] if kind else 0 for kind in ILPA_ROWS.values()),
            one.recognised,
            one.offset_applied,
            one.offset_opening,
            one.recognised,
            -one.offset_applied,
            one.offset_carried,
            "; ".join(
                f"{said['from']} to {said['to']}"
                for said in map(true_up_told, one.true_ups)
                if "from" in said
            ),
        )


def income_rows(fund: Fund) -> Iterator[tuple]:
    """All fee income of a fund, newest first, as rows of `INCOME_COLUMNS`."""
    for one in income_of(fund):
        yield (
            fund.name,
            one.effective_on,
            one.get_category_display(),
            one.deal.name if one.deal else "",
            status_of("fee_row", one.status).word,
            one.offset_rate,
            fund.currency,
            one.amount,
            one.reason,
        )
