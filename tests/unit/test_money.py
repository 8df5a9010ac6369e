"""Money: what the one parser accepts, how cents are split, how amounts are printed."""

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blackgem.lib.money import (
    CAP,
    CENT,
    MoneyError,
    ZeroWeights,
    amount_in_words,
    check_currency,
    check_precision,
    format_money,
    format_money_short,
    json_decimal,
    parse_amount,
    parse_percent,
    parse_rate,
    round_to_unit,
    split,
    to_units,
    unit_of,
    whole_weights,
)
from blackgem.lib.words import whole_number_in_words

amounts = st.integers(min_value=1, max_value=10**15 - 1).map(lambda cents: Decimal(cents).scaleb(-2))
weights = st.lists(
    st.integers(min_value=0, max_value=10**15).map(lambda n: Decimal(n).scaleb(-2)), min_size=1
)


def code_of(call, *args, **kwargs) -> str:
    with pytest.raises(MoneyError) as caught:
        call(*args, **kwargs)
    return caught.value.code


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        ("8000", "8000.00"),
        ("8000.5", "8000.50"),
        ("0.01", "0.01"),
        ("0000123.40", "123.40"),
        ("9999999999999.99", "9999999999999.99"),
        (8000, "8000.00"),
        (Decimal("0.1"), "0.10"),
        (Decimal("1250000.00"), "1250000.00"),
        (json_decimal("1234567.89"), "1234567.89"),
    ],
)
def test_plain_amounts_are_read_with_two_decimals(value, amount):
    assert str(parse_amount(value)) == amount


NOT_PLAIN_TEXT = """
    NaN nan sNaN Infinity -Infinity 1e999 1e3 1E+2 1_000 1,000.00 1.000,00 1'000 $5 0x10 (100.00) +5 .5 5.
    --5 ٣ ５ 1.٣ −5 5USD
"""
NOT_PLAIN = [*NOT_PLAIN_TEXT.split(), "", " ", " 5", "5 ", "5\n", "5 USD", "1 000"]
NOT_NUMBERS = [None, True, False, [], {}, 0.1, 10.0, float("nan"), b"5", 1 + 0j, Fraction(1, 2)]
NOT_PLAIN_DECIMALS = [Decimal(text) for text in ("NaN", "sNaN", "Infinity", "1E+2", "1E-999999")]
EXPONENTS_IN_JSON = [json_decimal(text) for text in ("1e1", "1.0e1", "1E-2")]


@pytest.mark.parametrize("value", [*NOT_PLAIN, *NOT_NUMBERS, *NOT_PLAIN_DECIMALS, *EXPONENTS_IN_JSON])
def test_anything_but_a_plain_number_is_invalid_and_the_message_shows_the_accepted_form(value):
    with pytest.raises(MoneyError, match=r"such as 1250000\.00") as caught:
        parse_amount(value, allow_negative=True, allow_zero=True)
    assert caught.value.code == "amount.invalid"
    assert caught.value.status == 422


@pytest.mark.parametrize("value", ["10.005", "0.004", "10.000", Decimal("10.005"), Decimal("1E-7")])
def test_more_than_two_decimals_are_refused_not_rounded(value):
    assert code_of(parse_amount, value) == "amount.max_decimal_places"


@pytest.mark.parametrize("value", ["10000000000000", "9999999999999999.99", 10**13, -(10**13), Decimal(CAP)])
def test_an_amount_beyond_the_cap_is_too_large(value):
    assert code_of(parse_amount, value, allow_negative=True) == "amount.too_large"


def test_endless_numbers_are_refused_at_once():
    assert code_of(parse_amount, "9" * 10**6) == "amount.too_large"
    assert code_of(parse_amount, 10**9999) == "amount.too_large"
    assert code_of(parse_amount, "1." + "0" * 10**6) == "amount.max_decimal_places"


@pytest.mark.parametrize("value", ["0", "-0", "-0.00", "0.00", "-5.00", 0, -5, Decimal("-0.00")])
def test_zero_and_negative_are_refused_where_not_allowed(value):
    assert code_of(parse_amount, value) == "amount.min_value"


def test_zero_and_negative_where_allowed():
    assert str(parse_amount("-5", allow_negative=True)) == "-5.00"
    assert str(parse_amount("0", allow_zero=True)) == "0.00"
    assert str(parse_amount("-0.00", allow_negative=True, allow_zero=True)) == "0.00"
    assert code_of(parse_amount, "0", allow_negative=True) == "amount.min_value"
    assert code_of(parse_amount, "-5", allow_zero=True) == "amount.min_value"
    assert code_of(parse_amount, "-0", allow_zero=True) == "amount.min_value"


