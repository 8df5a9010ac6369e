"""Using waived fees for the general partner, and cancelling a run, as they are entered."""

from django import forms

from blackgem.lib.fields import MoneyFormField, PlainTextFormField
from blackgem.lib.forms import Form
from blackgem.lib.money import format_money
from blackgem.lib.widgets import AmountInput, DayInput


class WaiverUseForm(Form):
    """Which part of a call the general partner is deemed to have paid, and by when the partners pay for it."""

    item = forms.TypedChoiceField(label="The general partner’s part of", coerce=int)
    amount = MoneyFormField(
        required=False,
        widget=AmountInput,
        help_text="Left empty: all that is owed of it, as far as the waived fees go.",
    )
    due_on = forms.DateField(label="The partners pay by", widget=DayInput)
    reason = PlainTextFormField(label="Where it is agreed", max_length=500, required=False)
    service_names = {"item_id": "item"}

    def __init__(self, *args, items, currency: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["amount"].currency = currency
        self.fields["item"].choices = [
            (one.pk, f"{one.call}: {one.commitment.investor.name} owes {format_money(one.owed, currency)}")
            for one in items
        ]


class CancelRunForm(Form):
    """Why a run counts no longer."""

    reason = PlainTextFormField(label="Why it is cancelled", max_length=500)
