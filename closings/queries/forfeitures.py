"""What a partner in default would lose by rows, and who of the others would have it: nothing is written here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256

from blackgem.lib.errors import Conflict
from blackgem.lib.money import split, unit_of
from capital.models import CommitmentCapital
from closings.calc.default import Other, forced_sale, forfeit_rows, reduced_commitment
from closings.models import Default
from closings.queries.defaults import accrued_of, as_other, other_partners, others_of
from closings.queries.transfers import (
    HeldRow,
    MovedPart,
    MovedShare,
    WorkedOutTransfer,
    held_by,
    moved_parts,
    moved_shares,
)
from funds.models import Commitment

ZERO = Decimal("0.00")
#: A denominator beyond this is written as the nearest fraction below it: it says who has which part, and moves nothing.
MOST = 10**15
_FIGURES = (
    "gross_amount",
    "recallable_amount",
    "return_of_capital",
    "preferred_return",
    "profit_share",
    "carried_interest",
    "withholding_tax",
)


@dataclass(frozen=True, slots=True)
class Taken:
    """What one partner takes over: its `share` of the whole interest, and the figures that move to it."""

    commitment_id: int
    share: Fraction
    rows: tuple[tuple[HeldRow, Decimal], ...]
    parts: tuple[MovedPart, ...]
    shares: tuple[MovedShare, ...]
    commitment: Decimal
    released: Decimal


def commitment_that_moves(default: Default, whole: WorkedOutTransfer) -> Decimal:
    """Its share of the commitment; not what the partner still owes of calls, which stays its own."""
    unfunded = CommitmentCapital.objects.get(commitment=default.commitment_id).unfunded
    left = unfunded - whole.moved.moved.unfunded
    moved = whole.commitment + min(left, ZERO)
    if moved <= 0:
        raise Conflict("default.moves_nothing", "This share of the interest comes to nothing.", field="share")
    return moved


def takers_of(default: Default) -> list[Other]:
    """Who may take over what is forfeited: the others, by what remains of their commitments."""
    takers = [one for one in others_of(default) if one.remaining]
    if not takers:
        raise Conflict("default.nobody", "None of the other partners has anything left that could be called.")
    return takers


@dataclass(frozen=True, slots=True)
class Taker:
    """One of the others: what remains of its commitment, and its part of whatever is forfeited."""

    name: str
    remaining: Decimal
    part: Fraction
    commitment: Decimal | None = None

    @property
    def percent(self) -> str:
        return f"{Decimal(100) * self.part.numerator / self.part.denominator:.2f}%"


def could_take(
    default: Default, commitment: Decimal | None = None, partners: Sequence[Commitment] | None = None
) -> list[Taker]:
    """Who of the others would have which part; of a `commitment` that is forfeited, so much. `partners` are the others
    where the caller has them."""
    found = other_partners(default) if partners is None else partners
    takers = [(one.investor.name, as_other(one).remaining) for one in found if as_other(one).remaining]
    weights = [remaining for _, remaining in takers]
    whole = sum(map(Fraction, weights), Fraction(0))
    unit = unit_of(default.fund.currency)
    parts = split(commitment, weights, unit) if commitment and takers else [None] * len(takers)
    return [
        Taker(name, remaining, Fraction(remaining) / whole, part)
        for (name, remaining), part in zip(takers, parts, strict=True)
    ]


def fingerprint_of(account: CommitmentCapital, outstanding: Decimal, takers: Sequence[Taker] = ()) -> str:
    """Of what a form shows before something is taken of an interest: what its partner holds and owes, and who of the
    others would have which part."""
    figures = (account.committed, account.paid, account.distributed, account.unfunded, outstanding)
    shown = [f"{one:f}" for one in figures] + [f"{one.name}:{one.remaining:f}" for one in takers]
    return sha256(";".join(shown).encode()).hexdigest()


def forfeited_to(
    default: Default, whole: WorkedOutTransfer, commitment: Decimal, takers: Sequence[Other]
) -> list[Taken]:
    """What each of the others takes of a forfeiture: rows as a call is split, the rest by cumulative rounding, so that
    together they are what moves in all."""
    unit = unit_of(default.fund.currency)
    weights = [one.remaining for one in takers]
    committed = split(commitment, weights, unit)
    released = split(whole.released, weights, unit)
    by_row = forfeit_rows(whole.moved, takers, unit=unit)
    found = []
    held = held_by(default.commitment, whole.rows)
    before: tuple = (tuple((row, ZERO) for row, _ in whole.rows), (), ())
    upto, all_of_it = Fraction(0), sum(map(Fraction, weights))
    for number, one in enumerate(takers):
        part = whole.moved.share * Fraction(one.remaining) / all_of_it
        upto += part
        rows = tuple(
            (row, _signed(moved, taken[one.key]))
            for (row, moved), taken in zip(whole.rows, by_row, strict=True)
        )
        together = tuple((row, amount + own) for (row, amount), (_, own) in zip(before[0], rows, strict=True))
        parts = tuple(moved_parts(together, held, upto, unit))
        shares = tuple(share for share, _ in moved_shares(together, held, upto, unit))
        found.append(
            Taken(
                one.key,
                part.limit_denominator(MOST),
                rows,
                tuple(_less_parts(parts, before[1])),
                tuple(_less_shares(shares, before[2])),
                committed[number],
                released[number],
            )
        )
        before = (together, parts, shares)
    return [one for one in found if one.commitment or one.released or any(part for _, part in one.rows)]


def _signed(moved: Decimal, taken: Decimal) -> Decimal:
    return -abs(taken) if moved < 0 else abs(taken)


def _less_parts(now: Sequence[MovedPart], before: Sequence[MovedPart]) -> Iterator[MovedPart]:
    had = {one.line_id: one for one in before}
    for one in now:
        less = had.get(one.line_id)
        yield (
            replace(one, amount=one.amount - less.amount, weight=one.weight - less.weight) if less else one
        )


def _less_shares(now: Sequence[MovedShare], before: Sequence[MovedShare]) -> Iterator[MovedShare]:
    had = {one.distribution_id: one for one in before}
    for one in now:
        less = had.get(one.distribution_id)
        if less is None:
            yield one
            continue
        figures = {name: getattr(one, name) - getattr(less, name) for name in _FIGURES}
        tiers = tuple(
            tuple(f"{Decimal(a) - Decimal(b):f}" for a, b in zip(tier, taken, strict=True))
            for tier, taken in zip(one.tiers, less.tiers, strict=True)
        )
        yield replace(one, tiers=tiers, **figures)


@dataclass(frozen=True, slots=True)
class SalePrice:
    """Of a forced sale: the price, what of interest is owed beside the item, and what is paid to the partner."""

    gross: Decimal
    interest: Decimal
    net: Decimal


def sale_price(default: Default, on: date, value: Decimal, share: Fraction, costs: Decimal) -> SalePrice:
    """A share of the lesser of what the partner contributed and what its interest is worth, less the interest that it
    was not asked for or did not pay, and costs. Raises Conflict where that share comes to nothing."""
    contributed = max(CommitmentCapital.objects.get(commitment=default.commitment_id).paid, ZERO)
    interest = accrued_of(default, on).due
    found = forced_sale(
        contributed, value, share=share, payable=(interest, costs), unit=unit_of(default.fund.currency)
    )
    if not found.gross:
        raise Conflict("default.moves_nothing", "The price comes to nothing.", field="value")
    return SalePrice(found.gross, interest, found.net)


def reduction_of(default: Default) -> Decimal:
    """What the commitment is cut by: to contributions net of distributions, and not below what is drawn."""
    account = CommitmentCapital.objects.select_related("commitment").get(commitment=default.commitment_id)
    cut = account.committed - reduced_commitment(
        account.committed,
        max(account.paid, ZERO),
        max(account.distributed, ZERO),
        max(account.committed - account.unfunded, ZERO),
        unit=unit_of(default.fund.currency),
    )
    if cut <= 0:
        raise Conflict("default.moves_nothing", "Nothing of the commitment is left that could be cut.")
    return cut
