"""What a transfer would move, by what its transferor holds: nothing is written here."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256

from django.db.models import Q
from django.db.models.expressions import RawSQL

from blackgem.lib.money import round_to_unit, split, unit_of
from capital.models import HeldPart
from closings.calc.transfers import Holding, MovedRow, OpenItems, Row, RowKind, transfer
from closings.calc.transfers import Transfer as Moved
from closings.models import Closing
from closings.models import Transfer as TransferOfInterest
from closings.queries.assumed import OpenLine, open_lines_of
from distributions.models import DistributionItem, TakenShare
from distributions.services.fund_rows import add_tiers
from funds.models import CapitalTransaction, Commitment

ZERO = Decimal("0.00")
#: Of a share in a distribution, what moves as one figure each.
_PARTS = ("return_of_capital", "preferred_return", "profit_share", "carried_interest", "withholding_tax")


@dataclass(frozen=True, slots=True)
class HeldRow:
    """What a partner holds of a row of the ledger by now, with the row's sign. `pk` is that of the first original,
    whoever it was posted to, and what counts is as it counts."""

    pk: int
    amount: Decimal
    kind: RowKind
    due_on: date
    value_date: date
    line_id: int | None
    distribution_id: int | None
    within: bool
    recallable: bool


@dataclass(frozen=True, slots=True)
class MovedPart:
    """What moves of a part of a line, and of what it was worked out from."""

    line_id: int
    amount: Decimal
    weight: Decimal
    basis: str


@dataclass(frozen=True, slots=True)
class MovedShare:
    """What moves of a share in a distribution, in the parts of its item."""

    distribution_id: int
    gross_amount: Decimal
    recallable_amount: Decimal
    return_of_capital: Decimal
    preferred_return: Decimal
    profit_share: Decimal
    carried_interest: Decimal
    withholding_tax: Decimal
    tiers: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class WorkedOutTransfer:
    """What a transfer moves. `rows` are those of the ledger with what of each moves, in its sign; `returned` is the
    capital that was given back to the transferor in all; `assumed` the lines of calls of which it owes something, where
    that moves too."""

    moved: Moved
    rows: tuple[tuple[HeldRow, Decimal], ...]
    parts: tuple[MovedPart, ...]
    shares: tuple[MovedShare, ...]
    returned: Decimal
    assumed: tuple[OpenLine, ...] = ()

    @property
    def commitment(self) -> Decimal:
        return self.moved.moved.commitment

    @property
    def released(self) -> Decimal:
        return self.moved.moved.released

    @property
    def fingerprint(self) -> str:
        """Of all that moves: another one where anything of it is another amount."""
        rows = [f"{row.pk}:{amount:f}" for row, amount in self.rows]
        owed = [f"{one.line_id}:{one.owed:f}:{one.moved:f}" for one in self.assumed]
        said = ";".join([f"{self.commitment:f}", f"{self.released:f}", *rows, "", *owed])
        return sha256(said.encode()).hexdigest()

    @property
    def overdraws(self) -> bool:
        """Whether rounding leaves one of the two with more drawn than it committed, or with more capital returned than
        it paid in, where the whole had neither."""
        return self.moved.overdraws or self.returns_too_much

    @property
    def returns_too_much(self) -> bool:
        """Whether rounding leaves one of the two with more capital returned than it paid in."""
        paid = sum((part for row, part in self.rows if row.line_id), ZERO)
        moved = paid - sum((one.return_of_capital for one in self.shares), ZERO)
        return self.kept_in >= 0 > min(moved, self.kept_in - moved)

    @property
    def kept_in(self) -> Decimal:
        """What the transferor paid in, less the capital that was returned to it."""
        return sum((row.amount for row, _ in self.rows if row.line_id), ZERO) - self.returned


def work_out(
    commitment: Commitment,
    *,
    committed: Decimal,
    released: Decimal,
    share: Fraction,
    on: date,
    assumes: bool = False,
) -> WorkedOutTransfer:
    """What a share of this partner's interest comes to, from a day on; `assumes`: with its share of what is owed of
    calls. Raises TransferRefused."""
    unit = unit_of(commitment.fund.currency)
    held = held_rows(commitment.pk)
    owed = open_lines_of(commitment.pk) if assumes else []
    history = (*map(as_row, held), *(one.as_row() for one in owed))
    terms = OpenItems.ASSUME if assumes else OpenItems.REFUSE
    moved = transfer(Holding(committed, history, released=released), share, on, open_items=terms, unit=unit)
    of_rows, of_calls = moved.rows[: len(held)], moved.rows[len(held) :]
    rows = tuple((row, _signed(row, one)) for row, one in zip(held, of_rows, strict=True))
    by_now = held_by(commitment, rows, {one.line_id for one in owed})
    assumed = tuple(replace(line, moved=one.moved) for line, one in zip(owed, of_calls, strict=True))
    parts = tuple(moved_parts(rows, by_now, share, unit, {one.line_id for one in owed}))
    shares, returned = [], ZERO
    for one, whole in moved_shares(rows, by_now, share, unit):
        shares.append(one)
        returned += whole
    return WorkedOutTransfer(moved, rows, parts, tuple(shares), returned, assumed)


def held_rows(commitment_id: int, *, before: int | None = None) -> list[HeldRow]:
    """What a partner holds of every row, in the order in which rows fell due: its own, less what it transferred, and
    what it acquired. Not what was taken back, and not what was passed on. `before`: what it held before that row of the
    ledger."""
    amounts: dict[int, Decimal] = defaultdict(lambda: ZERO)
    own = CapitalTransaction.objects.filter(commitment=commitment_id, passed_on=False, reverses=None)
    standing = Q(reversed_by_row=None)
    if before is not None:
        own, standing = own.filter(pk__lt=before), standing | Q(reversed_by_row__gte=before)
    for pk, original, amount in own.values_list("pk", "moves", "amount"):
        amounts[original or pk] += amount
    held = [pk for pk, amount in amounts.items() if amount]
    originals = CapitalTransaction.objects.filter(standing, pk__in=held)
    return sorted((_held(row, amounts[row.pk]) for row in originals), key=lambda row: (row.due_on, row.pk))


def _held(row: CapitalTransaction, amount: Decimal) -> HeldRow:
    if row.call_line_id or row.counts_as_paid_in:
        kind = RowKind.CONTRIBUTION
    else:
        kind = RowKind.RECALLABLE if row.recallable else RowKind.DISTRIBUTION
    return HeldRow(
        row.pk,
        amount,
        kind,
        row.due_on or row.value_date,
        row.value_date,
        row.call_line_id,
        row.distribution_id,
        row.within_commitment,
        row.recallable,
    )


def as_row(row: HeldRow, amount: Decimal | None = None) -> Row:
    """For the arithmetic: above zero. `amount` is what of it moved, where that is asked for."""
    sign = 1 if row.kind == RowKind.CONTRIBUTION else -1
    whole = row.amount if amount is None else amount
    of = (row.line_id, row.distribution_id) if row.line_id or row.distribution_id else None
    return Row(row.kind, row.due_on, sign * whole, key=row.pk, outside=not row.within, of=of)


def _signed(row: HeldRow, moved: MovedRow) -> Decimal:
    return moved.moved if row.kind == RowKind.CONTRIBUTION else -moved.moved


@dataclass(frozen=True, slots=True)
class Held:
    """What a partner holds by now of the lines that its rows paid, each as line, what is held, weight and basis; and of
    distributions, each with its figures and tiers."""

    parts: tuple[tuple[int, Decimal, Decimal, str], ...]
    shares: dict[int, tuple[dict[str, Decimal], list]]


def held_by(commitment: Commitment, rows, owed: Collection[int] = ()) -> Held:
    """Of the lines and distributions of these rows, and of the lines that are `owed`."""
    lines = {row.line_id for row, _ in rows if row.line_id} | set(owed)
    parts = HeldPart.objects.filter(commitment=commitment, line__in=lines).order_by("line")
    shares: dict[int, tuple[dict[str, Decimal], list]] = {}
    distributions = {row.distribution_id for row, _ in rows if row.distribution_id}
    for model in (DistributionItem, TakenShare):
        found = model.objects.filter(commitment=commitment, distribution__in=distributions)
        for one in found.order_by("pk").values(*_PARTS, "tiers", "distribution_id"):
            figures, tiers = shares.get(one["distribution_id"], (dict.fromkeys(_PARTS, ZERO), []))
            shares[one["distribution_id"]] = (
                {name: amount + one[name] for name, amount in figures.items()},
                add_tiers(tiers, one["tiers"]),
            )
    return Held(tuple(parts.values_list("line", "held", "weight", "basis")), shares)


def moved_parts(
    rows, held: Held, share: Fraction, unit: Decimal, assumed: Collection[int] = ()
) -> Iterable[MovedPart]:
    """By line. Of one that is not paid in full, no more of the weight moves than of what is held, but where the rest is
    `assumed`."""
    amounts: dict[int, Decimal] = defaultdict(lambda: ZERO)
    paid: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for row, part in rows:
        if row.line_id:
            amounts[row.line_id] += part
            paid[row.line_id] += row.amount
    for line, whole, weight, basis in held.parts:
        is_whole = line in assumed or not whole
        of_it = Fraction(1) if is_whole else Fraction(paid[line]) / Fraction(whole)
        yield MovedPart(line, amounts[line], round_to_unit(share * of_it * Fraction(weight), unit), basis)


def moved_shares(rows, held: Held, share: Fraction, unit: Decimal) -> Iterable[tuple[MovedShare, Decimal]]:
    """Each, with the capital that the whole share returned."""
    gross: dict[int, Decimal] = defaultdict(lambda: ZERO)
    recallable: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for row, part in rows:
        if row.distribution_id:
            gross[row.distribution_id] -= part
            recallable[row.distribution_id] -= part if row.recallable else ZERO
    for distribution, amount in sorted(gross.items()):
        figures, tiers = held.shares[distribution]
        moved = moved_share(distribution, amount, recallable[distribution], figures, tiers, share, unit)
        yield moved, figures["return_of_capital"]


def moved_share(
    distribution, gross, recallable, figures, tiers, share: Fraction, unit: Decimal
) -> MovedShare:
    """What moves of the gross amount, over what it was made of, by largest remainder."""
    to_partner = [[Decimal(tier[0]), Decimal(tier[2])] for tier in tiers]
    profit = [amount for tier in to_partner for amount in tier] or [figures["profit_share"]]
    whole = [figures["return_of_capital"], figures["preferred_return"], figures["carried_interest"], *profit]
    capital, preferred, carried, *profits = split(gross, whole, unit) if any(whole) else [ZERO] * len(whole)
    moved_tiers = tuple(
        (
            f"{profits[2 * number]:f}",
            f"{round_to_unit(share * Fraction(Decimal(tier[1])), unit):f}",
            f"{profits[2 * number + 1]:f}",
            f"{round_to_unit(share * Fraction(Decimal(tier[3])), unit):f}",
        )
        for number, tier in enumerate(tiers)
    )
    return MovedShare(
        distribution,
        gross,
        recallable,
        capital,
        preferred,
        sum(profits, ZERO),
        carried,
        round_to_unit(share * Fraction(figures["withholding_tax"]), unit),
        moved_tiers,
    )


def moved_since(closing: Closing) -> str:
    """The transfers since a closing by which parts that it changed are held by others now, in words, or nothing."""
    query = "SELECT transfer_id FROM closing_parts_moved_since(%s)"
    found = TransferOfInterest.objects.filter(pk__in=RawSQL(query, [closing.pk]))  # noqa: S611 - a constant; the id is a parameter
    return ", ".join(str(one) for one in found.order_by("number"))
