"""Money that arrived and waits to be applied."""

from collections.abc import Iterator

from django.db.models import Sum

from blackgem.lib.export import Column, Kind
from blackgem.lib.lists import ListColumn, ListKind, register_list
from blackgem.lib.pages import found
from capital.models import CapitalCallItem, FundCash, Receipt
from capital.states import CALL_OPEN
from funds.models import Fund
from funds.queries.access import with_role
from funds.queries.lists import order_of

#: What the list can be sorted by.
SORTS = {
    "date": "value_date",
    "fund": "fund__name",
    "payer": "payer",
    "amount": "amount",
    "unapplied": "capital__unapplied",
}
EXPORT_COLUMNS = (
    Column("Received", Kind.DATE, 12),
    Column("Fund", width=32),
    Column("Payer", width=32),
    Column("Note", width=32),
    Column("Bank transaction", width=24),
    Column("Currency", Kind.CURRENCY, 10),
    Column("Amount", Kind.MONEY),
    Column("Applied", Kind.MONEY),
    Column("Returned", Kind.MONEY),
    Column("Unapplied", Kind.MONEY),
)
RECEIPTS = register_list(
    ListKind(
        page="capital:receipt_list",
        export="capital:receipt_export",
        noun="receipt",
        sort="-date",
        rows_link=False,
        always_narrows=True,
        columns=(
            ListColumn(name="date", label="Received", sorts=True, phone="note", files=("Received",)),
            ListColumn(name="fund", label="Fund", sorts=True, wraps=True, phone="note", files=("Fund",)),
            ListColumn(
                name="payer", label="Payer", sorts=True, wraps=True, phone="name", files=("Payer", "Note")
            ),
            ListColumn(name="reference", label="Bank transaction", files=("Bank transaction",)),
            ListColumn(
                name="amount",
                label="Amount",
                sorts=True,
                numeric=True,
                total="received",
                phone="amount",
                files=("Amount",),
            ),
            ListColumn(name="applied", label="Applied", numeric=True, total="applied", files=("Applied",)),
            ListColumn(
                name="returned",
                label="Returned",
                numeric=True,
                usual=False,
                total="returned",
                files=("Returned",),
            ),
            ListColumn(
                name="unapplied",
                label="Unapplied",
                sorts=True,
                numeric=True,
                total="unapplied",
                phone="state",
                files=("Unapplied",),
            ),
        ),
    )
)


def receipts(user, *, fund_id=None, currency="", waiting_only: bool):
    """Receipts that a person sees, unordered, with fund, capital and the user's `role`."""
    rows = Receipt.objects.filter(fund__in=Fund.objects.visible_to(user)).select_related(
        "fund", "capital", "recorded_by"
    )
    if fund_id:
        rows = rows.filter(fund=fund_id)
    if currency:
        rows = rows.filter(fund__currency=currency)
    if waiting_only:
        # Named one by one: else PostgreSQL works out what is left of every receipt that there ever was.
        holding = cash_by_fund(user, fund_id=fund_id).filter(unapplied__gt=0)
        rows = rows.filter(fund__in=list(holding.values_list("fund", flat=True)), capital__unapplied__gt=0)
    return with_role(rows, user)


def sorted_receipts(rows, sort: str):
    """In the order of `SORTS`, a minus in front for descending. Raises InvalidInput("ordering.not_allowed")."""
    return rows.order_by(*order_of(sort, SORTS)[:1], "-pk")


def totals(rows) -> list[dict]:
    """The sums of the whole filter, a row per currency: `currency`, and the figures that columns name."""
    sums = rows.order_by().values("fund__currency").order_by("fund__currency")
    return [
        {"currency": row.pop("fund__currency"), **row}
        for row in sums.annotate(
            received=Sum("amount"),
            applied=Sum("capital__applied"),
            returned=Sum("capital__returned"),
            unapplied=Sum("capital__unapplied"),
        )
    ]


def export_rows(rows) -> Iterator[tuple]:
    """The receipts as `EXPORT_COLUMNS`."""
    for receipt in rows.iterator(chunk_size=500):
        yield (
            receipt.value_date,
            receipt.fund.name,
            receipt.payer,
            receipt.note,
            receipt.tx_ref or "",
            receipt.fund.currency,
            receipt.amount,
            receipt.capital.applied,
            receipt.capital.returned,
            receipt.capital.unapplied,
        )


def receipt_of(user, receipt_id) -> Receipt:
    """One receipt with fund, capital and the user's `role`; 404 where it is not to be seen."""
    rows = Receipt.objects.filter(fund__in=Fund.objects.visible_to(user)).select_related("fund", "capital")
    return found(with_role(rows, user), pk=receipt_id)


def cash_by_fund(user, *, fund_id=None):
    """What each fund received, applied, returned and still holds unapplied."""
    funds = Fund.objects.visible_to(user)
    if fund_id:
        funds = funds.filter(pk=fund_id)
    return FundCash.objects.filter(fund__in=funds).select_related("fund").order_by("fund__name")


def open_items(fund):
    """Items of the fund's open calls on which something is owed, oldest due date first, with capital."""
    return (
        CapitalCallItem.objects.filter(fund=fund, call__status__in=CALL_OPEN, capital__outstanding__gt=0)
        .select_related("call", "commitment__investor", "capital")
        .order_by("call__due_date", "call__number", "commitment__reference")
    )


def applied_of(receipt):
    """The payments of a receipt, reversals included, with whom they credit."""
    return receipt.payments.select_related("call", "commitment__investor").order_by("pk")


def returned_of(receipt):
    """What of a receipt was sent back."""
    return receipt.returns.select_related("recorded_by", "commitment__investor").order_by("pk")
