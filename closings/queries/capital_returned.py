"""Whether a closing would leave a partner with more capital returned to it than it has paid in."""

from collections import defaultdict
from decimal import Decimal

from blackgem.lib.money import unit_of
from capital.models import CommitmentCapital
from closings.calc.moves import parts_moved
from closings.queries.working import WorkedOutClosing
from distributions.models import CommitmentDistributions, Distribution
from funds.models import Commitment, FundTerms

ZERO = Decimal("0.00")


def keeps_too_much(worked_out: WorkedOutClosing) -> bool:
    """By partner once refunds are paid out, and what is shared anew of distributions has moved; limited partners that
    share one account in a waterfall do so together."""
    fund = worked_out.closing.fund
    terms = Distribution.objects.filter(fund=fund).issued().values("terms")
    pooled = FundTerms.objects.filter(pk__in=terms, scope=FundTerms.Scope.AGGREGATE).exists()
    capital = {one.commitment_id: one for one in CommitmentCapital.objects.filter(fund=fund)}
    out = {one.commitment_id: one for one in CommitmentDistributions.objects.filter(fund=fund)}
    gives, left = _capital_given(worked_out), defaultdict(lambda: ZERO)
    for one in worked_out.parties:
        account = None if pooled and one.kind != Commitment.Kind.GP else one.investor_id
        side = worked_out.sides[one.investor_id]
        left[account] += side.set_off - side.refund + gives[one.investor_id]
        if one.commitment_id is not None:
            paid = capital[one.commitment_id]
            left[account] += paid.paid - paid.to_refund - out[one.commitment_id].return_of_capital
    return min(left.values(), default=ZERO) < 0


def _capital_given(worked_out: WorkedOutClosing) -> dict[int, Decimal]:
    """Of what moves of distributions, the returned capital that each partner gives; below zero, takes."""
    found = defaultdict(lambda: ZERO)
    unit = unit_of(worked_out.closing.fund.currency)
    moved = worked_out.moved_shares
    for root in worked_out.shares:
        for key, (capital, *_) in parts_moved(root.parts, moved[root.key].delta, unit).items():
            found[key] += capital
    return found
