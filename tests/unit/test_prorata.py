"""Splitting calls: stories first, then what holds for every call."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blackgem.lib.money import CENT, MoneyError, ZeroWeights, from_units
from capital.calc.prorata import (
    Basis,
    ExceedsUnfunded,
    ItemsDoNotAddUp,
    Line,
    Partner,
    PastPart,
    Share,
    residuals,
    split_call,
    split_lines,
)


def amounts(parts) -> list[str]:
    return [str(part.amount) for part in parts]


def three(**changes) -> list[Share]:
    """Three equal partners A, B and C; `changes` replaces what is said of one of them."""
    return [Share(key, Decimal(1), **changes.get(key, {})) for key in "ABC"]


def past(parts, weights) -> list[PastPart]:
    return [
        PastPart(part.key, weight, part.amount, part.basis)
        for part, weight in zip(parts, weights, strict=True)
    ]


# ---------------------------------------------------------------- stories


def test_a_hundred_over_three():
    assert amounts(split_call(Decimal(100), three())) == ["33.34", "33.33", "33.33"]


def test_after_an_excuse_the_next_call_is_equal_again():
    first = split_call(Decimal(300), three(C={"excused": True}))
    assert amounts(first) == ["150.00", "150.00", "0.00"]
    assert first[2].basis == Basis.EXCUSED
    carried = residuals([past(first, [Decimal(1)] * 3)])
    again = split_call(Decimal(300), [Share(key, Decimal(1), carried.get(key, Fraction(0))) for key in "ABC"])
    assert amounts(again) == ["100.00", "100.00", "100.00"]


def test_an_edited_amount_is_not_made_up_for_later():
    first = split_call(Decimal(300), three(A={"fixed": Decimal("50")}))
    assert amounts(first) == ["50", "125.00", "125.00"]
    assert [part.basis for part in first] == ["edited", "pro_rata", "pro_rata"]
    assert set(residuals([past(first, [Decimal(1)] * 3)]).values()) == {0}


def test_a_partner_at_its_cap_leaves_the_pool_and_the_rest_is_split_again():
    parts = split_call(Decimal(300), three(A={"cap": Decimal("10.00")}, B={"cap": Decimal("140")}))
    assert amounts(parts) == ["10.00", "140.00", "150.00"]
    assert [part.basis for part in parts] == ["capped", "capped", "pro_rata"]


def test_a_partner_exactly_at_its_cap_is_pro_rata():
    assert {part.basis for part in split_call(Decimal(300), three(A={"cap": Decimal(100)}))} == {"pro_rata"}


def test_more_than_is_unfunded():
    with pytest.raises(ExceedsUnfunded) as caught:
        split_call(Decimal("300.01"), [Share(key, Decimal(1), cap=Decimal(100)) for key in "ABC"])
    assert caught.value.keys == ("A", "B", "C")
    assert caught.value.shortfall == CENT
    assert caught.value.code == "call.exceeds_uncalled"


def test_an_amount_set_above_what_is_unfunded():
    with pytest.raises(ExceedsUnfunded) as caught:
        split_call(Decimal(300), three(B={"fixed": Decimal(101), "cap": Decimal(100)}))
    assert (caught.value.keys, caught.value.shortfall) == (("B",), 1)


@pytest.mark.parametrize(
    ("total", "fixed", "difference"),
    [
        ("300", ("200", "150", None), "-50"),
        ("300", ("100", "100", "99.99"), "0.01"),
        ("-1", (None,) * 3, "-1"),
    ],
)
def test_set_amounts_that_miss_the_total(total, fixed, difference):
    shares = [Share(i, Decimal(1), fixed=amount and Decimal(amount)) for i, amount in enumerate(fixed)]
    with pytest.raises(ItemsDoNotAddUp) as caught:
        split_call(Decimal(total), shares)
    assert caught.value.difference == Decimal(difference)


def test_negative_amounts_cannot_be_set():
    with pytest.raises(MoneyError) as caught:
        split_call(Decimal(300), three(A={"fixed": Decimal(-1)}))
    assert caught.value.code == "amount.min_value"


def test_zero_may_be_set_where_nothing_is_left_unfunded():
    parts = split_call(Decimal(300), three(A={"fixed": Decimal(0), "cap": Decimal(-5)}))
    assert amounts(parts) == ["0", "150.00", "150.00"]


def test_everybody_set_by_hand():
    shares = three(A={"fixed": Decimal(1)}, B={"fixed": Decimal(2)}, C={"excused": True})
    assert amounts(split_call(Decimal(3), shares)) == ["1", "2", "0.00"]


def test_a_call_of_nobody_is_refused():
    with pytest.raises(ZeroWeights):
        split_call(Decimal(1), [Share("A", Decimal(0)), Share("B", Decimal(0))])
    with pytest.raises(ItemsDoNotAddUp):
        split_call(Decimal(1), three(A={"excused": True}, B={"excused": True}, C={"excused": True}))
    with pytest.raises(ItemsDoNotAddUp):
        split_call(Decimal(1), [])


def test_a_general_partner_without_a_commitment_is_called_nothing():
    parts = split_call(Decimal(100), [Share("GP", Decimal(0), Fraction(1, 100)), Share("LP", Decimal(5))])
    assert amounts(parts) == ["0.00", "100.00"]


def test_a_call_in_yen_is_split_in_whole_yen():
    assert amounts(split_call(Decimal(100), three(), unit=Decimal(1))) == ["34", "33", "33"]
    with pytest.raises(MoneyError):
        split_call(Decimal("100.50"), three(), unit=Decimal(1))


def test_residuals_of_a_smaller_pool_can_pass_the_total_and_are_taken_back():
    shares = [Share(key, Decimal(1), Fraction(12, 1000)) for key in "AB"]
    assert amounts(split_call(CENT, shares)) == ["0.01", "0.00"]
    shares = [Share(key, Decimal(1), Fraction(-12, 1000)) for key in "AB"]
    assert amounts(split_call(CENT * 2, shares)) == ["0.01", "0.01"]


def test_a_call_of_two_lines_with_an_excuse_adds_up_both_ways():
    partners = [Partner(key, Decimal(100), unfunded=Decimal(100)) for key in "ABC"]
    lines = [
        Line("deal", Decimal(100), excused={"C"}),
        Line("fee", Decimal(10), reduces_unfunded=False, fixed={"A": Decimal(1)}),
        Line("costs", Decimal("0.01")),
    ]
    split = split_lines(lines, partners)
    assert [amounts(line.parts) for line in split.lines] == [
        ["50.00", "50.00", "0.00"],
        ["1", "4.50", "4.50"],
        ["0.01", "0.00", "0.00"],
    ]
    assert split.items == {"A": Decimal("51.01"), "B": Decimal("54.50"), "C": Decimal("4.50")}
    assert split.total == Decimal("110.01")


def test_the_residual_runs_on_from_line_to_line():
    partners = [Partner(key, Decimal(1)) for key in "ABC"]
    split = split_lines([Line(number, Decimal("0.01")) for number in range(3)], partners)
    assert set(split.items.values()) == {CENT}


def test_an_earlier_line_leaves_less_to_call():
    partners = [
        Partner("A", Decimal(1), unfunded=Decimal(60)),
        Partner("B", Decimal(1), unfunded=Decimal(200)),
    ]
    split = split_lines([Line("deal", Decimal(100)), Line("fee", Decimal(40))], partners)
    assert split.items == {"A": Decimal(60), "B": Decimal(80)}
    assert split.lines[1].parts[0].basis == Basis.CAPPED


def test_lines_outside_the_commitment_have_no_cap():
    partners = [Partner("A", Decimal(1), unfunded=Decimal(0))]
    assert split_lines([Line("interest", Decimal(5), reduces_unfunded=False)], partners).total == 5
    with pytest.raises(ExceedsUnfunded) as caught:
        split_lines([Line("deal", Decimal(2)), Line("fee", Decimal(3))], partners)
    assert caught.value.shortfall == 5


# ---------------------------------------------------------------- what always holds

cents = st.integers(min_value=0, max_value=10**12).map(from_units)
positive = st.integers(min_value=1, max_value=10**12).map(from_units)
tiny_residuals = st.fractions(min_value=-1, max_value=1, max_denominator=1000).map(lambda x: x / 100)


@st.composite
def pools(draw):
    count = draw(st.integers(1, 8))
    return [
        Share(
            i,
            draw(cents),
            residual=draw(tiny_residuals),
            cap=draw(st.none() | cents),
            excused=draw(st.booleans()),
        )
        for i in range(count)
    ]


def capacity(shares) -> Decimal | None:
    """What the pool can take at most; None where somebody in it has no cap."""
    caps = [share.cap for share in shares if share.weight and not share.excused]
    return None if None in caps else sum(caps, Decimal(0))


@given(pools(), st.data())
def test_every_split_adds_up_and_keeps_its_limits(shares, data):
    room = capacity(shares)
    most = 10**12 if room is None else int(room * 100)
    total = from_units(data.draw(st.integers(0, most)))
    parts = split_call(total, shares)
    assert sum(part.amount for part in parts) == total
    for part, share in zip(parts, shares, strict=True):
        assert part.key == share.key
        assert part.amount >= 0
        assert share.cap is None or part.amount <= share.cap
        assert not part.amount or (share.weight and not share.excused)


@given(pools(), cents, positive)
def test_more_than_the_pool_can_take_is_refused_with_the_shortfall(others, cap, excess):
    limited = [replace(share, cap=share.cap or Decimal(0)) for share in others]
    shares = [*limited, Share("one more", Decimal(1), cap=cap)]
    with pytest.raises(ExceedsUnfunded) as caught:
        split_call(capacity(shares) + excess, shares)
    assert caught.value.shortfall == excess


@given(st.lists(positive, min_size=1, max_size=8), st.data())
def test_when_all_is_called_every_partner_stands_at_its_commitment(commitments, data):
    left, calls = sum(commitments), []
    for _ in range(data.draw(st.integers(0, 6))):
        calls.append(from_units(data.draw(st.integers(0, int(left * 100)))))
        left -= calls[-1]
    split = split_lines(
        [Line(i, call) for i, call in enumerate([*calls, left])],
        [Partner(i, amount) for i, amount in enumerate(commitments)],
    )
    assert list(split.items.values()) == commitments


@given(st.lists(positive, min_size=1, max_size=8), st.lists(cents, min_size=1, max_size=6))
def test_every_partner_stays_within_a_cent_of_its_exact_share(commitments, extra):
    everything = sum(commitments)
    a_cent_for_each = from_units(-(-int(everything * 100) // int(min(commitments) * 100)))
    calls = [a_cent_for_each + amount for amount in extra]
    split = split_lines(
        [Line(i, call) for i, call in enumerate(calls)],
        [Partner(i, amount) for i, amount in enumerate(commitments)],
    )
    so_far = dict.fromkeys(range(len(commitments)), Decimal(0))
    for number, line in enumerate(split.lines):
        called = Fraction(sum(calls[: number + 1]))
        for part in line.parts:
            so_far[part.key] += part.amount
            exact = called * Fraction(commitments[part.key]) / Fraction(everything)
            assert abs(Fraction(so_far[part.key]) - exact) < Fraction(CENT)


@given(st.lists(positive, min_size=1, max_size=6), st.lists(cents, min_size=1, max_size=6))
def test_residuals_of_a_line_cancel_out_and_carry_the_series_on(commitments, calls):
    """Splitting call by call from the recorded history is the same as splitting the series at once."""
    history: list[list[PastPart]] = []
    for call in calls:
        carried = residuals(history)
        assert sum(carried.values()) == 0
        shares = [Share(i, amount, carried.get(i, Fraction(0))) for i, amount in enumerate(commitments)]
        history.append(past(split_call(call, shares), commitments))
    partners = [Partner(i, amount) for i, amount in enumerate(commitments)]
    at_once = split_lines([Line(i, call) for i, call in enumerate(calls)], partners)
    assert [[part.amount for part in line.parts] for line in at_once.lines] == [
        [part.amount for part in line] for line in history
    ]


@given(st.lists(positive, min_size=2, max_size=6), st.lists(positive, min_size=1, max_size=6), st.data())
def test_excuses_never_break_the_sums_nor_leave_a_large_residual(commitments, calls, data):
    history: list[list[PastPart]] = []
    for call in calls:
        carried = residuals(history)
        out = data.draw(st.sets(st.integers(0, len(commitments) - 1), max_size=len(commitments) - 1))
        shares = [
            Share(i, amount, carried.get(i, Fraction(0)), excused=i in out)
            for i, amount in enumerate(commitments)
        ]
        history.append(past(split_call(call, shares), commitments))
        assert sum(part.amount for part in history[-1]) == call
    assert sum(residuals(history).values()) == 0
    assert all(abs(residual) < Fraction(CENT) * len(commitments) for residual in residuals(history).values())
