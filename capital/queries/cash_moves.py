"""The wires of capital calls: what came, and what of it was sent back."""

from collections.abc import Callable

from django.db.models import QuerySet

from capital.models import Receipt, ReceiptReturn
from funds.models import Fund
from funds.queries.cash_moves import CashMove, CashSource, register

RECEIPT, RETURN = "receipt", "receipt_return"


def _receipts(fund: Fund) -> tuple[QuerySet, Callable]:
    rows = Receipt.objects.filter(fund=fund)
    return rows.values_list("pk", "value_date", "amount", "payer", "tx_ref"), _receipt


def _receipt(row: tuple) -> CashMove:
    key, on, amount, payer, tx_ref = row
    what = f"Receipt {tx_ref}" if tx_ref else "Receipt"
    return CashMove(kind=RECEIPT, row_id=key, on=on, amount=amount, who=payer, what=what)


def _returns(fund: Fund) -> tuple[QuerySet, Callable]:
    rows = ReceiptReturn.objects.filter(fund=fund)
    return rows.values_list("pk", "value_date", "amount", "receipt__payer", "reason", "takes_back"), _return


def _return(row: tuple) -> CashMove:
    key, on, amount, payer, reason, takes_back = row
    what = f"{'Return taken back' if takes_back else 'Returned'}: {reason}"
    return CashMove(kind=RETURN, row_id=key, on=on, amount=-amount, who=payer, what=what)


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
