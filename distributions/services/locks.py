"""Finding and locking what a service is about to change, in the one order in which everyone locks:

fund → commitment → item → distribution, ids ascending.
"""

from blackgem.lib.errors import NotFound
from distributions.models import Distribution
from funds.access import READ, check_may
from funds.models import Fund


def lock_distribution(distribution_id) -> Distribution:
    return Distribution.objects.select_for_update(no_key=True).get(pk=distribution_id)


def lock_distribution_for(by, distribution_id) -> Distribution:
    """The fund first: its terms, partners and distributions must not move meanwhile. The distribution has what checks
    ask of it: the `role` of this person, and its place in the order of approvals."""
    fund_id, role = role_on_distribution(by, distribution_id)
    Fund.objects.select_for_update(no_key=True).get(pk=fund_id)
    return _to_check(distribution_id, role)


def lock_facts_of(by, distribution_id) -> Distribution:
    """The same with every partner's account: money that comes in or goes back meanwhile waits."""
    fund_id, role = role_on_distribution(by, distribution_id)
    fund = Fund.objects.select_for_update(no_key=True).get(pk=fund_id)
    list(fund.commitments.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    return _to_check(distribution_id, role)


def role_on_distribution(by, distribution_id) -> tuple[int, str]:
    """The fund of a distribution, and the role of this person in it; NotFound where it may not even know of it."""
    fund_id = Distribution.objects.filter(pk=distribution_id).values_list("fund_id", flat=True).first()
    if fund_id is None:
        raise NotFound("not_found", "There is no such distribution.")
    return fund_id, check_may(by, fund_id, READ)


def _to_check(distribution_id, role) -> Distribution:
    """The order of approvals is read under the lock of the fund, by a statement of its own."""
    one = lock_distribution(distribution_id)
    one.role = role
    turns = Distribution.objects.filter(pk=one.pk).with_turns().values("waits_for", "counted_by").get()
    one.waits_for, one.counted_by = turns["waits_for"], turns["counted_by"]
    return one
