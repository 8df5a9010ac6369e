"""An amount set aside for a deal."""

from django import forms

from blackgem.lib.fields import MoneyFormField, PlainTextFormField
from blackgem.lib.widgets import AmountInput, DayInput
from funds.models import Deal


class AllocationForm(forms.Form):
    """The deal and the amount. `deals` are those that the fund has not allocated to yet; a new one is named instead."""

    deal = forms.ModelChoiceField(Deal.objects.none(), empty_label="Choose a deal", required=False)
    new_deal = PlainTextFormField(
        label="Or a new deal", max_length=200, required=False, help_text="The company or asset."
    )
    committed = MoneyFormField(label="Amount to commit", widget=AmountInput, example=6000)
    service_names = {"deal_id": "deal", "name": "new_deal", "committed_amount": "committed"}

    def __init__(self, *args, deals, currency: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["deal"].queryset = deals
        self.fields["committed"].currency = currency

    def clean(self):
        cleaned = super().clean()
        if "deal" not in self.errors and bool(cleaned.get("deal")) == bool(cleaned.get("new_deal")):
            self.add_error("deal", "Choose a deal, or name a new one.")
        return cleaned


class AmendmentForm(forms.Form):
    """A dated row that raises or lowers what is committed, with the reason."""

    direction = forms.ChoiceField(
        label="What changes",
        choices=[("raise", "It is raised"), ("lower", "It is lowered")],
        widget=forms.RadioSelect,
        initial="raise",
    )
    amount = MoneyFormField(label="By", widget=AmountInput, example=6000)
    effective_on = forms.DateField(label="From", widget=DayInput)
    reason = PlainTextFormField(max_length=500)
    service_names = {"change": "amount"}

    def __init__(self, *args, currency: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["amount"].currency = currency

    def change(self):
        """The signed change, in the fund's currency."""
        cleaned = self.cleaned_data
        return cleaned["amount"] if cleaned["direction"] == "raise" else -cleaned["amount"]
