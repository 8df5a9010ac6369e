"""What a partner is charged for a period, with what was known on a day. Each part is rounded by itself."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

from blackgem.lib.money import round_to_unit
from fees.calc.periods import Period
from fees.calc.terms import (
    ZERO,
    BaseEntry,
    Basis,
    DealBase,
    DiscountOrder,
    FeeRefused,
    FeeTerms,
    OwnRate,
    Partner,
    Phase,
)


@dataclass(frozen=True, slots=True)
class Part:
    """Days with one base and one rate. `own_rate`: what the partner pays by its side letter, never above `rate`; or
    `off`, the share of the gross that it takes off."""

    start: date
    end: date
    basis: Basis
    base: Decimal
    rate: Decimal
    own_rate: Decimal
    of_days: int
    off: Decimal = Decimal(0)
    gross: Decimal = ZERO
    discount: Decimal = ZERO

    @property
    def days(self) -> int:
        return (self.end - self.start).days


@dataclass(frozen=True, slots=True)
class Charge:
    """The parts of a period, and what they come to before waivers and offsets."""

    parts: tuple[Part, ...]

    @property
    def gross(self) -> Decimal:
        return sum((part.gross for part in self.parts), ZERO)

    @property
    def discount(self) -> Decimal:
        return sum((part.discount for part in self.parts), ZERO)

    @property
    def amount(self) -> Decimal:
        return self.gross - self.discount


def charge_of(
    terms: FeeTerms, partner: Partner, period: Period, known_on: date, *, commitment: Decimal | None = None
) -> Charge:
    """The fee of a period as it is known on a day: the commitment of that day counts from the start.

    Neighbouring parts with the same base and rates are one. Raises FeeRefused("phase_missing", "base_missing").
    """
    committed = partner.commitment_on(known_on, billed_on=period.on) if commitment is None else commitment
    phases = [phase for phase in terms.phases if phase.known_on is None or phase.known_on <= known_on]
    rates = [rate for rate in partner.own_rates if rate.known_on <= known_on]
    changes = {phase.starts_on for phase in phases} | {rate.starts_on for rate in rates}
    days = sorted({period.start, period.end} | {day for day in changes if period.start < day < period.end})
    merged: list[Part] = []
    for start, end in pairwise(days):
        phase = _phase_on(phases, start)
        base = _base(partner, phase.basis, committed, period, known_on)
        own = _own_rate_on(rates, start)
        own_rate = phase.rate if own is None or own.rate is None else min(own.rate, phase.rate)
        off = partner.discount if own is None else own.off
        part = Part(start, end, phase.basis, base, phase.rate, own_rate, period.of_days, off)
        if merged and _same(merged[-1], part):
            merged[-1] = replace(merged[-1], end=end)
        else:
            merged.append(part)
    return Charge(tuple(_priced(terms, period, part) for part in merged))


def _same(one: Part, other: Part) -> bool:
    facts = ("basis", "base", "rate", "own_rate", "off")
    return all(getattr(one, name) == getattr(other, name) for name in facts)


def _priced(terms: FeeTerms, period: Period, part: Part) -> Part:
    time = period.time(part.start, part.end)
    gross = _amount(part.base, time, part.rate, terms.unit)
    if part.off:
        discount = _amount(gross, Fraction(1), part.off, terms.unit)
    else:
        discount = gross - _amount(part.base, time, part.own_rate, terms.unit)
    return replace(part, gross=gross, discount=discount)


@lru_cache(maxsize=16_384)
def _amount(base: Decimal, time: Fraction, rate: Decimal, unit: Decimal) -> Decimal:
    """`base` × `time` × `rate`, rounded once. Remembered: each instalment asks for all before it again."""
    return round_to_unit(Fraction(base) * time * Fraction(rate), unit)


def _phase_on(phases: list[Phase], day: date) -> Phase:
    started = [phase for phase in phases if phase.starts_on <= day]
    if not started:
        raise FeeRefused("phase_missing", f"The terms name no base and rate for {day}.")
    return started[-1]


def _own_rate_on(rates: list[OwnRate], day: date) -> OwnRate | None:
    started = [row for row in rates if row.starts_on <= day]
    return started[-1] if started else None


def after_offset(terms: FeeTerms, charge: Charge, rest: Decimal) -> Decimal:
    """What is paid of a fee of which the offset left `rest`, where the discount is taken last."""
    assert terms.discount_order == DiscountOrder.OFFSET_FIRST
    [part] = charge.parts
    if part.off:
        return round_to_unit(Fraction(rest) * (1 - Fraction(part.off)), terms.unit)
    share = Fraction(part.own_rate) / Fraction(part.rate) if part.rate else Fraction(0)
    return round_to_unit(Fraction(rest) * share, terms.unit)


# ---------------------------------------------------------------- bases


def _base(partner: Partner, basis: Basis, committed: Decimal, period: Period, known_on: date) -> Decimal:
    if basis == Basis.COMMITMENT:
        return committed
    entries = [
        entry for entry in partner.bases if entry.as_of < period.whole_start and entry.known_on <= known_on
    ]
    if not entries:
        raise FeeRefused(
            "base_missing", f"{partner.key}: no {basis} is known from before {period.whole_start}."
        )
    return base_amount(max(entries, key=lambda entry: entry.as_of), basis)


def base_amount(entry: BaseEntry, basis: Basis) -> Decimal:
    """What an entry comes to. Raises FeeRefused("base_missing", "negative_amount")."""
    if entry.amount is not None:
        return entry.amount
    amount = sum((_deal_base(deal, basis) for deal in entry.deals), ZERO)
    if amount < 0:
        raise FeeRefused("negative_amount", f"The base at {entry.as_of} is below zero.")
    return amount


def _deal_base(deal: DealBase, basis: Basis) -> Decimal:
    unrealised = deal.cost - deal.realised
    if basis == Basis.ACQUISITION_COST:
        return unrealised
    if basis == Basis.NET_INVESTED:
        return unrealised - deal.written_off - deal.permanent_write_down
    if basis == Basis.CONTRIBUTED:
        return deal.cost
    if deal.fair_value is None:
        raise FeeRefused(
            "base_missing", "A deal has no fair value: the net asset value is entered deal by deal."
        )
    if basis == Basis.FAIR_VALUE:
        return deal.fair_value
    return min(unrealised - deal.written_off, deal.fair_value)
