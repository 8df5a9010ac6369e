"""Fields: what they refuse on save and in forms, and what they leave out of migrations."""

from decimal import Decimal

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.db import connection, models

from blackgem.lib.fields import (
    CurrencyField,
    MoneyField,
    MoneyFormField,
    PercentFormField,
    PlainTextField,
    RateField,
    SafeCharField,
)
from blackgem.lib.text import forbidden_character

BIDI_OVERRIDE = "\u202e"


class PledgeForm(forms.Form):
    amount = MoneyFormField()
    share = PercentFormField(required=False)
    name = SafeCharField(max_length=20).formfield()
    note = PlainTextField(max_length=40, blank=True).formfield()
    currency = CurrencyField(default="USD").formfield()


def saved(field: models.Field, value: object) -> object:
    """What reaches the database when a row with `value` is saved."""
    return field.get_db_prep_save(value, connection)


def refusal(call, *args) -> str:
    with pytest.raises(ValidationError) as caught:
        call(*args)
    return caught.value.error_list[0].code


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (Decimal("10.0005"), "amount.max_decimal_places"),
        ("10.0005", "amount.max_decimal_places"),
        (Decimal("NaN"), "amount.invalid"),
        (Decimal("Infinity"), "amount.invalid"),
        (10.5, "amount.invalid"),
        (True, "amount.invalid"),
        ("", "amount.invalid"),
        ("1e3", "amount.invalid"),
        (Decimal(10) ** 13, "amount.too_large"),
    ],
)
def test_an_amount_is_refused_on_save_and_never_rounded(value, code):
    assert refusal(saved, MoneyField(), value) == code
    assert refusal(MoneyField().clean, value, None) == code


def test_amounts_are_saved_exactly():
    assert str(saved(MoneyField(), Decimal("-8000"))) == "-8000.00"
    assert str(saved(MoneyField(), 0)) == "0.00"
    assert saved(MoneyField(null=True), None) is None


def test_amounts_come_back_with_two_decimals():
    def read(value):
        return MoneyField().from_db_value(value, None, None)

    assert str(read(Decimal("8000"))) == "8000.00"
    assert str(read(Decimal("8000.000"))) == "8000.00"
    assert read(Decimal("0.125")) == Decimal("0.125")
    assert read(None) is None


def test_the_database_type_refuses_what_numeric_would_round():
    assert MoneyField().db_type(connection) == "money_amount"
    assert RateField().db_type(connection) == "numeric(12, 8)"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (Decimal("8"), "rate.out_of_range"),
        (Decimal("-0.01"), "rate.out_of_range"),
        (Decimal("0.123456789"), "rate.max_decimal_places"),
        (0.08, "rate.invalid"),
    ],
)
def test_a_rate_is_a_fraction(value, code):
    assert refusal(saved, RateField(), value) == code
    assert saved(RateField(), Decimal("0.08")) == Decimal("0.08")


@pytest.mark.parametrize("value", ["usd", "US$", "XXX", ""])
def test_an_unknown_currency_is_refused_on_save(value):
    assert refusal(saved, CurrencyField(), value) == "currency.unsupported"
    assert saved(CurrencyField(), "USD") == "USD"


@pytest.mark.parametrize(
    "bad", ["\x00", "\x07", "\x9f", BIDI_OVERRIDE, "\u2066", "\u200b", "\ufeff", "\ud800"]
)
def test_text_without_hidden_characters(bad):
    for field in (SafeCharField(max_length=20), PlainTextField(max_length=20)):
        assert refusal(saved, field, f"a{bad}b") == "text.forbidden"
        assert refusal(field.clean, f"a{bad}b", None) == "text.forbidden"


def test_lines_are_for_text_of_several_lines():
    lines = "first\tcolumn\r\nsecond"
    assert saved(PlainTextField(max_length=40), lines) == lines
    assert refusal(saved, SafeCharField(max_length=40), lines) == "text.forbidden"
    assert forbidden_character("Zoë Müller – Family Office № 7 😀") is None
    assert forbidden_character(f"x{BIDI_OVERRIDE}") == "U+202E"


