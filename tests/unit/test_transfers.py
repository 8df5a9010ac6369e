"""Transfers: what holds for all of them."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blackgem.lib.money import MoneyError, from_units
from closings.calc.cuts import Cut, Passed, still_weighed
from closings.calc.transfers import (
    Holding,
    OpenItems,
    Row,
    RowKind,
    cumulative,
    income_by_closing,
    income_by_days,
    share_of,
    transfer,
)
from tests.support.examples import examples
from tests.support.random_closings import half_up, units

START = date(2026, 1, 1)
FIGURES = (
    "commitment",
    "contributed",
    "contributed_outside",
    "distributed",
    "recallable",
    "open_call",
    "unfunded",
)
BALANCES = ("capital_account", "offset_balance", "released", "residual")
ASSUME = {"open_items": OpenItems.ASSUME}

shares = st.fractions(0, 1, max_denominator=10**6).filter(bool)
days = st.integers(0, 400).map(lambda count: START + timedelta(count))
counts = st.one_of(st.integers(0, 50), st.integers(0, 10**9))


@st.composite
def holdings(draw):
    """A unit, and an interest with rows in any order, a few of them taken back."""
    unit = draw(units)
    amounts = st.tuples(counts, st.sampled_from([1, 1, 1, -1])).map(
        lambda pair: from_units(pair[0] * pair[1], unit)
    )
    rows = st.builds(
        Row,
        kind=st.sampled_from(RowKind),
        due_on=days,
        amount=amounts,
        key=st.integers(),
        deal=st.sampled_from([None, "D1", "D2"]),
        accrues_from=st.none() | days,
        outside=st.booleans(),
    )
    return unit, Holding(
        from_units(draw(counts), unit),
        tuple(draw(st.lists(rows, max_size=12))),
        from_units(draw(st.integers(-(10**9), 10**9)), unit),
        from_units(draw(counts), unit),
        from_units(draw(counts), unit),
        draw(st.fractions(-1, 1, max_denominator=1000)),
    )


@examples(60)
@given(drawn=holdings(), share=shares, on=days)
def test_what_moved_and_what_was_kept_is_what_there_was(drawn, share, on):
    """Row by row; so also by kind, deal and due date, and of every figure."""
    unit, holding = drawn
    found = transfer(holding, share, on, unit=unit, **ASSUME)
    assert tuple(one.row for one in found.rows) == holding.rows
    for one in found.rows:
        assert one.moved + one.kept == one.row.amount
        assert one.moved % unit == one.kept % unit == 0
        assert abs(one.moved) <= abs(one.row.amount)
        assert one.moved * one.row.amount >= 0
        assert one.counted or one.moved == 0
    for name in (*FIGURES, *BALANCES):
        before, moved, kept = (getattr(side, name) for side in (found.before, found.moved, found.kept))
        assert moved + kept == before
    assert found.left.commitment == found.kept.commitment
    assert sum(row.amount for row in found.left.rows) == sum(one.kept for one in found.rows)


@examples(60)
@given(drawn=holdings(), share=shares, on=days)
def test_a_row_that_moves_is_the_same_row_in_another_hand(drawn, share, on):
    unit, holding = drawn
    found = transfer(holding, share, on, unit=unit, **ASSUME)
    counted = [one.row for one in found.rows if one.counted]
    assert counted == [row for row in holding.rows if row.due_on <= on or row.kind == RowKind.OPEN_CALL]
    for side in (found.moved.rows, found.kept.rows):
        assert [replace(row, amount=Decimal(0)) for row in side] == [
            replace(row, amount=Decimal(0)) for row in counted
        ]


@examples(60)
@given(drawn=holdings(), share=shares, on=days)
def test_the_rounding_of_a_kind_never_drifts(drawn, share, on):
    """After any row of a kind, what moved is the share of all so far, rounded once."""
    unit, holding = drawn
    found = transfer(holding, share, on, unit=unit, **ASSUME)
    for kind in RowKind:
        rows = sorted(
            (one for one in found.rows if one.counted and one.row.kind == kind),
            key=lambda one: one.row.due_on,
        )
        for count in range(1, len(rows) + 1):
            whole = sum(Fraction(one.row.amount) for one in rows[:count])
            assert sum(one.moved for one in rows[:count]) == half_up(whole * share, unit)
    assert found.moved.residual == share * holding.residual
    for name in ("commitment", "capital_account", "offset_balance"):
        assert getattr(found.moved, name) == half_up(Fraction(getattr(holding, name)) * share, unit)


@examples(50)
@given(drawn=holdings(), on=days)
def test_a_full_transfer_leaves_nothing(drawn, on):
    unit, holding = drawn
    found = transfer(holding, Fraction(1), on, unit=unit, **ASSUME)
    assert found.moved == found.before
    assert not any(getattr(found.kept, name) for name in (*FIGURES, *BALANCES))
    assert [row.amount for row in found.left.rows] == [
        Decimal(0) if one.counted else one.row.amount for one in found.rows
    ]


@examples(50)
@given(drawn=holdings(), parts=st.lists(shares, min_size=1, max_size=4), on=days)
def test_one_transfer_after_the_other_loses_nothing(drawn, parts, on):
    """The last takes all: what the transferees have together is what there was."""
    unit, holding = drawn
    left, taken = holding, []
    for share in [*parts, Fraction(1)]:
        found = transfer(left, share, on, unit=unit, **ASSUME)
        taken.append(found.moved)
        left = found.left
    for name in (*FIGURES, *BALANCES):
        assert sum(getattr(one, name) for one in taken) == getattr(found.before, name) + sum(
            getattr(one, name) for one in taken[:-1]
        )
        assert getattr(transfer(holding, Fraction(1), on, unit=unit, **ASSUME).moved, name) == sum(
            getattr(one, name) for one in taken
        )


@examples(50)
@given(drawn=holdings(), share=shares, on=days, random=st.randoms(use_true_random=False))
def test_the_order_of_the_file_decides_only_among_rows_of_one_day(drawn, share, on, random):
    unit, holding = drawn
    rows = tuple({(row.kind, row.due_on): row for row in holding.rows}.values())
    shuffled = tuple(random.sample(rows, len(rows)))

    def moved(order):
        found = transfer(replace(holding, rows=order), share, on, unit=unit, **ASSUME)
        return {one.row: one.moved for one in found.rows}

    assert moved(rows) == moved(shuffled)


@examples(50)
@given(drawn=holdings(), share=shares, on=days, later=st.integers(1, 400))
def test_what_comes_later_changes_no_row_that_moved(drawn, share, on, later):
    unit, holding = drawn
    closed = tuple(row for row in holding.rows if row.kind != RowKind.OPEN_CALL)
    more = tuple(replace(row, due_on=on + timedelta(later)) for row in closed)
    first = transfer(replace(holding, rows=closed), share, on, unit=unit)
    second = transfer(replace(holding, rows=(*more, *closed)), share, on, unit=unit)
    assert second.rows[len(more) :] == first.rows
    assert not any(one.moved for one in second.rows[: len(more)])
    assert (second.moved, second.kept) == (first.moved, first.kept)


@examples(50)
@given(commitment=st.integers(1, 10**9), part=st.fractions(0, 1), unit=units)
def test_an_amount_of_the_commitment_moves_to_the_unit(commitment, part, unit):
    whole = from_units(commitment, unit)
    amount = from_units(max(int(part * commitment), 1), unit)
    found = transfer(Holding(whole), share_of(amount, whole), START, unit=unit)
    assert found.moved.commitment == amount


@pytest.mark.parametrize("drawn", [True, False])
def test_says_where_rounding_overdraws_the_transferee(drawn):
    """Of 100.00, half paid and half open, a third is 33.33; but the two halves move 16.67 each."""
    rows = [Row(RowKind.CONTRIBUTION, START, Decimal("50.00"))]
    rows += [Row(RowKind.OPEN_CALL, START, Decimal("50.00"))] if drawn else []
    holding = Holding(Decimal("100.00"), tuple(rows))
    found = transfer(holding, Fraction(1, 3), START, **ASSUME)
    assert found.overdraws == drawn
    assert found.moved.unfunded == Decimal("-0.01" if drawn else "16.66")
    exact = transfer(holding, share_of(Decimal("33.34"), holding.commitment), START, **ASSUME)
    assert not exact.overdraws


def test_what_was_released_moves_and_is_not_unfunded():
    """Of 100.00, of which 10.00 may no longer be called and 30.00 was paid, half is 50.00 with 30.00 to be called."""
    holding = Holding(
        Decimal("100.00"), (Row(RowKind.CONTRIBUTION, START, Decimal("30.00")),), released=Decimal("10.00")
    )
    found = transfer(holding, Fraction(1, 2), START)
    assert (found.before.unfunded, found.moved.unfunded, found.kept.unfunded) == (60, 30, 30)
    assert found.moved.released == 5


def test_who_had_too_much_drawn_before_is_not_overdrawn_by_the_transfer():
    drawn = Row(RowKind.CONTRIBUTION, START, Decimal("100.01"))
    assert not transfer(Holding(Decimal("100.00"), (drawn,)), Fraction(1, 2), START).overdraws


def test_several_tranches_of_a_commitment_move_as_one():
    tranches = [Decimal("100.01"), Decimal("50.02"), Decimal("0.01")]
    parts = list(cumulative(tranches, Fraction(1, 3)))
    assert parts == [Decimal("33.34"), Decimal("16.67"), Decimal("0.00")]
    assert sum(parts) == transfer(Holding(sum(tranches)), Fraction(1, 3), START).moved.commitment


def test_an_amount_finer_than_its_currency_is_refused():
    for holding in (
        Holding(Decimal("0.5")),
        Holding(Decimal(1), capital_account=Decimal("0.5")),
        Holding(Decimal(1), (Row(RowKind.CONTRIBUTION, START, Decimal("0.5")),)),
    ):
        with pytest.raises(MoneyError):
            transfer(holding, Fraction(1), START, unit=Decimal(1))


# ---------------------------------------------------------------- income of the period

amounts = st.integers(-(10**9), 10**9)


@examples(50)
@given(amount=amounts, share=shares, length=st.integers(1, 366), unit=units, data=st.data())
def test_income_by_days_goes_to_the_two_and_to_nobody_else(amount, share, length, unit, data):
    on = START + timedelta(data.draw(st.integers(0, length - 1)))
    whole = from_units(amount, unit)
    found = income_by_days(whole, share, on, START, START + timedelta(length), unit)
    assert found.share == found.transferor + found.transferee == half_up(share * Fraction(whole), unit)
    assert abs(found.transferor) <= abs(found.share)
    assert on != START or found.transferor == 0


@examples(50)
@given(items=st.lists(st.tuples(days, amounts), max_size=8), share=shares, on=days, unit=units)
def test_income_by_an_interim_closing_follows_the_day_on_which_it_arose(items, share, on, unit):
    dated = [(day, from_units(amount, unit)) for day, amount in items]
    found = income_by_closing(dated, share, on, unit)
    whole = sum((Fraction(amount) for _, amount in dated), Fraction(0))
    assert found.share == half_up(share * whole, unit)
    assert found.transferor == income_by_closing([one for one in dated if one[0] < on], share, on, unit).share
    assert any(day >= on for day, _ in dated) or found.transferee == 0


def test_income_by_days_and_by_an_interim_closing_differ():
    """90,000.00 of a quarter, 80,000.00 of it after the transfer: 37.5 % of each."""
    share, on = Fraction(3, 8), date(2026, 2, 16)
    by_days = income_by_days(Decimal("90000.00"), share, on, START, date(2026, 4, 1))
    assert (by_days.transferor, by_days.transferee) == (Decimal("17250.00"), Decimal("16500.00"))
    items = [(date(2026, 2, 15), Decimal("10000.00")), (on, Decimal("80000.00"))]
    by_closing = income_by_closing(items, share, on)
    assert (by_closing.transferor, by_closing.transferee) == (Decimal("3750.00"), Decimal("30000.00"))


def test_what_a_default_cut_is_weighed_still_and_moves_in_proportion():
    """1.00 cut to 0.04 that moves whole weighs 1.00 where it went; of 100 cut by 60, a quarter of 40 takes 15 along."""
    unit = Decimal("0.01")
    whole = [Cut("A", Decimal("0.96")), Passed("A", Fraction(1), "B")]
    assert still_weighed(whole, unit) == {"A": 0, "B": Decimal("0.96")}
    part = [Cut("A", Decimal(60)), Passed("A", Fraction(1, 4), "B")]
    again = Passed("B", Fraction(1), "C")
    assert still_weighed(part, unit) == {"A": 45, "B": 15}
    assert still_weighed([*part, again], unit) == {"A": 45, "B": 0, "C": 15}
    # Cut again, and passed on in part again: each cut of what was left then.
    twice = [*part, Cut("A", Decimal(15)), Passed("A", Fraction(1, 3), "C"), Passed("C", Fraction(1, 2), "B")]
    assert still_weighed(twice, unit) == {"A": 40, "B": 25, "C": 10}
    thirds = [Cut("A", Decimal("0.50")), Passed("A", Fraction(1, 3), "B")]
    assert still_weighed(thirds, unit) == {"A": Decimal("0.33"), "B": Decimal("0.17")}
    assert still_weighed([Passed("A", Fraction(1, 2), "B")], unit).get("B", 0) == 0
    # Of a hundred millions of yen that were cut to 1,000 a third is a third, though of 1,000 it is 333.
    yen = [Cut("A", Decimal(99_999_000)), Passed("A", Fraction(1, 3), "B")]
    assert still_weighed(yen, Decimal(1)) == {"A": 66_666_000, "B": 33_333_000}
