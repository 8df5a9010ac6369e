"""The ledger, to read: every cent that moved, and what it was applied to."""

from django.http import HttpRequest
from ninja import Query, Router

from blackgem.http.pagination import page_of
from blackgem.lib.errors import NotFound
from funds.models import CapitalTransaction, Fund, Investor

from .schemas import LedgerFilter, LedgerSpan, TransactionAnswer, TransactionsAnswer

router = Router(by_alias=True, tags=["Ledger"])

_LOOKUPS = {
    "fund_id": "fund",
    "investor_id": "commitment__investor",
    "type": "type",
    "start_date": "value_date__gte",
    "end_date": "value_date__lte",
}


def _rows(user, wanted: dict):
    """Newest first, of the funds this person works for."""
    lookups = {_LOOKUPS[name]: value for name, value in wanted.items() if name in _LOOKUPS}
    rows = CapitalTransaction.objects.filter(fund__in=Fund.objects.visible_to(user), **lookups)
    return rows.select_related("fund", "commitment__investor").order_by("-value_date", "-pk")


def _answer(row: CapitalTransaction) -> TransactionAnswer:
    return TransactionAnswer.of(
        row,
        investor_id=row.commitment.investor_id,
        investor_name=row.commitment.investor.name,
        date=row.value_date,
        capital_call_id=row.call_id,
        item_id=row.call_item_id,
    )


@router.get("/capital-transactions", response=TransactionsAnswer)
def list_transactions(request: HttpRequest, asked: Query[LedgerFilter]):
    rows, total = page_of(_rows(request.user, asked.given()), asked)
    return TransactionsAnswer(transactions=[_answer(row) for row in rows], total=total)


@router.get("/investors/{id:investor_id}/capital-transactions", response=list[TransactionAnswer])
def list_investor_transactions(request: HttpRequest, investor_id: int, asked: Query[LedgerSpan]):
    """All rows of one investor in the funds you work for."""
    if not Investor.objects.visible_to(request.user).filter(pk=investor_id).exists():
        raise NotFound("not_found", "There is no such investor.")
    rows = _rows(request.user, {**asked.given(), "investor_id": investor_id})
    return [_answer(row) for row in rows]
