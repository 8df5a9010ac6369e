"""What the list of distributions can be narrowed to."""

from django import forms

from blackgem.lib.widgets import DayInput
from distributions.states import DistributionStatus, DistributionType
from funds.forms.filters import FundFilterForm


class DistributionFilterForm(FundFilterForm):
    """Fund, status, type, dates, and words of the source or the deal."""

    status = forms.ChoiceField(choices=[("", "Any status"), *DistributionStatus.choices], required=False)
    type = forms.ChoiceField(choices=[("", "Any type"), *DistributionType.choices], required=False)
    since = forms.DateField(label="From", required=False, widget=DayInput)
    until = forms.DateField(label="Until", required=False, widget=DayInput)
    q = forms.CharField(label="Source or deal", required=False, max_length=200)
