"""Inputs that several forms share."""

from django import forms


class DayInput(forms.DateInput):
    """A date in the browser's own picker; what was typed comes back as it was."""

    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")


class AmountInput(forms.TextInput):
    """An amount: digits and a point, with the keyboard for them."""

    def __init__(self, attrs=None):
        super().__init__({"inputmode": "decimal", "autocomplete": "off", **(attrs or {})})
