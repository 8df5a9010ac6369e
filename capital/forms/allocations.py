"""An amount set aside for a deal."""

from django import forms

from blackgem.lib.fields import MoneyFormField
from blackgem.lib.widgets import AmountInput
from funds.models import Deal


class AllocationForm(forms.Form):
    """The deal and the amount. `deals` are those that the fund has not allocated to yet."""

    deal = forms.ModelChoiceField(Deal.objects.none(), empty_label="Choose a deal")
    committed = MoneyFormField(label="Amount to commit", widget=AmountInput, example=6000)

    def __init__(self, *args, deals, currency: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["deal"].queryset = deals
        self.fields["committed"].currency = currency
