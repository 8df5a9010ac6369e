"""Later closings: what holds for all of them, and a second way to work them out."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blackgem.lib.money import from_units
from closings.calc.equalise import equalise
from closings.calc.interest import (
    Compounding,
    EqualisationRefused,
    InterestTerms,
    RateFrom,
    interest_days,
    interest_factor,
    interest_on,
)
from closings.calc.terms import (
    Beside,
    ClosingDays,
    DistributionsRule,
    EqualisationTerms,
    FeeInstalment,
    FeeInterest,
    HeldLine,
    Resplit,
)
from tests.support.examples import examples
from tests.support.random_closings import (
    DAYS,
    EIGHT,
    FIRST,
    ON,
    PAY_ON,
    closings,
    commitments,
    counts,
    half_up,
    largest_remainder,
    units,
)

TERMS = EqualisationTerms(EIGHT)


def worked(closing, days: ClosingDays = DAYS, **rest):
    held, before, after, terms, unit = closing
    found = equalise(held, before, after, terms, days, unit=unit, **rest)
    by_key = {line.key: line for line in held}
    return found, [(by_key[change.key], change) for change in found.lines]


# ---------------------------------------------------------------- what holds for every closing


@examples(150)
@given(closing=closings())
def test_nothing_is_made_and_nothing_lost(closing):
    found, changes = worked(closing)
    for line, change in changes:
        assert sum(change.delta.values()) == sum(change.inside.values()) == 0
        assert sum(change.interest.values()) == sum(change.premium.values()) == 0
        assert sum(change.held.values()) == line.amount
        assert min(change.held.values()) >= 0
        assert change.inside == change.delta
    open_items = sum((sum(change.reduces_open.values()) for _, change in changes), Decimal(0))
    assert found.cash_in - found.cash_out == open_items
    assert sum(notice.capital for notice in found.notices.values()) == 0


@examples(150)
@given(closing=closings())
def test_only_who_paid_gets_money_back_and_interest(closing):
    terms = closing[3]
    for line, change in worked(closing)[1]:
        refund = change.refund
        for key, delta in change.delta.items():
            got = refund.get(key, Decimal(0))
            if delta < 0 and not line.is_distribution:
                paid = line.held[key] if line.paid is None else line.paid[key]
                assert 0 <= got <= paid
                assert got + change.reduces_open[key] == -delta
                assert got == 0 or change.reduces_open[key] == line.held[key] - paid
            else:
                assert change.reduces_open[key] == 0
            assert change.interest[key] >= 0 or got > 0
            bears = line.is_distribution or key not in terms.no_interest
            assert change.interest[key] <= 0 or (delta > 0 and bears)
            assert change.interest[key] >= 0 or not (line.is_distribution and key in terms.no_interest)
            assert change.premium[key] >= 0 or got > 0


@examples(150)
@given(closing=closings())
def test_a_line_by_commitments_is_split_over_the_register(closing):
    _, _, after, _, unit = closing
    for line, change in worked(closing)[1]:
        kept = {key: line.held.get(key, Decimal(0)) for key in after if key in line.excused}
        assert {key: change.held[key] for key in kept} == kept
        pool = {key: weight for key, weight in after.items() if key not in line.excused}
        if line.resplit == Resplit.COMMITMENT and pool:
            total = line.amount - sum(kept.values())
            assert {key: change.held[key] for key in pool} == largest_remainder(total, pool, unit)


@examples(150)
@given(closing=closings())
def test_holders_of_another_line_give_by_what_they_hold(closing):
    _, before, after, _, unit = closing
    for line, change in worked(closing)[1]:
        if line.resplit != Resplit.FIXED:
            continue
        holders = {key: held for key, held in line.held.items() if held and key not in line.excused}
        newcomers = {key for key in after if key not in before and key not in line.excused}
        moved = {key for key in after if change.held[key] != line.held.get(key, 0)}
        assert moved <= holders.keys() | newcomers
        total = sum(holders.values(), Decimal(0))
        pool = {key: after[key] for key in after if key in holders or key in newcomers}
        if not total:
            continue
        shares = largest_remainder(total, pool, unit)
        assert {key: change.held[key] for key in newcomers} == {key: shares[key] for key in newcomers}
        taken = largest_remainder(sum(shares[key] for key in newcomers), holders, unit)
        assert {key: change.held[key] for key in holders} == {
            key: holders[key] - taken[key] for key in holders
        }


@examples(150)
@given(closing=closings())
def test_interest_is_worked_out_twice(closing):
    _, _, _, terms, unit = closing
    for line, change in worked(closing)[1]:
        days = max((PAY_ON - line.due_on).days, 0)
        payers = {key: delta for key, delta in change.delta.items() if delta > 0}
        # Who pays no interest on what it takes over is paid none on its part of a distribution, and pays it on what
        # it gives of one.
        free, unpaid = (
            ((), terms.no_interest)
            if line.is_distribution and line.value is None
            else (terms.no_interest, ())
        )
        got = {key: amount for key, amount in change.refund.items() if amount and key not in unpaid}
        yearly = Fraction(8, 100) * days / 365
        owed = {key: half_up(Fraction(delta) * yearly, unit) for key, delta in payers.items()}
        interest = {key: 0 if key in free or not got else owed[key] for key in payers}
        if line.value is not None:
            gain = Fraction(line.value) / Fraction(line.amount) - 1
            premium = {
                key: half_up(Fraction(delta) * gain, unit) if got else 0 for key, delta in payers.items()
            }
            assert {key: change.premium[key] for key in payers} == premium
            interest = dict.fromkeys(payers, 0)
        assert change.days == (days if line.value is None else 0)
        assert {key: change.interest[key] for key in payers} == interest
        if got:
            shares = largest_remainder(sum(interest.values()), got, unit)
            assert {key: -change.interest[key] for key in got} == shares


# ---------------------------------------------------------------- the order of closings


@st.composite
def admissions(draw):
    """Lines called of the first register, and tranches that come later."""
    unit = draw(units)
    first = {f"P{number}": draw(commitments) for number in range(draw(st.integers(1, 3)))}
    names = [*first, "N0", "N1", "N2"]
    tranches = draw(st.lists(st.tuples(st.sampled_from(names), commitments), min_size=1, max_size=5))
    amounts = draw(st.lists(counts, min_size=1, max_size=3))
    held = [
        HeldLine(
            number, from_units(count, unit), FIRST, largest_remainder(from_units(count, unit), first, unit)
        )
        for number, count in enumerate(amounts)
    ]
    return unit, first, tranches, held


def closed(register: dict, held: list, groups: list, unit: Decimal):
    """The register and the lines after closings that admit these groups of tranches. In the order of names."""
    for number, group in enumerate(groups):
        before, on = register, ON + timedelta(30 * number)
        register = dict(register)
        for name, amount in group:
            register[name] = register.get(name, Decimal(0)) + amount
        register = dict(sorted(register.items()))
        found = equalise(held, before, register, TERMS, ClosingDays(on, on, FIRST), unit=unit)
        held = [replace(line, held=change.held) for line, change in zip(held, found.lines, strict=True)]
    return register, held


@examples(100)
@given(fund=admissions(), data=st.data())
def test_any_order_of_admissions_gives_the_same(fund, data):
    unit, first, tranches, held = fund
    shuffled = data.draw(st.permutations(tranches))
    cut = data.draw(st.integers(0, len(tranches)))
    groups = [group for group in (shuffled[:cut], shuffled[cut:]) if group]
    one_by_one = closed(first, held, [[tranche] for tranche in tranches], unit)
    assert closed(first, held, groups, unit) == closed(first, held, [tranches], unit) == one_by_one


@examples(100)
@given(fund=admissions())
def test_the_preferred_return_is_as_if_all_had_come_at_first(fund):
    """On what is held from each line's own day; with what was passed on, everybody earned 8 % on what it had out."""
    unit, first, tranches, held = fund
    register, after = closed(first, held, [tranches], unit)
    assert [line.held for line in after] == [largest_remainder(line.amount, register, unit) for line in held]
    found = equalise(held, first, register, TERMS, ClosingDays(ON, ON, FIRST), unit=unit)
    earned = interest_factor(EIGHT, FIRST, ON)
    for line, change in zip(held, found.lines, strict=True):
        for key, part in change.held.items():
            pref = interest_on(part, earned, unit)
            had_out = interest_on(line.held.get(key, Decimal(0)), earned, unit)
            few = (len(register) + 2) * unit  # every payer's interest and two returns are rounded
            assert abs(pref - change.interest[key] - had_out) <= few
            if key not in first:
                assert pref == change.interest[key]


