"""What happened in a fund that its fee follows, as it is entered."""

from django import forms

from blackgem.lib.fields import MoneyFormField, PlainTextFormField
from blackgem.lib.forms import Form
from blackgem.lib.widgets import AmountInput, DayInput
from fees.models import FeeEvent


class FeeEventForm(Form):
    """What changes the fee from a day on."""

    kind = forms.ChoiceField(label="What happened", choices=FeeEvent.Kind)
    happened_on = forms.DateField(label="On", widget=DayInput)
    reason = PlainTextFormField(label="Why, or where it is written", max_length=500, required=False)
    service_names = {"effective_on": "happened_on"}


class TakeBackForm(Form):
    """Why an event did not happen."""

    reason = PlainTextFormField(label="Why it is taken back", max_length=500)


class FeeRealisationForm(Form):
    """The cost of what was sold of a company."""

    DIRECTIONS = (("sold", "It was sold"), ("corrected", "Less was sold than was entered"))

    deal = forms.TypedChoiceField(label="Company", coerce=int)
    sold_on = forms.DateField(label="On", widget=DayInput)
    amount = MoneyFormField(
        label="What the fund had paid for it",
        widget=AmountInput,
        help_text="The cost of what was sold, not the proceeds.",
    )
    direction = forms.ChoiceField(label="What is entered", choices=DIRECTIONS)
    reason = PlainTextFormField(label="Why, or where it is written", max_length=500, required=False)
    service_names = {"effective_on": "sold_on", "deal_id": "deal"}

    def __init__(self, *args, deals, currency: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["deal"].choices = [("", "Choose a company"), *deals]
        self.fields["amount"].currency = currency
