"""What a text that somebody looks for may mean."""

from decimal import Decimal

import pytest

from dashboard.calc.search_terms import LONGEST, Amount, after, amount_in, cleaned, without_number

WHOLE, EXACT = Decimal(1234), Decimal("1234.50")


@pytest.mark.parametrize(
    ("text", "values", "currency"),
    [
        ("1,234.50", {EXACT}, None),
        ("$1,234.50", {EXACT}, "USD"),
        ("$ 1234.5", {EXACT}, "USD"),
        ("(1,234.50)", {EXACT}, None),
        ("−1,234.50", {EXACT}, None),
        ("1.234,50 EUR", {EXACT}, "EUR"),
        ("eur 1 234,50", {EXACT}, "EUR"),
        ("1\u202f234,50 €", {EXACT}, "EUR"),
        ("CHF 1’234.50", {EXACT}, "CHF"),
        ("12,34,567.00", {Decimal(1234567)}, None),
        ("JPY 1,234", {WHOLE, Decimal("1.234")}, "JPY"),
        ("1.234", {WHOLE, Decimal("1.234")}, None),
        ("1,234.567 KWD", {Decimal("1234.567")}, "KWD"),
        ("9" * 13, {Decimal("9" * 13)}, None),
        *(
            (text, set(), None)
            for text in ("", "jane", "0", "3 4", "1,23", "1.2.3", "CC3-0001", "$", "9" * 14)
        ),
        *(
            (text, set(), None)
            for text in ("1,234.50 EUR USD", "1e3", "٣", "NaN", "1,234.5678", "," * LONGEST)
        ),
    ],
)
def test_an_amount_is_read_as_people_write_it(text, values, currency):
    if text == "1,23":
        values = {Decimal("1.23")}
    assert amount_in(cleaned(text)) == Amount(tuple(sorted(values)), currency)


def test_a_text_is_cut_and_holds_nothing_invisible():
    assert cleaned("  Jane\x00\u202e \t\n Williams ") == "Jane Williams"
    assert len(cleaned("x" * 10_000)) == LONGEST


def test_a_verb_is_whole_words():
    verbs = ("pay", "record payment")
    assert after(verbs, "Record payment Jane") == "Jane"
    assert after(verbs, "pay") == ""
    assert after(verbs, "payne") is None


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("jane 3", ("jane", 3)),
        ("jane call 3", ("jane", 3)),
        ("jane #12", ("jane", 12)),
        ("jane CC3", ("jane", 3)),
        *((text, (text, None)) for text in ("jane", "3", "call 3", "jane ٣", "jane " + "3" * 10)),
    ],
)
def test_a_calls_number_may_stand_at_the_end(text, parts):
    assert without_number(text) == parts
