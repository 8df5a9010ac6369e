"""Model and form fields with their digits and their strictness pinned once.

A stock DecimalField rounds 10.005 silently on save, and its form accepts 1e3. These pass every value through the
parser of `blackgem.lib.money`: on save as it is, in forms as people write it (`blackgem.lib.entered_numbers`). Every
text passes through `blackgem.lib.text`. What is refused raises Django's ValidationError with the domain's own code.
"""

from collections.abc import Callable
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from blackgem.lib.currencies import CURRENCIES
from blackgem.lib.entered_numbers import (
    amount_to_enter,
    entered_amount,
    entered_multiple,
    entered_percent,
    percent_to_enter,
)
from blackgem.lib.money import (
    CENT,
    MOST_DECIMALS,
    MoneyError,
    amount_hint,
    check_currency,
    format_money,
    parse_amount,
    parse_multiple,
    parse_rate,
)
from blackgem.lib.text import forbidden_character


def _read(parse: Callable, value: object, **options):
    """What `parse` makes of `value`; its refusal becomes a ValidationError."""
    try:
        return parse(value, **options)
    except MoneyError as error:
        raise ValidationError(error.message, code=error.code) from error


def validate_currency(value: str) -> None:
    """Refuse everything but the code of a supported currency."""
    _read(check_currency, value)


def validate_plain_text(value: str) -> None:
    """Refuse control characters, line ends and characters that are invisible or reverse the reading order."""
    _refuse_characters(value, multi_line=False)


def validate_plain_lines(value: str) -> None:
    """The same for text of several lines: tabs and line ends may stand."""
    _refuse_characters(value, multi_line=True)


def _refuse_characters(value: object, *, multi_line: bool) -> None:
    found = forbidden_character(value, multi_line=multi_line) if isinstance(value, str) else None
    if found:
        raise ValidationError(f"Please remove the hidden character {found}.", code="text.forbidden")


# ---------------------------------------------------------------- form fields


class _NumberFormField(forms.CharField):
    """A number as a person writes it; what was typed stays. `understood` is what it was read as."""

    def __init__(self, **kwargs):
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(empty_value=None, **kwargs)

    def understood(self, value: Decimal) -> str:
        return self.prepare_value(value)


class MoneyFormField(_NumberFormField):
    """An amount typed by a person. A form sets `currency` on its instance.

    With an `example`, a whole amount, the field says how one is typed.
    """

    def __init__(self, *, currency="USD", allow_negative=False, allow_zero=False, example=None, **kwargs):
        super().__init__(**kwargs)
        self.example = example
        self.currency = currency
        self.allow_negative = allow_negative
        self.allow_zero = allow_zero

    @property
    def currency(self) -> str:
        return self._currency

    @currency.setter
    def currency(self, code: str) -> None:
        self._currency = code
        if self.example is not None:
            self.help_text = amount_hint(code, self.example)

    def understood(self, value: Decimal) -> str:
        return format_money(value, self.currency) if self.currency else f"{value:,}"

    def prepare_value(self, value):
        """Show an amount in its currency's decimals; what was typed stays as it was typed."""
        return amount_to_enter(value, self.currency) if isinstance(value, Decimal) else value

    def to_python(self, value):
        cleaned = super().to_python(value)
        if cleaned is None:
            return None
        return _read(
            entered_amount,
            cleaned,
            currency=self.currency,
            allow_negative=self.allow_negative,
            allow_zero=self.allow_zero,
        )


class PercentFormField(_NumberFormField):
    """A rate typed in percent and kept as a fraction: "8" is Decimal("0.08000000")."""

    def __init__(self, **kwargs):
        super().__init__(**{**kwargs, "help_text": kwargs.get("help_text") or "In percent: 8 means 8 %."})

    def to_python(self, value):
        cleaned = super().to_python(value)
        return None if cleaned is None else _read(entered_percent, cleaned)

    def understood(self, value: Decimal) -> str:
        return f"{(value * 100).normalize():f}%"

    def prepare_value(self, value):
        """Show a fraction as percent without trailing zeros; what was typed stays as it was typed."""
        return percent_to_enter(value) if isinstance(value, Decimal) else value

    def has_changed(self, initial, data) -> bool:
        try:
            return self.to_python(data) != initial
        except ValidationError:
            return True


