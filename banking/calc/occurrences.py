"""Never twice: which entries of a statement are known already, and how a statement follows those that are held."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import NamedTuple

from banking.readers.form import Statement, booked_sum

CHANGED, GAP, OVERLAP = "statement.changed", "chain.gap", "chain.overlap"


class Alike(NamedTuple):
    """Entries that nothing tells apart."""

    day: date
    amount: Decimal
    fingerprint: str


def fingerprint(reference: str | None, name: str | None, text: str | None) -> str:
    """The bank's reference, else name and text in lower case with single spaces, as a SHA-256."""
    words = " ".join(f"{name or ''} {text or ''}".lower().split())
    said = f"reference:{reference}" if reference else f"text:{words}"
    return sha256(said.encode()).hexdigest()


def occurrences(entries: Iterable[Alike], known: Counter, *, counts_on: bool) -> list[tuple[int, bool]]:
    """For each entry, the how manieth of its day it is among those alike, and whether that one is known.

    The k-th alike of a statement is the k-th that is known; of a statement that `counts_on`, all are new.
    """
    seen: Counter = Counter()
    found = []
    for entry in entries:
        seen[entry] += 1
        place = seen[entry] + (known[entry] if counts_on else 0)
        found.append((place, not counts_on and place <= known[entry]))
    return found


class Held(NamedTuple):
    """A statement as it stands in the chain of its account. An opening that the file does not say is worked out."""

    statement_id: str
    first_day: date
    last_day: date
    opening: Decimal | None
    closing: Decimal | None

    @classmethod
    def of(cls, statement: Statement) -> "Held":
        opening = statement.opening.amount if statement.opening else None
        closing = statement.closing.amount if statement.closing else None
        if opening is None and closing is not None:
            opening = closing - booked_sum(statement.entries)
        days = (statement.first_day, statement.last_day)
        return cls(statement.statement_id or "", *days, opening, closing)

    def is_same(self, other: "Held") -> bool:
        return bool(self.statement_id) and (self.statement_id, self.last_day) == (
            other.statement_id,
            other.last_day,
        )

    def before(self, held: Sequence["Held"]) -> "Held | None":
        """The statement before this one, of those held in turn: the last that ends no later."""
        earlier = [one for one in held if one.last_day <= self.last_day and not self.is_same(one)]
        return earlier[-1] if earlier else None

    def chains(self, held: Sequence["Held"]) -> bool:
        """Whether it goes on where another statement ended; both have ids of their own."""
        before = self.before(held)
        if before is None or any(self.is_same(one) for one in held):
            return False
        named = bool(self.statement_id) and bool(before.statement_id)
        return named and self.opening is not None and self.opening == before.closing


def flags_of(statement: Held, held: Sequence[Held], *, same_content: bool) -> list[str]:
    """What a person should know: an id that is known with other content; days that are held already; a gap."""
    found = []
    if any(statement.is_same(one) for one in held) and not same_content:
        found.append(CHANGED)
    others = [one for one in held if not statement.is_same(one)]
    before = statement.before(held)
    if not statement.chains(held):
        overlaps = any(
            one.first_day <= statement.last_day and statement.first_day <= one.last_day for one in others
        )
        if overlaps:
            found.append(OVERLAP)
        elif before and statement.opening is not None and before.closing not in (None, statement.opening):
            found.append(GAP)
    return found
