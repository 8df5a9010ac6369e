"""An instalment: what each partner owes for a period, after true-up, credit, waiver and offset.

The fund's fee is the sum of its partners' fees, never a split of a product. Source: ILPA Model LPA, 8.3 and 8.4.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NoReturn

from blackgem.lib.money import round_to_unit, split
from capital.calc.prorata import Key
from fees.calc.charges import Charge, Part, after_offset, charge_of
from fees.calc.offsets import recognise
from fees.calc.periods import Period
from fees.calc.standing import Standing, State
from fees.calc.terms import ZERO, DiscountOrder, FeeIncome, FeeRefused, FeeTerms, Partner
from fees.calc.trueups import TrueUp, true_ups_of


@dataclass(frozen=True, slots=True)
class FeeLine:
    """What a partner owes: net = gross − discount + true-up − credit + credit carried − waiver − offset.

    `true_ups` are the earlier periods that the true-up is of. `parts` show the discount of the whole fee; where it is
    taken after the offset, `discount` is what it came to. `let_off` is what of the waiver is by its own side letter.
    `offset_opening` is what of its offsets was left before, `recognised` what was added. `tax` comes on top of `net`.
    """

    key: Key
    parts: tuple[Part, ...]
    gross: Decimal
    discount: Decimal
    true_up: Decimal
    credit: Decimal
    waiver: Decimal
    let_off: Decimal
    offset_opening: Decimal
    recognised: Decimal
    offset: Decimal
    net: Decimal
    tax: Decimal
    offset_carried: Decimal
    credit_carried: Decimal
    true_ups: tuple[TrueUp, ...] = ()

    def check(self) -> None:
        """Assert that the line adds up."""
        owed = self.gross - self.discount + self.true_up - self.credit + self.credit_carried
        assert self.net == owed - self.waiver - self.offset, "net is what the line adds up to"
        assert self.true_up == sum((one.amount for one in self.true_ups), ZERO), "a true-up is of its periods"
        assert self.net >= 0, "no instalment is below zero"
        assert self.offset_carried == self.offset_opening + self.recognised - self.offset, (
            "offsets are carried forward in full"
        )


@dataclass(frozen=True, slots=True)
class Instalment:
    """A period as it is billed; its fee is the sum of its lines."""

    period: Period
    recognised: Decimal
    lines: dict[Key, FeeLine]

    @property
    def net(self) -> Decimal:
        return sum((line.net for line in self.lines.values()), ZERO)

    @property
    def tax(self) -> Decimal:
        return sum((line.tax for line in self.lines.values()), ZERO)


@dataclass(frozen=True, slots=True)
class _Owed:
    """A partner before waivers and offsets: `payable` is never below zero."""

    partner: Partner
    charge: Charge
    known: dict[date, Charge]
    true_ups: tuple[TrueUp, ...]
    true_up: Decimal
    credit: Decimal
    payable: Decimal
    credit_carried: Decimal


def bill(
    terms: FeeTerms,
    partners: Sequence[Partner],
    periods: Sequence[Period],
    number: int,
    state: State,
    *,
    income: Sequence[FeeIncome] = (),
    waived: Decimal = ZERO,
) -> tuple[Instalment, State]:
    """The instalment of `periods[number]`, with what is known on its day, and where everybody stands after it.

    Raises FeeRefused (`waiver_exceeds_fee`, `order_unsupported`, `phase_missing`, `base_missing`) and ZeroWeights.
    """
    period, earlier = periods[number], periods[:number]
    amount, after = recognise(terms, partners, income, state, period.on)
    owed = [
        _owed(terms, partner, period, earlier, state.partners[partner.key])
        for partner in partners
        if not partner.fee_free and partner.is_admitted(period.on)
    ]
    waivers = _split_waiver(terms, owed, waived)
    lines, stand = {}, dict(after.partners)
    for one in owed:
        key = one.partner.key
        line, stand[key] = _line(terms, one, period, state.partners[key], after.partners[key], waivers[key])
        line.check()
        lines[key] = line
    return Instalment(period, amount, lines), State(stand, after.recognised)


def _owed(
    terms: FeeTerms, partner: Partner, period: Period, earlier: Sequence[Period], own: Standing
) -> _Owed:
    charge = charge_of(terms, partner, period, period.on)
    known = {one.start: charge_of(terms, partner, one, period.on) for one in earlier}
    true_ups = true_ups_of(partner, earlier, known, own, period.on)
    true_up = sum((one.amount for one in true_ups), ZERO)
    if terms.discount_order == DiscountOrder.OFFSET_FIRST and (
        len(charge.parts) > 1 or true_up or own.credit
    ):
        _refuse("order_unsupported", "A discount after the offset needs one base and rate, and no true-up.")
    due = charge.amount + true_up - own.credit
    return _Owed(
        partner,
        charge,
        known | {period.start: charge},
        true_ups,
        true_up,
        own.credit,
        max(due, ZERO),
        max(-due, ZERO),
    )


def _split_waiver(terms: FeeTerms, owed: Sequence[_Owed], waived: Decimal) -> dict[Key, Decimal]:
    """What the manager waives, over the partners by what each has to pay."""
    if waived > sum((one.payable for one in owed), ZERO):
        _refuse("waiver_exceeds_fee", "More is waived than the instalment comes to.")
    if not waived:
        return {one.partner.key: ZERO for one in owed}
    parts = split(waived, [one.payable for one in owed], terms.unit)
    return {one.partner.key: part for one, part in zip(owed, parts, strict=True)}


def let_off(partner: Partner, own: Standing, period_on, payable: Decimal) -> Decimal:
    """What a partner's side letter lets it off, of what falls due on a day: as far as the amount and the fee go."""
    granted = sum((one.amount for one in partner.waived if one.starts_on <= period_on), ZERO)
    return min(granted - own.let_off, payable)


def _line(
    terms: FeeTerms, one: _Owed, period: Period, before: Standing, own: Standing, shared: Decimal
) -> tuple[FeeLine, Standing]:
    spared = let_off(one.partner, own, period.on, one.payable - shared)
    waiver, discount = shared + spared, one.charge.discount
    if terms.discount_order == DiscountOrder.OFFSET_FIRST:
        before_discount = one.charge.gross - waiver
        offset = min(own.offset_left, before_discount)
        net = after_offset(terms, one.charge, before_discount - offset)
        discount = before_discount - offset - net
    else:
        offset = min(own.offset_left, one.payable - waiver)
        net = one.payable - waiver - offset
    line = FeeLine(
        one.partner.key,
        one.charge.parts,
        one.charge.gross,
        discount,
        one.true_up,
        one.credit,
        waiver,
        spared,
        before.offset_left,
        own.recognised - before.recognised,
        offset,
        net,
        round_to_unit(Fraction(net) * Fraction(terms.vat_rate), terms.unit),
        own.offset_left - offset,
        one.credit_carried,
        one.true_ups,
    )
    return line, replace(
        own,
        charged={start: charge.amount for start, charge in one.known.items()},
        parts={start: charge.parts for start, charge in one.known.items()},
        credit=one.credit_carried,
        applied=own.applied + offset,
        waived=own.waived + shared,
        let_off=own.let_off + spared,
    )


def _refuse(code: str, message: str) -> NoReturn:
    raise FeeRefused(code, message)
