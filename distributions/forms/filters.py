"""What the list of distributions can be narrowed to."""

from django import forms

from blackgem.lib.widgets import DayInput
from distributions.queries.distributions import ANY_ISSUED
from distributions.states import DistributionStatus, DistributionType
from funds.forms.filters import MoneyFilterForm


class DistributionFilterForm(MoneyFilterForm):
    """Fund, currency, status, type, dates, and words of the source or the deal."""

    status = forms.ChoiceField(
        choices=[("", "Any status"), *DistributionStatus.choices, (ANY_ISSUED, "Issued, paid out or not")],
        required=False,
    )
    type = forms.ChoiceField(choices=[("", "Any type"), *DistributionType.choices], required=False)
    since = forms.DateField(label="From", required=False, widget=DayInput)
    until = forms.DateField(label="Until", required=False, widget=DayInput)
    q = forms.CharField(label="Source or deal", required=False, max_length=200)
