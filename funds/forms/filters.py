"""What lists of every app can be narrowed to."""

from django import forms

from funds.models import Fund


class FundFilterForm(forms.Form):
    """Narrows a list to one fund; the choice holds only funds that the user sees."""

    fund = forms.ModelChoiceField(Fund.objects.none(), required=False, empty_label="All funds")

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["fund"].queryset = Fund.objects.visible_to(user).order_by("name")
