"""The wires of capital calls: what came, and what of it was sent back."""

from collections.abc import Iterator

from capital.models import Receipt, ReceiptReturn
from funds.models import Fund
from funds.queries.cash_moves import CashMove, CashSource, register

RECEIPT, RETURN = "receipt", "receipt_return"


def _receipts(fund: Fund) -> Iterator[CashMove]:
    for one in Receipt.objects.filter(fund=fund).only("pk", "value_date", "amount", "payer", "tx_ref"):
        what = f"Receipt {one.tx_ref}" if one.tx_ref else "Receipt"
        yield CashMove(
            kind=RECEIPT,
            row_id=one.pk,
            on=one.value_date,
            amount=one.amount,
            who=one.payer,
            what=what,
        )


def _returns(fund: Fund) -> Iterator[CashMove]:
    for one in ReceiptReturn.objects.filter(fund=fund).select_related("receipt"):
        yield CashMove(
            kind=RETURN,
            row_id=one.pk,
            on=one.value_date,
            amount=-one.amount,
            who=one.receipt.payer,
            what=f"Returned: {one.reason}",
        )


def payers_of(receipt_ids) -> dict[int, str]:
    """Whom receipts were applied to, in words, where they were to one partner alone."""
    rows = Receipt.objects.filter(pk__in=receipt_ids, payments__isnull=False).values_list(
        "pk", "payments__commitment__investor__name"
    )
    found: dict[int, set[str]] = {}
    for key, name in rows.distinct():
        found.setdefault(key, set()).add(name)
    return {key: names.pop() for key, names in found.items() if len(names) == 1}


register(CashSource(kind=RECEIPT, moves=_receipts), CashSource(kind=RETURN, moves=_returns))