class MultipleFormField(_NumberFormField):
    """A multiple as it is typed: "1.2"."""

    def to_python(self, value):
        cleaned = super().to_python(value)
        return None if cleaned is None else _read(entered_multiple, cleaned)

    def prepare_value(self, value):
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value


class PlainTextFormField(forms.CharField):
    """One line of plain text."""

    default_validators = [validate_plain_text]


class PlainLinesFormField(forms.CharField):
    """Several lines of plain text."""

    widget = forms.Textarea
    default_validators = [validate_plain_lines]


# ---------------------------------------------------------------- model fields


class _PinnedField(models.Field):
    """A field whose `pinned` options are the same everywhere, and therefore in no migration."""

    pinned: dict[str, object] = {}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{**kwargs, **self.pinned})

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {key: value for key, value in kwargs.items() if key not in self.pinned}


class _ExactDecimalField(_PinnedField, models.DecimalField):
    """A DecimalField that reads through a strict parser wherever a value comes from."""

    parse: Callable[[object], Decimal]

    def to_python(self, value) -> Decimal | None:
        return None if value is None else _read(self.parse, value)

    def formfield(self, **kwargs):
        return models.Field.formfield(self, **kwargs)


class MoneyField(_ExactDecimalField):
    """An amount of either sign with at most three decimals, below 10^13; the database type refuses the rest.

    The sign is a rule of the form, the service and the table; the decimals of the row's currency are a rail of every
    table that has such a column.
    """

    description = "Amount of money"
    pinned = {"max_digits": 18, "decimal_places": MOST_DECIMALS}

    @staticmethod
    def parse(value: object) -> Decimal:
        return parse_amount(value, currency=None, allow_negative=True, allow_zero=True)

    def db_type(self, connection) -> str:
        return "money_amount"

    def from_db_value(self, value, expression, connection) -> Decimal | None:
        """Two decimals also where SQL wrote "8000"; a value with more, such as an average, stays whole."""
        if value is None or value.same_quantum(CENT):
            return value
        padded = value.quantize(CENT)
        return padded if padded == value else value

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": MoneyFormField, **kwargs})


class RateField(_ExactDecimalField):
    """A fraction from 0 to 1 with eight decimals: 0.08 is 8 %. Forms show and read it in percent."""

    description = "Rate, as a fraction"
    pinned = {"max_digits": 12, "decimal_places": 8}
    parse = staticmethod(parse_rate)

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": PercentFormField, **kwargs})


class MultipleField(_ExactDecimalField):
    """A multiple of a whole from 1 to 10 with four decimals: 1.2 is 120 %. Forms show and read it as such."""

    description = "Multiple"
    pinned = {"max_digits": 6, "decimal_places": 4}
    parse = staticmethod(parse_multiple)

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": MultipleFormField, **kwargs})


class _CheckedCharField(models.CharField):
    """A CharField whose validators also hold on save, so that no writer gets round them."""

    def get_db_prep_save(self, value, connection):
        if isinstance(value, str):
            for validate in self.default_validators:
                validate(value)
        return super().get_db_prep_save(value, connection)


class CurrencyField(_PinnedField, _CheckedCharField):
    """The ISO code of a supported currency."""

    description = "Currency"
    pinned = {"max_length": 3}
    default_validators = [validate_currency]

    def formfield(self, **kwargs):
        choices = [
            (currency.code, f"{currency.code} – {currency.plural}") for currency in CURRENCIES.values()
        ]
        options = {"form_class": forms.ChoiceField, "choices": choices, **kwargs}
        return models.Field.formfield(self, **options)


class SafeCharField(_CheckedCharField):
    """One line of plain text, without control, invisible or direction-changing characters."""

    default_validators = [validate_plain_text]

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": PlainTextFormField, **kwargs})


class PlainTextField(_CheckedCharField):
    """Several lines of plain text, up to `max_length` characters, under the same rule."""

    default_validators = [validate_plain_lines]

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": PlainLinesFormField, **kwargs})
