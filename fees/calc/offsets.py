"""Fee income that goes back to the partners: recognised at an instalment, shared by largest remainder, never below the
fee that it meets; what is left is carried forward."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from blackgem.lib.money import round_to_unit, split
from capital.calc.prorata import Key
from fees.calc.standing import State
from fees.calc.terms import ZERO, FeeIncome, FeeTerms, OffsetAfterClosing, OffsetKey, OffsetShare, Partner


def recognise(
    terms: FeeTerms, partners: Sequence[Partner], income: Sequence[FeeIncome], state: State, day: date
) -> tuple[Decimal, State]:
    """What of the fee income becomes offsets on a day, and where each partner stands with it.

    Each entry is rounded half-up; the entries of one key are added and split once, by the register of the day. After a
    later closing, where the terms say so, all that was recognised is split anew; what passed between partners takes no
    income with it that was recognised before. Raises ZeroWeights.
    """
    fresh = [
        place
        for place, entry in enumerate(income)
        if entry.received_on <= day and place not in state.recognised
    ]
    anew = terms.offset_after_closing == OffsetAfterClosing.RESPLIT
    known = {**state.recognised, **dict.fromkeys(fresh, day)}
    shared = [(income[place], on) for place, on in sorted(known.items()) if anew or place in fresh]
    shares = _shares(terms, partners, shared, day)
    stand = {
        key: replace(own, recognised=(ZERO if anew else own.recognised) + shares.get(key, ZERO))
        for key, own in state.partners.items()
    }
    amount = sum((_offset(income[place], terms) for place in fresh), ZERO)
    return amount, State(stand, known)


def _offset(entry: FeeIncome, terms: FeeTerms) -> Decimal:
    return round_to_unit(Fraction(entry.amount) * Fraction(entry.offset), terms.unit)


def _shares(
    terms: FeeTerms, partners: Sequence[Partner], income: Iterable[tuple[FeeIncome, date]], day: date
) -> dict[Key, Decimal]:
    """The offsets of some income, each entry with the day of its recognition, by partner: one split for each key by
    which it is shared."""
    by_key: dict[tuple[Key, tuple[Decimal, ...]], Decimal] = {}
    sharing = [one for one in partners if terms.offset_share == OffsetShare.ALL or not one.fee_free]
    for entry, recognised_on in income:
        by_deal = terms.offset_key == OffsetKey.DEAL and entry.shares is not None
        weights = _weights(sharing, entry.shares if by_deal else None, day, recognised_on)
        key = (entry.deal if by_deal else None, weights)
        by_key[key] = by_key.get(key, ZERO) + _offset(entry, terms)
    found: dict[Key, Decimal] = {}
    for (_, weights), amount in by_key.items():
        if amount:
            parts = split(amount, list(weights), terms.unit)
            for one, part in zip(sharing, parts, strict=True):
                found[one.key] = found.get(one.key, ZERO) + part
    return found


def _weights(
    sharing: Sequence[Partner], shares: Mapping[Key, Decimal] | None, day: date, recognised_on: date
) -> tuple[Decimal, ...]:
    if shares is not None:
        return tuple(shares.get(one.key, ZERO) for one in sharing)
    return tuple(one.commitment_on(day, billed_on=recognised_on) for one in sharing)


def divided(
    shares: Mapping[int, Decimal], columns: Mapping[str, Decimal], unit: Decimal
) -> dict[int, dict[str, Decimal]]:
    """Every share over the columns, so that both add up: each takes its part of what the shares before it left, and the
    last one what is left. What is shared is the sum of the columns."""
    left, found = dict(columns), dict[int, dict[str, Decimal]]()
    for key, share in shares.items():
        parts = split(share, list(left.values()), unit) if share else [ZERO] * len(left)
        found[key] = dict(zip(left, parts, strict=True))
        left = {kind: left[kind] - part for kind, part in found[key].items()}
    return found
