"""Working a closing out: the register before and after it, the lines as they are held, and what that comes to. Writes
nothing; as many statements of SQL for any number of partners and lines.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, Sum

from blackgem.lib.money import unit_of
from blackgem.lib.rates import DayCount
from capital.models import (
    CapitalCallItem,
    CapitalCallItemLine,
    CapitalCallLine,
    CommitmentCapital,
    HeldPart,
    LineChange,
)
from capital.queries.room import partners_on
from capital.states import CALL_ISSUED
from closings.calc.equalise import Equalisation, equalise
from closings.calc.equalise import LineChange as Moved
from closings.calc.interest import Compounding, InterestTerms, RateFrom
from closings.calc.sides import Side, sides_of
from closings.calc.terms import (
    Beside,
    ClosingDays,
    EqualisationTerms,
    FeeInterest,
    HeldLine,
    InterestEnd,
    Resplit,
)
from closings.models import Closing, ClosingExcuse
from closings.queries.cuts import cut_by_defaults
from closings.queries.fees_before import FeesBefore, fees_before, is_tax_on_a_fee
from closings.queries.shares import ShareRoot, share_roots
from funds.models import CapitalTransaction, Commitment

ZERO = Decimal("0.00")
Kind = CapitalCallLine.Kind
Basis = CapitalCallItemLine.Basis
#: Fees are worked out for each partner by themselves, and interest between partners is no line of the fund.
KEPT = (Kind.MANAGEMENT_FEE, Kind.SUBSEQUENT_CLOSE_INTEREST, Kind.DEEMED_CONTRIBUTION)


@dataclass(frozen=True)
class Party:
    """A partner in the register after a closing, by its investor's number: what it commits `before` and `after`."""

    investor_id: int
    name: str
    reference: str
    kind: str
    before: Decimal
    after: Decimal
    commitment_id: int | None
    unfunded: Decimal


@dataclass(frozen=True)
class Source:
    """Where a partner's part of a line is held: its part of an item, how much of that it holds, and what was paid. Of
    what it holds by transfer alone there is no item, and the part is below zero."""

    part_id: int
    item_id: int | None
    line_id: int
    call_id: int
    held: Decimal
    paid: Decimal


@dataclass(frozen=True)
class Root:
    """A line that was called first, with the parts of it by partner: its own, and those of lines that equalise it."""

    line: CapitalCallLine
    sources: Mapping[int, tuple[Source, ...]]
    excused: frozenset[int]
    resplit: Resplit

    def held(self) -> dict[int, Decimal]:
        return {key: sum((one.held for one in parts), ZERO) for key, parts in self.sources.items()}

    def paid(self) -> dict[int, Decimal]:
        return {key: sum((one.paid for one in parts), ZERO) for key, parts in self.sources.items()}


@dataclass(frozen=True)
class WorkedOutClosing:
    """A closing as it would be settled now: partners in the order of their references, lines in the order of calls."""

    closing: Closing
    parties: tuple[Party, ...]
    roots: tuple[Root, ...]
    shares: tuple[ShareRoot, ...]
    fees: FeesBefore
    equalisation: Equalisation
    sides: Mapping[int, Side]
    starts_on: date

    @property
    def lines(self) -> tuple[Moved, ...]:
        """What changes on lines of calls."""
        return lines_of(self.equalisation, self.shares)

    @property
    def moved_shares(self) -> Mapping[str, Moved]:
        """What changes of distributions, by the keys of `shares`."""
        return {one.key: one for one in self.equalisation.lines if one.key in {it.key for it in self.shares}}

    def frozen(self) -> dict:
        """What it was worked out from and what it came to, as JSON: amounts and dates as text."""
        shares = {"shares": [one.frozen() for one in self.shares]} if self.shares else {}
        fees = {"fees": self.fees.frozen()} if self.fees.rows else {}
        return (
            shares
            | fees
            | {
                "starts_on": str(self.starts_on),
                "partners": [
                    [one.reference, one.name, f"{one.before:f}", f"{one.after:f}"] for one in self.parties
                ],
                "lines": [
                    [
                        root.line.pk,
                        root.resplit,
                        [[key, f"{held:f}"] for key, held in sorted(root.held().items())],
                        [[key, f"{paid:f}"] for key, paid in sorted(root.paid().items())],
                        sorted(root.excused),
                    ]
                    for root in self.roots
                ],
                "changes": [
                    [
                        change.key,
                        change.days,
                        *(_texts(one) for one in (change.delta, change.interest, change.premium)),
                    ]
                    for change in self.equalisation.lines
                ],
            }
        )


def _texts(amounts: Mapping[int, Decimal]) -> list[list]:
    return [[key, f"{amount:f}"] for key, amount in sorted(amounts.items()) if amount]


