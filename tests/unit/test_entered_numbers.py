"""Amounts and rates as people write them: what the application prints comes back, what is ambiguous is asked about."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blackgem.lib.currencies import CURRENCIES
from blackgem.lib.entered_numbers import (
    LONGEST,
    amount_to_enter,
    entered_amount,
    entered_multiple,
    entered_percent,
    percent_to_enter,
)
from blackgem.lib.money import (
    MoneyError,
    cap_of,
    format_money,
    format_money_short,
    from_units,
    to_units,
    unit_of,
)
from blackgem.templatetags.blackgem import rate as rate_shown

THIN, NARROW, NO_BREAK = "\u2009", "\u202f", "\u00a0"


def code_of(read, *args, **kwargs) -> str:
    with pytest.raises(MoneyError) as caught:
        read(*args, **kwargs)
    return caught.value.code


@st.composite
def printed(draw):
    """A currency and an amount that it may have, small ones often."""
    currency = draw(st.sampled_from(sorted(CURRENCIES)))
    unit = unit_of(currency)
    most = to_units(cap_of(currency), unit) - 1
    units = draw(st.one_of(st.integers(-most, most), st.integers(-9_999_999, 9_999_999)))
    return from_units(units, unit), currency


@given(printed())
def test_what_the_application_prints_is_read_back_to_the_same_amount(case):
    amount, currency = case
    kept = {"currency": currency, "allow_negative": True, "allow_zero": True}
    spellings = [format_money(amount, currency), amount_to_enter(amount, currency)]
    if unit_of(currency) >= Decimal("0.01"):
        spellings.append(format_money_short(amount, currency))
    whole, point, decimals = f"{amount:,}".partition(".")
    if "," in whole:
        groups = (THIN, NARROW, NO_BREAK, "'", "’")
        spellings += [f"{whole.replace(',', sign)}{point}{decimals}" for sign in groups]
    for spelling in spellings:
        assert entered_amount(spelling, **kept) == amount, spelling


@given(st.integers(0, 10**8))
def test_a_rate_that_the_application_prints_is_read_back(units):
    rate = Decimal(units).scaleb(-8)
    assert entered_percent(rate_shown(rate)) == entered_percent(percent_to_enter(rate)) == rate


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("1,234.50", "USD", "1234.50"),
        ("$1,234.50", "USD", "1234.50"),
        ("1,234.50 usd", "USD", "1234.50"),
        ("250,000", "USD", "250000.00"),
        ("1 234,50", "EUR", "1234.50"),
        ("1.234,50 €", "EUR", "1234.50"),
        ("1.234.567", "EUR", "1234567.00"),
        ("8000,5", "EUR", "8000.50"),
        ("CHF 1’250’000.05", "CHF", "1250000.05"),
        ("1,234", "JPY", "1234"),
        ("12,34,567.50", "INR", "1234567.50"),
        ("KWD 1.234", "KWD", "1.234"),
        ("1234.567", "KWD", "1234.567"),
        ("1,234.000", "KWD", "1234.000"),
        ("١٬٢٣٤٫٥", "SAR", "1234.50"),
        ("१,२३४.५०", "INR", "1234.50"),
        ("１２３４", "JPY", "1234"),
    ],
)
def test_what_has_one_reading_is_understood(text, currency, amount):
    assert str(entered_amount(text, currency=currency)) == amount


@pytest.mark.parametrize(
    ("text", "currency", "asked"),
    [
        ("1.234", "USD", "$1,234.00"),
        ("10.005", "USD", "$10,005.00"),
        ("١٫٢٣٤", "SAR", None),
        ("1.234", "JPY", "¥1,234"),
        ("1.234", "KWD", f"KWD{NO_BREAK}1,234.000 or KWD{NO_BREAK}1.234"),
        ("1,234", "KWD", f"KWD{NO_BREAK}1,234.000 or KWD{NO_BREAK}1.234"),
        ("1.234 KWD", "KWD", f"KWD{NO_BREAK}1,234.000 or KWD{NO_BREAK}1.234"),
        ("1,234", None, "1234"),
    ],
)
def test_what_has_two_readings_is_asked_about(text, currency, asked):
    with pytest.raises(MoneyError) as caught:
        entered_amount(text, currency=currency)
    assert caught.value.code == ("amount.ambiguous" if asked else "amount.max_decimal_places")
    for reading in (asked or "").split(" or "):
        assert reading in caught.value.message
        if reading and currency:
            assert entered_amount(reading, currency=currency)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "$",
            "NaN",
            "1e3",
            "1_000",
            "0x10",
            ".5",
            "5.",
            "1,23,4",
            "1 2",
            "1.2.3",
            "1,234,5",
            "0,123,456",
        ),
        *("1;5", "1`5", "--5", "(-5)", "-(5)", "5-", "USD $5", "$5$", "5 kg", "1٣", "12,34,567", "1.234'567"),
        *("5\n6", "\u202e5", "9" * (LONGEST + 1), ["5"], None),
    ],
)
def test_what_is_no_amount_is_refused(text):
    assert code_of(entered_amount, text, currency="USD", allow_negative=True) == "amount.invalid"


@pytest.mark.parametrize("text", ["€5", "5 EUR", "£1,000", "5 chf", "¥5"])
def test_an_amount_in_another_currency_is_refused(text):
    assert code_of(entered_amount, text, currency="USD") == "amount.other_currency"


@pytest.mark.parametrize("text", ["-5", "(5.00)", "($5)", "\u22125", "-$5", "$-5"])
def test_a_negative_amount_is_one_in_each_spelling(text):
    assert entered_amount(text, currency="USD", allow_negative=True) == -5
    assert code_of(entered_amount, text, currency="USD") == "amount.min_value"


def test_nothing_is_finer_than_its_currency_or_beyond_its_cap():
    assert code_of(entered_amount, "1,234.567", currency="USD") == "amount.max_decimal_places"
    assert code_of(entered_amount, "1.5", currency="JPY") == "amount.max_decimal_places"
    assert code_of(entered_amount, "1,000,000,000,000", currency="KWD") == "amount.too_large"
    assert code_of(entered_amount, "5", currency="MRU") == "currency.unsupported"


@pytest.mark.parametrize(
    ("text", "rate"),
    [("8", "0.08"), ("8%", "0.08"), ("8 %", "0.08"), ("8,5 %", "0.085"), ("٨٪", "0.08"), ("0.08%", "0.0008")],
)
def test_a_rate_is_in_percent(text, rate):
    assert entered_percent(text) == Decimal(rate)


def test_a_rate_that_may_be_a_fraction_is_asked_about():
    assert code_of(entered_percent, "0.08") == "rate.ambiguous"
    assert entered_percent("0") == 0
    for text in ("8%%", "%", "1.2.3", "8 percent", "<1%", "9" * (LONGEST + 1)):
        assert code_of(entered_percent, text) == "rate.invalid"
    assert code_of(entered_percent, "101%") == "rate.out_of_range"


def test_a_multiple_may_have_its_sign_and_a_comma():
    assert entered_multiple("1,2×") == entered_multiple("1.2x") == entered_multiple("1.2") == Decimal("1.2")
    assert code_of(entered_multiple, "x") == "multiple.invalid"
