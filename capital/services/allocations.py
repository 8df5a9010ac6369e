"""Setting money aside for deals."""

from blackgem.lib import audit
from blackgem.lib.errors import Conflict, InvalidInput
from blackgem.lib.money import parse_amount
from blackgem.lib.sql import service
from capital.models import FundAllocation
from funds.access import MANAGE, check_may
from funds.models import Deal, Fund


@service
def allocate(*, fund_id, deal_id, committed, by, at) -> FundAllocation:
    """Commit a fixed amount of a fund, in its currency, to a deal (ALLOCATE).

    Raises Conflict where the fund already has an allocation to the deal, InvalidInput for an amount that is not
    positive money or a deal that is not there.
    """
    check_may(by, fund_id, MANAGE)
    fund = Fund.objects.select_for_update(no_key=True).get(pk=fund_id)
    deal = Deal.objects.visible_to(by).filter(pk=deal_id).first()
    if deal is None:
        raise InvalidInput("deal.unknown", "There is no such deal.", field="deal_id")
    amount = parse_amount(committed, currency=fund.currency, field="committed")
    if fund.allocations.filter(deal=deal).exists():
        raise Conflict(
            "allocation.duplicate", f"{fund} already has an allocation to {deal}.", field="deal_id"
        )
    allocation = FundAllocation.objects.create(fund=fund, deal=deal, committed_amount=amount, created_by=by)
    audit.record(
        verb="allocate",
        by=by,
        at=at,
        subject=allocation,
        also=[fund, deal],
        fund_id=fund.pk,
        changes={"committed_amount": [None, amount], "state": [None, allocation.state]},
    )
    return allocation
