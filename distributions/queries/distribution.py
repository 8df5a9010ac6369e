"""One distribution: its tiers, its investors with what was paid out, and what was done with it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.paginator import Page
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from blackgem.lib import audit
from blackgem.lib.checks import Offer, offer
from blackgem.lib.invariants import rows_of_exception
from blackgem.lib.pages import found
from blackgem.lib.together import read_together
from distributions.access import check_pay_item_out
from distributions.models import Distribution, DistributionItem, DistributionTier, PayoutReversal
from distributions.queries.holds import WORDS, hold_of
from distributions.services.decided import is_withheld_by_hand
from distributions.services.distributions import inputs_since
from distributions.states import DISTRIBUTION_FROZEN, DISTRIBUTION_ISSUED, DistributionStatus
from funds.access import MANAGE, check_approve_request, check_role
from funds.models import Deal, Notice
from funds.queries.access import with_role
from funds.queries.controls import change_waiting
from funds.queries.lists import Shortened, cut, nearest_page_of
from funds.queries.notices import NoticeShown
from funds.queries.questions import last_from_fund
from funds.queries.stories import story_read

#: With the working of the waterfall above them the page stays under 60 kB.
ITEMS_PER_PAGE = 15
EVENTS_SHOWN = 30
ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class ItemShown:
    """One partner's row. `status` is empty while nothing is due, else pending or paid; `is_answered` is whether the
    fund spoke last about it, None where the investor asked nothing."""

    pk: int
    investor: str
    is_gp: bool
    weight: Decimal
    gross: Decimal
    return_of_capital: Decimal
    preferred_return: Decimal
    profit_share: Decimal
    carried_interest: Decimal
    withheld: Decimal
    net: Decimal
    status: str
    paid_on: date | None
    is_answered: bool | None
    notice: NoticeShown | None
    withheld_by_hand: bool
    pay_out: Offer
    why_held: str


@dataclass(frozen=True, slots=True)
class MovedAmount:
    """What one partner would get now, beside what it got."""

    investor: str
    then: Decimal
    now: Decimal


@dataclass(frozen=True, slots=True)
class Moved:
    """How the facts behind a distribution have moved since; `amounts` are the partners that it would change."""

    contributed_then: Decimal
    contributed_now: Decimal
    amounts: tuple[MovedAmount, ...]


def distribution_of(user, distribution_id) -> Distribution:
    """The distribution with fund, deal, terms, capital, people, counts and the user's `role`; else 404."""
    rows = Distribution.objects.visible_to(user).select_related(
        "fund",
        "deal",
        "terms",
        "capital",
        "created_by",
        "submitted_by",
        "approved_by",
        "sent_by",
        "cancelled_by",
    )
    counted = DistributionItem.objects.filter(distribution=OuterRef("pk")).order_by().values("distribution")
    return found(
        with_role(rows.with_turns(), user).annotate(
            change_waiting=change_waiting(Notice.Kind.DISTRIBUTION),
            item_count=Coalesce(Subquery(counted.annotate(count=Count("pk")).values("count")), 0),
        ),
        pk=distribution_id,
    )


def items_page(one: Distribution, *, show: str, text: str, number, by=None) -> Page:
    """A page of the items, narrowed to those not paid out (`open`) or to names that contain `text`."""
    items = (
        DistributionItem.objects.filter(distribution=one)
        .select_related("commitment__investor", "capital")
        .defer("tiers", "working")
        .annotate(is_answered=last_from_fund(Notice.Kind.DISTRIBUTION), hold=hold_of(by))
        .order_by("-commitment__kind", "commitment__reference", "pk")
    )
    if show == "open":
        items = items.filter(gross_amount__gt=0, capital__paid_out=0)
    if text:
        items = items.filter(commitment__investor__name__icontains=text)
    whole = None if show == "open" or text else one.item_count
    return nearest_page_of(items, ITEMS_PER_PAGE, number, count=whole)


