"""A second waterfall to check the first against: slow, in exact fractions, and by other methods.

European: every single cent is handed to whoever is next in line; nobody's part is ever rounded. Deal by deal:
closed formulas of future values instead of an account that is carried forward.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Context, Decimal
from fractions import Fraction

from distributions.calc.facts import History
from distributions.calc.terms import Compounding, FeeAllocation, FeeBase, Order, Terms

CENT = Fraction(1, 100)
HALF = CENT / 2
SIXTY = Context(prec=60)
DAYS = {"act/365": 365, "act/360": 360, "30E/360": 360}


def whole_cents(amount: Fraction) -> int:
    """Half-up."""
    return int(amount / CENT + Fraction(1, 2))


def count_days(start: date, end: date, day_count: str) -> int:
    if day_count != "30E/360":
        return end.toordinal() - start.toordinal()
    months = 12 * (end.year - start.year) + end.month - start.month
    return 30 * months + min(end.day, 30) - min(start.day, 30)


def power(base: Fraction, exponent: Fraction) -> Fraction:
    """By logarithm, at sixty digits."""
    as_decimals = [SIXTY.divide(Decimal(x.numerator), Decimal(x.denominator)) for x in (base, exponent)]
    return Fraction(SIXTY.exp(SIXTY.multiply(SIXTY.ln(as_decimals[0]), as_decimals[1])))


def grow(rate: Decimal, start: date, end: date, day_count: str, periods: int = 1) -> Fraction:
    years = Fraction(count_days(start, end, day_count), DAYS[day_count])
    return power(1 + Fraction(rate) / periods, years * periods)


@dataclass
class SlowTier:
    catch_up: Fraction = Fraction(0)
    split: Fraction = Fraction(0)
    carry: Fraction = Fraction(0)

    @property
    def total(self) -> Fraction:
        return self.catch_up + self.split


@dataclass
class SlowAccount:
    terms: Terms
    now: date | None = None
    capital: Fraction = Fraction(0)
    accrued: Fraction = Fraction(0)
    hurdles: list[Fraction] = field(default_factory=list)
    returned: int = 0
    pref_paid: int = 0
    tiers: list[SlowTier] = field(default_factory=list)

    def __post_init__(self):
        self.tiers = [SlowTier() for _ in self.terms.tiers]
        self.hurdles = [Fraction(0) for _ in self.terms.tiers]

    @property
    def carry(self) -> Fraction:
        return sum((tier.carry for tier in self.tiers), Fraction(0))

    @property
    def to_lp(self) -> Fraction:
        profit = sum((tier.total - tier.carry for tier in self.tiers), Fraction(0))
        return (self.returned + self.pref_paid) * CENT + profit

    def wait(self, day: date) -> None:
        if self.now and self.now != day:
            terms, span = self.terms, (self.now, day, self.terms.day_count)
            if terms.compounding == Compounding.SIMPLE:
                years = Fraction(count_days(*span), DAYS[terms.day_count])
                self.accrued += self.capital * Fraction(terms.pref_rate) * years
            else:
                periods = 4 if terms.compounding == Compounding.QUARTERLY else 1
                grown = (self.capital + self.accrued) * grow(terms.pref_rate, *span, periods)
                self.accrued = grown - self.capital
            self.hurdles = [
                balance * grow(tier.hurdle, *span)
                for tier, balance in zip(terms.tiers, self.hurdles, strict=True)
            ]
        self.now = day

    def contribute(self, amount: Decimal) -> None:
        self.capital += Fraction(amount)
        self.hurdles = [balance + Fraction(amount) for balance in self.hurdles]

    def distribute(self, amount: Decimal) -> None:
        before, pref_owed = self.to_lp, whole_cents(self.accrued)
        pref_left = pref_owed
        for _ in range(int(amount * 100)):
            wants_capital, wants_pref = self.capital >= CENT, pref_left > 0
            if wants_capital and (self.terms.order == Order.CAPITAL_FIRST or not wants_pref):
                self.capital -= CENT
                self.returned += 1
            elif wants_pref:
                pref_left -= 1
                self.pref_paid += 1
            else:
                self._give_profit(before)
        paid = pref_owed - pref_left
        self.accrued = Fraction(0) if paid == pref_owed else self.accrued - paid * CENT
        got = self.to_lp - before
        self.hurdles = [max(Fraction(0), balance - got) for balance in self.hurdles]

    def _give_profit(self, before: Fraction) -> None:
        """One cent of profit, to the first tier that is not through."""
        last = len(self.tiers) - 1
        for i, (tier, paid) in enumerate(zip(self.terms.tiers, self.tiers, strict=True)):
            catch_up, carry = Fraction(tier.catch_up), Fraction(tier.carry)
            profit = self.pref_paid * CENT + sum((t.total for t in self.tiers[: i + 1]), Fraction(0))
            held = sum((t.carry for t in self.tiers[: i + 1]), Fraction(0))
            missing = None if i == last else self.hurdles[i + 1] - (self.to_lp - before)
            behind = (carry * profit - held) / (catch_up - carry) if catch_up > carry else Fraction(0)
            reachable = catch_up == 1 or missing is None or missing / (1 - catch_up) >= HALF
            if behind >= HALF and reachable:
                paid.catch_up += CENT
                paid.carry += catch_up * CENT
                return
            if missing is None or missing / (1 - carry) >= HALF:
                paid.split += CENT
                paid.carry += carry * CENT
                return


@dataclass(frozen=True)
class Due:
    capital: Fraction
    pref: Fraction


def due_deal_by_deal(history: History, terms: Terms, on: date, deal) -> Due:
    """What a realisation of `deal` owes before it pays, compounding annually: sums of future values."""
    realised = {deal} | {paid.deal for paid in history.paid}
    cost = {}
    for fact in history.contributions:
        if fact.deal is not None and fact.on <= on:
            cost[fact.deal] = cost.get(fact.deal, Fraction(0)) + Fraction(fact.amount)
    share = {}
    for name, amount in cost.items():
        lost = sum(
            (Fraction(w.amount) for w in history.write_downs if w.deal == name and w.on <= on), Fraction(0)
        )
        share[name] = Fraction(1) if name in realised else min(Fraction(1), lost / amount)
    exited = sum((cost[name] * share[name] for name in cost), Fraction(0))
    base = Fraction(history.commitment or 0) if terms.fee_base == FeeBase.COMMITMENT else sum(cost.values())
    share[None] = min(Fraction(1), exited / base) if base else Fraction(0)
    if terms.fee_allocation == FeeAllocation.NONE:
        share[None] = Fraction(0)
    due = [
        (fact.on, Fraction(fact.amount) * share[fact.deal]) for fact in history.contributions if fact.on <= on
    ]
    paid = [
        (p.on, Fraction(p.parts.return_of_capital), Fraction(p.parts.preferred_return)) for p in history.paid
    ]
    capital = sum((amount for _, amount in due), Fraction(0)) - sum((roc for _, roc, _ in paid), Fraction(0))
    balance = sum(
        (amount * grow(terms.pref_rate, day, on, terms.day_count) for day, amount in due), Fraction(0)
    )
    balance -= sum(
        ((roc + pref) * grow(terms.pref_rate, day, on, terms.day_count) for day, roc, pref in paid),
        Fraction(0),
    )
    return Due(max(Fraction(0), capital), max(Fraction(0), balance - max(Fraction(0), capital)))
