"""What became of money that was recorded: whether it was taken back, or is asked to be."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Exists, Model, OuterRef, QuerySet, Sum

from blackgem.lib.checks import Offer, offer
from blackgem.lib.errors import Conflict
from funds.models import CapitalTransaction


@dataclass(frozen=True, slots=True)
class MoneyShown:
    """A payment or payout with what became of it. `state` is paid, asked (a reversal waits), reversed, or reversal."""

    money: Model
    state: str
    reverse: Offer


def with_reversals(rows: QuerySet, pending: QuerySet, *, of: str, posted_by: str, **moved) -> QuerySet:
    """Each with whether it `is_reversed`, or `is_asked_back` by one of the `pending` requests, whose field `of` names
    it, and whether what it posted `is_moved` (by what `moved` says): rows name it by `posted_by`; newest first."""
    return rows.annotate(
        is_reversed=Exists(rows.model.objects.filter(reverses=OuterRef("pk"))),
        is_asked_back=Exists(pending.filter(**{of: OuterRef("pk")})),
        is_moved=Exists(_held_by_others(posted_by, OuterRef("pk"), **moved)),
    ).order_by("-pk")


def _held_by_others(posted_by: str, of, **moved_by) -> QuerySet:
    """What moved of the rows that this payment, payout or payout of a refund posted, and was not moved back."""
    moved = CapitalTransaction.objects.filter(**{f"moves__{posted_by}": of}, **moved_by).order_by()
    return moved.values("moves", "commitment").annotate(net=Sum("amount")).exclude(net=0)


def holders_of(paid: Model, posted_by: str) -> set[int]:
    """The partners who hold what a payment or a payout posted, its own among them: their commitments."""
    moved = _held_by_others(posted_by, paid.pk).values_list("commitment", flat=True)
    return {paid.commitment_id, *moved}


ROWS_MOVED = Conflict(
    "transfer.rows_moved",
    "Another partner holds a part of this since a transfer or a later closing: that is moved back first.",
)


#: What a later closing moved, not a transfer.
BY_CLOSING = {"transfer_id__isnull": True}


def check_nothing_moved(
    paid, posted_by: str, is_moved: bool | None = None, *, otherwise: str = "", **moved_by
) -> None:
    """Whether nobody but its partner holds a part of what a payment or a payout posted, by what `moved_by` says;
    `is_moved` where known, `otherwise` what is to be done then."""
    if _held_by_others(posted_by, paid.pk, **moved_by).exists() if is_moved is None else is_moved:
        raise Conflict(ROWS_MOVED.code, f"{ROWS_MOVED.message} {otherwise}".rstrip())


def money_shown(
    rows: Iterable[Model], role, by, check: Callable, facts: Callable[..., dict] = lambda row: {}
) -> list[MoneyShown]:
    """What became of rows read `with_reversals`, and whether this person, whose `role` it is, may ask to reverse each:
    what `check(row, by, is_asked=, **facts(row))` says."""
    return [_shown(row, role, by, check, facts(row)) for row in rows]


def _shown(row, role, by, check, facts) -> MoneyShown:
    row.role = role
    is_asked = row.is_reversed or row.is_asked_back
    reverse = offer(check, row, by, is_asked=is_asked, is_moved=row.is_moved, **facts)
    if row.reverses_id:
        state = "reversal"
    elif row.is_reversed:
        state = "reversed"
    else:
        state = "asked" if row.is_asked_back else "paid"
    return MoneyShown(row, state, reverse)
