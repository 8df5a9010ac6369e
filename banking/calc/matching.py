"""Whom a credit on the bank account is from, and of which item: the step that says so, reasons with their score.

Money in the fund's currency. Credits are judged in order, each against what exact ones before it leave open.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from banking.calc.payers import named_in, same_payer
from banking.calc.references import References
from banking.readers.form import BOOKED, INFO, PROVED, UNDECIDED, Entry, plain_number

NEAR_DUE = 10  # days
SCORES = {"reference": 60, "amount": 25, "account": 20, "name": 10, "date": 5}
REFERENCE, ACCOUNT, NAME, AMOUNT, ALL_OPEN, SHORT_BY_CHARGES = range(1, 7)
CERTAIN = {REFERENCE, ACCOUNT}
ZERO = Decimal(0)


class State(StrEnum):
    EXACT = "exact"
    SUGGESTED = "suggested"
    PARTIAL = "partial"
    OVER = "over"
    EARLY = "early"
    DUPLICATE = "duplicate"
    UNMATCHED = "unmatched"
    DEBIT = "debit"
    RETURN = "return"
    PENDING = "pending"
    NONE = "none"


_WITH_REASONS = {State.EXACT, State.SUGGESTED, State.PARTIAL, State.OVER}


@dataclass(frozen=True, kw_only=True)
class Item:
    """What one partner owes of one call. `key` is unique among the fund's items; so is `reference`, which the partner
    is to quote; `spellings` are others of it, such as the letter's number."""

    key: str
    reference: str
    spellings: tuple[str, ...] = ()
    partner: str
    investor: str
    outstanding: Decimal
    due_date: date
    blocked: bool = False


@dataclass(frozen=True, kw_only=True)
class Book:
    """What entries are matched against: items of calls that may be paid or are, and who pays from which account."""

    items: tuple[Item, ...]
    partner_references: tuple[str, ...] = ()
    calls: frozenset[int] = frozenset()
    payer_accounts: Mapping[str, str] = field(default_factory=dict)
    charge_limit: Decimal = ZERO

    def paid_from(self, accounts: Mapping[str, str]) -> "Book":
        """The book with these accounts known too."""
        return replace(self, payer_accounts={**self.payer_accounts, **accounts})

    @cached_property
    def by_key(self) -> dict[str, Item]:
        return {item.key: item for item in self.items}

    @cached_property
    def references(self) -> References:
        return References({item.key: (item.reference, *item.spellings) for item in self.items})

    @cached_property
    def to_come(self) -> References:
        """Items of the next calls, of which there are none yet."""
        last = max(self.calls, default=0)
        numbers = [number for number in range(1, last + 10) if number not in self.calls]
        keys = [f"CC{number}-{reference}" for number in numbers for reference in self.partner_references]
        return References({key: (key,) for key in keys})

    @cached_property
    def owners(self) -> dict[str, str]:
        return {plain_number(number): partner for number, partner in self.payer_accounts.items()}


@dataclass(frozen=True, kw_only=True)
class Match:
    """What is said of an entry. `held` says why a person has to look at it, however exact."""

    n: int
    state: State
    item: Item | None = None
    step: int | None = None
    reasons: tuple[str, ...] = ()
    candidates: tuple[Item, ...] = ()
    note: str = ""
    held: str = ""

    @property
    def exact(self) -> bool:
        return self.state == State.EXACT

    @property
    def score(self) -> int | None:
        return sum(SCORES[reason] for reason in self.reasons) if self.has_reasons else None

    @property
    def has_reasons(self) -> bool:
        return self.item is not None and self.state in _WITH_REASONS

    def as_json(self, *, proved: bool) -> dict:
        """`proved`: the statement adds up, and there is one way to read it."""
        found = {
            "entry": self.n,
            "state": str(self.state),
            "item": self.item.reference if self.item else None,
            "step": self.step,
            "reasons": list(self.reasons) if self.has_reasons else None,
            "score": self.score,
            "exact": self.exact,
            "post_in_one_go": self.exact and proved,
            "candidates": [item.reference for item in self.candidates] or None,
            "note": "; ".join(filter(None, (self.note, self.held))) or None,
        }
        return {key: value for key, value in found.items() if value is not None}


