"""Finding and locking what a service is about to change, in the one order in which everyone locks:

fund → receipt → commitment → item → call → allocation, ids ascending.
"""

from blackgem.lib.errors import NotFound
from capital.models import CapitalCall, CapitalCallItem, ResidualSettlement
from funds.access import READ, check_may
from funds.models import Commitment, Fund


def lock_call(call_id) -> CapitalCall:
    """The call, locked; NotFound for a draft that somebody deleted meanwhile."""
    call = CapitalCall.objects.select_for_update(no_key=True).filter(pk=call_id).first()
    if call is None:
        raise NotFound("not_found", "There is no such call.")
    return call


def lock_fund(fund_id) -> Fund:
    return Fund.objects.select_for_update(no_key=True).get(pk=fund_id)


def lock_call_for(by, call_id) -> CapitalCall:
    """The call, locked, with the `role` of this person in its fund; NotFound where that is none."""
    role = role_on_call(by, call_id)[1]
    return _with_role(lock_call(call_id), role)


def lock_with_partners(by, call_id) -> CapitalCall:
    """Fund, then the partners, then what was carried of their items, then the call: the order in which everyone locks.

    Whether a call is issued decides with which one a carried residual is due. The call has the person's `role`.
    """
    fund_id, role = role_on_call(by, call_id)
    lock_fund(fund_id)
    partners = Commitment.objects.select_for_update(no_key=True, of=("self",)).filter(
        call_items__call=call_id
    )
    locked = list(partners.order_by("pk").values_list("pk", flat=True))
    carried = ResidualSettlement.objects.carried().filter(commitment__in=locked).values("item")
    items = CapitalCallItem.objects.select_for_update(no_key=True).filter(pk__in=carried)
    list(items.order_by("pk").values_list("pk"))
    return _with_role(lock_call(call_id), role)


def role_on_call(by, call_id) -> tuple[int, str]:
    """The fund of a call, and the role of this person in it; NotFound where it may not even know of it."""
    fund_id = CapitalCall.objects.filter(pk=call_id).values_list("fund_id", flat=True).first()
    if fund_id is None:
        raise NotFound("not_found", "There is no such call.")
    return fund_id, check_may(by, fund_id, READ)


def _with_role(call, role) -> CapitalCall:
    call.role = role
    return call
