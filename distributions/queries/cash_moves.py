"""The wires of distributions: what went out to partners, what came back of it, and what is still to go out."""

from collections.abc import Collection, Iterator
from datetime import date

from django.db.models import F
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


def _moves(fund: Fund) -> Iterator[CashMove]:
    paid = Payout.objects.filter(fund=fund).defer("distribution__inputs", "item__tiers", "item__working")
    rows = paid.select_related("item", "distribution", "commitment__investor", "reversal")
    for one in rows:
        withheld = one.item.withholding_tax if one.amount > 0 else -one.item.withholding_tax
        cash = one.amount - withheld - one.set_off
        if not cash:
            continue
        bounced = getattr(one, "reversal", None) and one.reversal.cash_on
        yield CashMove(
            kind=PAYOUT,
            row_id=one.pk,
            on=bounced or one.value_date,
            amount=-cash,
            who=one.commitment.investor.name,
            what=f"Distribution {one.distribution.number}" + (", returned" if one.reverses_id else ""),
            takes_back=one.reverses_id if one.reverses_id and not bounced else None,
            address=reverse("distributions:payout_reverse", args=[one.distribution_id, one.pk]),
        )


def _payables(fund: Fund) -> Iterator[Payable]:
    rows = DistributionItem.objects.filter(
        distribution__fund=fund,
        distribution__status__in=DISTRIBUTION_ISSUED,
        capital__paid_out__lt=F("gross_amount"),
        net_amount__gt=0,
    ).select_related("distribution__fund", "commitment__investor")
    rows = rows.defer("distribution__inputs", "tiers", "working")
    for one in rows.order_by("distribution__number", "pk"):
        yield Payable(
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
