"""One closing and those of a fund: who comes in, what has come and what is paid back, and what was done with it."""

from dataclasses import dataclass
from decimal import Decimal

from django.contrib.postgres.expressions import ArraySubquery
from django.core.paginator import Page
from django.db import connection
from django.db.models import Case, Count, Exists, OuterRef, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce

from blackgem.lib import audit
from blackgem.lib.fields import MoneyField
from blackgem.lib.invariants import rows_of_exception
from blackgem.lib.pages import found
from closings.models import (
    Closing,
    ClosingExclusion,
    ClosingExcuse,
    ClosingReversal,
    ClosingTranche,
    Refund,
    RefundPayout,
    SetoffPart,
)
from closings.states import ClosingStatus
from fees.models import FeeSchedule
from funds.queries.access import with_role
from funds.queries.lists import Shortened, nearest_page_of
from funds.queries.notices import NoticeShown
from funds.queries.stories import story

REFUNDS_PER_PAGE = 12
TRANCHES_SHOWN = 50
EVENTS_SHOWN = 20
ZERO = Decimal("0.00")
#: Exceptions about refunds that went out.
_CAME_BACK = ("a_part_was_refunded_and_its_payment_came_back", "refund_went_out_and_its_payment_came_back")


@dataclass(frozen=True, slots=True)
class Collected:
    """What a closing asks later partners to pay of earlier lines, with interest, and what of it has come."""

    asked: Decimal
    came: Decimal


def closing_of(user, closing_id) -> Closing:
    """The closing with fund, call and people, the user's `role`, the deals that it leaves out (`left_out`), how much is
    promised by how many (`promised`, `tranche_count`), what of it is paid back (`refunded`, `paid_back`), why it was
    asked to be reversed (`reversal_reason`, null where it was not), and when and by whom it was, whether refunds of it
    are set off against a call (`is_set_off`), and whether its fund works fees out (`fees_worked_out`); else 404."""
    rows = Closing.objects.visible_to(user).select_related(
        "fund", "call__capital", "created_by", "submitted_by", "approved_by", "cancelled_by"
    )
    left_out = ClosingExclusion.objects.filter(closing=OuterRef("pk")).order_by("deal__name")
    asked_back = ClosingReversal.objects.filter(closing=OuterRef("pk"), rejected_at=None)
    set_off = SetoffPart.objects.filter(closing=OuterRef("pk"), setoff__approved_at__isnull=False)
    schedules = FeeSchedule.objects.approved().filter(fund=OuterRef("fund"))
    annotated = with_sums(with_role(rows, user)).annotate(
        left_out=ArraySubquery(left_out.values("deal__name")),
        reversal_reason=Subquery(asked_back.values("reason")),
        reversed_at=Subquery(asked_back.values("approved_at")),
        reversed_by=Subquery(asked_back.values("approved_by__full_name")),
        fees_worked_out=Exists(schedules),
        is_set_off=Exists(set_off.exclude(reversals__approved_at__isnull=False)),
    )
    return found(annotated.defer("inputs"), pk=closing_id)


def closings_of(fund) -> QuerySet[Closing]:
    """Every closing of a fund, newest first, with how much is promised by how many and what is paid back."""
    rows = fund.closings.select_related("created_by").defer("inputs")
    return counted(rows).annotate(refunded=_refunded()).order_by("-number")


def counted(rows: QuerySet) -> QuerySet:
    """Each with how much is `promised` by how many (`tranche_count`)."""
    tranches = ClosingTranche.objects.filter(closing=OuterRef("pk")).order_by().values("closing")
    return rows.annotate(
        promised=_sum_of(ClosingTranche, "closing"),
        tranche_count=Coalesce(Subquery(tranches.annotate(count=Count("pk")).values("count")), 0),
    )


def with_sums(rows: QuerySet) -> QuerySet:
    """Each `counted`, with what of it is paid back (`refunded`, `paid_back`)."""
    return counted(rows).annotate(refunded=_refunded(), paid_back=_sum_of(RefundPayout, "refund__closing"))


def _refunded() -> Case:
    """What earlier partners get back: nothing of a closing that was reversed."""
    return Case(
        When(status=ClosingStatus.REVERSED, then=ZERO),
        default=_sum_of(Refund, "closing"),
        output_field=MoneyField(),
    )


def _sum_of(model, of: str) -> Coalesce:
    rows = model.objects.filter(**{of: OuterRef("pk")}).order_by().values(of)
    return Coalesce(Subquery(rows.annotate(total=Sum("amount")).values("total")), ZERO)


def tranches_of(closing: Closing) -> list[ClosingTranche]:
    """Who comes in or promises more, by reference, each with its `fees_owed` and the names of the deals it is
    `excused` from; the first of them."""
    rows = closing.tranches.select_related("investor").annotate(fees_owed=Coalesce(Sum("fees__amount"), ZERO))
    rows = rows.annotate(
        excused=ArraySubquery(ClosingExcuse.objects.filter(tranche=OuterRef("pk")).values("deal__name"))
    )
    return list(rows.order_by("reference", "pk")[:TRANCHES_SHOWN])


def refunds_page(closing: Closing, number, notices: dict[int, NoticeShown]) -> Page | None:
    """A page of what partners get back, by reference, each with its `progress` and the `notice` about it; None while
    nothing is settled."""
    if closing.status != ClosingStatus.SETTLED:
        return None
    rows = Refund.objects.filter(closing=closing).select_related("commitment__investor", "progress")
    page = nearest_page_of(rows.order_by("commitment__reference", "pk"), REFUNDS_PER_PAGE, number)
    for one in page:
        one.notice = notices.get(one.pk)
    return page


def collected_by(closing: Closing) -> Collected | None:
    """What has come of what a settled closing asks; None where it asks for nothing."""
    if closing.call_id is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT asked, came FROM closing_collected(%s)", [closing.pk])
        return Collected(*cursor.fetchone())


def story_of(closing: Closing, *, whole: bool = False) -> Shortened:
    """What was done with the closing, newest first."""
    return story(audit.timeline(closing), closing.fund.currency, None if whole else EVENTS_SHOWN)


def payable_of(closing: Closing) -> Decimal:
    """What may be paid out of its refunds now."""
    ready = Refund.objects.filter(closing=closing, progress__payable__gt=0)
    return ready.aggregate(total=Coalesce(Sum("progress__payable"), ZERO))["total"]


def refunds_to_recover(fund) -> list[dict]:
    """What payments that came back have left of refunds that went out, in the fund's currency: `name` of who got one,
    `to_recover`, the number of its own `call` that it no longer pays, or None where what others paid came back, and the
    numbers of the `closings` after which it went out. Empty once the money that resolves it has moved."""
    rows = [row for name in _CAME_BACK for row in rows_of_exception(name, fund_id=fund.pk)]
    who = fund.commitments.filter(pk__in=[row["commitment"] for row in rows])
    names = dict(who.values_list("pk", "investor__name")) if rows else {}
    return [{**row, "name": names[row["commitment"]]} for row in rows]
