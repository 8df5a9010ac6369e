"""The bank against the books: each day's difference is what stands between them, to the cent."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from banking.calc.reconciling import (
    Booked,
    Posted,
    ahead_at,
    books_of,
    day_at,
    open_at,
    reconcile,
    waiting_at,
)
from tests.support.examples import examples

BEGINS = date(2026, 1, 1)


def on(day):
    return date(2026, 1, day)


def booked(key, day, amount, settled="settled"):
    return Booked(key=key, on=on(day), amount=Decimal(amount), settled=settled)


def posted(row, day, amount, entry=None):
    return Posted(key=("payout", row), on=on(day), amount=Decimal(amount), entry=entry)


def test_what_explains_each_day():
    entries = [booked(1, 3, "100"), booked(2, 6, "-40"), booked(3, 7, "5", "ignored"), booked(4, 8, "1", "")]
    wires = [
        posted(1, 2, "100", 1),
        posted(2, 4, "-40", 2),
        posted(3, 5, "-10"),
        posted(4, 9, "100.00", None),
    ]
    books = books_of(Decimal(0), BEGINS, entries, wires)
    days = {day.on.day: day for day in reconcile(books)}
    assert [days[n].in_transit for n in (1, 2, 3, 9)] == [0, 100, 0, 100]
    assert [days[n].outstanding for n in (4, 5, 6)] == [40, 50, 10]
    assert all(day.is_explained for day in days.values() if day.on < on(8))
    assert (days[8].unexplained, days[8].undecided, days[7].ignored) == (1, 1, 5)
    assert [one.key[1] for one in waiting_at(books, on(5))] == [2, 3]
    assert [one.key for one in open_at(books, on(9))] == [3, 4]
    assert day_at(reconcile(books), on(20)).on == on(9)


def test_a_cent_of_the_opening_balance_is_unexplained_and_what_was_booked_ahead_is_not():
    before = posted(1, 1, "99.99")
    early = Posted(key=("payout", 1), on=date(2025, 12, 1), amount=Decimal("99.99"))
    assert reconcile(books_of(Decimal("100"), BEGINS, [], [early]))[0].unexplained == Decimal("0.01")
    assert reconcile(books_of(Decimal("99.99"), BEGINS, [], [early]))[-1].is_explained
    assert before.amount == early.amount
    books = books_of(Decimal(0), BEGINS, [booked(1, 2, "7")], [posted(2, 5, "7", 1)])
    assert [day.ahead for day in reconcile(books)] == [0, 7, 0]
    assert [one.key[1] for one in ahead_at(books, on(3))] == [2]


@examples(60)
@given(
    st.lists(
        st.tuples(st.integers(1, 28), st.integers(1, 28), st.integers(-500, 500), st.booleans()), max_size=12
    )
)
def test_what_is_known_of_both_sides_is_explained_on_every_day(rows):
    entries = [booked(n, day, amount) for n, (day, _, amount, known) in enumerate(rows) if known]
    wires = [posted(n, day, amount, n if known else None) for n, (_, day, amount, known) in enumerate(rows)]
    days = reconcile(books_of(Decimal(0), BEGINS, entries, wires))
    assert all(day.is_explained for day in days)
    assert days[-1].ledger == sum(row[2] for row in rows)
