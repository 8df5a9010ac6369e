"""Finding and locking what a service is about to change, in the one order in which everyone locks:

fund → receipt → commitment → item → call → allocation, ids ascending.
"""

from blackgem.lib.errors import NotFound
from capital.models import CapitalCall
from funds.access import check_may
from funds.models import Commitment, Fund


def lock_call(call_id) -> CapitalCall:
    """The call, locked; NotFound for a draft that somebody deleted meanwhile."""
    call = CapitalCall.objects.select_for_update(no_key=True).filter(pk=call_id).first()
    if call is None:
        raise NotFound("not_found", "There is no such call.")
    return call


def lock_fund(fund_id) -> Fund:
    return Fund.objects.select_for_update(no_key=True).get(pk=fund_id)


def fund_of_call(by, call_id, deed) -> int:
    fund_id = CapitalCall.objects.filter(pk=call_id).values_list("fund_id", flat=True).first()
    if fund_id is None:
        raise NotFound("not_found", "There is no such call.")
    check_may(by, fund_id, deed)
    return fund_id


def lock_call_for(by, call_id, deed) -> CapitalCall:
    fund_of_call(by, call_id, deed)
    return lock_call(call_id)


def lock_to_issue(fund_id, call_id) -> CapitalCall:
    """Fund, then the partners, then the call: the order in which everyone locks."""
    lock_fund(fund_id)
    list(
        Commitment.objects.select_for_update(no_key=True, of=("self",))
        .filter(call_items__call=call_id)
        .order_by("pk")
        .values_list("pk")
    )
    return lock_call(call_id)