@given(amounts)
def test_every_amount_survives_reading_in_each_form(amount):
    assert (
        parse_amount(amount) == parse_amount(str(amount)) == parse_amount(json_decimal(str(amount))) == amount
    )


def test_decimals_of_the_currency():
    assert parse_amount("100.00", currency="JPY") == 100
    assert code_of(parse_amount, "100.50", currency="JPY") == "amount.max_decimal_places"
    assert code_of(parse_amount, "100", currency="MRU") == "currency.unsupported"
    assert code_of(check_precision, Decimal("1.001"), "USD") == "amount.max_decimal_places"
    assert (unit_of("USD"), unit_of("JPY")) == (CENT, Decimal(1))


@pytest.mark.parametrize("code", ["usd", "US$", "XXX", "", "MRU", "IQD", None, 840, ["USD"]])
def test_unknown_currencies(code):
    assert code_of(check_currency, code) == "currency.unsupported"


def test_rates_are_fractions_with_eight_decimals():
    assert str(parse_rate("0.08")) == "0.08000000"
    assert str(parse_rate(1)) == "1.00000000"
    assert str(parse_rate(json_decimal("0.12345678"))) == "0.12345678"
    assert parse_rate("0.080000000000") == Decimal("0.08")
    assert code_of(parse_rate, "8") == "rate.out_of_range"
    assert code_of(parse_rate, "1.00000001") == "rate.out_of_range"
    assert code_of(parse_rate, "-0.08") == "rate.out_of_range"
    assert code_of(parse_rate, "0.123456789") == "rate.max_decimal_places"
    assert code_of(parse_rate, "9" * 10**5) == "rate.out_of_range"
    for value in ("8%", "8e-2", "NaN", 0.08, True, None, ""):
        assert code_of(parse_rate, value) == "rate.invalid"


def test_percent_is_typed_and_a_fraction_is_kept():
    assert str(parse_percent("8")) == "0.08000000"
    assert str(parse_percent("12.5")) == "0.12500000"
    assert str(parse_percent("0.123456")) == "0.00123456"
    assert str(parse_percent("100.00")) == "1.00000000"
    assert code_of(parse_percent, "100.000001") == "rate.out_of_range"
    assert code_of(parse_percent, "-1") == "rate.out_of_range"
    assert code_of(parse_percent, "8.1234567") == "rate.max_decimal_places"
    for value in ("8%", "8,5", "1e1", "", None, 8.5):
        assert code_of(parse_percent, value) == "rate.invalid"


def test_rounding_is_half_away_from_zero():
    assert str(round_to_unit(Decimal("0.005"), CENT)) == "0.01"
    assert str(round_to_unit(Decimal("-0.005"), CENT)) == "-0.01"
    assert str(round_to_unit(Decimal("-0.004"), CENT)) == "0.00"
    assert str(round_to_unit(Fraction(1, 3), CENT)) == "0.33"
    assert str(round_to_unit(Fraction(-1, 200), CENT)) == "-0.01"
    assert str(round_to_unit(7, CENT)) == "7.00"
    with pytest.raises(TypeError):
        round_to_unit(0.5, CENT)


@given(st.decimals(min_value=-(10**13), max_value=10**13, places=6))
def test_rounding_agrees_for_decimal_and_fraction(amount):
    assert round_to_unit(amount, CENT) == round_to_unit(Fraction(amount), CENT)
    assert abs(round_to_unit(amount, CENT) - amount) <= Decimal("0.005")


def test_results_do_not_depend_on_the_callers_decimal_context():
    with localcontext() as context:
        context.prec = 4
        assert str(split(Decimal("1234567.89"), [1])[0]) == "1234567.89"
        assert str(round_to_unit(Decimal("1234567.885"), CENT)) == "1234567.89"
        assert str(parse_amount("-1234567.89", allow_negative=True)) == "-1234567.89"
        assert format_money(Decimal("-1234567.89")) == "($1,234,567.89)"


def test_split_gives_the_leftover_cents_to_the_largest_remainders():
    assert list(map(str, split(Decimal("100.00"), [1, 1, 1]))) == ["33.34", "33.33", "33.33"]
    assert list(map(str, split(Decimal("-100.00"), [1, 1, 1]))) == ["-33.34", "-33.33", "-33.33"]
    assert list(map(str, split(Decimal("0.02"), [1, 3]))) == ["0.00", "0.02"]
    assert list(map(str, split(Decimal("100"), [Decimal("0.5"), Fraction(1, 3), 0], Decimal(1)))) == [
        "60",
        "40",
        "0",
    ]
    assert list(map(str, split(0, [1, 2]))) == ["0.00", "0.00"]


