"""What lists can be narrowed to."""

from django import forms

from blackgem.lib.widgets import DayInput
from capital.states import CallStatus
from funds.forms.filters import FundFilterForm


class CallFilterForm(FundFilterForm):
    """Fund, status, dates and words of the purpose."""

    status = forms.ChoiceField(
        choices=[("", "Any status"), *CallStatus.choices, ("overdue", "Overdue")], required=False
    )
    since = forms.DateField(label="Called from", required=False, widget=DayInput)
    until = forms.DateField(label="Called until", required=False, widget=DayInput)
    q = forms.CharField(label="Purpose", required=False, max_length=200)


class ReceiptFilterForm(FundFilterForm):
    """Fund, and whether to show what is applied in full too."""

    show = forms.ChoiceField(choices=[("", "Waiting to be applied"), ("all", "Everything")], required=False)
