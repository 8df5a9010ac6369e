"""What rules propose for entries that are no partner's wire. A rule is plain words, found as they stand: no pattern."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

IN, OUT, EITHER = "in", "out", "either"


def plain(text: str | None) -> str:
    """Words in one case, with single spaces between them."""
    return " ".join((text or "").casefold().split())


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Entries on one `side` whose name and text hold these words, of at least and at most these amounts without their
    sign, are of a class. What is empty, or None, asks for nothing."""

    key: int
    number: int
    side: str
    name_holds: str = ""
    text_holds: str = ""
    least: Decimal | None = None
    most: Decimal | None = None
    entry_class: str

    def fits(self, amount: Decimal, name: str, text: str) -> bool:
        """Whether an entry is as the rule asks; `name` and `text` are plain."""
        if self.side != EITHER and (self.side == IN) != (amount > 0):
            return False
        if self.least is not None and abs(amount) < self.least:
            return False
        if self.most is not None and abs(amount) > self.most:
            return False
        return plain(self.name_holds) in name and plain(self.text_holds) in text

    @property
    def weight(self) -> tuple[int, bool, bool]:
        """How much it asks for: more words, then bounds, say more."""
        words = len(plain(self.name_holds)) + len(plain(self.text_holds))
        return words, self.least is not None or self.most is not None, self.side != EITHER


@dataclass(frozen=True, slots=True)
class Proposal:
    """The rule that speaks for an entry; `others` of as much weight that name another class leave it to a person."""

    rule: Rule
    others: tuple[Rule, ...] = ()

    @property
    def is_clear(self) -> bool:
        return not self.others


def proposed(rules: Iterable[Rule], amount: Decimal, name: str | None, text: str | None) -> Proposal | None:
    """What the rules say of an entry: the one that asks for most; None where none fits."""
    plain_name, plain_text = plain(name), plain(text)
    fitting = [rule for rule in rules if rule.fits(amount, plain_name, plain_text)]
    if not fitting:
        return None
    most = max(rule.weight for rule in fitting)
    first, *rest = sorted((rule for rule in fitting if rule.weight == most), key=lambda rule: rule.number)
    return Proposal(first, tuple(rule for rule in rest if rule.entry_class != first.entry_class))
