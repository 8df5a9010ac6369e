"""The two sizes in which every chart is drawn, so that its words are readable on a desk and on a phone."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

Chart = TypeVar("Chart")
#: The card with a column's figures: they fit "Cumulative net" and nine figures of a currency without a symbol.
CARD_WIDTH = 216


@dataclass(frozen=True, slots=True)
class Size:
    """What a drawing measures in pixels, and what is kept free before and after its plot. `name` is the class by which
    one of them is shown; at most so many columns carry their `names`."""

    name: str
    width: int
    height: int
    before: int
    after: int
    names: int

    def label_step(self, columns: int) -> int:
        """Of how many columns one carries its name, so that names do not collide."""
        return max(1, -(-columns // self.names))


WIDE = Size("wide", 720, 280, 72, 56, 10)
NARROW = Size("narrow", 360, 260, 52, 46, 5)


def in_both_sizes(draw: Callable[..., Chart], *args, **kwargs) -> tuple[Chart, Chart]:
    """The same chart wide and narrow."""
    return draw(*args, size=WIDE, **kwargs), draw(*args, size=NARROW, **kwargs)


@dataclass(frozen=True, slots=True)
class Slot:
    """The room of one column: where it begins, how wide it is, its middle, and where the card of its figures begins."""

    x: float
    width: float
    middle: float
    card_x: float


def slots(count: int, size: Size) -> tuple[Slot, ...]:
    """The plot shared out among so many columns."""
    pitch = (size.width - size.before - size.after) / max(1, count)
    return tuple(_slot(size.before + number * pitch, pitch, size) for number in range(count))


def _slot(x: float, pitch: float, size: Size) -> Slot:
    middle = x + pitch / 2
    card_x = min(max(middle - CARD_WIDTH / 2, 0), size.width - CARD_WIDTH)
    return Slot(round(x, 2), round(pitch, 2), round(middle, 2), round(card_x, 2))
