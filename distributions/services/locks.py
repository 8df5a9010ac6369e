"""Finding and locking what a service is about to change, in the one order in which everyone locks:

fund → commitment → item → distribution, ids ascending.
"""

from blackgem.lib.errors import NotFound
from distributions.models import Distribution
from funds.access import check_may
from funds.models import Fund


def fund_of_distribution(by, distribution_id, deed) -> int:
    fund_id = Distribution.objects.filter(pk=distribution_id).values_list("fund_id", flat=True).first()
    if fund_id is None:
        raise NotFound("not_found", "There is no such distribution.")
    check_may(by, fund_id, deed)
    return fund_id


def lock_distribution(distribution_id) -> Distribution:
    return Distribution.objects.select_for_update(no_key=True).get(pk=distribution_id)


def lock_distribution_for(by, distribution_id, deed) -> Distribution:
    """The fund first: its terms, partners and distributions must not move meanwhile."""
    fund_id = fund_of_distribution(by, distribution_id, deed)
    Fund.objects.select_for_update(no_key=True).get(pk=fund_id)
    return lock_distribution(distribution_id)


def lock_facts_of(by, distribution_id, deed) -> Distribution:
    """The same with every partner's account: money that comes in or goes back meanwhile waits."""
    fund_id = fund_of_distribution(by, distribution_id, deed)
    fund = Fund.objects.select_for_update(no_key=True).get(pk=fund_id)
    list(fund.commitments.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    return lock_distribution(distribution_id)
