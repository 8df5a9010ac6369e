"""What a true-up changes of the periods that were billed: from which amount to which, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from fees.calc.charges import Charge, Part
from fees.calc.periods import Period
from fees.calc.standing import Standing
from fees.calc.terms import ZERO, Basis, Partner


class Why(StrEnum):
    """Why days that were billed cost something else: a commitment of a later closing, or one that was corrected; a base
    that became known late; another base or rate; a side letter; or a fee that another call asked for."""

    LATER_CLOSING = "later_closing"
    COMMITMENT = "commitment"
    BASE = "base"
    RATE = "rate"
    SIDE_LETTER = "side_letter"
    OTHER_CALL = "other_call"


@dataclass(frozen=True, slots=True)
class TrueUp:
    """An earlier period for which `was` was charged, and which comes to `now`, in these parts. None: what was asked for
    before of the days that are billed now, or of no period."""

    period: Period | None
    was: Decimal
    now: Decimal
    why: tuple[Why, ...]
    parts: tuple[Part, ...] = ()

    @property
    def amount(self) -> Decimal:
        return self.now - self.was


def true_ups_of(
    partner: Partner, earlier: Sequence[Period], charges: Mapping[date, Charge], own: Standing, known_on: date
) -> tuple[TrueUp, ...]:
    """The earlier periods that come to something else than was charged for them. What was charged of no period counts
    for the first ones that fall short of it, or go beyond it."""
    loose = own.charged.get(date.min, ZERO)
    ahead = own.charged_in_all - loose - sum((own.charged.get(one.start, ZERO) for one in earlier), ZERO)
    found = []
    for period in earlier:
        was, now = own.charged.get(period.start, ZERO), charges[period.start].amount
        gap = now - was
        if loose and gap and (loose > 0) == (gap > 0):
            taken = min(loose, gap, key=abs)
            was, loose = was + taken, loose - taken
        if was != now:
            before, after = own.parts.get(period.start, ()), charges[period.start].parts
            why = _reasons(partner, period, before, after, known_on, was_charged=bool(was))
            found.append(TrueUp(period, was, now, why, after))
    if loose + ahead:
        found.append(TrueUp(None, loose + ahead, ZERO, (Why.OTHER_CALL,)))
    return tuple(found)


def _reasons(
    partner: Partner,
    period: Period,
    before: Sequence[Part],
    after: Sequence[Part],
    known_on: date,
    *,
    was_charged: bool,
) -> tuple[Why, ...]:
    """In their order. Days that were billed with the same base and rates were asked for otherwise: by another call."""
    came_later = any(period.on < one.admitted_on <= known_on for one in partner.tranches)
    of_commitment = Why.LATER_CLOSING if came_later else Why.COMMITMENT
    if not before and not was_charged:
        return (of_commitment,)
    found = {of_commitment} if before and _days(before) < _days(after) else set()
    for one in before:
        for other in after:
            if max(one.start, other.start) >= min(one.end, other.end):
                continue
            if (one.basis, one.rate) != (other.basis, other.rate):
                found.add(Why.RATE)
            elif (one.own_rate, one.off) != (other.own_rate, other.off):
                found.add(Why.SIDE_LETTER)
            if one.basis == other.basis and one.base != other.base:
                found.add(of_commitment if one.basis == Basis.COMMITMENT else Why.BASE)
    return tuple(why for why in Why if why in found) or (Why.OTHER_CALL,)


def _days(parts: Sequence[Part]) -> int:
    """Who paid up to its closing alone was charged fewer days than the period has."""
    return sum(part.days for part in parts)
