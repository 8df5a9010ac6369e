"""What of a call and a distribution may be set off against each other, and what was."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.db.models import Q, QuerySet

from blackgem.lib.money import unit_of
from capital.models import CallItemCapital, CapitalCall, CapitalCallItem, Payment
from closings.calc.setoff import Netted, set_off
from closings.models import SetoffPart
from distributions.models import Distribution, DistributionItem
from distributions.services.paid_out_of import register_paid_out_of
from funds.models import CapitalTransaction

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Proposal:
    """One partner of both documents: what it owes of the call, what is payable to it, and what is proposed to be set
    off, all in the fund's currency."""

    call_item: CapitalCallItem
    distribution_item: DistributionItem
    netted: Netted

    @property
    def commitment_id(self) -> int:
        return self.call_item.commitment_id

    @property
    def payable(self) -> Decimal:
        """What is payable once tax was withheld."""
        return self.netted.distributed - self.netted.withholding

    @property
    def most(self) -> Decimal:
        """The most that may be set off."""
        return min(self.netted.called, self.payable)


def proposals(
    call: CapitalCall, distribution: Distribution, amounts: Mapping[int, Decimal] | None = None
) -> list[Proposal]:
    """Per partner who owes something of the call and was not paid out its part of the distribution, in the order of
    their references: the smaller of the two, or the amount that `amounts` says, by commitment."""
    owed = {
        row.commitment_id: row.outstanding
        for row in CallItemCapital.objects.filter(call=call, outstanding__gt=0)
    }
    items = {
        item.commitment_id: item
        for item in DistributionItem.objects.filter(
            distribution=distribution, capital__paid_out=0, commitment__in=list(owed)
        ).select_related("commitment__investor")
    }
    parts = CapitalCallItem.objects.filter(call=call, commitment__in=list(items))
    called = {item.commitment_id: item for item in parts.order_by("commitment__reference", "pk")}
    rates = {
        key: Fraction(item.withholding_tax) / Fraction(item.gross_amount)
        for key, item in items.items()
        if item.gross_amount
    }
    netting = set_off(
        {key: owed[key] for key in called},
        {key: items[key].gross_amount for key in called},
        withholding=rates,
        agreed=None if amounts is None else [key for key in called if key in amounts],
        limits=None if amounts is None else {key: amounts[key] for key in called if key in amounts},
        unit=unit_of(call.fund.currency),
    )
    return [Proposal(called[key], items[key], netted) for key, netted in netting.partners.items()]


def rows_set_off(distribution: Distribution) -> QuerySet[CapitalTransaction]:
    """The rows of the ledger by which this distribution paid calls, those that take them back too."""
    parts = SetoffPart.objects.filter(distribution=distribution).values("pk")
    paid = Payment.objects.filter(Q(setoff_part_id__in=parts) | Q(reverses__setoff_part_id__in=parts))
    return CapitalTransaction.objects.filter(fund=distribution.fund_id, payment_id__in=paid.values("pk"))


register_paid_out_of(rows_set_off)