def is_proved(balance: str, reversal_reading: str | None) -> bool:
    return balance == PROVED and reversal_reading != UNDECIDED


def match(entries: Iterable[Entry], book: Book, left: dict[str, Decimal] | None = None) -> list[Match]:
    """A match for each entry. `left` is what each item still owes; exact matches are taken off it."""
    left = {} if left is None else left
    for item in book.items:
        left.setdefault(item.key, item.outstanding)
    found = []
    for entry in entries:
        one = _Judge(entry, book, left).judged()
        if one.exact and one.item:
            left[one.item.key] -= entry.amount
        found.append(one)
    return found


class _Judge:
    def __init__(self, entry: Entry, book: Book, left: Mapping[str, Decimal]):
        self.entry, self.book, self.left = entry, book, left
        self.owner = book.owners.get(plain_number(entry.account)) if entry.account else None

    def judged(self) -> Match:
        entry = self.entry
        if entry.status == INFO or not entry.amount:
            return self._say(State.NONE)
        if entry.status != BOOKED:
            return self._say(State.PENDING, note="not money yet: never posted")
        if entry.returned or (entry.reversal and entry.amount < 0):
            return self._say(State.RETURN, note="the bank took a booking back")
        if entry.amount < 0:
            return self._say(State.DEBIT)
        if entry.reversal:
            return self._say(State.UNMATCHED, note="a debit taken back: no capital")
        return self._by_reference() or self._by_account() or self._by_name() or self._by_amount()

    def _say(self, state: State, **more) -> Match:
        return Match(n=self.entry.n, state=state, **more)

    # ------------------------------------------------------------ the steps

    def _by_reference(self) -> Match | None:
        entry = self.entry
        texts = (
            entry.text,
            entry.loose_text,
            entry.customer_reference,
            entry.end_to_end_id,
            entry.creditor_reference,
        )
        found = self._sorted(self.book.by_key[key] for key in self.book.references.found_in(texts))
        if len(found) == 1:
            return self._against(found[0], REFERENCE)
        if found:
            note = f"{len(found)} references in one amount: a person splits it"
            return self._say(State.SUGGESTED, step=REFERENCE, candidates=found, note=note)
        early = self.book.to_come.found_in(texts)
        if early:
            return self._say(State.EARLY, note=f"there is no call of {min(early)} yet: unapplied")
        return None

    def _by_account(self) -> Match | None:
        if self.owner is None:
            return None
        return self._of_partner({self.owner}, ACCOUNT)

    def _by_name(self) -> Match | None:
        names = {item.partner: item.investor for item in self.book.items}
        partners = {key for key, name in names.items() if same_payer(self.entry.name, name)}
        return self._of_partner(partners, NAME) if len(partners) == 1 else None

    def _by_amount(self) -> Match:
        equal = self._equal()
        if len(equal) == 1:
            return self._against(equal[0], AMOUNT)
        sums: dict[str, list[Item]] = {}
        for item in self._open():
            sums.setdefault(item.partner, []).append(item)
        whole = [items for items in sums.values() if len(items) > 1 and self._sum(items) == self.entry.amount]
        if not equal and len(whole) == 1:
            return self._all_open(whole[0])
        note = f"{len(equal)} items are of this amount" if equal else "fits no item: unapplied cash"
        return self._say(State.UNMATCHED, candidates=self._sorted(equal), note=note)

    def _of_partner(self, partners: set[str], step: int) -> Match | None:
        """What the payer owes; where its amount is another partner's alone, a person decides."""
        own = [item for item in self._open() if item.partner in partners]
        equal = [item for item in own if self.left[item.key] == self.entry.amount]
        if len(equal) == 1:
            return self._against(equal[0], step)
        if not own:
            return None
        if equal:
            return self._say(State.SUGGESTED, step=step, candidates=self._sorted(equal))
        if len(own) > 1 and self._sum(own) == self.entry.amount:
            return self._all_open(own)
        elsewhere = [item for item in self._equal() if item.partner not in partners]
        if elsewhere:
            candidates = (*self._sorted(own), *self._sorted(elsewhere))
            note = "the payer and the amount point to different partners: a person decides"
            item = own[0] if len(own) == 1 else None
            reasons = self._reasons(item, step) if item else ()
            return self._say(
                State.SUGGESTED, item=item, step=step, reasons=reasons, candidates=candidates, note=note
            )
        if len(own) == 1:
            return self._against(own[0], step)
        return self._say(State.SUGGESTED, step=step, candidates=self._sorted(own))

    # ------------------------------------------------------------ one item

    def _against(self, item: Item, step: int) -> Match:
        owed, amount = self.left[item.key], self.entry.amount
        reasons = self._reasons(item, step)
        if not owed:
            return self._say(
                State.DUPLICATE, item=item, step=step, note="paid already: all of it stays unapplied"
            )
        if amount == owed:
            certain = step in CERTAIN and not item.blocked
            state = State.EXACT if certain else State.SUGGESTED
            held = self._held(item) if certain else ""
            return self._say(state, item=item, step=step, reasons=reasons, held=held)
        if step not in CERTAIN:
            return self._say(State.SUGGESTED, item=item, step=step, reasons=reasons)
        if amount > owed:
            note = f"{owed:,} to the item, {amount - owed:,} stay unapplied"
            return self._say(State.OVER, item=item, step=step, reasons=reasons, note=note)
        note = f"{amount:,} of {owed:,}: {owed - amount:,} stay open"
        if owed - amount <= self.book.charge_limit:
            return self._say(State.SUGGESTED, item=item, step=SHORT_BY_CHARGES, reasons=reasons, note=note)
        return self._say(State.PARTIAL, item=item, step=step, reasons=reasons, note=note)

    def _all_open(self, items: Sequence[Item]) -> Match:
        note = "the sum of all that is open"
        return self._say(State.SUGGESTED, step=ALL_OPEN, candidates=self._sorted(items), note=note)

    def _reasons(self, item: Item, step: int) -> tuple[str, ...]:
        entry = self.entry
        near = abs((entry.value_date - item.due_date).days) <= NEAR_DUE
        holds = {
            "reference": step == REFERENCE,
            "amount": entry.amount == self.left[item.key],
            "account": self.owner == item.partner,
            "name": same_payer(entry.name, item.investor),
            "date": near,
        }
        return tuple(reason for reason, true in holds.items() if true)

    def _held(self, item: Item) -> str:
        """Why the wire may be somebody else's than the investor's; empty where it is not."""
        entry = self.entry
        if self.owner == item.partner or same_payer(entry.name, item.investor):
            return ""
        if entry.name or self.owner:
            return f"held: paid by {entry.name or 'another partner'}, not by {item.investor}"
        if named_in(item.investor, entry.loose_text or entry.text):
            return ""
        return f"held: the bank does not say that {item.investor} paid"

    # ------------------------------------------------------------ items

    def _open(self) -> list[Item]:
        return [item for item in self.book.items if self.left[item.key]]

    def _equal(self) -> list[Item]:
        return [item for item in self._open() if self.left[item.key] == self.entry.amount]

    def _sum(self, items: Iterable[Item]) -> Decimal:
        return sum((self.left[item.key] for item in items), ZERO)

    @staticmethod
    def _sorted(items: Iterable[Item]) -> tuple[Item, ...]:
        return tuple(sorted(items, key=lambda item: (item.due_date, item.reference)))
