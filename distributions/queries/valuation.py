"""What a fund is worth on a day, and every partner's share of it: the one source of each NAV that is shown anywhere.

The newest valuation on or before the day is carried forward by what flowed since, divided between the deals, and run
through the fund's own waterfall. A fee that the fund paid from cash on hand since lowers it by what left the account,
each partner's part by its own fee; one that calls asked for comes and goes, and changes nothing. A fund of which
nothing is left by its books is worth what it still has to pay out.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from blackgem.lib.errors import Conflict, InvalidInput
from blackgem.lib.knowledge import NOW, Knowledge
from blackgem.lib.money import split
from distributions.calc.liquidation import OTHER, Holdings, Worth, estimate, liquidate
from distributions.calc.openings import Role, funded
from distributions.calc.terms import Scope, Style
from distributions.queries.on_record import OnRecord, read_on_record
from distributions.services.facts import Facts, facts_of, needed
from distributions.services.fund_rows import FundRows
from distributions.states import DistributionType
from funds.calc.nav import Nav, roll_forward
from funds.models import Fund, NavEntry
from funds.queries.nav import register_valuer

ZERO = Decimal("0.00")
#: What is called to be spent, or passed on to other partners: it becomes no asset of the fund.
SPENT = (
    "management_fee",
    "partnership_expenses",
    "organisational_costs",
    "subsequent_close_interest",
    "default_interest",
    "deemed_contribution",
)
NOT_BY_DEAL = (
    "Partners were excused from one of several deals: what the rest is worth to each can be told once the value is "
    "entered deal by deal."
)


@dataclass(frozen=True, slots=True)
class Valuation:
    """A fund's net asset value on a day, in its currency: `amount` adds up to the `worth` of its partners and `carry`.

    `on` is the day of the entry that it rests on. Where nobody's share can be told, `worth` is empty and `refused` says
    why. The flags are those of `Nav`.
    """

    on: date
    day: date
    amount: Decimal
    worth: Mapping[int, Worth] = field(default_factory=dict)
    estimate: bool = False
    revalue: bool = False
    realised: bool = False
    refused: str = ""

    @property
    def carry(self) -> Decimal:
        """The carried interest accrued."""
        return sum((one.carry for one in self.worth.values()), ZERO)

    def nav_of(self, commitments) -> Nav | None:
        """The share of some partners together; None where it cannot be told."""
        found = [self.worth[key] for key in commitments if key in self.worth]
        if not found:
            return None
        net, gross = (sum((getattr(one, name) for one in found), ZERO) for name in ("net", "gross"))
        flags = {name: getattr(self, name) for name in ("estimate", "revalue", "realised")}
        return Nav(self.on, self.day, net, gross, **flags)


def navs_on(days: Mapping[Fund, date], known: Knowledge) -> dict[int, Nav]:
    """By commitment, what every partner's share of these funds is worth on their days; a partner that has none is left
    out."""
    valuations = filter(None, map(valuation_of, read_on_record(days, known)))
    return {
        key: nav
        for valuation in valuations
        for key in valuation.worth
        if (nav := valuation.nav_of([key])) is not None
    }


register_valuer(navs_on)


def valuation_on(fund: Fund, day: date, *, known: Knowledge = NOW) -> Valuation | None:
    """What a fund is worth on a day; None where nobody entered a value by then and something is left by the books."""
    (found,) = read_on_record({fund: day}, known)
    return valuation_of(found)


def valuation_of(found: OnRecord) -> Valuation | None:
    """The same from what is on record of the fund on the day."""
    rows, entry = found.rows, found.entry
    if entry is None and not any(row.distribution_id for row in rows.ledger):
        return None
    issued = _issued_by(rows)
    try:
        books = _Books(found, facts_of(rows, needed(found.terms), until=rows.day), issued)
        if entry is not None:
            return books.carried_forward()
        return books.realised() if books.nothing_is_left else None
    except (Conflict, InvalidInput) as error:
        if entry is None:
            return None
        amount, revalue = _rolled(entry, _Moves(found, issued))
        return Valuation(entry.as_of, rows.day, amount, revalue=revalue, refused=error.message)


# ---------------------------------------------------------------- what is known


@dataclass(frozen=True, slots=True)
class _Issued:
    """A distribution that binds the fund."""

    pk: int
    on: date
    deal: int | None
    amount: Decimal
    excess: bool


def _issued_by(rows: FundRows) -> dict[int, _Issued]:
    return {
        one.distribution_id: _Issued(
            one.distribution_id,
            one.date,
            one.deal_id,
            one.total_amount,
            one.type == DistributionType.RETURN_OF_EXCESS_CAPITAL,
        )
        for one in rows.items
        if one.date <= rows.day
    }


class _Moves:
    """What flowed after an entry's day, up to and including another: into assets, and out, by deal.

    What the entry already counted stays out: payments of calls that were receivable, payouts that had been taken off.
    What was paid out of a deal that was sold by the entry's day came from cash, not from the deal's value.
    """

    def __init__(self, found: OnRecord, issued: dict[int, _Issued]) -> None:
        assert found.entry is not None
        self.into: dict[int | None, Decimal] = defaultdict(lambda: ZERO)
        self.out: dict[int | None, Decimal] = defaultdict(lambda: ZERO)
        entry = self.entry = found.entry
        self.issued = issued
        receivable: set[int] = set()
        if entry.receivables_included:
            receivable = {call for call, on in found.called.items() if on <= entry.as_of}
        for row in found.rows.ledger:
            if row.value_date <= entry.as_of:
                continue
            if row.call_id:
                if row.call_id not in receivable and row.line_kind not in SPENT:
                    self.into[row.deal_id] += row.amount
            elif row.distribution_id and not self.is_deducted(row.distribution_id):
                self.out[self.deal_sold_since(row.distribution_id)] -= row.amount
        self.borne = self._borne(found)

    def _borne(self, found: OnRecord) -> dict[int, Decimal]:
        """By partner, what the fund paid since for its part of expenses, and had not taken off before as payable."""
        borne: dict[int, Decimal] = defaultdict(lambda: ZERO)
        for one in found.expenses:
            owed_before = found.rows.fund.day_of(one.since) <= self.entry.as_of
            if one.on > self.entry.as_of and not (owed_before and self.entry.payables_deducted):
                borne[one.commitment_id] += one.amount
        return {key: amount for key, amount in borne.items() if amount}

    def is_deducted(self, distribution: int) -> bool:
        """Whether the entry had taken a distribution off already."""
        one = self.issued.get(distribution)
        return self.entry.payables_deducted and one is not None and one.on <= self.entry.as_of

    def deal_sold_since(self, distribution: int) -> int | None:
        one = self.issued.get(distribution)
        return one.deal if one is not None and one.on > self.entry.as_of else OTHER


def _rolled(entry: NavEntry, moves: _Moves) -> tuple[Decimal, bool]:
    into, out = sum(moves.into.values(), ZERO), sum(moves.out.values(), ZERO)
    spent = sum(moves.borne.values(), ZERO)
    return roll_forward(entry.amount, became_assets=into, paid_out=out + spent)


# ---------------------------------------------------------------- what follows


class _Books:
    """A fund's facts on a day, as a valuation reads them."""

    def __init__(self, found: OnRecord, facts: Facts, issued: dict[int, _Issued]) -> None:
        self.found, self.rows, self.day = found, found.rows, found.rows.day
        self.facts, self.issued, self.entry = facts, issued, found.entry
        self.unit = facts.terms.unit
        self.idle = self._idle()
        self.unrealised = self._unrealised()

    def _idle(self) -> dict[int, Decimal]:
        """By partner, what it paid in for assets of no deal."""
        idle: dict[int, Decimal] = defaultdict(lambda: ZERO)
        for row in self.rows.ledger:
            if row.call_id and row.deal_id is None and row.line_kind not in SPENT:
                idle[row.commitment_id] += row.amount
        return dict(idle)

    def _unrealised(self) -> dict[int | None, Decimal]:
        """By deal (OTHER: of none), the cost that was neither written down nor came back as proceeds."""
        left: dict[int | None, Decimal] = defaultdict(lambda: ZERO, {OTHER: sum(self.idle.values(), ZERO)})
        for partner in self.facts.partners:
            for paid in partner.history.contributions:
                if paid.deal is not None:
                    left[paid.deal] += paid.amount
            for loss in partner.history.write_downs:
                left[loss.deal] -= loss.amount
        for one in self.issued.values():
            if one.deal is not None and not one.excess:
                left[one.deal] -= one.amount
        return {deal: max(ZERO, amount) for deal, amount in left.items()}

    @property
    def nothing_is_left(self) -> bool:
        """Whether all cost came back or is written down: what named no deal counts for any."""
        proceeds = [one for one in self.issued.values() if not one.excess]
        unnamed = sum((one.amount for one in proceeds if one.deal is None), ZERO)
        return bool(proceeds) and sum(self.unrealised.values(), ZERO) <= unnamed

    def realised(self) -> Valuation:
        """Nothing is left but what is still to be paid out."""
        owed = self._payable(set())
        worth = {key: Worth(owed.get(key, ZERO)) for key in self._partners()}
        return Valuation(self.day, self.day, sum(owed.values(), ZERO), worth, realised=True)

    def carried_forward(self) -> Valuation:
        """The entry with what flowed since, through the waterfall."""
        assert self.entry is not None
        moves = _Moves(self.found, self.issued)
        amount, revalue = _rolled(self.entry, moves)
        revalue = revalue and not self.nothing_is_left
        owed = self._payable({pk for pk in self.issued if moves.is_deducted(pk)})
        if sum(owed.values(), ZERO) > amount:
            owed = dict(zip(owed, split(amount, list(owed.values()), self.unit), strict=True))
        # What partners bear alone comes off their own parts; where more was paid out than the fund was worth, off all.
        borne = {} if revalue else moves.borne
        free = amount - sum(owed.values(), ZERO) + sum(borne.values(), ZERO)
        values, estimated = self._values(moves, free)
        if estimated and self._is_excused(values):
            return Valuation(self.entry.as_of, self.day, amount, revalue=revalue, refused=NOT_BY_DEAL)
        worth = liquidate(
            self.facts.partners, self.facts.terms, Holdings(self.day, values, self._other_keys(), borne)
        )
        shown = {
            key: Worth(worth[key].net + owed.get(key, ZERO), worth[key].carry) for key in self._partners()
        }
        return Valuation(self.entry.as_of, self.day, amount, shown, estimated, revalue)

    def _values(self, moves: _Moves, free: Decimal) -> tuple[dict[int | None, Decimal], bool]:
        """What each deal is worth, adding up to `free`, and whether that is an estimate."""
        entered = self.found.entered
        if not entered:
            values = estimate(free, self.unrealised, self.unit)
            return values, self._matters_how_divided and sum(1 for amount in values.values() if amount) > 1
        since = {pk for pk, one in self.issued.items() if one.on > self.entry.as_of}
        for pk, owed in self._owed_by_distribution().items():
            if pk in since:
                moves.out[self.issued[pk].deal] += owed
        values = {
            deal: max(ZERO, entered.get(deal, ZERO) + moves.into[deal] - moves.out[deal])
            for deal in {*entered, *moves.into} - {OTHER}
        }
        return values | {OTHER: free - sum(values.values(), ZERO)}, False

    @property
    def _matters_how_divided(self) -> bool:
        """Whether it matters for anybody which deal is worth how much: not where one account is shared by ownership."""
        terms = self.facts.terms
        alone = terms.style == Style.AMERICAN and not terms.loss_carryforward
        return alone or terms.scope == Scope.PER_INVESTOR

    def _is_excused(self, values) -> bool:
        """Whether a partner was excused from one of the deals that a value was divided between without being told."""
        held = {deal for deal, amount in values.items() if amount}
        excused = any(deal in held and on <= self.day for _, deal, on in self.found.excused)
        return self.facts.terms.scope == Scope.PER_INVESTOR and excused

    def _other_keys(self) -> dict[int, Decimal]:
        """Other net assets belong to those who paid for them, by what they paid; else to partners by commitment."""
        if any(amount > 0 for amount in self.idle.values()):
            return {key: max(ZERO, amount) for key, amount in self.idle.items()}
        promised = {one.pk: one.amount for one in self.facts.commitments}
        paying = {one.key: promised[one.key] for one in self.facts.partners if funded(one.history, self.day)}
        return paying if any(paying.values()) else promised

    def _partners(self) -> list[int]:
        """Those who have anything in the fund."""
        return [
            one.key for one in self.facts.partners if one.role == Role.LP or funded(one.history, self.day)
        ]

    # ------------------------------------------------------------ declared and not yet paid out

    def _payable(self, deducted: set[int]) -> dict[int, Decimal]:
        """By partner, what was declared by the day and not yet paid out on it."""
        owed: dict[int, Decimal] = defaultdict(lambda: ZERO)
        for distribution, commitment, amount in self._owed():
            if distribution not in deducted:
                owed[commitment] += amount
        return owed

    def _owed_by_distribution(self) -> dict[int, Decimal]:
        owed: dict[int, Decimal] = defaultdict(lambda: ZERO)
        for distribution, _, amount in self._owed():
            owed[distribution] += amount
        return owed

    def _owed(self) -> list[tuple[int, int, Decimal]]:
        out: dict[int | None, Decimal] = defaultdict(lambda: ZERO)
        for row in self.rows.ledger:
            out[row.distribution_item_id] += row.amount
        return [
            (one.distribution_id, one.commitment_id, one.gross_amount + out[one.pk])
            for one in self.rows.items
            if one.distribution_id in self.issued and one.gross_amount + out[one.pk]
        ]
