"""Money that arrived and waits to be applied."""

from blackgem.lib.pages import found
from capital.models import CapitalCallItem, FundCash, Receipt
from capital.states import CALL_OPEN
from funds.models import Fund
from funds.queries.access import with_role


def receipts(user, *, fund_id=None, waiting_only: bool):
    """Receipts that a person sees, newest first, with fund, capital and the user's `role`."""
    rows = Receipt.objects.filter(fund__in=Fund.objects.visible_to(user)).select_related(
        "fund", "capital", "recorded_by"
    )
    if fund_id:
        rows = rows.filter(fund=fund_id)
    if waiting_only:
        rows = rows.filter(capital__unapplied__gt=0)
    return with_role(rows, user).order_by("-value_date", "-pk")


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
    return receipt.returns.select_related("recorded_by").order_by("pk")
