"""One call: its investors with what they paid, its lines, and what was done with it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.core.paginator import Page
from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from blackgem.lib import audit
from blackgem.lib.checks import Offer, offer
from blackgem.lib.pages import found
from blackgem.lib.together import read_together
from capital.access import check_pay_item
from capital.calc.dues import days_overdue
from capital.models import (
    CapitalCall,
    CapitalCallItem,
    CapitalCallItemLine,
    CapitalCallLine,
    Excuse,
    LineChange,
)
from capital.queries.excuses import excuses_of
from capital.queries.origins import origins
from capital.states import CALL_BEFORE_ISSUE, CALL_ISSUED
from funds.calc.checks import Bank
from funds.models import CapitalTransaction, Commitment, Notice
from funds.queries.access import with_role
from funds.queries.checks import accounts_of, bank_of
from funds.queries.controls import change_waiting
from funds.queries.lists import Shortened, cut, nearest_page_of
from funds.queries.notices import NoticeShown
from funds.queries.questions import last_from_fund
from funds.queries.stories import story_read

ZERO = Decimal("0.00")
#: What the ledger says came in on a call line.
FUNDED_OF_LINE = Coalesce(
    Subquery(
        CapitalTransaction.objects.filter(
            fund=OuterRef("fund"), call_line_id=OuterRef("pk"), refund_payout_id__isnull=True
        )
        .order_by()
        .values("call_line_id")
        .annotate(total=Sum("amount"))
        .values("total")
    ),
    ZERO,
)
#: What a call line asks for, with what waivers and excuses changed of it.
CALLED_OF_LINE = F("amount") + Coalesce(
    Subquery(
        LineChange.objects.filter(line=OuterRef("pk"), changes_owed=True)
        .order_by()
        .values("line")
        .annotate(total=Sum("amount"))
        .values("total")
    ),
    ZERO,
)
ITEMS_PER_PAGE = 100
EVENTS_SHOWN = 30


@dataclass(frozen=True, slots=True)
class ItemShown:
    """One investor's row. `days_late` is zero unless something is owed after the due date; `is_answered` is whether the
    fund spoke last about it, None where the investor asked nothing."""

    pk: int
    investor_id: int
    investor: str
    reference: str
    defaulted: bool
    amount: Decimal
    paid: Decimal
    outstanding: Decimal
    status: str
    excused: bool
    excused_in_part: bool
    by_hand: bool
    days_late: int
    is_answered: bool | None
    notice: NoticeShown | None
    pay: Offer


def call_of(user, call_id) -> CapitalCall:
    """The call with fund, capital, people, `item_count`, and the user's `role`; 404 where it is not to be seen."""
    calls = CapitalCall.objects.visible_to(user).select_related(
        "fund", "capital", "created_by", "submitted_by", "approved_by", "cancelled_by", "bank_details"
    )
    counted = CapitalCallItem.objects.filter(call=OuterRef("pk")).order_by().values("call")
    return found(
        with_role(calls, user).annotate(
            change_waiting=change_waiting(Notice.Kind.CAPITAL_CALL),
            item_count=Coalesce(Subquery(counted.annotate(count=Count("pk")).values("count")), 0),
            **origins(),
        ),
        pk=call_id,
    )


def issued_call_of(fund, call_id) -> CapitalCall:
    """An issued call of the fund; 404 where it has no such one."""
    return found(fund.capital_calls.filter(status__in=CALL_ISSUED), pk=call_id)


def last_issued_of(fund) -> CapitalCall | None:
    """The fund's issued call of the highest number."""
    return fund.capital_calls.filter(status__in=CALL_ISSUED).order_by("-number").first()


@dataclass(frozen=True, slots=True)
class AboutCall:
    """What stands about a call beside its investors.

    `lines`, in the order in which payments are applied, each with what is `called` and what the ledger says is `funded`
    of it; with what is left to call of its allocation until it is issued. What is known of the `bank` account to pay
    to. The newest first: the `excuses` from it, and what was done with it (`story`).
    """

    lines: list[CapitalCallLine]
    bank: Bank
    excuses: list[Excuse]
    story: Shortened


def about(call, *, whole_story: bool = False) -> AboutCall:
    """In one statement."""
    lines, accounts, excuses, events = read_together(
        _lines(call),
        accounts_of(call.fund),
        excuses_of(call),
        cut(audit.timeline(call), None if whole_story else EVENTS_SHOWN),
    )
    return AboutCall(lines, bank_of(accounts), excuses, story_read(events, call.fund.currency))


def _lines(call) -> QuerySet[CapitalCallLine]:
    related = ("allocation__deal", "allocation__capital")
    lines = call.lines.select_related(
        "equalises__call",
        "equalises__allocation__deal",
        *related[: 2 if call.status in CALL_BEFORE_ISSUE else 1],
    )
    return lines.annotate(called=CALLED_OF_LINE, funded=FUNDED_OF_LINE).order_by("position")


def items_page(call, *, show: str, text: str, number) -> Page:
    """A page of the call's items as rows of the model, narrowed to `open` ones or to names that contain `text`."""
    basis = CapitalCallItemLine.Basis
    excused, by_hand = (
        CapitalCallItemLine.objects.filter(item=OuterRef("pk"), basis=one)
        for one in (basis.EXCUSED, basis.EDITED)
    )
    excused_since = LineChange.objects.filter(item=OuterRef("pk"), basis=basis.EXCUSED)
    items = (
        CapitalCallItem.objects.filter(call=call)
        .select_related("commitment__investor", "capital")
        .annotate(
            is_excused=Exists(excused) | Exists(excused_since),
            is_by_hand=Exists(by_hand),
            is_answered=last_from_fund(Notice.Kind.CAPITAL_CALL),
        )
        .order_by("commitment__reference", "pk")
    )
    if show == "open":
        items = items.filter(capital__outstanding__gt=0)
    if text:
        items = items.filter(commitment__investor__name__icontains=text)
    whole = None if show == "open" or text else call.item_count
    return nearest_page_of(items, ITEMS_PER_PAGE, number, count=whole)


def rows_of(call, items, notices: dict[int, NoticeShown], by, *, at: datetime) -> list[ItemShown]:
    """Items as rows, with whether this person may record a payment; of a call that is not issued, nothing is owed."""
    today = call.fund.day_of(at)
    for item in items:
        item.call, item.role = call, call.role
    return [
        ItemShown(
            pk=item.pk,
            investor_id=item.commitment.investor_id,
            investor=item.commitment.investor.name,
            reference=item.commitment.reference,
            defaulted=item.commitment.standing == Commitment.Standing.DEFAULTED,
            amount=item.amount_called,
            paid=item.capital.paid,
            outstanding=item.capital.outstanding,
            status=item.capital.status if call.status in CALL_ISSUED else "",
            excused=item.is_excused and not item.amount_called,
            excused_in_part=item.is_excused and item.amount_called > 0,
            by_hand=item.is_by_hand,
            days_late=days_overdue(item.capital.due_on, item.capital.outstanding, today),
            is_answered=item.is_answered,
            notice=notices.get(item.pk),
            pay=offer(check_pay_item, item, by),
        )
        for item in items
    ]
