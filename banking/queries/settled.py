"""What became of entries: which are settled, by what, and what may still be said of them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from itertools import groupby

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from banking.calc.rules import Proposal, Rule, proposed
from banking.models import BankEntry, EntryClass, EntryDecision, EntryMove, EntryPosting, EntryRule
from blackgem.lib.together import read_together
from funds.models import Fund
from funds.queries.cash_moves import CashMove, Payable, moves_of, payables_of

#: How far the day of a wire in the books may be from the bank's.
NEAR = timedelta(days=10)


@dataclass(frozen=True, slots=True)
class Settled:
    """By what an entry is settled: a receipt, `wires` of the books, or a person's word."""

    posting: EntryPosting | None = None
    wires: tuple[str, ...] = ()
    kind: str = ""
    entry_class: str = ""
    note: str = ""

    @property
    def is_ignored(self) -> bool:
        return self.kind == EntryDecision.Kind.IGNORED

    @property
    def is_classified(self) -> bool:
        return self.kind == EntryDecision.Kind.CLASSIFIED

    @property
    def may_be_undone(self) -> bool:
        """Nothing was posted: it rests on a person's word alone."""
        return bool(self.kind)

    @property
    def label(self) -> str:
        if self.posting:
            return "Posted"
        if self.wires:
            return (
                f"Is a {EntryMove.Kind(self.wires[0]).label}" if len(self.wires) == 1 else "Several payouts"
            )
        return EntryClass(self.entry_class).label if self.is_classified else "Left aside"


def with_settled(entries: QuerySet[BankEntry]) -> QuerySet[BankEntry]:
    """The entries with what `settled_by` reads, in one statement of SQL."""
    words = EntryDecision.objects.filter(entry=OuterRef("pk")).order_by("-version")
    said = JSONObject(kind="kind", entry_class="entry_class", note="note")
    moves = EntryMove.objects.filter(entry=OuterRef("pk")).order_by().values("entry")
    return entries.select_related("posting__receipt").annotate(
        word=Subquery(words.annotate(said=said).values("said")[:1]),
        wires=Subquery(moves.annotate(kinds=ArrayAgg("kind")).values("kinds")),
    )


def settled_by(entry: BankEntry) -> Settled | None:
    """By what an entry of `with_settled` is settled; None where it waits."""
    posting = getattr(entry, "posting", None)
    if posting is not None:
        return Settled(posting=posting)
    if entry.wires:
        return Settled(wires=tuple(entry.wires))
    if entry.word and entry.word["kind"] != EntryDecision.Kind.UNDONE:
        return Settled(**entry.word)
    return None


def rule_rows_of(fund: Fund) -> list[EntryRule]:
    """The rules of a fund that stand, by their numbers."""
    rows = EntryRule.objects.filter(fund=fund).order_by("number", "-version").distinct("number")
    return [row for row in rows.select_related("recorded_by") if not row.retired]


def rules_of(fund: Fund) -> list[Rule]:
    return [rule_of(row) for row in rule_rows_of(fund)]


def rule_of(row: EntryRule) -> Rule:
    names = ("number", "side", "name_holds", "text_holds", "least", "most", "entry_class")
    return Rule(key=row.pk, **{name: getattr(row, name) for name in names})


def proposal_of(entry: BankEntry, rules: list[Rule]) -> Proposal | None:
    """What the rules of a fund say of a booked entry."""
    text = f"{entry.text} {entry.loose_text}" if entry.loose_text else entry.text
    return proposed(rules, entry.amount, entry.name, text)


@dataclass(frozen=True, slots=True)
class Payment:
    """Payables of one group that an entry may be: one, or all of them as one booking."""

    payables: tuple[Payable, ...]

    @property
    def value(self) -> str:
        """As a form sends it."""
        return f"{self.payables[0].kind}:" + ",".join(str(one.row_id) for one in self.payables)

    @property
    def label(self) -> str:
        first = self.payables[0]
        if len(self.payables) > 1:
            return f"{first.what}: all {len(self.payables)} that wait"
        return f"{first.what}: {first.who}"


@dataclass(slots=True)
class Wires:
    """The books of a fund, as far as an entry is looked for in them: wires that no entry is, and what is payable."""

    moves: list[CashMove]
    payables: list[Payable]
    groups: list[tuple[Payable, ...]] = field(default_factory=list)

    @classmethod
    def like(cls, entry: BankEntry) -> "Wires":
        """What the entry may be: wires of its amount near its day, and what is payable where it went out."""
        is_debit = entry.amount < 0
        payables = payables_of(entry.fund) if is_debit else []
        groups = [tuple(rows) for _, rows in groupby(payables, lambda one: (one.kind, one.group))]
        return cls(open_moves(entry.fund, entry), payables, groups)

    def payments(self, entry: BankEntry) -> list[Payment]:
        """What is payable and comes to the entry: single payouts, or all of a distribution as one booking."""
        if entry.amount >= 0:
            return []
        fits = [(one,) for one in self.payables if one.amount == -entry.amount]
        fits += [rows for rows in self.groups if len(rows) > 1 and _sum(rows) == -entry.amount]
        return [Payment(rows) for rows in fits if all(one.due_on <= entry.value_date for one in rows)]


def _sum(rows: Iterable[Payable]) -> Decimal:
    return sum((one.amount for one in rows), Decimal(0))


def open_moves(fund: Fund, entry: BankEntry) -> list[CashMove]:
    """Wires of the books of the entry's amount, near its day, that no entry is; a receipt on its very day."""
    near = [
        move
        for move in moves_of(fund, without=() if entry.amount > 0 else ("receipt",))
        if move.amount == entry.amount
        and abs(move.on - entry.value_date) <= (NEAR if move.kind != "receipt" else timedelta(0))
    ]
    if not near:
        return []
    known = links_of(fund)
    return [move for move in without_pairs(near, known) if move.key not in known]


def links_of(fund: Fund) -> dict[tuple[str, int], int]:
    """Which entry a wire of the books is: kind and row → entry."""
    return linked(*read_together(*links_to_read(fund)))


def links_to_read(fund: Fund) -> tuple[QuerySet, QuerySet]:
    """What `linked` is made of, for who reads more in the same statement."""
    moves = EntryMove.objects.filter(fund=fund).values_list("kind", "row_id", "entry")
    return moves, EntryPosting.objects.filter(fund=fund).values_list("receipt", "entry")


def linked(moves: list[tuple], postings: list[tuple]) -> dict[tuple[str, int], int]:
    found = {(kind, row): entry for kind, row, entry in moves}
    return found | {("receipt", receipt): entry for receipt, entry in postings}


def without_pairs(moves: list[CashMove], linked) -> list[CashMove]:
    """Without wires that were posted wrongly and taken back, where the bank knows of neither."""
    gone = set()
    for move in moves:
        if move.takes_back is not None:
            other = (move.kind, move.takes_back)
            if move.key not in linked and other not in linked:
                gone |= {move.key, other}
    return [move for move in moves if move.key not in gone]