def test_what_cannot_be_split():
    for nobody in ([], [0, 0]):
        with pytest.raises(ZeroWeights) as caught:
            split(Decimal(1), nobody)
        assert caught.value.code == "zero_weights"
    assert code_of(split, Decimal(1), [1, -1]) == "weight.negative"
    assert code_of(split, Decimal("100.50"), [1], Decimal(1)) == "amount.max_decimal_places"
    with pytest.raises(TypeError):
        split(Decimal(1), [0.5])
    with pytest.raises(TypeError):
        split(1.0, [1])


@given(amounts, weights)
def test_split_is_exact_fair_and_symmetric(total, shares):
    if not any(shares):
        shares = [*shares, Decimal(1)]
    parts = split(total, shares)
    assert sum(parts) == total
    assert [-part for part in split(-total, shares)] == parts
    for part, exact, weight in zip(parts, exact_shares(total, shares), shares, strict=True):
        assert abs(Fraction(part) - exact) < CENT
        assert part >= 0
        assert weight or not part


def exact_shares(total, shares):
    return [Fraction(total) * Fraction(weight) / sum(map(Fraction, shares)) for weight in shares]


@given(amounts, weights)
def test_a_larger_weight_never_gets_less(total, shares):
    shares = [*shares, Decimal(1)]
    ranked = sorted(zip(shares, split(total, shares), strict=True))
    assert [part for _, part in ranked] == sorted(part for _, part in ranked)


def test_whole_weights_keep_proportions():
    assert whole_weights([Decimal("0.5"), Fraction(1, 3), 1]) == [3, 2, 6]
    assert to_units(Decimal("12.34")) == 1234


@pytest.mark.parametrize(
    ("amount", "currency", "shown", "short"),
    [
        ("1250000.00", "USD", "$1,250,000.00", "$1,250,000"),
        ("-1250.5", "USD", "($1,250.50)", "($1,250.50)"),
        ("-8000", "USD", "($8,000.00)", "($8,000)"),
        ("0", "EUR", "€0.00", "€0"),
        ("1250", "CHF", "CHF\u00a01,250.00", "CHF\u00a01,250"),
        ("125000", "JPY", "¥125,000", "¥125,000"),
        ("9999999999999.99", "GBP", "£9,999,999,999,999.99", "£9,999,999,999,999.99"),
    ],
)
def test_amounts_for_people(amount, currency, shown, short):
    assert format_money(Decimal(amount), currency) == shown
    assert format_money_short(Decimal(amount), currency) == short


def test_printing_never_rounds():
    assert code_of(format_money, Decimal("0.005")) == "amount.max_decimal_places"
    assert code_of(format_money, Decimal("0.5"), "JPY") == "amount.max_decimal_places"


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        ("8000", "USD", "Eight thousand US dollars and 00/100"),
        ("1", "USD", "One US dollar and 00/100"),
        ("0.5", "USD", "Zero US dollars and 50/100"),
        ("1250000.05", "EUR", "One million two hundred fifty thousand euros and 05/100"),
        ("21", "GBP", "Twenty-one pounds sterling and 00/100"),
        ("125000", "JPY", "One hundred twenty-five thousand Japanese yen"),
        ("-119.99", "CHF", "Minus one hundred nineteen Swiss francs and 99/100"),
        ("1000000000017", "USD", "One trillion seventeen US dollars and 00/100"),
        (
            "9999999999999.99",
            "USD",
            "Nine trillion nine hundred ninety-nine billion nine hundred ninety-nine million "
            "nine hundred ninety-nine thousand nine hundred ninety-nine US dollars and 99/100",
        ),
    ],
)
def test_amounts_in_words(amount, currency, words):
    assert amount_in_words(Decimal(amount), currency) == words


SMALL = {whole_number_in_words(number): number for number in range(20)}
TENS = {whole_number_in_words(number): number for number in range(20, 100, 10)}
SIZES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}


def read_words(text: str) -> int:
    """The number that words say, worked out the other way round."""
    total = group = 0
    for word in text.lower().replace("-", " ").split():
        if word in SIZES:
            total, group = total + group * SIZES[word], 0
        elif word == "hundred":
            group *= 100
        else:
            group += TENS[word] if word in TENS else SMALL[word]
    return total + group


@given(st.integers(min_value=0, max_value=10**13 - 1))
def test_words_read_back_to_the_same_number(whole):
    words, _, rest = amount_in_words(Decimal(whole)).partition(" US dollar")
    assert read_words(words) == whole
    assert rest.endswith("and 00/100")
