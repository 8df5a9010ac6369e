"""What the routes read, always beginning with what the person may see, in few queries whatever the number of rows."""

from django.db.models import Prefetch, QuerySet

from capital.models import (
    AllocationAmount,
    CapitalCall,
    CapitalCallItem,
    CapitalCallItemLine,
    CapitalCallLine,
    Excuse,
    FundAllocation,
    Payment,
    PaymentReversal,
    Receipt,
    ReceiptReturn,
    ResidualSettlement,
)
from funds.api import verbs
from funds.models import Fund, Notice

one = verbs.one


def funds(user) -> QuerySet:
    return Fund.objects.visible_to(user)


def allocations(user) -> QuerySet:
    return FundAllocation.objects.filter(fund__in=funds(user)).select_related("fund", "deal", "capital")


# ---------------------------------------------------------------- calls


def with_first_mail(calls: QuerySet) -> QuerySet:
    """Each call with `notice_sent_at`: when the first mail about it was confirmed."""
    return verbs.with_first_mail(calls, Notice.Kind.CAPITAL_CALL)


def calls(user) -> QuerySet:
    return with_first_mail(CapitalCall.objects.visible_to(user).select_related("fund", "capital"))


def lines(call) -> QuerySet:
    return (
        CapitalCallLine.objects.filter(call=call)
        .select_related("allocation__fund", "allocation__deal", "allocation__capital")
        .order_by("position")
    )


def items(call) -> QuerySet:
    """By reference. The roll-up's own call keeps PostgreSQL from adding up the items of every other call too."""
    parts = CapitalCallItemLine.objects.order_by("line__position")
    return (
        CapitalCallItem.objects.filter(call=call, capital__call=call)
        .select_related("commitment__investor", "capital")
        .prefetch_related(Prefetch("item_lines", parts))
        .order_by("commitment__reference", "pk")
    )


def item(user, call_id, item_id) -> CapitalCallItem:
    """One item of a call that this person may see; NotFound where there is none."""
    return one(one(calls(user), call_id).items, item_id)


def last_payments(call) -> dict[int, Payment]:
    """By item: the newest payment that was not taken back."""
    standing = Payment.objects.filter(call=call, amount__gt=0, reversed_by_payment=None)
    newest = standing.order_by("item_id", "-value_date", "-pk").distinct("item_id")
    return {payment.item_id: payment for payment in newest}


def allocation_amounts(user) -> QuerySet:
    return AllocationAmount.objects.filter(fund__in=funds(user)).select_related("fund").with_revision()


# ---------------------------------------------------------------- payments and receipts


def payments(user) -> QuerySet:
    requests = PaymentReversal.objects.order_by("-pk")
    return (
        Payment.objects.filter(fund__in=funds(user))
        .select_related("fund", "commitment__investor")
        .prefetch_related(Prefetch("reversal_requests", requests))
    )


def settlements(user) -> QuerySet:
    return ResidualSettlement.objects.filter(fund__in=funds(user)).select_related("fund")


def excuses(user) -> QuerySet:
    return Excuse.objects.filter(fund__in=funds(user)).select_related("fund")


def receipts(user) -> QuerySet:
    returns = ReceiptReturn.objects.select_related("commitment").order_by("pk")
    rows = Receipt.objects.filter(fund__in=funds(user)).select_related("fund", "capital")
    return rows.prefetch_related(Prefetch("returns", returns))