# ---------------------------------------------------------------- open items


def called(**paid: str) -> HeldLine:
    """900.00 of three equal partners, due 365 days before the interest ends."""
    held = dict.fromkeys("ABC", Decimal("300.00"))
    amounts = {key: Decimal(amount) for key, amount in paid.items()}
    return HeldLine("X", Decimal("900.00"), date(2025, 7, 20), held, paid=amounts)


def joined(line: HeldLine, terms: EqualisationTerms = TERMS, **rest):
    before = dict.fromkeys("ABC", Decimal(100))
    days = ClosingDays(ON, PAY_ON, date(2025, 1, 1))
    return equalise([line], before, before | {"D": Decimal(300)}, terms, days, **rest)


def test_an_unpaid_item_is_lowered_before_anything_is_paid_out():
    """D takes 150.00 from each. A paid all and gets it back; B owes 50.00 and gets 100.00; C owes all of it."""
    found = joined(called(A="300.00", B="250.00", C="0.00"))
    [change] = found.lines
    assert change.delta == {"A": -150, "B": -150, "C": -150, "D": 450}
    assert change.reduces_open == {"A": 0, "B": 50, "C": 150, "D": 0}
    assert change.refund == {"A": 150, "B": 100, "C": 0}
    assert change.interest == {"A": Decimal("-21.60"), "B": Decimal("-14.40"), "C": 0, "D": 36}
    assert {key: notice.receives for key, notice in found.notices.items()} == {
        "A": Decimal("171.60"),
        "B": Decimal("114.40"),
        "C": 0,
        "D": 0,
    }
    assert (found.notices["D"].pays, found.cash_in - found.cash_out) == (486, 200)