def work_out(closing: Closing) -> WorkedOutClosing:
    """Work a closing out from the facts as they stand. Raises EqualisationRefused and ZeroWeights."""
    parties = _parties(closing)
    investors = {one.commitment_id: one.investor_id for one in parties}
    excused = _excused_from_deals(closing)
    roots = _roots(closing, investors, excused)
    before = {one.investor_id: one.before for one in parties}
    shares = share_roots(closing, investors, before, excused, unit_of(closing.fund.currency))
    fees = fees_before(closing, parties)
    facts = given(closing, parties, roots, shares, fees)
    found = equalise(
        facts.lines,
        facts.before,
        facts.after,
        facts.terms,
        facts.days,
        beside=facts.beside,
        unit=facts.unit,
    )
    moved = {one.key for one in shares}
    sides = sides_of(
        lines_of(found, shares),
        (one for one in found.lines if one.key in moved),
        (one.investor_id for one in parties),
        unit_of(closing.fund.currency),
    )
    return WorkedOutClosing(closing, parties, roots, shares, fees, found, sides, _starts_on(closing, roots))


def lines_of(found: Equalisation, shares: tuple[ShareRoot, ...]) -> tuple[Moved, ...]:
    """What changes on lines of calls alone."""
    moved = {one.key for one in shares}
    return tuple(one for one in found.lines if one.key not in moved)


@dataclass(frozen=True, slots=True)
class Given:
    """What the engine is given, partners by the numbers of their investors."""

    lines: list[HeldLine]
    before: dict[int, Decimal]
    after: dict[int, Decimal]
    terms: EqualisationTerms
    days: ClosingDays
    beside: dict[int, Beside]
    unit: Decimal


def given(closing: Closing, parties, roots, shares, fees: FeesBefore) -> Given:
    """The same for these partners, lines, distributions and fees."""
    values = dict(closing.values.values_list("line", "value"))
    return Given(
        [*(_held_line(root, values.get(root.line.pk)) for root in roots), *(one.as_line() for one in shares)],
        {one.investor_id: one.before for one in parties if one.before},
        {one.investor_id: one.after for one in parties},
        terms_of(closing, parties),
        days_of(closing),
        {
            one.investor_id: fees.beside(one.investor_id, one.unfunded + one.after - one.before)
            for one in parties
        },
        unit_of(closing.fund.currency),
    )


def terms_of(closing: Closing, parties) -> EqualisationTerms:
    """The terms of a closing as the engine reads them."""
    general_partner = {one.investor_id for one in parties if one.kind == Commitment.Kind.GP}
    rates = tuple(
        RateFrom(*row) for row in closing.rates.order_by("starts_on").values_list("starts_on", "rate")
    )
    return EqualisationTerms(
        interest=InterestTerms(
            closing.rate,
            rates,
            closing.spread,
            Compounding(closing.compounding),
            DayCount(closing.day_count),
            closing.count_both_ends,
        ),
        interest_end=InterestEnd(closing.interest_end),
        no_interest=frozenset() if closing.general_partner_bears_interest else frozenset(general_partner),
        fee_interest=FeeInterest(closing.fee_interest),
    )


def days_of(closing: Closing) -> ClosingDays:
    """Its days as the engine reads them."""
    first = closing.fund.first_closing_on or closing.fund.lpa_date or closing.held_on
    return ClosingDays(closing.held_on, closing.pay_on, min(first, closing.held_on))


def _parties(closing: Closing) -> tuple[Party, ...]:
    """The register after the closing, in the order of references, as a call asks its partners."""
    added = {one.investor_id: one for one in closing.tranches.select_related("investor")}
    named = Commitment.objects.filter(fund=closing.fund, investor__in=added).values_list("pk", flat=True)
    standing = partners_on(closing.fund, closing.held_on, named=set(named))
    accounts = CommitmentCapital.objects.filter(commitment__in=[one.pk for one in standing])
    unfunded = dict(accounts.values_list("commitment", "unfunded"))
    # What was cut after defaults is weighed still, so that nobody takes over what was paid.
    cut = cut_by_defaults(closing)
    weighs = {one.pk: one.promised + cut.get(one.pk, ZERO) for one in standing}
    parties = [
        Party(
            one.investor_id,
            one.investor.name,
            one.reference,
            one.kind,
            weighs[one.pk],
            weighs[one.pk] + (added[one.investor_id].amount if one.investor_id in added else ZERO),
            one.pk,
            unfunded[one.pk],
        )
        for one in standing
    ]
    known = {one.investor_id for one in parties}
    parties += [
        Party(one.investor_id, one.investor.name, one.reference, one.kind, ZERO, one.amount, None, ZERO)
        for one in added.values()
        if one.investor_id not in known
    ]
    return tuple(sorted(parties, key=lambda one: one.reference))


