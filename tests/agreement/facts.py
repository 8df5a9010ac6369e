"""Figures by what they say: of whom, which one, as of which day. Two places that say the same must say it alike."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

#: What is said of now, where a page names no day.
NOW = "now"


class Said(NamedTuple):
    """`about` is what it is of, such as ("partner", 7); `name` which figure; `day` as of when; `where` who says so."""

    about: tuple
    name: str
    day: date | str
    value: Decimal
    where: str


@dataclass
class Record:
    """Everything said, by what it is about."""

    said: dict[tuple, dict[Decimal, set[str]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(set))
    )

    def add(self, facts: Iterable[Said]) -> None:
        for one in facts:
            self.said[one.about, one.name, one.day][one.value.normalize() + 0].add(one.where)

    def differences(self) -> list[str]:
        """Each figure that two places print differently, with both."""
        return [
            f"{' '.join(map(str, about))} {name} ({day}): "
            + "; ".join(f"{value} on {', '.join(sorted(where))}" for value, where in values.items())
            for (about, name, day), values in sorted(self.said.items(), key=str)
            if len(values) > 1
        ]

    def value(self, about, name, day) -> Decimal | None:
        return next(iter(self.said.get((about, name, day), {})), None)

    def places(self) -> set[str]:
        return {one for values in self.said.values() for where in values.values() for one in where}

    def names(self) -> set[str]:
        return {name for _, name, _ in self.said}

    def said_once(self) -> set[str]:
        """The names of figures that no second place says: nothing was compared there."""
        names = defaultdict(int)
        for (_, name, _), values in self.said.items():
            names[name] = max(names[name], sum(map(len, values.values())))
        return {name for name, most in names.items() if most == 1}


def identities(record: Record) -> Iterator[str]:
    """What must hold between the figures that one place says of one day."""
    for about, name, day in list(record.said):
        if name != "called":
            continue
        called, paid, owed = (record.value(about, word, day) for word in ("called", "paid", "outstanding"))
        if None not in (paid, owed) and called - paid != owed:
            yield f"{about} ({day}): {called} called less {paid} paid is not {owed} outstanding"
