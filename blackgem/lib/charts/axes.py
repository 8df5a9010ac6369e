"""A straight axis from amounts to pixels, its ticks, and how they are labelled."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal

from blackgem.lib.currencies import CURRENCIES
from blackgem.lib.money import NO_BREAK_SPACE, check_currency

_NICE_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
_SIZES = ((Decimal(10) ** 9, "B"), (Decimal(10) ** 6, "M"), (Decimal(10) ** 3, "k"))
_THREE_FIGURES = Context(prec=3, rounding=ROUND_HALF_EVEN)
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight line from amounts to pixels: `low` lies at `start`, `high` at `end` (which may be less)."""

    low: Decimal
    high: Decimal
    start: float
    end: float

    def at(self, amount: Decimal) -> float:
        """The pixel of an amount, to a hundredth."""
        span = self.high - self.low
        part = (
            float((amount - self.low) / span) if span else 0.0
        )  # where it is drawn: no amount is read from it
        return round(self.start + part * (self.end - self.start), 2)

    def between(self, first: Decimal, second: Decimal) -> float:
        """How many pixels lie between two amounts."""
        return round(abs(self.at(second) - self.at(first)), 2)


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis."""

    at: float
    amount: Decimal
    label: str


def nice_ticks(low: Decimal, high: Decimal, *, about: int = 5) -> list[Decimal]:
    """Round amounts that enclose `low` to `high` in about so many steps, zero among them where they span it."""
    step = _nice_step((high - low) / about)
    first, last = low // step, high // step
    first -= 1 if first * step > low else 0
    last += 1 if last * step < high else 0
    return [step * number for number in range(int(first), int(last) + 1)]


def _nice_step(rough: Decimal) -> Decimal:
    if rough <= 0:
        return Decimal(1)
    power = Decimal(1).scaleb(rough.adjusted())
    return next(power * nice for nice in _NICE_STEPS if power * nice >= rough)


def axis_label(amount: Decimal, currency: str) -> str:
    """A short amount for an axis: "$250k", "($1.25M)"; exact for the round amounts that axes have."""
    known = CURRENCIES[check_currency(currency)]
    size, letter = next(((size, letter) for size, letter in _SIZES if abs(amount) >= size), (Decimal(1), ""))
    number = f"{(abs(amount) / size).normalize():f}{letter}"
    shown = f"{known.symbol or known.code + NO_BREAK_SPACE}{number}"
    return f"({shown})" if amount < 0 else shown


def short_label(amount: Decimal, currency: str) -> str:
    """An amount in three figures, for the end of a line or the top of a column: "$50.1M"; the exact one stands
    elsewhere."""
    return axis_label(_THREE_FIGURES.plus(amount), currency)


def ticks(amounts: Iterable[Decimal], scale: Scale, currency: str) -> tuple[Tick, ...]:
    """The ticks of an axis, with their labels."""
    return tuple(Tick(scale.at(amount), amount, axis_label(amount, currency)) for amount in amounts)
