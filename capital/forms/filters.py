"""What lists can be narrowed to."""

from django import forms

from capital.states import CallStatus
from funds.models import Fund

from .widgets import DayInput


class FundFilterForm(forms.Form):
    """Narrows a list to one fund; the choice holds only funds that the user sees."""

    fund = forms.ModelChoiceField(Fund.objects.none(), required=False, empty_label="All funds")

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["fund"].queryset = Fund.objects.visible_to(user).order_by("name")


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
