"""Fee income that goes back to the partners: recognised at an instalment, shared by largest remainder, never below the
fee that it meets; what is left is carried forward."""

from collections.abc import Mapping, Sequence
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
    later closing, where the terms say so, all that was recognised is split anew. Raises ZeroWeights.
    """
    fresh = [
        place
        for place, entry in enumerate(income)
        if entry.received_on <= day and place not in state.recognised
    ]
    anew = terms.offset_after_closing == OffsetAfterClosing.RESPLIT
    known = state.recognised | set(fresh)
    shares = _shares(
        terms,
        partners,
        [entry for place, entry in enumerate(income) if place in (known if anew else fresh)],
        day,
    )
    stand = {
        key: replace(own, recognised=(ZERO if anew else own.recognised) + shares.get(key, ZERO))
        for key, own in state.partners.items()
    }
    amount = sum((_offset(income[place], terms) for place in fresh), ZERO)
    return amount, State(stand, known)


def _offset(entry: FeeIncome, terms: FeeTerms) -> Decimal:
    return round_to_unit(Fraction(entry.amount) * Fraction(entry.offset), terms.unit)


def _shares(
    terms: FeeTerms, partners: Sequence[Partner], income: Sequence[FeeIncome], day: date
) -> dict[Key, Decimal]:
    """The offsets of some income by partner: one split for each key by which it is shared."""
    by_key: dict[Key, tuple[Decimal, Mapping[Key, Decimal] | None]] = {}
    for entry in income:
        by_deal = terms.offset_key == OffsetKey.DEAL and entry.shares is not None
        key, shares = (entry.deal, entry.shares) if by_deal else (None, None)
        by_key[key] = (by_key.get(key, (ZERO, None))[0] + _offset(entry, terms), shares)
    found: dict[Key, Decimal] = {}
    for amount, shares in by_key.values():
        if amount:
            for partner, part in _split(terms, partners, amount, shares, day).items():
                found[partner] = found.get(partner, ZERO) + part
    return found


def _split(
    terms: FeeTerms,
    partners: Sequence[Partner],
    amount: Decimal,
    shares: Mapping[Key, Decimal] | None,
    day: date,
) -> dict[Key, Decimal]:
    weights = {
        partner.key: partner.commitment_on(day) if shares is None else shares.get(partner.key, ZERO)
        for partner in partners
        if terms.offset_share == OffsetShare.ALL or not partner.fee_free
    }
    return dict(zip(weights, split(amount, list(weights.values()), terms.unit), strict=True))


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
