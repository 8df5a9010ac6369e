"""An amount through the tiers of one account: capital, preferred return, then catch-up and split per tier.

Amounts in and out are in whole units of the currency; rounding is half-up, and only the size of a step and the GP's
part of it are ever rounded. The LP takes the rest, so that no unit vanishes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from enum import StrEnum

from distributions.calc.accounts import Account
from distributions.calc.accrual import PRECISE, ZERO, rounded
from distributions.calc.facts import Parts, TierPaid, add_tiers
from distributions.calc.terms import Order, Terms, Tier

_SHOWN = Decimal("1e-12")


class StepKind(StrEnum):
    """What a step of the waterfall pays for."""

    RETURN_OF_CAPITAL = "return_of_capital"
    PREFERRED_RETURN = "preferred_return"
    CATCH_UP = "catch_up"
    SPLIT = "split"


@dataclass(frozen=True, slots=True)
class Step:
    """One step, with its working: what was owed, what the LP and the GP got, what is still owed.

    `tier` counts from 1; the first two steps belong to tier 1. `owed_before` and `owed_after` are None for the
    split of the last tier, which takes whatever is left. `inputs` names the figures that the step used.
    """

    kind: StepKind
    tier: int
    owed_before: Decimal | None
    lp: Decimal
    gp: Decimal
    owed_after: Decimal | None
    inputs: Mapping[str, object] = field(default_factory=dict)

    @property
    def paid(self) -> Decimal:
        return self.lp + self.gp


def run_tiers(account: Account, amount: Decimal, terms: Terms) -> tuple[Parts, tuple[Step, ...]]:
    """Distribute `amount` to an account: the parts, which add up to it exactly, and every step's working.

    It expects whole units and terms that have been checked (`waterfall.distribute` does both).
    """
    with localcontext(PRECISE):
        run = _Run(account, terms, amount)
        first, second = run.return_capital, run.pay_preferred_return
        if terms.order == Order.PREF_FIRST:
            first, second = second, first
        first()
        second()
        for number in range(len(terms.tiers)):
            run.pay_tier(number)
        parts = Parts(run.capital, run.pref, tuple(run.paid))
        assert run.left == 0, "a waterfall distributes all of its amount"
        assert parts.total == amount, "the parts of a distribution equal the whole"
        assert all(step.lp >= 0 and step.gp >= 0 for step in run.steps), "nobody gets less than nothing"
        return parts, tuple(run.steps)


class _Run:
    """The state of one passage: what is left, what the LP got in this event, what each tier has paid."""

    def __init__(self, account: Account, terms: Terms, amount: Decimal) -> None:
        self.account, self.terms, self.left = account, terms, amount
        self.capital = self.pref = self.lp = ZERO
        self.paid = [TierPaid()] * len(terms.tiers)
        self.so_far = list(account.tiers)
        self.steps: list[Step] = []

    # ------------------------------------------------------------ capital and preferred return

    def return_capital(self) -> None:
        owed = self.account.capital
        self.capital = self._to_lp(min(self.left, owed))
        inputs = {"contributed": self.account.contributed, "returned_before": self.account.capital_returned}
        self._note(StepKind.RETURN_OF_CAPITAL, 0, owed, self.capital, ZERO, inputs)

    def pay_preferred_return(self) -> None:
        account, terms = self.account, self.terms
        owed = self._rounded(account.accrued)
        self.pref = self._to_lp(min(self.left, owed))
        inputs = {
            "rate": terms.pref_rate,
            "compounding": terms.compounding,
            "day_count": terms.day_count,
            "capital": account.capital,
            "since": account.since,
            "days": (account.on - account.since).days if account.since else 0,
            "accrued": account.accrued.quantize(_SHOWN, context=PRECISE),
            "paid_before": account.pref_paid,
        }
        self._note(StepKind.PREFERRED_RETURN, 0, owed, self.pref, ZERO, inputs)

    def _to_lp(self, amount: Decimal) -> Decimal:
        self.left -= amount
        self.lp += amount
        return amount

    # ------------------------------------------------------------ catch-up and split

    def pay_tier(self, number: int) -> None:
        tier = self.terms.tiers[number]
        caught_up = tier.catches_up and self._catch_up(number, tier)
        self._split(number, tier, caught_up=caught_up)

    def _catch_up(self, number: int, tier: Tier) -> bool:
        """Pay the catch-up of a tier; whether the GP then holds just its share of all profit through this tier.

        It holds more where an earlier tier, or earlier terms, had a higher carry: then it has nothing to catch
        up, and this tier shares out only what comes on top.
        """
        profit, carry = self._profit_through(number), self._carry_through(number)
        needed = self._catch_up_needed(number, tier)
        inputs = {"catch_up": tier.catch_up, "carry": tier.carry, "profit": profit, "carry_paid": carry}
        owed, short = needed, self._short_of_next_hurdle(number)
        if short is not None and tier.catch_up < 1:
            owed = min(needed, self._rounded(short / (1 - tier.catch_up)))
            inputs["to_next_hurdle"] = self._rounded(short)
        paid = min(self.left, owed)
        gp = self._catch_up_to_gp(self.so_far[number], tier, paid)
        self._pay(number, TierPaid(catch_up_lp=paid - gp, catch_up_gp=gp))
        self._note(StepKind.CATCH_UP, number, owed, paid - gp, gp, inputs)
        ahead = carry - tier.carry * profit
        return paid == needed and ahead <= self._rounding_through(number)

    def _catch_up_needed(self, number: int, tier: Tier) -> Decimal:
        """(k·Π − G) / (c − k), in whole units: what brings the carry G to the share k of the profit Π.

        Where c is close to k the division would magnify the fractions of a unit that earlier rounding left, so
        it stays within half a unit of the same figure worked from the carry before rounding.
        """
        target, carry = tier.carry * self._profit_through(number), self._carry_through(number)
        per_unit = tier.catch_up - tier.carry
        needed = (target - carry) / per_unit
        rounding = carry - self._carry_before_rounding(number)
        if abs(rounding) <= self._rounding_through(number):  # more is no rounding: the terms have changed
            exact = needed + rounding / per_unit
            half = self.terms.unit / 2
            needed = min(max(needed, exact - half), exact + half)
        return max(ZERO, self._rounded(needed))

    def _split(self, number: int, tier: Tier, *, caught_up: bool) -> None:
        """Split up to the next hurdle, or all that is left in the last tier."""
        profit, carry = self._profit_through(number), self._carry_through(number)
        inputs: dict[str, object] = {"carry": tier.carry, "profit": profit, "carry_paid": carry}
        short = self._short_of_next_hurdle(number)
        owed = None if short is None else self._rounded(short / (1 - tier.carry))
        if short is not None:
            inputs["to_next_hurdle"] = self._rounded(short)
        paid = self.left if owed is None else min(self.left, owed)
        if not caught_up:
            profit, carry = self._split_so_far(number, tier)
        gp = min(max(self._rounded(tier.carry * (profit + paid)) - carry, ZERO), paid)
        self._pay(number, TierPaid(split_lp=paid - gp, split_gp=gp))
        self._note(StepKind.SPLIT, number, owed, paid - gp, gp, inputs | {"caught_up": caught_up})

    def _split_so_far(self, number: int, tier: Tier) -> tuple[Decimal, Decimal]:
        """What the tier has split, and the GP's part of it: the base of its cumulative rounding."""
        before = self.so_far[number]
        if abs(before.split_gp - tier.carry * before.split) > self._rounding_through(number):
            return ZERO, ZERO  # paid under other terms
        return before.split, before.split_gp

    def _short_of_next_hurdle(self, number: int) -> Decimal | None:
        """What the LP still has to get before the next tier begins; None in the last tier."""
        if number + 1 == len(self.terms.tiers):
            return None
        return max(Decimal(0), self.account.hurdles[number] - self.lp)

    def _pay(self, number: int, paid: TierPaid) -> None:
        self.left -= paid.total
        self.lp += paid.lp
        self.paid[number] = add_tiers((self.paid[number], paid))
        self.so_far[number] = add_tiers((self.so_far[number], paid))

    # ------------------------------------------------------------ what was paid, this event included

    def _profit_through(self, number: int) -> Decimal:
        pref = self.account.pref_paid + self.pref
        return sum((tier.total for tier in self.so_far[: number + 1]), pref)

    def _carry_through(self, number: int) -> Decimal:
        return sum((tier.gp for tier in self.so_far[: number + 1]), ZERO)

    def _carry_before_rounding(self, number: int) -> Decimal:
        pairs = zip(self.terms.tiers[: number + 1], self.so_far, strict=False)
        return sum((tier.catch_up * paid.catch_up + tier.carry * paid.split for tier, paid in pairs), ZERO)

    def _note(
        self,
        kind: StepKind,
        number: int,
        owed: Decimal | None,
        lp: Decimal,
        gp: Decimal,
        inputs: Mapping[str, object],
    ) -> None:
        after = None if owed is None else owed - lp - gp
        self.steps.append(Step(kind, number + 1, owed, lp, gp, after, inputs))

    # ------------------------------------------------------------ rounding

    def _rounded(self, exact: Decimal) -> Decimal:
        return rounded(exact, self.terms.unit)

    def _rounding_through(self, number: int) -> Decimal:
        """The most that rounding can move the carry paid through a tier."""
        return 2 * self.terms.unit * (number + 1)

    def _catch_up_to_gp(self, before: TierPaid, tier: Tier, paid: Decimal) -> Decimal:
        """The GP's part of a catch-up, rounded over all that the tier has caught up so far."""
        exact_before = tier.catch_up * before.catch_up
        if abs(before.catch_up_gp - exact_before) > self.terms.unit:  # paid under other terms
            return self._rounded(tier.catch_up * paid)
        gp = self._rounded(exact_before + tier.catch_up * paid) - before.catch_up_gp
        return min(max(gp, ZERO), paid)
