"""What of the call of a fee run may be set off against distributions, and what is set off of it, for the run's page."""

from collections.abc import Iterator

from django.db.models import Count, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Least
from django.urls import reverse

from capital.models import CapitalCall
from capital.queries.usual import register_worked_out
from closings.models import Setoff, SetoffReversal
from closings.queries.setoff_pages import with_sums
from closings.queries.setoffs import still_owed
from distributions.models import Distribution, DistributionItem
from distributions.states import DISTRIBUTION_ISSUED
from fees.queries.hold_backs import HoldBack, HoldBacks, register_hold_backs


def _hold_backs(call: CapitalCall) -> HoldBacks:
    back = SetoffReversal.objects.filter(part__setoff=OuterRef("pk"), approved_at__isnull=False)
    back = back.order_by().values("part__setoff").annotate(amount=Sum("part__amount")).values("amount")
    rows = Setoff.objects.filter(call=call).select_related("distribution", "closing")
    rows = with_sums(rows).defer("distribution__inputs", "closing__inputs").annotate(back=Subquery(back))
    return HoldBacks(tuple(_proposed(call)), tuple(_agreed(one) for one in rows.order_by("number")))


def _proposed(call: CapitalCall) -> Iterator[HoldBack]:
    """Every distribution that is not paid out yet, of partners who owe something of the call."""
    owed = still_owed().filter(call=call, commitment=OuterRef("commitment"))
    payable = DistributionItem.objects.filter(
        fund=call.fund_id, distribution__status__in=DISTRIBUTION_ISSUED, capital__paid_out=0, net_amount__gt=0
    ).annotate(most=Least("net_amount", Subquery(owed.values("left")[:1])))
    found = payable.filter(commitment__in=still_owed().filter(call=call).values("commitment"))
    found = found.order_by("distribution").values("distribution", "distribution__number")
    for one in found.annotate(partners=Count("pk"), amount=Sum("most")):
        address = reverse("closings:setoff_new", args=[one["distribution"], call.pk])
        given = str(Distribution(number=one["distribution__number"]))
        yield HoldBack(given, one["partners"], one["amount"], address)


def _agreed(one: Setoff) -> HoldBack:
    status = "approved" if one.approved_at else "rejected" if one.rejected_at else "pending"
    standing = one.partners - (one.taken_back or 0)
    amount = one.amount - (one.back or 0)
    address = reverse("closings:setoff", args=[one.pk])
    return HoldBack(one.given_name, standing, amount, address, "setoff", status if standing else "taken_back")


register_hold_backs(_hold_backs)
# What late closers pay of fees is worked out with their closing.
register_worked_out(Q(collects_for__isnull=False))
