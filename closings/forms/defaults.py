"""Notice of a default, and what is done about it."""

from django import forms

from blackgem.lib.fields import MoneyFormField, PercentFormField, PlainTextFormField
from blackgem.lib.forms import Form
from blackgem.lib.widgets import AmountInput, DayInput
from closings.models import Default
from closings.services.defaults import DefaultTerms

_TERMS = ("rate", "day_count", "interest_to", "cap", "cap_base")


class DefaultForm(Form):
    """By which clause notice is given, until when it may be cured, and the terms that hold from then on."""

    reason = PlainTextFormField(
        max_length=500,
        label="By which clause",
        help_text="It stands in the letter, for example “Clause 6.6”.",
        widget=forms.TextInput({"autofocus": True}),
    )
    cure_by = forms.DateField(label="To be cured by", widget=DayInput)
    rate = PercentFormField(label="Interest a year", help_text="In percent, simple, from the due date on.")
    day_count = forms.ChoiceField(label="Days", choices=Default.DayCount)
    interest_to = forms.ChoiceField(label="Interest goes to", choices=Default.InterestTo)
    cap = PercentFormField(
        label="Cap of a shortfall call",
        help_text="In percent: the most that each of the others may be asked for in its place.",
    )
    cap_base = forms.ChoiceField(label="of", choices=Default.CapBase)

    def fields_of_service(self) -> dict:
        cleaned = self.cleaned_data
        terms = DefaultTerms(**{name: cleaned[name] for name in _TERMS})
        return {"cure_by": cleaned["cure_by"], "reason": cleaned["reason"], "terms": terms}


class InterestForm(Form):
    """Up to which day interest is asked for, and what costs it covers first."""

    until = forms.DateField(label="Up to", widget=DayInput({"autofocus": True}))
    due_on = forms.DateField(label="Due", widget=DayInput)
    costs = MoneyFormField(
        label="Costs",
        required=False,
        allow_zero=True,
        widget=AmountInput,
        help_text="Covered first; only what they leave is passed on.",
    )
    reason = PlainTextFormField(max_length=500, required=False, label="Note")

    def __init__(self, *args, currency: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["costs"].currency = currency


class ShortfallForm(Form):
    """What of it the others are asked for, and when it is due."""

    amount = MoneyFormField(label="Asked of the others", widget=AmountInput({"autofocus": True}))
    due_on = forms.DateField(label="Due", widget=DayInput)
    reason = PlainTextFormField(max_length=500, required=False, label="Note")

    def __init__(self, *args, currency: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["amount"].currency = currency


class LossForm(Form):
    """From which day on something of the interest is taken, and by which clause."""

    effective_on = forms.DateField(label="From", widget=DayInput)
    reason = PlainTextFormField(
        max_length=500, required=False, label="By which clause", help_text="It stands in the letter."
    )

    def __init__(self, *args, currency: str, partners=(), **kwargs):
        super().__init__(*args, **kwargs)


class ForfeitureForm(LossForm):
    """Which share of the interest passes to the others."""

    share = PercentFormField(label="Share that is forfeited", help_text="In percent, up to 100.")
    field_order = ("share", "effective_on", "reason")


class SaleForm(LossForm):
    """To whom the interest is sold, and what its price follows from."""

    buyer = forms.ChoiceField(label="Buyer")
    value = MoneyFormField(
        label="Value of the interest",
        allow_zero=True,
        widget=AmountInput,
        help_text="By the last valuation that the agreement names.",
    )
    share = PercentFormField(
        label="Price", help_text="In percent of the lesser of what was contributed and the value."
    )
    costs = MoneyFormField(
        label="Costs", required=False, allow_zero=True, widget=AmountInput, help_text="Kept of the price."
    )
    field_order = ("buyer", "value", "share", "costs", "effective_on", "reason")
    service_names = {"buyer_id": "buyer"}

    def __init__(self, *args, currency: str, partners=(), **kwargs):
        super().__init__(*args, currency=currency, **kwargs)
        self.fields["value"].currency = self.fields["costs"].currency = currency
        self.fields["buyer"].choices = [("", "Choose a partner"), *partners]
