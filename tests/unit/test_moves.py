"""What goes from whom to whom, where only what each gives and takes is decided."""

from collections import Counter
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from closings.calc.moves import moves, parts_moved

amounts = st.integers(1, 10**9).map(lambda cents: Decimal(cents) / 100)


@st.composite
def given_and_taken(draw):
    """Partners with rows, of which some give at most what they hold, and others take all of it."""
    rows = {
        f"g{place}": draw(st.lists(amounts, min_size=1, max_size=4))
        for place in range(draw(st.integers(1, 4)))
    }
    gives = {key: Decimal(draw(st.integers(0, int(sum(held) * 100)))) / 100 for key, held in rows.items()}
    total, takes = sum(gives.values()), {}
    for place in range(draw(st.integers(1, 4))):
        takes[f"t{place}"] = Decimal(draw(st.integers(0, int(total * 100)))) / 100
        total -= takes[f"t{place}"]
    takes["last"] = total
    held = {key: [((key, place), amount) for place, amount in enumerate(own)] for key, own in rows.items()}
    return held, gives | {key: -amount for key, amount in takes.items()}


@given(given_and_taken())
def test_each_gives_and_takes_what_was_decided_and_no_row_more_than_it_holds(case):
    held, deltas = case
    gave, took, of_row = Counter(), Counter(), Counter()
    for row, giver, taker, amount in moves(held, deltas):
        assert amount > 0
        assert row[0] == giver
        gave[giver] += amount
        took[taker] += amount
        of_row[row] += amount
    assert gave - Counter() == {key: delta for key, delta in deltas.items() if delta > 0}
    assert took - Counter() == {key: -delta for key, delta in deltas.items() if delta < 0}
    assert all(of_row[row] <= amount for rows in held.values() for row, amount in rows)


@given(given_and_taken(), st.data())
def test_parts_add_up_for_every_partner_and_over_all(case, data):
    held, deltas = case
    parts = {}
    for key, rows in held.items():
        whole = sum(amount for _, amount in rows)
        first = Decimal(data.draw(st.integers(0, int(whole * 100)))) / 100
        parts[key] = (first, whole - first, Decimal("0.00"))
    found = parts_moved(parts, deltas)
    assert {key: sum(own) for key, own in found.items()} == {key: one for key, one in deltas.items() if one}
    assert [sum(own[place] for own in found.values()) for place in range(3)] == [0, 0, 0]
    assert all((part >= 0) == (deltas[key] > 0) or not part for key, own in found.items() for part in own)
    assert all(
        part <= mine
        for key in parts
        for part, mine in zip(found.get(key, (0, 0, 0)), parts[key], strict=True)
    )
