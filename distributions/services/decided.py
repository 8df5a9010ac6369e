"""What a distribution says of each partner, in words: recorded when a draft is changed, read by whoever approves it.

Amounts are in the fund's currency.
"""

from django.db.models import Prefetch

from blackgem.lib.money import round_to_unit, unit_of
from distributions.models import Distribution, DistributionItem, GivenBack


def is_withheld_by_hand(item: DistributionItem, currency: str) -> bool:
    """Whether what is withheld is not that of the investor's rate; the commitment's investor is fetched."""
    taxable = item.gross_amount - item.return_of_capital
    by_rate = round_to_unit(item.commitment.investor.withholding_rate * taxable, unit_of(currency))
    return item.withholding_tax != by_rate


def decided(distribution: Distribution) -> dict[str, str]:
    """Each partner's gross amount, what is withheld by hand, what may be called again and the lines given back."""
    items = (
        DistributionItem.objects.filter(distribution=distribution)
        .select_related("commitment__investor")
        .prefetch_related(Prefetch("given_back", GivenBack.objects.order_by("call_line_id")))
        .defer("tiers", "working")
        .order_by("commitment__reference", "commitment")
    )
    found = {}
    for item in items:
        who = f"{item.commitment.investor.name} ({item.commitment.reference})"
        found[f"gross: {who}"] = str(item.gross_amount)
        if is_withheld_by_hand(item, distribution.fund.currency):
            found[f"withheld by hand: {who}"] = str(item.withholding_tax)
        if item.recallable_amount:
            found[f"can be called again: {who}"] = str(item.recallable_amount)
        for given in item.given_back.all():
            found[f"given back of call line {given.call_line_id}: {who}"] = str(given.amount)
    return found
