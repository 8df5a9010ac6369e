"""Defaults as pages and files show them: who owes what after it was due, and what was done about it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Subquery, prefetch_related_objects

from blackgem.lib import audit
from blackgem.lib.checks import Offer, offer
from blackgem.lib.errors import REFUSALS
from blackgem.lib.export import Column, Kind
from blackgem.lib.pages import found
from blackgem.lib.timeline import TimelineEntry, entries_of
from capital.models import CallItemCapital, CapitalCallItem
from capital.states import CALL_OPEN
from closings.calc.default import Other, Shortfall
from closings.models import Default, DefaultPart, DefaultRemedy, DefaultWithdrawal, Refund, Transfer
from closings.queries.defaults import Accrued, Owed, accrued_of, cured_on, owed_of, shortfall_of
from funds.access import MANAGE, check_approve_request, check_role
from funds.models import Fund
from funds.queries.access import with_role

ZERO = Decimal("0.00")
Kinds = DefaultRemedy.Kind
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
        if self.default.withdrawn_at:
            return "withdrawn"
        return "cured" if self.cured_on else "open"


@dataclass(frozen=True, slots=True)
class RemedyShown:
    """A remedy with what it led to: parts of the others, or their shares of the interest."""

    remedy: DefaultRemedy
    parts: list[DefaultPart]
    shares: list[Refund]
    transfers: list[Transfer]
    approve: Offer
    decline: Offer

    @property
    def is_loss(self) -> bool:
        return self.remedy.kind not in DefaultRemedy.CALLED

    @property
    def counts(self) -> bool:
        """Whether it waits, or stands: a call that was cancelled asks for nothing."""
        asked = getattr(self.remedy, "asked", None)
        return not self.remedy.rejected_at and (asked is None or asked.call.status != "cancelled")

    @property
    def status(self) -> str:
        if self.is_loss and self.remedy.approved_at:
            return "effective"
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
    rows = Default.objects.filter(fund__in=Fund.objects.visible_to(user))
    return with_withdrawal(rows).select_related(*_SHOWN)


def with_withdrawal(defaults: QuerySet) -> QuerySet:
    """Each with its withdrawal that was not turned down: since when it `withdrawn_at`, or who asked for it, and why."""
    found = DefaultWithdrawal.objects.filter(default=OuterRef("pk"), rejected_at=None)
    said = {
        "withdrawal_id": "pk",
        "withdrawn_at": "approved_at",
        "withdrawal_reason": "reason",
        "withdrawal_by_id": "requested_by_id",
        "withdrawal_four_eyes": "four_eyes",
    }
    fields = {name: Subquery(found.values(field)) for name, field in said.items()}
    return defaults.annotate(is_withdrawn=Exists(found), **fields)


def defaults_of(fund: Fund) -> QuerySet:
    """Every default of a fund, newest first, with the roll-up of its item."""
    rows = with_withdrawal(Default.objects.filter(fund=fund))
    return rows.select_related(*_SHOWN, "item__capital").order_by("-number")


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


def withdrawal_of(user, withdrawal_id) -> DefaultWithdrawal:
    """The withdrawal with the user's `role`; else 404."""
    rows = DefaultWithdrawal.objects.filter(fund__in=Fund.objects.visible_to(user)).select_related("default")
    return found(with_role(rows, user), pk=withdrawal_id)


def could_be_asked(default: Default, owed: Owed, others: Sequence[Other] | None = None) -> Shortfall | None:
    """What the others could be asked for now; None where they cannot be."""
    try:
        return shortfall_of(default, owed=owed, others=others)
    except REFUSALS:
        return None


def remedies_of(default: Default, by) -> list[RemedyShown]:
    """In the order in which they were asked for, each with whether this person may decide on it."""
    parts = DefaultPart.objects.select_related("commitment__investor").order_by("commitment__reference", "pk")
    shares = Refund.objects.select_related("commitment__investor", "progress")
    fetched = list(default.remedies.select_related("asked__call", "buyer__investor").order_by("number"))
    taken = Transfer.objects.select_related("transferee__investor").order_by("number")
    found = {
        "parts": (parts, [one for one in fetched if one.kind == Kinds.SHORTFALL]),
        "refunds": (
            shares.order_by("commitment__reference", "pk"),
            [one for one in fetched if one.kind == Kinds.INTEREST],
        ),
        "transfers": (taken, [one for one in fetched if one.approved_at and one.share]),
    }
    for name, (rows, of) in found.items():
        prefetch_related_objects(of, Prefetch(name, rows))
    led_to = {name: {one.pk for one in of} for name, (_, of) in found.items()}

    def of(one: DefaultRemedy, name: str) -> list:
        return list(getattr(one, name).all()) if one.pk in led_to[name] else []

    return [
        RemedyShown(
            one,
            of(one, "parts"),
            of(one, "refunds"),
            of(one, "transfers"),
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
        "withdrawn": "Withdrawn",
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
