"""From the body of a closing to the plan that the services write down."""

from blackgem.lib.errors import InvalidInput
from closings.services.planning import TERMS, ClosingPlan, ExcusePlan, FeePlan, TranchePlan

from . import reads
from .bodies import ClosingBody


def plan_of(body: ClosingBody, user) -> ClosingPlan:
    """Raises NotFound for a fund that the user may not see, InvalidInput for a line that is valued twice."""
    fund = reads.one(reads.funds(user), body.fund_id)
    values = {one.line_id: one.value for one in body.values}
    if len(values) < len(body.values):
        raise InvalidInput("line.repeated", "A line is valued twice.", field="values")
    return ClosingPlan(
        fund_id=fund.pk,
        tranches=tuple(_tranche(one) for one in body.tranches),
        rates=tuple((one.starts_on, one.rate) for one in body.rates),
        excluded_deals=tuple(body.excluded_deals),
        values=values,
        **{name: getattr(body, name) for name in TERMS},
    )


def _tranche(one) -> TranchePlan:
    fees = tuple(FeePlan(fee.amount, fee.due_on) for fee in one.fees)
    excuses = tuple(ExcusePlan(excuse.deal_id, excuse.reason) for excuse in one.excuses)
    return TranchePlan(
        one.investor_id,
        one.amount,
        one.kind,
        one.reference,
        fees,
        one.fee_reason,
        one.fee_rate,
        one.fee_discount,
        excuses,
    )
