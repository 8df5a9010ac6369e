"""The wires of distributions: what went out to partners, what came back of it, and what is still to go out."""

from collections.abc import Callable, Collection
from datetime import date

from django.db.models import F, QuerySet
from django.urls import reverse

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict
from distributions.models import Distribution, DistributionItem, Payout
from distributions.queries.holds import WORDS, hold_of
from distributions.services.payouts import first_payable_day, pay_out
from distributions.states import DISTRIBUTION_ISSUED
from funds.models import Fund
from funds.queries.cash_moves import CashMove, CashSource, Payable, register

PAYOUT = "payout"


def _moves(fund: Fund) -> tuple[QuerySet, Callable]:
    names = ("pk", "amount", "value_date", "set_off", "reverses", "item__withholding_tax", "distribution")
    more = ("distribution__number", "commitment__investor__name", "reversal__cash_on")
    return Payout.objects.filter(fund=fund).values_list(*names, *more), _move


def _move(row: tuple) -> CashMove | None:
    key, amount, on, set_off, reverses, withheld, distribution, number, who, bounced = row
    cash = amount - (withheld if amount > 0 else -withheld) - set_off
    if not cash:
        return None
    return CashMove(
        kind=PAYOUT,
        row_id=key,
        on=bounced or on,
        amount=-cash,
        who=who,
        what=f"Distribution {number}" + (", returned" if reverses else ""),
        takes_back=reverses if reverses and not bounced else None,
        address=reverse("distributions:payout_reverse", args=[distribution, key]),
    )


def _payables(fund: Fund) -> tuple[QuerySet, Callable]:
    rows = DistributionItem.objects.filter(
        distribution__fund=fund,
        distribution__status__in=DISTRIBUTION_ISSUED,
        capital__paid_out__lt=F("gross_amount"),
        net_amount__gt=0,
    ).select_related("distribution__fund", "commitment__investor")
    rows = rows.defer("distribution__inputs", "tiers", "working")
    return rows.order_by("distribution__number", "pk"), _payable


def _payable(one: DistributionItem) -> Payable:
    return Payable(
        kind=PAYOUT,
        row_id=one.pk,
        commitment_id=one.commitment_id,
        amount=one.net_amount,
        who=one.commitment.investor.name,
        what=f"Distribution {one.distribution.number}",
        group=f"distribution {one.distribution.number}",
        due_on=first_payable_day(one.distribution),
    )


def _pay(*, row_ids: Collection[int], value_date: date, reference: str, ctx: WriteContext) -> list[int]:
    distributions = Distribution.objects.filter(items__in=row_ids).distinct()
    if distributions.count() != 1:
        raise Conflict("payable.gone", "This is not to be paid out any more. Please look again.")
    distribution = distributions.get()
    paid: list[int] = []
    for item_id in sorted(row_ids):
        rows = pay_out(
            distribution_id=distribution.pk,
            value_date=value_date,
            method="wire",
            reference=reference,
            item_id=item_id,
            ctx=ctx,
        )
        paid += [row.pk for row in rows]
    return paid


def _held(row_ids: Collection[int]) -> dict[int, str]:
    rows = DistributionItem.objects.filter(pk__in=row_ids).values_list("pk", hold_of())
    return {item: WORDS[why] for item, why in rows if why}


register(CashSource(kind=PAYOUT, moves=_moves, payables=_payables, pay=_pay, held=_held))
