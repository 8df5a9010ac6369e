"""As of which day a fund's returns are asked for, and losses on deals."""

from django import forms

from blackgem.lib.fields import MoneyFormField, PlainTextFormField
from blackgem.lib.widgets import AmountInput, DayInput
from funds.forms.shapes import ISO_DATE


class AsOfForm(forms.Form):
    as_of = forms.DateField(label="As of", input_formats=[ISO_DATE], widget=DayInput)


class WriteDownForm(forms.Form):
    """What of the money paid for a deal is gone. `deals` are those that the fund has allocated to."""

    deal = forms.ModelChoiceField(queryset=None, empty_label="Choose a deal")
    date = forms.DateField(label="On", widget=DayInput)
    direction = forms.ChoiceField(
        label="What happened",
        choices=[("down", "It is written down"), ("up", "It is written up again, with a reason")],
        widget=forms.RadioSelect,
        initial="down",
        required=False,
    )
    amount = MoneyFormField(label="By", widget=AmountInput())
    reason = PlainTextFormField(max_length=500, required=False)
    service_names = {"deal_id": "deal"}

    def __init__(self, *args, deals, currency: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["deal"].queryset = deals
        self.fields["amount"].currency = currency

    def clean_direction(self) -> str:
        return self.cleaned_data["direction"] or "down"
