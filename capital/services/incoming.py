"""What is asked of money that came in before it is written, and what follows once it is."""

from datetime import date, datetime

from django.db import connection

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, InvalidInput
from blackgem.lib.problems import raise_if
from capital.models import Payment, ResidualSettlement
from capital.services.carried import keep_letters_to_what_is_carried
from capital.services.moves import move_allocations, move_call, move_posted
from funds.models import CapitalTransaction
from funds.queries.periods import check_open
from funds.services.inputs import problems_of


def check_value_date(value_date: date, fund, at: datetime, *, bank_entry_id: int | None = None) -> None:
    """Money counts on a day of the fund, and in no closed period, unless the bank says so."""
    check_day(value_date, fund, at)
    if bank_entry_id is None:
        check_open(fund, value_date, field="value_date")


def check_day(value_date: date, fund, at: datetime) -> None:
    """Money counts on a day that has come, and not before the fund began: its first closing, else its agreement."""
    if value_date > fund.day_of(at):
        raise InvalidInput("value_date.future", "The value date lies in the future.", field="value_date")
    if value_date < fund.began_on:
        raise InvalidInput(
            "value_date.before_closing",
            "The value date lies before the fund began: before its first closing and its agreement.",
            field="value_date",
        )


def check_fields(row, *names) -> None:
    """Lengths and characters of what a person typed; InvalidInput names every field that will not do."""
    raise_if(problems_of(row, names))


def lock_tx_ref(fund_id, tx_ref) -> None:
    """Two requests with the same bank transaction take turns, so that the second finds what the first wrote."""
    if tx_ref:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [f"tx_ref:{tx_ref}", fund_id]
            )


def replay(call, tx_ref, amount, splits) -> list[Payment]:
    """The payments that this bank transaction makes here, if it says the same as then and they all stand.

    Of each item the newest counts: one that was reversed may have been applied again from its receipt.
    """
    if not tx_ref:
        return []
    made = Payment.objects.filter(call=call, tx_ref=tx_ref).order_by("pk")
    if splits:
        made = made.filter(item__in=[item_id for item_id, _ in splits])
    paid = list({payment.item_id: payment for payment in made}.values())
    same = not splits or {payment.item_id: payment.amount for payment in paid} == dict(splits)
    if paid and (sum(payment.amount for payment in paid) != amount or not same):
        raise Conflict(
            "payment.tx_ref_used",
            "This bank transaction is recorded here with another amount.",
            field="tx_ref",
        )
    if paid and Payment.objects.filter(reverses__in=paid).exists():
        raise Conflict(
            "payment.tx_ref_reversed",
            "This bank transaction was recorded here and reversed. Money that came again has another transaction id; "
            "money that never left waits on its receipt, to be applied.",
            field="tx_ref",
        )
    return paid


def settle_after(
    payments, verb, *, carried: bool | None = None, last: bool = False, ctx: WriteContext
) -> None:
    """Move the calls (in id order) and then the allocations that these payments were applied to, under their locks.
    `carried` is whether a residual of their items was carried, where that was read already: then letters follow. It is
    the `last` where the service writes nothing more.

    A payment that covers fees only reaches no allocation.
    """
    calls, ids = sorted({payment.call_id for payment in payments}), [payment.pk for payment in payments]
    items = [payment.item_id for payment in payments]
    if carried is None:
        carried = ResidualSettlement.objects.carried().filter(item__in=items).exists()
    if not carried:
        move_posted(calls, ids, verb, last=last, ctx=ctx)
        return
    for call_id in calls:
        move_call(call_id, verb, ctx=ctx)
    keep_letters_to_what_is_carried(items, ctx=ctx)
    posted = CapitalTransaction.objects.filter(payment_id__in=ids)
    reached = posted.filter(allocation_id__isnull=False).values_list("allocation_id", flat=True)
    move_allocations(reached, verb, ctx=ctx)
