"""What a partner in default loses: a share of its interest to the others, all of it to a buyer, or what of its
commitment is not drawn.

Rows move as those of a transfer do, by transfers of their own: they keep kind, deal and due date, and the fund's sums
stay. What the partner owes stays its own, and so much of its commitment with it; the others are asked for it by a
shortfall call.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict
from capital.models import CallItemCapital, CommitmentCapital
from closings.default_access import check_loss
from closings.default_notices import tell_of_loss
from closings.models import Default, DefaultRemedy, Transfer
from closings.queries.assumed import open_lines_of
from closings.queries.forfeitures import (
    Taken,
    Taker,
    commitment_that_moves,
    fingerprint_of,
    forfeited_to,
    reduction_of,
    takers_of,
)
from closings.queries.transfers import WorkedOutTransfer
from closings.services.assuming import check_nobody_is_excused
from closings.services.moving import next_number, post_moved
from closings.services.transfer_checks import (
    check_day,
    check_nothing_is_owed_to,
    moved_of,
    returned_of,
)
from closings.transfer_access import check_none_waits, check_nothing_waits
from funds.models import Commitment, CommitmentEvent

Kind = DefaultRemedy.Kind
WHOLE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Lost:
    """What a partner in default loses: `amount` of its commitment, and what each of those who get something of its
    interest takes."""

    amount: Decimal
    taken: tuple[Taken, ...] = ()


def forfeiture_of(default: Default, share: Fraction, on: date, today: date) -> Lost:
    """What a share comes to, and who of the others takes what. Raises Conflict, InvalidInput as a transfer does."""
    takers = takers_of(default)
    whole = _movable(default, share, on, today, [one.key for one in takers])
    amount = commitment_that_moves(default, whole)
    return Lost(amount, tuple(forfeited_to(default, whole, amount, takers)))


def sold_to(default: Default, buyer_id: int, on: date, today: date) -> Lost:
    """The whole interest, to one buyer. Raises Conflict, InvalidInput as a transfer does."""
    whole = _movable(default, WHOLE, on, today, [buyer_id])
    amount = commitment_that_moves(default, whole)
    return Lost(
        amount, (Taken(buyer_id, WHOLE, whole.rows, whole.parts, whole.shares, amount, whole.released),)
    )


def _movable(
    default: Default, share: Fraction, on: date, today: date, takers: list[int]
) -> WorkedOutTransfer:
    check_day((default.commitment_id, *takers), on, today)
    check_none_waits(default.fund)
    check_nothing_waits(default.fund)
    transferor = Commitment.objects.select_related("fund", "amounts").get(pk=default.commitment_id)
    check_nothing_is_owed_to(transferor)
    whole = moved_of(transferor, share, on)
    held: dict[int | None, Decimal] = defaultdict(Decimal)
    for row, _ in whole.rows:
        held[row.line_id] += row.amount if row.line_id else 0
    if min(held.values(), default=0) < 0:
        # What is owed stays its own, and so does what is to be given back for it.
        raise Conflict(
            "default.to_recover",
            "More of a call was refunded to the partner than stays paid of it, as a payment came back: its"
            " interest stays until that is paid again.",
        )
    if returned_of(transferor.pk, [one.line_id for one in open_lines_of(transferor.pk)], whole):
        raise Conflict(
            "default.to_recover",
            "Capital was returned to the partner whose payment came back since: its interest stays until that is paid"
            " again.",
        )
    check_nobody_is_excused(takers, (one.line_id for one in whole.parts))
    if whole.returns_too_much:
        raise Conflict(
            "transfer.overdraws",
            "Rounding would leave the partner with more given back than it paid: take another share.",
            field="share",
        )
    return whole


def check_may_lose(default: Default, on: date) -> None:
    """Raise Conflict where the default is cured, or may be still on that day."""
    check_loss(default, CallItemCapital.objects.get(item=default.item_id).outstanding, on)


def check_seen(default: Default, seen: str, takers: Sequence[Taker] = ()) -> None:
    """Raise Conflict where the partner holds or owes something else than was `seen`, or the others (`takers`) do."""
    account = CommitmentCapital.objects.get(commitment=default.commitment_id)
    outstanding = CallItemCapital.objects.get(item=default.item_id).outstanding
    if seen and seen != fingerprint_of(account, outstanding, takers):
        raise Conflict(
            "default.not_as_seen",
            "What the partner holds or owes, or what remains of the others, has changed since it was shown: look at it"
            " again.",
        )


def what_is_lost(remedy: DefaultRemedy, today: date) -> Lost:
    """By a remedy that takes effect, as things stand. Raises Conflict where it would come to something else than was
    asked for."""
    default, on = remedy.default, remedy.effective_on
    check_may_lose(default, on)
    if remedy.kind == Kind.SALE:
        return sold_to(default, remedy.buyer_id, on, today)
    lost = (
        Lost(reduction_of(default))
        if remedy.kind == Kind.REDUCTION
        else forfeiture_of(default, remedy.share, on, today)
    )
    if lost.amount != remedy.amount:
        raise has_moved()
    return lost


def has_moved() -> Conflict:
    return Conflict(
        "default.moved", "What this comes to has changed since it was asked for: turn it down, and ask anew."
    )


def post_loss(remedy: DefaultRemedy, lost: Lost, ctx: WriteContext) -> None:
    """Write what an approved remedy takes: transfers with what they move, or the event of the register."""
    if remedy.kind == Kind.REDUCTION:
        _reduce(remedy, ctx)
    else:
        first = next_number(remedy.fund)
        transfers = [_transfer(remedy, one, first + n) for n, one in enumerate(lost.taken)]
        Transfer.objects.bulk_create(transfers)
        post_moved(list(zip(transfers, lost.taken, strict=True)), ctx)
    tell_of_loss(remedy, ctx)


def _transfer(remedy: DefaultRemedy, taken: Taken, number: int) -> Transfer:
    default = remedy.default
    return Transfer(
        fund=remedy.fund,
        number=number,
        transferor=default.commitment,
        transferee_id=taken.commitment_id,
        numerator=taken.share.numerator,
        denominator=taken.share.denominator,
        effective_on=remedy.effective_on,
        price=remedy.net if remedy.kind == Kind.SALE else None,
        reason=f"{remedy.get_kind_display()} after default #{default.number}",
        remedy=remedy,
        four_eyes=remedy.fund.four_eyes,
        recorded_at=remedy.recorded_at,
        recorded_by=remedy.recorded_by,
        approved_at=remedy.approved_at,
        approved_by=remedy.approved_by,
    )


def _reduce(remedy: DefaultRemedy, ctx: WriteContext) -> None:
    default = remedy.default
    event = CommitmentEvent.objects.create(
        commitment=default.commitment,
        fund_id=remedy.fund_id,
        kind=CommitmentEvent.Kind.DEFAULT_REDUCTION,
        changes_commitment=True,
        amount=-remedy.amount,
        effective_on=remedy.effective_on,
        reason=f"Default #{default.number}",
        four_eyes=False,
        recorded_at=remedy.approved_at,
        recorded_by=remedy.approved_by,
        approved_at=remedy.approved_at,
        approved_by=remedy.approved_by,
    )
    audit.record(
        verb="reduce_commitment",
        ctx=ctx,
        subject=default.commitment,
        also=[default],
        fund_id=remedy.fund_id,
        reason=event.reason,
        changes={"committed": [None, event.amount]},
    )
