"""The waterfall of a distribution that might be."""

from django.http import HttpRequest
from ninja import Router

from blackgem.http.rights import needs, only_reads
from blackgem.http.validation import naming
from distributions.services.planning import DistributionPlan, preview, raise_problems
from funds.access import DRAFT, check_may

from .answers import BreakdownAnswer
from .bodies import WaterfallBody
from .breakdowns import breakdown_of_plan

router = Router(by_alias=True, tags=["Distributions"])


@router.post("/distributions/calculate-waterfall", response=BreakdownAnswer)
@only_reads
@needs(DRAFT)
def calculate_waterfall(request: HttpRequest, body: WaterfallBody):
    """A preview of who would get what: writes nothing."""
    check_may(request.user, body.fund_id, DRAFT)
    plan = DistributionPlan(
        body.fund_id, body.total_amount, body.distribution_date, body.type, deal_id=body.deal_id
    )
    with naming(date="distribution_date"):
        worked_out = preview(plan)
        raise_problems(worked_out)
        return breakdown_of_plan(worked_out)
