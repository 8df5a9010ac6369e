"""One entry, as a person decides on it: what it may be, by whom, and which lines of its statement wait beside it."""

from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse

from banking.calc.matching import Item, Match, State, match
from banking.calc.rules import Proposal
from banking.models import BankEntry, BankStatement, EntryPosting
from banking.queries.matching import book_of, entry_of, lines_of
from banking.queries.payments import lines_of_entries
from banking.queries.settled import Payment, Wires, proposal_of, rules_of, settled_by, with_settled
from blackgem.lib.days import day_in_words
from blackgem.lib.pages import found
from funds.models import Commitment, Fund
from funds.queries.access import with_role
from funds.queries.cash_moves import CashMove, moves_of

#: States of a match in which a credit may have been typed before.
_PERHAPS_TYPED = {State.DUPLICATE, State.UNMATCHED, State.RETURN, State.EARLY}


@dataclass(frozen=True, slots=True)
class Returned:
    """A payment that the bank took back: who had paid, and the page on which it is reversed, with its reason."""

    label: str
    address: str


@dataclass(slots=True)
class Deciding:
    """What a person decides by. `splits` is what would be accepted: items with their amounts; the rest stays
    unapplied, and is `holder`'s."""

    entry: BankEntry
    place: int
    count: int
    previous: int | None
    next: int | None
    match: Match | None = None
    proposal: Proposal | None = None
    items: list[Item] = field(default_factory=list)
    partners: list[Commitment] = field(default_factory=list)
    splits: list[tuple[Item, Decimal]] = field(default_factory=list)
    holder: str = ""
    payments: list[Payment] = field(default_factory=list)
    typed: list[CashMove] = field(default_factory=list)
    returned: list[Returned] = field(default_factory=list)

    @property
    def rest(self) -> Decimal:
        """What of the entry would stay unapplied."""
        return self.entry.amount - sum((amount for _, amount in self.splits), Decimal(0))


def entries_seen_by(user):
    """Booked and other lines of the funds that this person may see, with fund, account and `role`."""
    rows = BankEntry.objects.filter(fund__in=Fund.objects.visible_to(user))
    return with_role(with_settled(rows.select_related("fund", "account", "statement")), user)


def entry_seen_by(user, entry_id: int) -> BankEntry:
    """One, with what it is `settled` by; 404 where it is not to be seen."""
    entry = found(entries_seen_by(user), pk=entry_id)
    entry.settled = settled_by(entry)
    return entry


def deciding_on(user, entry_id: int) -> Deciding:
    """What there is to decide of an entry. Of what is settled, only what it is settled by."""
    entry = entry_seen_by(user, entry_id)
    lines = lines_of(entry.statement)
    one = _placed(entry, lines)
    if entry.settled is not None or entry.status != BankEntry.Status.BOOKED:
        return one
    one.proposal = proposal_of(entry, rules_of(entry.fund))
    if entry.amount > 0:
        _with_items(one, lines)
    if one.match is None or one.match.state in _PERHAPS_TYPED:
        wires = Wires.like(entry)
        one.typed, one.payments = wires.moves, wires.payments(entry)
        _first_by_file(one)
    if one.match is None or one.match.state in _PERHAPS_TYPED:
        one.returned = _returned(entry)
    return one


def _first_by_file(one: Deciding) -> None:
    """What the end-to-end id of a payment file of ours says comes before what has the same amount."""
    line = lines_of_entries(one.entry.fund, [one.entry]).get(one.entry.pk)
    if line:
        ours = f"{line.kind}:{line.row_id}"
        one.payments.sort(key=lambda payment: payment.value != ours)


def _placed(entry: BankEntry, lines: list[BankEntry]) -> Deciding:
    """The entry among the lines of its statement, with the ones before and after it that wait."""
    at = next(n for n, line in enumerate(lines) if line.pk == entry.pk)
    entry.line, entry.is_repeated = lines[at].line, lines[at].is_repeated

    def waits(line: BankEntry) -> bool:
        return line.settled is None and line.status == BankEntry.Status.BOOKED

    before = next((line.pk for line in reversed(lines[:at]) if waits(line)), None)
    after = next((line.pk for line in lines[at + 1 :] if waits(line)), None)
    return Deciding(entry, at + 1, len(lines), before, after)


