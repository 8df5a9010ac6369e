"""From the body of a distribution to the plan that the services work out."""

from decimal import Decimal

from blackgem.lib.errors import InvalidInput, Problem
from distributions.services.planning import DistributionPlan
from funds.models import Commitment

from . import reads
from .bodies import DistributionBody


def plan_of(body: DistributionBody, user) -> DistributionPlan:
    """Raises NotFound for a fund that the user may not see, InvalidInput for an investor without a commitment to it."""
    fund = reads.one(reads.funds(user), body.fund_id)
    return DistributionPlan(
        fund_id=fund.pk,
        total_amount=body.total_amount,
        date=body.date,
        type=body.type,
        source=body.source,
        deal_id=body.deal_id,
        recallable=body.recallable,
        withholding=_withholding(body, fund) if body.withholding else {},
    )


def _withholding(body, fund) -> dict[int, Decimal]:
    """What is withheld, by commitment."""
    partners = dict(Commitment.objects.filter(fund=fund).values_list("investor_id", "pk"))
    unknown = [
        Problem(
            "commitment.unknown",
            "This investor has no commitment to the fund.",
            f"withholding.{n}.investor_id",
        )
        for n, one in enumerate(body.withholding)
        if one.investor_id not in partners
    ]
    if unknown:
        raise InvalidInput.from_problems(unknown)
    return {partners[one.investor_id]: one.amount for one in body.withholding}
