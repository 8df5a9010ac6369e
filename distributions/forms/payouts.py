"""Money that went out, taken back, and a distribution withdrawn."""

from django import forms

from blackgem.lib.fields import PlainTextFormField
from blackgem.lib.forms import Form
from blackgem.lib.widgets import METHODS, DayInput


class PayoutForm(Form):
    """How one investor, or all of them, were paid. The amounts are those of the distribution."""

    paid_date = forms.DateField(label="Date paid", widget=DayInput({"autofocus": True}))
    method = forms.ChoiceField(choices=METHODS)
    reference = PlainTextFormField(
        max_length=100, required=False, help_text="What the bank statement says, for example DIST1."
    )


class ReasonForm(forms.Form):
    """Why a payout is taken back, or a distribution withdrawn or sent back to draft."""

    reason = PlainTextFormField(max_length=500, widget=forms.TextInput({"autofocus": True}))
