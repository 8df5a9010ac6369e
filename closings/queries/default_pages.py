"""Defaults as pages and files show them: who owes what after it was due, and what was done about it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from blackgem.lib import audit
from blackgem.lib.checks import Offer, offer
from blackgem.lib.errors import REFUSALS
from blackgem.lib.export import Column, Kind
from blackgem.lib.pages import found
from blackgem.lib.timeline import TimelineEntry, entries_of
from capital.models import CallItemCapital, CapitalCallItem
from capital.states import CALL_OPEN
from closings.calc.default import Shortfall
from closings.models import Default, DefaultPart, DefaultRemedy, Refund
from closings.queries.defaults import Accrued, Owed, accrued_of, cured_on, owed_of, shortfall_of
from funds.access import MANAGE, check_approve_request, check_role
from funds.models import Fund
from funds.queries.access import with_role

ZERO = Decimal("0.00")
_SHOWN = ("fund", "call", "item", "commitment__investor", "recorded_by", "approved_by", "rejected_by")
DEFAULT_COLUMNS = (
    Column("Fund", width=32),
    Column("Default", Kind.INTEGER, 8),
    Column("Partner", width=36),
    Column("Call", Kind.INTEGER, 8),
    Column("Due", Kind.DATE, 12),
    Column("Notice", Kind.DATE, 12),
    Column("To be cured by", Kind.DATE, 12),
    Column("Cured", Kind.DATE, 12),
    Column("Currency", Kind.CURRENCY, 10),
    *(Column(name, Kind.MONEY) for name in ("Called", "Outstanding", "Interest", "Asked for")),
    Column("Status", width=18),
)


@dataclass(frozen=True, slots=True)
class DefaultShown:
    """A default on a day: what is owed, the interest by then, and how it stands."""

    default: Default
    owed: Owed
    interest: Accrued | None
    cured_on: date | None

    @property
    def status(self) -> str:
        if self.default.rejected_at:
            return "rejected"
        if not self.default.approved_at:
            return "pending"
        return "cured" if self.cured_on else "open"


@dataclass(frozen=True, slots=True)
class RemedyShown:
    """A remedy with what it led to: parts of the others, or their shares of the interest."""

    remedy: DefaultRemedy
    parts: list[DefaultPart]
    shares: list[Refund]
    approve: Offer
    decline: Offer

    @property
    def status(self) -> str:
        if self.remedy.rejected_at:
            return "rejected"
        return "approved" if self.remedy.approved_at else "pending"

    @property
    def paid_out(self) -> Decimal:
        """What was paid on to the others."""
        return sum((one.progress.paid_out for one in self.shares), ZERO)

    @property
    def payable(self) -> Decimal:
        """What may be paid on to the others now."""
        return sum((max(one.progress.payable, ZERO) for one in self.shares), ZERO)


def late_items_of(fund: Fund, today: date) -> QuerySet:
    """What is owed after it was due, and no notice was given of, by reference."""
    given = Default.objects.not_taken_back().filter(item=OuterRef("item"))
    return (
        CallItemCapital.objects.filter(
            call__fund=fund, call__status__in=CALL_OPEN, outstanding__gt=0, due_on__lt=today
        )
        .exclude(Exists(given))
        .select_related("call", "item__commitment__investor")
        .order_by("due_on", "item__commitment__reference", "item")
    )


def visible_defaults(user) -> QuerySet:
    return Default.objects.filter(fund__in=Fund.objects.visible_to(user)).select_related(*_SHOWN)


def defaults_of(fund: Fund) -> QuerySet:
    """Every default of a fund, newest first, with the roll-up of its item."""
    return Default.objects.filter(fund=fund).select_related(*_SHOWN, "item__capital").order_by("-number")


def default_of(user, default_id) -> Default:
    """The default with the user's `role`; else 404."""
    return found(with_role(visible_defaults(user), user), pk=default_id)


def item_of(user, item_id) -> CapitalCallItem:
    """The part of a call of which notice may be given, with the user's `role`; else 404."""
    rows = CapitalCallItem.objects.filter(fund__in=Fund.objects.visible_to(user)).select_related(
        "call", "fund", "capital", "commitment__investor"
    )
    return found(with_role(rows, user), pk=item_id)


def remedy_of(user, remedy_id) -> DefaultRemedy:
    """The remedy with the user's `role`; else 404."""
    rows = DefaultRemedy.objects.filter(fund__in=Fund.objects.visible_to(user)).select_related(
        "fund", "default__commitment__investor", "default__call"
    )
    return found(with_role(rows, user), pk=remedy_id)


def shown_of(default: Default, today: date) -> DefaultShown:
    owed = owed_of(default, today)
    return DefaultShown(default, owed, _accrued(default, today, owed), cured_on(default, owed))


def _accrued(default: Default, today: date, owed: Owed) -> Accrued | None:
    """None where it cannot be worked out."""
    try:
        return accrued_of(default, today, owed)
    except REFUSALS:
        return None


def could_be_asked(default: Default, owed: Owed) -> Shortfall | None:
    """What the others could be asked for now; None where they cannot be."""
    try:
        return shortfall_of(default, owed=owed)
    except REFUSALS:
        return None


def remedies_of(default: Default, by) -> list[RemedyShown]:
    """In the order in which they were asked for, each with whether this person may decide on it."""
    parts = DefaultPart.objects.select_related("commitment__investor").order_by("commitment__reference", "pk")
    shares = Refund.objects.select_related("commitment__investor", "progress")
    rows = default.remedies.select_related("asked__call").order_by("number")
    fetched = rows.prefetch_related(
        Prefetch("parts", parts), Prefetch("refunds", shares.order_by("commitment__reference", "pk"))
    )
    return [
        RemedyShown(
            one,
            list(one.parts.all()),
            list(one.refunds.all()),
            offer(check_approve_request, default.role, one.four_eyes, one.recorded_by_id, by),
            offer(check_role, default.role, MANAGE),
        )
        for one in fetched
    ]


def story_of_default(default: Default) -> list[TimelineEntry]:
    return entries_of(audit.timeline(default), default.fund.currency)


def default_rows(fund: Fund, today: date) -> Iterator[tuple]:
    """Every default of a fund, newest first, as rows of `DEFAULT_COLUMNS`."""
    words = {
        "pending": "Awaiting approval",
        "rejected": "Turned down",
        "open": "In default",
        "cured": "Cured",
    }
    for default in defaults_of(fund):
        one = shown_of(default, today)
        yield (
            fund.name,
            default.number,
            default.commitment.investor.name,
            default.call.number,
            default.due_on,
            default.effective_on,
            default.cure_by,
            one.cured_on if default.approved_at else None,
            fund.currency,
            one.owed.amount,
            one.owed.outstanding,
            one.interest.total if one.interest else None,
            one.interest.asked if one.interest else None,
            words[one.status],
        )
