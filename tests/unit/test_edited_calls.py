"""An amount set by hand changes that partner; the others of each line take the difference, and nobody more of it."""

from decimal import Decimal
from fractions import Fraction
from itertools import chain, combinations
from math import ceil

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from capital.calc.edits import split_edited
from capital.calc.prorata import Basis, ExceedsUnfunded, ItemsDoNotAddUp, Line, Partner, split_lines

CENT = Decimal("0.01")
LINES = [
    Line("deal", Decimal("7000.00"), excused={"C"}),
    Line("fee", Decimal("2000.00")),
    Line("costs", Decimal("1000.00"), reduces_unfunded=False),
]
PARTNERS = [Partner("A", Decimal(300)), Partner("B", Decimal(200)), Partner("C", Decimal(500))]


def parts_of(split):
    """Line → partner → amount."""
    return {line.key: {part.key: part.amount for part in line.parts} for line in split.lines}


def totals(split):
    return [sum(part.amount for part in line.parts) for line in split.lines]


def test_a_cent_by_hand_moves_one_cent_of_one_other():
    plain = split_lines(LINES, PARTNERS).items
    edited = split_edited(LINES, PARTNERS, {"A": plain["A"] + CENT})
    moved = {key: amount - plain[key] for key, amount in edited.items.items()}
    assert moved == {"A": CENT, "B": -CENT, "C": 0}
    assert totals(edited) == [line.amount for line in LINES]
    assert {part.basis for line in edited.lines for part in line.parts if part.key == "A"} == {Basis.EDITED}


def test_an_amount_by_hand_lies_on_the_partners_own_lines():
    plain = parts_of(split_lines(LINES, PARTNERS))
    edited = parts_of(split_edited(LINES, PARTNERS, {"C": Decimal("750.00")}))
    assert {line: parts["C"] for line, parts in edited.items()} == {
        line: parts["C"] / 2 for line, parts in plain.items()
    }
    assert edited["deal"] == plain["deal"]


def test_where_all_is_set_every_line_still_adds_up():
    items = split_lines(LINES, PARTNERS).items
    given_ = {"A": items["A"] - 100, "B": items["B"] + 40, "C": items["C"] + 60}
    edited = split_edited(LINES, PARTNERS, given_)
    assert (edited.items, totals(edited)) == (given_, [line.amount for line in LINES])
    assert parts_of(edited)["deal"]["C"] == 0
    with pytest.raises(ItemsDoNotAddUp) as caught:
        split_edited(LINES, PARTNERS, items | {"C": items["C"] + 5})
    assert caught.value.difference == -5


def test_nobody_is_pushed_below_zero_or_above_what_is_unfunded():
    partners = [
        Partner("A", Decimal(50)),
        Partner("B", Decimal(1), unfunded=Decimal(3)),
        Partner("C", Decimal(49)),
    ]
    line = Line("deal", Decimal("100.00"))
    less = split_edited([line], partners, {"A": Decimal(0)})
    assert less.items == {"A": 0, "B": Decimal(2), "C": Decimal(98)}
    least = split_edited([line], partners, {"A": Decimal(0), "C": Decimal(97)})
    assert (least.items["B"], least.lines[0].parts[1].basis) == (3, Basis.PRO_RATA)
    with pytest.raises(ExceedsUnfunded):
        split_edited([line], partners, {"A": Decimal(0), "C": Decimal(96)})
    with pytest.raises(ItemsDoNotAddUp):
        split_edited([line], partners, {"A": Decimal(101)})


@settings(max_examples=60)
@given(
    st.lists(st.integers(1, 10**9), min_size=3, max_size=6),
    st.lists(st.one_of(st.integers(1, 60), st.integers(10**4, 10**9)), min_size=1, max_size=4),
    st.sampled_from([Decimal(1), CENT, Decimal("0.001")]),
    st.data(),
)
def test_an_edit_moves_nobody_by_more_than_its_share(weights, amounts, unit, data):
    partners = [Partner(i, Decimal(weight)) for i, weight in enumerate(weights)]
    everyone = range(len(weights))
    lines = [
        Line(n, amount * unit, excused=data.draw(st.sets(st.integers(1, len(weights) - 1), max_size=1)))
        for n, amount in enumerate(amounts)
    ]
    plain = split_lines(lines, partners, unit=unit)
    delta = data.draw(st.integers(-50, 50)) * unit
    assume(0 <= plain.items[0] + delta <= sum(line.amount for line in lines))
    edited = split_edited(lines, partners, {0: plain.items[0] + delta}, unit=unit)
    assert totals(edited) == [line.amount for line in lines]
    assert edited.items[0] == plain.items[0] + delta
    for line, before, after in zip(lines, plain.lines, edited.lines, strict=True):
        change = {a.key: a.amount - b.amount for b, a in zip(before.parts, after.parts, strict=True)}
        others = [i for i in everyone if i and i not in line.excused]
        assume(all(before.parts[i].amount >= abs(change[0]) for i in others))
        for i in set(everyone) - {0}:
            share = (
                Fraction(abs(change[0]) * weights[i]) / sum(weights[k] for k in others) if i in others else 0
            )
            assert abs(change[i]) <= ceil(share / Fraction(unit)) * unit


def some_parts_add_up(lines, everyone, items):
    """Whether any parts have the sums of their lines and of `items`: the condition of A. J. Hoffman's theorem on flows
    with bounds, for every set of lines. A line on which somebody is left takes any part of its amount."""
    own = {key: {i for i, line in enumerate(lines) if key not in line.excused} for key in items}
    shut = {i for i, line in enumerate(lines) if not everyone - items.keys() - line.excused}
    for some in map(set, chain(*(combinations(range(len(lines)), n) for n in range(len(lines) + 1)))):
        room = sum(lines[i].amount for i in some)
        if sum(amount for key, amount in items.items() if own[key] <= some) > room:
            return False
        if some <= shut and sum(amount for key, amount in items.items() if own[key] & some) < room:
            return False
    return True


@settings(max_examples=60)
@given(st.integers(3, 5), st.data())
def test_edits_never_break_a_sum(count, data):
    """Several at once, with excuses, up to everybody: each line and each amount that was set stands, or none could."""
    partners = [Partner(i, Decimal(data.draw(st.integers(1, 1000)))) for i in range(count)]
    lines = [
        Line(
            n,
            Decimal(data.draw(st.one_of(st.integers(1, 30), st.integers(100, 10**6)))) * CENT,
            excused=data.draw(st.sets(st.integers(1, count - 1))),
        )
        for n in range(3)
    ]
    plain = split_lines(lines, partners)
    ids = data.draw(st.lists(st.integers(0, count - 1), min_size=2, unique=True))
    moved = data.draw(st.integers(0, int(plain.items[ids[0]] / CENT))) * CENT
    items = {i: plain.items[i] for i in ids}
    items[ids[0]] -= moved
    items[ids[1]] += moved
    if not some_parts_add_up(lines, set(range(count)), items):
        with pytest.raises(ItemsDoNotAddUp):
            split_edited(lines, partners, items)
        return
    edited = split_edited(lines, partners, items)
    assert totals(edited) == [line.amount for line in lines]
    assert {i: edited.items[i] for i in ids} == items
    assert all(part.amount >= 0 for line in edited.lines for part in line.parts)
    assert all(
        part.amount == 0
        for line, split in zip(lines, edited.lines, strict=True)
        for part in split.parts
        if part.key in line.excused
    )