def next_waiting(statement: BankStatement, entry_id: int) -> int | None:
    """The line after an entry that waits, or the first one of the statement that does."""
    lines = lines_of(statement)
    at = next((n for n, line in enumerate(lines) if line.pk == entry_id), 0)
    waiting = [
        line
        for line in [*lines[at + 1 :], *lines[:at]]
        if line.settled is None and line.status == BankEntry.Status.BOOKED
    ]
    return waiting[0].pk if waiting else None


def _with_items(one: Deciding, lines: list[BankEntry]) -> None:
    """The match of a credit, against what exact ones before it leave open, and what may be chosen instead."""
    entry = one.entry
    book = book_of(entry.fund)
    before = [line for line in lines[: one.place] if line.settled is None]
    left: dict[str, Decimal] = {}
    one.match = match([entry_of(line) for line in before], book, left)[-1]
    one.items = sorted(
        (item for item in book.items if item.outstanding), key=lambda item: (item.due_date, item.reference)
    )
    one.partners = list(
        Commitment.objects.filter(fund=entry.fund).select_related("investor").order_by("investor__name", "pk")
    )
    said = one.match
    chosen = [said.item] if said.item else list(said.candidates)
    if said.item is None and sum((item.outstanding for item in chosen), Decimal(0)) != entry.amount:
        chosen = chosen[:1] if len(chosen) == 1 else []
    rest = entry.amount
    for item in chosen:
        part = min(item.outstanding, rest)
        if part > 0:
            one.splits.append((item, part))
            rest -= part
    partners = {item.partner for item in chosen}
    one.holder = partners.pop() if len(partners) == 1 else _early(one)


def _early(one: Deciding) -> str:
    """The partner whose reference a wire quotes before its call."""
    assert one.match
    if one.match.state != State.EARLY:
        return ""
    named = [str(partner.pk) for partner in one.partners if f"-{partner.reference} " in f"{one.match.note} "]
    return named[0] if len(named) == 1 else ""


def _returned(entry: BankEntry) -> list[Returned]:
    """The payments that an entry may take back: of its amount, and before it; without a mark of the bank that it takes
    something back, those whose reference it quotes."""
    if entry.amount > 0:
        return _payouts_back(entry)
    postings = (
        EntryPosting.objects.filter(
            fund=entry.fund_id,
            entry__amount=-entry.amount,
            entry__booking_date__lte=entry.booking_date,
            receipt__returns=None,
        )
        .select_related("entry", "receipt")
        .prefetch_related("receipt__payments__reversed_by_payment", "receipt__payments__commitment__investor")
        .order_by("-entry__booking_date", "-pk")[:20]
    )
    quoted = {entry.end_to_end_id, entry.customer_reference, entry.reference} - {""}
    named = [
        one
        for one in postings
        if quoted & {one.entry.end_to_end_id, one.entry.customer_reference, one.entry.reference}
    ]
    reason = _reason(entry)
    marked = entry.returned or entry.reversal
    return [row for one in (named or (postings if marked else ())) for row in _reversals(one, reason, entry)]


def _reason(entry: BankEntry) -> str:
    return f"Returned by the bank: {entry.returned}" if entry.returned else "Taken back by the bank"


def _payouts_back(entry: BankEntry) -> list[Returned]:
    """The payouts that a credit may have brought back: of its amount, and before it."""
    asked = urlencode({"reason": _reason(entry), "cash_on": entry.booking_date.isoformat()})
    return [
        Returned(f"{move.who}, {move.what} of {day_in_words(move.on)}", f"{move.address}?{asked}")
        for move in moves_of(entry.fund, without=("receipt", "receipt_return"))
        if move.amount == -entry.amount and move.address and move.on <= entry.booking_date
    ]


def _reversals(posting: EntryPosting, reason: str, entry: BankEntry):
    day = entry.booking_date.isoformat()
    payments = [
        one
        for one in posting.receipt.payments.all()
        if one.reverses_id is None and not hasattr(one, "reversed_by_payment")
    ]
    came = day_in_words(posting.entry.booking_date)
    for payment in payments:
        page = reverse("capital:payment_reverse", args=[payment.call_id, payment.item_id, payment.pk])
        asked = urlencode({"reason": reason, "cash_on": day})
        yield Returned(f"{payment.commitment.investor.name}, payment of {came}", f"{page}?{asked}")
    if not payments:
        page = reverse("capital:receipt_return", args=[posting.receipt_id])
        asked = urlencode({"reason": reason, "value_date": day})
        yield Returned(f"{posting.receipt.payer or 'Unapplied cash'}, receipt of {came}", f"{page}?{asked}")
