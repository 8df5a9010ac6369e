"""What an investor is told of the differences between its figures, beside those differences."""

from collections.abc import Iterator
from decimal import Decimal

from django.db.models import F, Sum

from capital.models import CapitalCallItem, CommitmentCapital, Payment
from capital.states import CALL_ISSUED
from distributions.models import CommitmentDistributions, Payout
from portal.calc.differences import STILL_CALLABLE, differences
from portal.models import CommitmentDifferences
from tests.agreement.life import Life


def unexplained(life: Life) -> Iterator[str]:
    """Each difference between two figures of a partner that is not explained to the last unit."""
    for name, partner in life.partners.items():
        between = CommitmentDifferences.objects.values().get(pk=partner.pk)
        told = {(one.more, one.less): one.amount for one in differences(between)}
        found = {pair: amount for pair, amount in _found(partner).items() if amount}
        if told != found:
            yield f"{name}: {told} explains not {found}"


def _found(partner) -> dict[tuple[str, str], Decimal]:
    account = CommitmentCapital.objects.get(pk=partner.pk)
    paid_out = CommitmentDistributions.objects.get(pk=partner.pk)
    asked = CapitalCallItem.objects.filter(commitment=partner, call__status__in=CALL_ISSUED)
    cash = Payment.objects.filter(commitment=partner, receipt__isnull=False)
    out = Payout.objects.filter(commitment=partner)
    wired = _sum(out.filter(reverses=None), "item__net_amount") - _sum(
        out.exclude(reverses=None), "item__net_amount"
    )
    return {
        ("Uncalled", STILL_CALLABLE): account.released,
        ("Unfunded", "uncalled"): account.unfunded + account.released - (account.committed - account.called),
        ("What your letters asked for", "called"): _sum(asked, "amount") - account.called,
        ("Funded", "what came from you"): account.paid - _sum(cash, "amount"),
        ("Funded", "what multiples count as paid in"): account.paid - account.paid_in,
        ("Distributed", "what went to your account"): account.distributed - wired,
        ("Distributed", "what multiples count as distributed"): account.returned_unused,
        ("What was declared", "distributed"): paid_out.distributed - account.distributed,
    }


def _sum(rows, name: str) -> Decimal:
    return rows.aggregate(sum=Sum(F(name)))["sum"] or Decimal(0)
