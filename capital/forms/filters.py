"""What lists can be narrowed to."""

from django import forms

from blackgem.lib.fields import PlainTextFormField
from blackgem.lib.widgets import DayInput
from capital.queries.calls import ANY_ISSUED
from capital.queries.open_items import Due
from capital.states import CallStatus
from funds.forms.filters import MoneyFilterForm


class CallFilterForm(MoneyFilterForm):
    """Fund, currency, status, dates and words of the purpose."""

    status = forms.ChoiceField(
        choices=[
            ("", "Any status"),
            *CallStatus.choices,
            (ANY_ISSUED, "Issued, paid or not"),
            ("overdue", "Overdue"),
        ],
        required=False,
    )
    since = forms.DateField(label="Called from", required=False, widget=DayInput)
    until = forms.DateField(label="Called until", required=False, widget=DayInput)
    q = forms.CharField(label="Purpose", required=False, max_length=200)


class OpenItemFilterForm(MoneyFilterForm):
    """Fund, currency, when it is due, and words of the investor's name."""

    due = forms.ChoiceField(choices=[("", "Any day"), *Due.choices], required=False)
    q = PlainTextFormField(label="Investor", required=False, max_length=200)


class ReceiptFilterForm(MoneyFilterForm):
    """Fund, currency, and whether to show what is applied in full too."""

    show = forms.ChoiceField(choices=[("", "Waiting to be applied"), ("all", "Everything")], required=False)