@pytest.mark.parametrize(
    ("field", "kwargs"),
    [
        (MoneyField(), {}),
        (MoneyField("total amount", null=True, default=Decimal("0.00")), {"null": True}),
        (RateField("hurdle", default=Decimal("0.08")), {"default": Decimal("0.08")}),
        (CurrencyField(default="USD"), {"default": "USD"}),
        (SafeCharField(max_length=200, blank=True), {"max_length": 200, "blank": True}),
        (PlainTextField(max_length=500), {"max_length": 500}),
    ],
)
def test_a_migration_names_the_field_and_leaves_out_what_is_pinned(field, kwargs):
    _, path, args, written = field.deconstruct()
    assert path == f"blackgem.lib.fields.{type(field).__name__}"
    assert args == []
    assert kwargs.items() <= written.items()
    assert not {"max_digits", "decimal_places", "validators", "choices"} & set(written)
    again = type(field)(*args, **written)
    assert again.deconstruct()[1:] == field.deconstruct()[1:]
    assert field.clone().db_type(connection) == field.db_type(connection)


def test_a_form_keeps_what_was_typed_and_says_what_it_accepts():
    form = PledgeForm({"amount": "1,00.00", "name": "Acme", "currency": "USD", "share": "0.08"})
    assert not form.is_valid()
    assert set(form.errors) == {"amount", "share"}
    assert "1250000.00" in form.errors["amount"][0]
    assert "0.08% or 8%" in form.errors["share"][0]
    assert 'value="1,00.00"' in str(form["amount"])
    assert 'inputmode="decimal"' in str(form["amount"])
    assert 'type="text"' in str(form["amount"])


def test_a_form_reads_amounts_rates_and_text():
    data = {"amount": " €8,000 ", "share": "12.5 %", "name": "Acme", "note": "a\r\nb", "currency": "EUR"}
    form = PledgeForm(data)
    form.fields["amount"].currency = "EUR"
    assert form.is_valid(), form.errors
    assert str(form.cleaned_data["amount"]) == "8000.00"
    assert form.cleaned_data["share"] == Decimal("0.125")
    assert form.cleaned_data["note"] == "a\r\nb"


def test_a_form_refuses_hidden_characters_and_unknown_currencies():
    data = {"amount": "5", "name": f"Acme{BIDI_OVERRIDE}", "note": "a\x00b", "currency": "usd"}
    assert set(PledgeForm(data).errors) == {"name", "note", "currency"}


def test_an_amount_is_read_in_the_currency_of_the_form():
    form = PledgeForm({"amount": "100.50", "name": "Acme", "currency": "JPY"})
    form.fields["amount"].currency = "JPY"
    assert "JPY" in form.errors["amount"][0]


def test_initial_values_are_shown_as_a_person_would_type_them():
    form = PledgeForm(initial={"amount": Decimal("8000.00"), "share": Decimal("0.08000000")})
    assert 'value="8000.00"' in str(form["amount"])
    assert 'value="8"' in str(form["share"])
    assert not PledgeForm(
        {"amount": "8000", "share": "8.0", "name": "", "note": "", "currency": "USD"},
        initial={"amount": Decimal("8000.00"), "share": Decimal("0.08000000")},
    ).has_changed()


def test_model_fields_bring_their_form_fields():
    assert isinstance(MoneyField().formfield(allow_zero=True), MoneyFormField)
    assert isinstance(RateField().formfield(), PercentFormField)
    assert isinstance(PlainTextField(max_length=10).formfield().widget, forms.Textarea)
    assert SafeCharField(max_length=10).formfield().max_length == 10
    assert ("USD", "USD – US dollars") in CurrencyField().formfield().choices
