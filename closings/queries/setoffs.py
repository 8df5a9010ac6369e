"""What of a call may be set off against a distribution, or against the refunds of a closing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from blackgem.lib.money import unit_of
from capital.models import CallItemCapital, CapitalCall, CapitalCallItem, Payment
from closings.calc.setoff import Netted, set_off
from closings.models import Closing, Refund, RefundPayout, SetoffPart, SetoffReversal
from distributions.models import Distribution, DistributionItem, Payout
from distributions.services.paid_out_of import register_paid_out_of
from funds.models import CapitalTransaction

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Proposal:
    """One partner of both documents: what it owes of the call, its part of the distribution or its refund, and what is
    proposed to be set off, all in the fund's currency. Of a refund `distributed` is what was not paid of it."""

    call_item: CapitalCallItem
    given: DistributionItem | Refund
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
    items = DistributionItem.objects.filter(distribution=distribution, capital__paid_out=0)
    given = {item.commitment_id: item for item in items}
    rates = {
        key: Fraction(item.withholding_tax) / Fraction(item.gross_amount)
        for key, item in given.items()
        if item.gross_amount
    }
    return _proposals(call, given, {key: item.gross_amount for key, item in given.items()}, amounts, rates)


def refund_proposals(
    call: CapitalCall, closing: Closing, amounts: Mapping[int, Decimal] | None = None
) -> list[Proposal]:
    """The same per partner with a refund of the closing of which something was neither paid nor set off."""
    refunds = with_kept(Refund.objects.filter(closing=closing))
    left = {one.commitment_id: one.progress.outstanding - one.kept for one in refunds}
    given = {one.commitment_id: one for one in refunds if left[one.commitment_id] > 0}
    return _proposals(call, given, {key: left[key] for key in given}, amounts)


def fingerprint_of(found: Sequence[Proposal]) -> str:
    """Of what a form shows of each partner that it offers: another one where anything of it is another amount."""
    shown = [
        f"{one.commitment_id}:{one.netted.called:f}:{one.netted.distributed:f}:{one.netted.withholding:f}"
        for one in found
        if one.most
    ]
    return sha256(";".join(shown).encode()).hexdigest()


def parts_to_post() -> QuerySet[SetoffPart]:
    """The parts of refunds that stand and are still to pay a call: as soon as enough of the refund is released."""
    taken_back = SetoffReversal.objects.filter(approved_at__isnull=False).values("part")
    waiting = SetoffPart.objects.filter(
        refund__isnull=False, setoff__approved_at__isnull=False, refund_payouts__isnull=True
    )
    still_owed = waiting.filter(call_item__capital__outstanding__gte=F("amount"))
    return still_owed.exclude(pk__in=taken_back).order_by("pk")


def still_owed() -> QuerySet[CallItemCapital]:
    """Items of calls with what is owed of each but for what refunds are still to pay (`left`), if anything."""
    parts = parts_to_post().filter(call_item=OuterRef("item")).order_by().values("call_item")
    kept = Subquery(parts.annotate(kept=Sum("amount")).values("kept"))
    return CallItemCapital.objects.annotate(left=F("outstanding") - Coalesce(kept, ZERO)).filter(left__gt=0)


def with_kept(refunds: QuerySet[Refund]) -> QuerySet[Refund]:
    """Each with its `progress`, and what of it is still to pay a call (`kept`)."""
    parts = parts_to_post().filter(refund=OuterRef("pk")).order_by().values("refund")
    kept = Subquery(parts.annotate(kept=Sum("amount")).values("kept"))
    return refunds.select_related("progress").annotate(kept=Coalesce(kept, ZERO))


def _proposals(
    call: CapitalCall,
    given: Mapping[int, DistributionItem | Refund],
    payable: Mapping[int, Decimal],
    amounts: Mapping[int, Decimal] | None,
    rates: Mapping[int, Fraction] | None = None,
) -> list[Proposal]:
    owed = dict(still_owed().filter(call=call, commitment__in=list(given)).values_list("commitment", "left"))
    items = CapitalCallItem.objects.filter(call=call, commitment__in=list(owed))
    items = items.select_related("commitment__investor").order_by("commitment__reference", "pk")
    called = {item.commitment_id: item for item in items}
    netting = set_off(
        {key: owed[key] for key in called},
        {key: payable[key] for key in called},
        withholding={key: rates[key] for key in called if key in rates} if rates else None,
        agreed=None if amounts is None else [key for key in called if key in amounts],
        limits=None if amounts is None else {key: amounts[key] for key in called if key in amounts},
        unit=unit_of(call.fund.currency),
    )
    return [Proposal(called[key], given[key], netted) for key, netted in netting.partners.items()]


def is_moved_since() -> Exists:
    """Of a part of a set-off, whether another partner holds a part of what it posted since a transfer or a closing."""
    of_part = {"setoff_part_id": OuterRef(OuterRef("pk"))}
    moved = CapitalTransaction.objects.filter(
        Q(moves__payment_id__in=Payment.objects.filter(**of_part).values("pk"))
        | Q(moves__payout_id__in=Payout.objects.filter(**of_part).values("pk"))
        | Q(moves__refund_payout_id__in=RefundPayout.objects.filter(**of_part).values("pk"))
    )
    moved = moved.order_by().values("moves", "commitment").annotate(net=Sum("amount")).exclude(net=0)
    return Exists(moved)


def rows_set_off(distribution: Distribution) -> QuerySet[CapitalTransaction]:
    """The rows of the ledger by which this distribution paid calls, those that take them back too."""
    parts = SetoffPart.objects.filter(distribution=distribution).values("pk")
    paid = Payment.objects.filter(Q(setoff_part_id__in=parts) | Q(reverses__setoff_part_id__in=parts))
    return CapitalTransaction.objects.filter(fund=distribution.fund_id, payment_id__in=paid.values("pk"))


register_paid_out_of(rows_set_off)