def rows_of(one: Distribution, items, notices: dict[int, NoticeShown], by) -> list[ItemShown]:
    """Items as rows, with whether this person may record a payout.

    Whose tax was set by hand is said until it is issued: the rate may change afterwards.
    """
    issued = one.status in DISTRIBUTION_ISSUED
    for item in items:
        item.distribution, item.role = one, one.role
    return [
        ItemShown(
            pk=item.pk,
            investor=item.commitment.investor.name,
            is_gp=item.commitment.kind == "gp",
            weight=item.weight,
            gross=item.gross_amount,
            return_of_capital=item.return_of_capital,
            preferred_return=item.preferred_return,
            profit_share=item.profit_share,
            carried_interest=item.carried_interest,
            withheld=item.withholding_tax,
            net=item.net_amount,
            status=payout_status(one, item),
            paid_on=item.capital.paid_on,
            is_answered=item.is_answered,
            notice=notices.get(item.pk),
            withheld_by_hand=not issued and is_withheld_by_hand(item, one.fund.currency),
            pay_out=offer(check_pay_item_out, item, by),
            why_held=WORDS.get(item.hold or "", "") if payout_status(one, item) == "pending" else "",
        )
        for item in items
    ]


def payout_status(one: Distribution, item) -> str:
    """pending or paid; empty where it is not issued, or this partner gets nothing."""
    if one.status not in DISTRIBUTION_ISSUED or not item.gross_amount:
        return ""
    return "paid" if item.capital.paid_out == item.gross_amount else "pending"


@dataclass(frozen=True, slots=True)
class AboutDistribution:
    """What stands about a distribution beside its partners: the rows of its waterfall (`tiers`), the `reversals` of its
    payouts that wait for a decision, oldest first, each with whether this person may `approve` or `reject` it, and what
    was done with it (`story`), newest first."""

    tiers: list[DistributionTier]
    reversals: list[PayoutReversal]
    story: Shortened


def about(user, one: Distribution, *, whole_story: bool = False) -> AboutDistribution:
    """In one statement."""
    reversals = PayoutReversal.objects.pending().filter(payout__distribution=one)
    tiers, waiting, events = read_together(
        one.tiers.order_by("position"),
        reversals.select_related("payout__item__commitment__investor", "requested_by").order_by(
            "requested_at"
        ),
        cut(audit.timeline(one), None if whole_story else EVENTS_SHOWN),
    )
    for row in waiting:
        row.approve = offer(check_approve_request, one.role, row.four_eyes, row.requested_by_id, user)
        row.reject = offer(check_role, one.role, MANAGE)
    return AboutDistribution(tiers, waiting, story_read(events, one.fund.currency))


def moved_since(one: Distribution) -> Moved | None:
    """What a frozen distribution would be now, where its inputs have changed since; None where they have not."""
    if one.status not in DISTRIBUTION_FROZEN:
        return None
    moved = inputs_since(one)
    if moved is None:
        return None
    names = dict(one.fund.commitments.values_list("pk", "investor__name"))
    amounts = tuple(
        MovedAmount(names.get(key, ""), then or ZERO, now or ZERO)
        for key, (then, now) in moved["amounts"].items()
    )
    return Moved(*moved["contributed"], amounts)


def back_to_draft_with(one: Distribution) -> list[Distribution]:
    """Those that were approved after it and wait for their issue: they counted it, and go back to draft if it goes."""
    if one.status not in DISTRIBUTION_FROZEN:
        return []
    waiting = one.fund.distributions.filter(status=DistributionStatus.APPROVED).approved_after(one)
    return list(waiting.defer("inputs").order_by("approved_at", "pk"))


def capital_to_recover(fund) -> list[dict]:
    """What payments that came back have left of returned capital: `name` (empty for all limited partners together),
    `returned`, `paid_in`, `to_recover`, in the fund's currency, and the `call` of the line where only that is meant.
    Empty once the money that resolves it has moved."""
    rows = [
        *rows_of_exception("capital_was_returned_and_its_payment_came_back", fund_id=fund.pk),
        *rows_of_exception("a_line_was_given_back_and_its_payment_came_back", fund_id=fund.pk),
    ]
    names = dict(
        fund.commitments.filter(pk__in=[row["commitment"] for row in rows]).values_list(
            "pk", "investor__name"
        )
    )
    return [{**row, "name": names.get(row["commitment"], "")} for row in rows]


def deals_of(fund):
    """The deals that the fund has put money aside for: those a distribution can come from."""
    return Deal.objects.filter(allocations__fund=fund).distinct().order_by("name", "pk")
