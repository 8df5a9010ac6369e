"""Who may do what with transfers of interests: services run these checks first, buttons ask them beforehand."""

from functools import reduce
from operator import or_

from django.db.models import Exists, Q

from blackgem.lib.errors import Conflict
from capital.models import CapitalCall, Excuse, PaymentReversal, ResidualSettlement
from closings.models import Closing, RefundPayoutReversal, Setoff, SetoffReversal, Transfer
from distributions.models import Distribution, PayoutReversal
from funds.access import MANAGE, check_role
from funds.models import Fund


def check_begin_transfer(fund: Fund, by) -> None:
    """Whether an interest in this fund may be transferred now, whosoever it is; the fund has the `role` of who asks."""
    check_role(fund.role, MANAGE)
    check_none_waits(fund)
    check_nothing_waits(fund)


def check_none_waits(fund: Fund) -> None:
    """Whether no other transfer of the fund waits."""
    if Transfer.objects.pending().filter(fund=fund).exists():
        raise Conflict("transfer.waits", "Another transfer of this fund waits for approval.")


def check_nothing_waits(fund: Fund) -> None:
    """Whether nothing that would share money or rights among the fund's partners waits to be decided or issued."""
    waiting = Q(approved_at=None, rejected_at=None)
    rows = [
        CapitalCall.objects.filter(fund=fund, status="pending_approval"),
        Distribution.objects.filter(fund=fund, status__in=("pending_approval", "approved")),
        Closing.objects.filter(fund=fund, status="pending_approval"),
        Setoff.objects.pending().filter(fund=fund),
        SetoffReversal.objects.pending().filter(fund=fund),
        *(model.objects.filter(waiting, fund=fund) for model in (Excuse, ResidualSettlement)),
        *(
            model.objects.pending().filter(**{f"{path}__fund": fund})
            for model, path in (
                (PaymentReversal, "payment"),
                (PayoutReversal, "payout"),
                (RefundPayoutReversal, "payout"),
            )
        ),
    ]
    if Fund.objects.filter(reduce(or_, map(Exists, rows)), pk=fund.pk).exists():
        raise Conflict(
            "transfer.something_waits",
            "Something of this fund waits: it is decided or issued before a transfer.",
        )
