"""What became of money that was recorded: whether it was taken back, or is asked to be."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Exists, Model, OuterRef, QuerySet

from blackgem.lib.checks import Offer, offer


@dataclass(frozen=True, slots=True)
class MoneyShown:
    """A payment or payout with what became of it. `state` is paid, asked (a reversal waits), reversed, or reversal."""

    money: Model
    state: str
    reverse: Offer


def with_reversals(rows: QuerySet, pending: QuerySet, *, of: str) -> QuerySet:
    """Each with whether it `is_reversed`, or `is_asked_back` by one of the `pending` requests, whose field `of` names
    it; newest first."""
    return rows.annotate(
        is_reversed=Exists(rows.model.objects.filter(reverses=OuterRef("pk"))),
        is_asked_back=Exists(pending.filter(**{of: OuterRef("pk")})),
    ).order_by("-pk")


def money_shown(
    rows: Iterable[Model], role, by, check: Callable, facts: Callable[..., dict] = lambda row: {}
) -> list[MoneyShown]:
    """What became of rows read `with_reversals`, and whether this person, whose `role` it is, may ask to reverse each:
    what `check(row, by, is_asked=, **facts(row))` says."""
    return [_shown(row, role, by, check, facts(row)) for row in rows]


def _shown(row, role, by, check, facts) -> MoneyShown:
    row.role = role
    reverse = offer(check, row, by, is_asked=row.is_reversed or row.is_asked_back, **facts)
    if row.reverses_id:
        state = "reversal"
    elif row.is_reversed:
        state = "reversed"
    else:
        state = "asked" if row.is_asked_back else "paid"
    return MoneyShown(row, state, reverse)