# ---------------------------------------------------------------- lines


def _roots(
    closing: Closing, investors: Mapping[int | None, int], coming: Mapping[int | None, set[int]]
) -> tuple[Root, ...]:
    """Every line that was called first of the issued calls, with who holds it."""
    lines = CapitalCallLine.objects.filter(
        fund=closing.fund, call__status__in=CALL_ISSUED, equalises__isnull=True, counts_as_called=True
    )
    lines = lines.annotate(is_tax=is_tax_on_a_fee()).select_related("call", "allocation__deal")
    lines = lines.order_by("call__due_date", "call__number", "position")
    left_out = set(closing.exclusions.values_list("deal", flat=True))
    sources, excused, by_hand = _sources(closing, investors)
    return tuple(
        Root(
            line,
            {key: tuple(parts) for key, parts in sources[line.pk].items()},
            frozenset(excused[line.pk] | coming[line.allocation.deal_id if line.allocation_id else None]),
            _resplit(line, left_out, by_hand),
        )
        for line in lines
    )


def _sources(closing: Closing, investors):
    """By root and partner the parts that are held, newest first; by root who is excused; and the roots that a person
    or an excuse took from the split by commitments."""
    paid = defaultdict(lambda: ZERO)
    # What a transfer moved was paid, and is paid of the part on which it came.
    applied = CapitalTransaction.objects.filter(
        fund=closing.fund, call_line_id__isnull=False, passed_on=False
    ).order_by()
    for partner, line, amount in applied.values_list("commitment", "call_line_id").annotate(Sum("amount")):
        paid[partner, line] = amount
    # What was waived is held and no longer owed, as if it had been paid.
    waived = LineChange.objects.filter(fund=closing.fund, changes_held=False).order_by()
    for partner, line, amount in waived.values_list("commitment", "line").annotate(Sum("amount")):
        paid[partner, line] -= amount
    items = CapitalCallItem.objects.filter(fund=closing.fund, call__status__in=CALL_ISSUED)
    item_of = {(call, partner): pk for pk, call, partner in items.values_list("pk", "call", "commitment")}
    sources: dict[int, dict[int, list[Source]]] = defaultdict(lambda: defaultdict(list))
    excused, by_hand = defaultdict(set), set()
    parts = HeldPart.objects.filter(fund=closing.fund, call__status__in=CALL_ISSUED).order_by("-part")
    said = ("root", "commitment", "part", "line", "call", "held", "basis")
    for root, commitment, part, line, call, held, basis in parts.values_list(*said):
        key = investors.get(commitment)
        if key is None:
            continue
        item = item_of[call, commitment] if part > 0 else None
        sources[root][key].append(Source(part, item, line, call, held, paid[commitment, line]))
        if basis == Basis.EXCUSED:
            excused[root].add(key)
        elif basis != Basis.PRO_RATA:
            by_hand.add(root)
    revised = LineChange.objects.filter(fund=closing.fund, excuse__isnull=False)
    by_hand.update(revised.values_list("line", flat=True))
    return sources, excused, by_hand


def _excused_from_deals(closing: Closing) -> dict[int | None, set[int]]:
    """By deal, who is excused from it since it came in: in this closing, or in one that stands."""
    rows = ClosingExcuse.objects.filter(
        Q(closing=closing) | Q(fund=closing.fund, closing__in=Closing.objects.settled())
    )
    found = defaultdict(set)
    for deal, investor in rows.values_list("deal", "tranche__investor"):
        found[deal].add(investor)
    return found


def _resplit(line: CapitalCallLine, left_out: set[int], by_hand: set[int]) -> Resplit:
    if line.kind in KEPT or line.is_tax or (line.allocation_id and line.allocation.deal_id in left_out):
        return Resplit.KEPT
    by_commitment = line.split_by == CapitalCallLine.SplitBy.COMMITMENT and line.pk not in by_hand
    return Resplit.COMMITMENT if by_commitment else Resplit.FIXED


def _held_line(root: Root, value: Decimal | None) -> HeldLine:
    held = root.held()
    return HeldLine(
        root.line.pk,
        sum(held.values(), ZERO),
        root.line.call.due_date,
        held,
        inside=held if root.line.reduces_unfunded else dict.fromkeys(held, ZERO),
        paid=root.paid(),
        excused=root.excused,
        resplit=root.resplit,
        value=value,
    )


def _starts_on(closing: Closing, roots) -> date:
    """From which day on the parts change: the closing, or the day of the last call that it equalises."""
    fund = closing.fund
    days = [min(root.line.call.call_date, fund.day_of(root.line.call.approved_at)) for root in roots]
    return max([closing.held_on, *days])
