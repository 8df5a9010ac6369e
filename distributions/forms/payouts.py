"""Money that went out, taken back, and a distribution withdrawn."""

from django import forms

from blackgem.lib.fields import PlainTextFormField
from blackgem.lib.forms import Form
from blackgem.lib.widgets import DayInput
from funds.methods import METHODS


class PayoutForm(Form):
    """How one investor, or all of them, were paid. The amounts are those of the distribution."""

    paid_date = forms.DateField(label="Date paid", widget=DayInput({"autofocus": True}))
    method = forms.ChoiceField(choices=METHODS)
    reference = PlainTextFormField(
        max_length=100, required=False, help_text="What the bank statement says, for example DIST1."
    )
    service_names = {"value_date": "paid_date"}


class ReasonForm(forms.Form):
    """Why a payout is taken back, or a distribution withdrawn or sent back to draft."""

    reason = PlainTextFormField(max_length=500, widget=forms.TextInput({"autofocus": True}))


class ReleaseForm(ReasonForm):
    """Why a held payout goes out, and which account of the partner was the newest on the page."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class PayoutReversalForm(ReasonForm):
    """Why a payout is taken back, and whether its wire came back."""

    bounced = forms.ChoiceField(
        label="What happened?",
        choices=[
            ("yes", "The wire bounced: the money came back to the fund’s account"),
            ("no", "It was posted wrongly: no money had left"),
        ],
        widget=forms.RadioSelect,
        initial="yes",
    )
    cash_on = forms.DateField(
        label="Date it came back, by the bank",
        required=False,
        widget=DayInput,
        help_text="Only for a wire that bounced. Left empty, it is today.",
    )

    def clean_bounced(self) -> bool:
        """True where the wire bounced."""
        return self.cleaned_data["bounced"] == "yes"
