"""What a fund paid the manager from cash on hand, as it is entered and taken back."""

from django import forms

from blackgem.lib.fields import PlainTextFormField
from blackgem.lib.forms import Form
from blackgem.lib.widgets import DayInput
from distributions.forms.payouts import PayoutReversalForm


class FeePaymentForm(Form):
    """When the fee left the fund's account; its amount is that of the run."""

    paid_date = forms.DateField(label="Date paid", widget=DayInput({"autofocus": True}))
    reference = PlainTextFormField(max_length=100, required=False, help_text="What the bank statement says.")
    service_names = {"value_date": "paid_date"}


class FeePaymentBackForm(PayoutReversalForm):
    """Why a payment is taken back, and whether its wire came back."""
