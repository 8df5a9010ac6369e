"""The GP clawback: carry to be given back because the fund as a whole did not earn it.

Due at the fund's end; it can be worked out for any date. Money is Decimal in the fund's currency, rounded
half-up to the currency's unit (0.01 unless said) where a figure is final.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, localcontext
from enum import StrEnum

from blackgem.lib.errors import Problem
from blackgem.lib.money import CENT
from distributions.calc.accrual import PRECISE, ZERO, future_value, rounded
from distributions.calc.terms import Terms, TermsRefused
from funds.calc.tiers import is_share


class TaxTreatment(StrEnum):
    """How the tax that the GP paid on its carry limits what it gives back."""

    CAP_AT_AFTER_TAX_CARRY = "cap_at_after_tax_carry"
    REDUCE_CLAWBACK = "reduce_clawback"


@dataclass(frozen=True, slots=True)
class DatedAmount:
    """An amount on a day."""

    on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Clawback:
    """A clawback, worked out. Amounts that the inputs do not determine are None.

    `excess_carry` is what was received beyond the share of the profit, `lp_shortfall` what the LPs miss to
    their hurdle, `gross` the larger of both but no more than was received, `payable` what tax leaves of it.
    """

    excess_carry: Decimal
    lp_shortfall: Decimal
    gross: Decimal
    after_tax_cap: Decimal | None
    payable: Decimal


@dataclass(frozen=True, slots=True)
class CarryAccount:
    """One account that bore carry: a partner's own by its own terms, or that of all limited partners together.

    `received` is the carry that the GP took out of it.
    """

    terms: Terms
    received: Decimal
    paid_in: tuple[DatedAmount, ...]
    paid_out: tuple[DatedAmount, ...]

    @property
    def profit(self) -> Decimal:
        """What it distributed, carry included, beyond what was paid in; negative for a loss."""
        paid_in, paid_out = ((one.amount for one in flows) for flows in (self.paid_in, self.paid_out))
        return self.received + sum(paid_out, ZERO) - sum(paid_in, ZERO)

    @property
    def entitled(self) -> Decimal:
        """The carry that its profit entitles the GP to by its own terms."""
        return entitled_carry(self.terms.tiers[0].carry, self.profit, unit=self.terms.unit)


def clawback_of_accounts(
    accounts: Iterable[CarryAccount], on: date, *, tax_rate: Decimal, unit: Decimal
) -> Clawback:
    """What the GP owes back on a day over several accounts: each by its own terms, as `clawback`, and added up.

    Nothing that one partner gained makes up for what another misses, and nobody gets back more than it bore. The tax
    is the GP's, on all of its carry. Raises as `clawback`.
    """
    owed, received = [], ZERO
    for one in accounts:
        received += one.received
        shortfall = hurdle_shortfall(one.paid_in, one.paid_out, one.terms, on)
        owed.append(clawback(received=one.received, entitled=one.entitled, lp_shortfall=shortfall, unit=unit))
    gross = sum((one.gross for one in owed), ZERO)
    net = clawback(received=received, gross=gross, tax_rate=tax_rate, unit=unit)
    return replace(
        net,
        excess_carry=sum((one.excess_carry for one in owed), ZERO),
        lp_shortfall=sum((one.lp_shortfall for one in owed), ZERO),
    )


def entitled_carry(carry: Decimal, profit: Decimal, *, unit: Decimal = CENT) -> Decimal:
    """The carry that a total profit entitles the GP to; nothing where there is a loss."""
    _check_share(carry, "carry", below_one=True)
    with localcontext(PRECISE):
        return rounded(carry * max(profit, ZERO), unit)


def hurdle_shortfall(
    contributions: Iterable[DatedAmount], distributions: Iterable[DatedAmount], terms: Terms, on: date
) -> Decimal:
    """What brings the LPs to their hurdle on a day: FV(paid in) − FV(paid out) at its rate, if positive."""
    with localcontext(PRECISE):
        paid_in = sum((future_value(flow.amount, terms, flow.on, on) for flow in contributions), ZERO)
        paid_out = sum((future_value(flow.amount, terms, flow.on, on) for flow in distributions), ZERO)
        return max(ZERO, rounded(paid_in - paid_out, terms.unit))


def multiple_shortfall(
    contributed: Decimal, distributed: Decimal, multiple: Decimal, *, unit: Decimal = CENT
) -> Decimal:
    """What brings the LPs to `multiple` times what they paid in, if positive."""
    with localcontext(PRECISE):
        return max(ZERO, rounded(contributed * multiple - distributed, unit))


def clawback(
    *,
    received: Decimal | None,
    entitled: Decimal | None = None,
    lp_shortfall: Decimal = ZERO,
    gross: Decimal | None = None,
    tax_rate: Decimal = ZERO,
    tax_treatment: TaxTreatment = TaxTreatment.CAP_AT_AFTER_TAX_CARRY,
    unit: Decimal = CENT,
) -> Clawback:
    """What the GP owes back: min(G, max(G − entitled, shortfall)) of the carry G received, then tax.

    Tax either caps it at the carry after tax, min(gross, G − tax on G), or reduces it, gross·(1 − tax rate).
    `gross` states the amount before tax instead. Raises TermsRefused("rate_out_of_range") for a tax rate
    outside [0, 1], ValueError if neither `gross` nor the carry received and entitled are given.
    """
    _check_share(tax_rate, "tax_rate")
    with localcontext(PRECISE):
        excess = _excess(received, entitled, gross)
        if gross is None:
            gross = max(excess, lp_shortfall)
        gross = max(ZERO, gross if received is None else min(received, gross))
        kept = 1 - tax_rate
        cap = None if received is None else rounded(received * kept, unit)
        if tax_treatment == TaxTreatment.REDUCE_CLAWBACK:
            payable = rounded(gross * kept, unit)
        else:
            payable = gross if cap is None else min(gross, cap)
        return Clawback(excess, lp_shortfall, gross, cap, payable)


def _excess(received: Decimal | None, entitled: Decimal | None, gross: Decimal | None) -> Decimal:
    if received is not None and entitled is not None:
        return max(ZERO, received - entitled)
    if gross is None:
        raise ValueError("a clawback needs the carry received and entitled, or its gross amount")
    return gross


def _check_share(rate: Decimal, name: str, *, below_one: bool = False) -> None:
    if not is_share(rate) or (below_one and rate == 1):
        message = f"The {name.replace('_', ' ')} has to lie between 0 and 100 %."
        raise TermsRefused.from_problems([Problem("rate_out_of_range", message, name)])