def test_where_nobody_has_paid_nobody_pays_interest():
    found = joined(called(A="0.00", B="0.00", C="150.00"))
    [change] = found.lines
    assert change.refund == {"A": 0, "B": 0, "C": 0}
    assert not any(change.interest.values())
    assert (found.cash_in, found.cash_out) == (450, 0)


def test_what_is_not_paid_out_yet_of_a_distribution_lowers_nothing():
    """B raises its commitment: it gets more of the 900.00, whose payment to it is still under way."""
    line = replace(called(A="300.00", B="0.00", C="300.00"), is_distribution=True)
    before = dict.fromkeys("ABC", Decimal(100))
    found = equalise([line], before, before | {"B": Decimal(400)}, TERMS, DAYS)
    [change] = found.lines
    assert change.delta == {"A": 150, "B": -300, "C": 150}
    assert change.refund == {"B": 300}


def test_a_premium_goes_to_who_paid_as_well():
    line = replace(called(A="300.00"), value=Decimal("1800.00"))
    [change] = joined(line).lines
    assert change.premium == {"A": -450, "B": 0, "C": 0, "D": 450}
    assert (change.days, not any(change.interest.values())) == (0, True)


# ---------------------------------------------------------------- notices


def test_a_notice_adds_up_what_stands_beside_the_lines():
    owed = Beside(
        (FeeInstalment(Decimal("100.00"), date(2025, 7, 20)),),
        Decimal("30.00"),
        Decimal("20.00"),
        Decimal(500),
    )
    terms = replace(TERMS, fee_interest=FeeInterest.PER_INSTALMENT)
    found = joined(called(A="300.00", B="300.00", C="300.00"), terms, beside={"D": owed})
    notice = found.notices["D"]
    assert (notice.capital, notice.interest, notice.fee, notice.fee_interest, notice.call) == (
        450,
        36,
        100,
        8,
        30,
    )
    assert (notice.pays, notice.unfunded_before, notice.unfunded_after) == (624, 500, 30)


def test_a_newcomer_that_holds_a_part_already_is_a_holder_of_a_fixed_line():
    line = replace(
        called(), held={"A": Decimal("600.00"), "D": Decimal("300.00")}, resplit=Resplit.FIXED, paid=None
    )
    [change] = joined(line).lines
    assert not any(change.delta.values())


def test_what_is_kept_is_not_in_the_answer():
    line = called(A="300.00", B="300.00", C="300.00")
    assert joined(replace(line, resplit=Resplit.KEPT)).lines == ()
    keep = replace(TERMS, distributions_rule=DistributionsRule.KEEP)
    assert joined(replace(line, is_distribution=True), keep).lines == ()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"amount": Decimal("900.01")}, "items_do_not_add_up"),
        ({"held": {"A": Decimal("901.00"), "B": Decimal("-1.00")}}, "negative_amount"),
        ({"held": {"E": Decimal("900.00")}}, "unknown_partner"),
        ({"value": Decimal("-1.00")}, "negative_amount"),
    ],
)
def test_lines_that_are_refused(change, code):
    with pytest.raises(EqualisationRefused) as refused:
        joined(replace(called(), **change))
    assert refused.value.code == code


# ---------------------------------------------------------------- interest


def test_days_before_a_line_is_due_bear_none():
    later = date(2026, 8, 1)
    both = replace(EIGHT, count_both_ends=True)
    assert interest_days(EIGHT, later, PAY_ON) == interest_days(both, later, PAY_ON) == 0
    assert (interest_days(EIGHT, PAY_ON, PAY_ON), interest_days(both, PAY_ON, PAY_ON)) == (0, 1)
    assert interest_factor(InterestTerms(), later, PAY_ON) == 0  # and need no rate


@examples(100)
@given(
    start=st.dates(date(2020, 1, 1), date(2026, 1, 1)),
    length=st.integers(1, 4000),
    cuts=st.lists(st.integers(1, 4000), max_size=4, unique=True),
    compounding=st.sampled_from(Compounding),
)
def test_interest_grows_day_by_day(start, length, cuts, compounding):
    """Of a table whose rates are all the same, the interest is that of the one rate; a longer time bears no less. The
    last day of a leap year bears nothing: 365 of 365 days were a whole year."""
    end = start + timedelta(length)
    table = [RateFrom(start + timedelta(cut), Decimal("0.05")) for cut in [0, *sorted(cuts)]]
    assert interest_factor(
        InterestTerms(rates=tuple(table), spread=Decimal("0.03")), start, end
    ) == interest_factor(EIGHT, start, end)
    terms = replace(EIGHT, compounding=compounding)
    factors = [interest_factor(terms, start, end + timedelta(more)) for more in (0, 1)]
    assert 0 < factors[0] <= factors[1]
