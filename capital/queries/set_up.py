"""What a new fund needs of calls: a deal to draw on, a first call, and its notices on their way."""

from django.db.models import Exists, OuterRef, Subquery
from django.urls import reverse

from blackgem.lib.checks import can
from capital.models import CapitalCall, FundAllocation
from capital.states import CallStatus
from funds.access import DRAFT, MANAGE, check_role
from funds.models import Notice, NoticeDelivery
from funds.queries.set_up import StepKind, register_steps


def _calls():
    return (
        CapitalCall.objects.filter(fund=OuterRef("pk")).exclude(status=CallStatus.CANCELLED).order_by("-pk")
    )


def _allocation(fund, user) -> str:
    return reverse("capital:allocation_new", args=[fund.pk]) if can(check_role, fund.role, MANAGE) else ""


def _new_call(fund, user) -> str:
    may = can(check_role, fund.role, DRAFT) and fund.has_investors and not fund.has_call
    return f"{reverse('capital:call_new')}?fund={fund.pk}" if may else ""


def _call(fund, user) -> str:
    may = fund.newest_call and can(check_role, fund.role, MANAGE)
    return reverse("capital:call", args=[fund.newest_call]) if may else ""


register_steps(
    StepKind(
        key="deal",
        place=50,
        title="Deal",
        text="What the fund sets aside for a deal; calls draw on it. Fees and expenses need none.",
        action="Allocate to a deal",
        done=Exists(FundAllocation.objects.filter(fund=OuterRef("pk"))),
        way=_allocation,
    ),
    StepKind(
        key="call",
        place=60,
        title="First call",
        text="Works out each investor’s part, and writes the notices.",
        action="New call",
        done=Exists(_calls()),
        way=_new_call,
    ),
    StepKind(
        key="sent",
        place=70,
        title="Check and send",
        text="Nothing is mailed before somebody sends it.",
        action="Check and send",
        done=Exists(
            NoticeDelivery.objects.filter(notice__fund=OuterRef("pk"), notice__kind=Notice.Kind.CAPITAL_CALL)
        ),
        facts={"newest_call": Subquery(_calls().values("pk")[:1])},
        way=_call,
    ),
)
