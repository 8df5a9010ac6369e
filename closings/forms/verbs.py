"""Why a closing is sent back or withdrawn, and how refunds went out."""

from django import forms

from blackgem.lib.fields import PlainTextFormField
from blackgem.lib.forms import Form
from blackgem.lib.widgets import DayInput
from funds.methods import METHODS


class ReasonForm(forms.Form):
    """Why a closing is withdrawn or sent back to draft."""

    reason = PlainTextFormField(max_length=500, widget=forms.TextInput({"autofocus": True}))
    service_names = {"cancel_reason": "reason"}


class RefundsPaidForm(Form):
    """How refunds went out. The amounts are what is released of them."""

    value_date = forms.DateField(label="Date paid", widget=DayInput({"autofocus": True}))
    method = forms.ChoiceField(choices=METHODS)
    reference = PlainTextFormField(
        max_length=100, required=False, help_text="What the bank statement says, for example CLOSING2."
    )
