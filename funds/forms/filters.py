"""What lists of every app can be narrowed to."""

from django import forms

from funds.models import Fund


class FundFilterForm(forms.Form):
    """Narrows a list to one fund; the choice holds only funds that the user sees. `funds` are those, by name."""

    fund = forms.ModelChoiceField(Fund.objects.none(), required=False, empty_label="All funds")

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        choice = self.fields["fund"]
        choice.queryset = self.funds_of(user).order_by("name")
        self.funds = list(choice.queryset)
        choice.choices = [("", choice.empty_label), *((fund.pk, fund.name) for fund in self.funds)]

    def funds_of(self, user):
        return Fund.objects.visible_to(user)

    @property
    def fund_chosen(self) -> Fund | None:
        return self.cleaned_data.get("fund") if self.is_valid() else None

    @property
    def pointless(self) -> frozenset[str]:
        """Fields that narrow nothing: the choice of one fund."""
        return frozenset({"fund"} if len(self.funds) < 2 else ())

    @property
    def same_in_all(self) -> frozenset[str]:
        """Columns that say the same in every row: that of the one fund."""
        return frozenset({"fund"} if len(self.funds) < 2 or self.fund_chosen else ())


class MoneyFilterForm(FundFilterForm):
    """Fund, and currency: what is added up is of one currency."""

    currency = forms.ChoiceField(required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.currencies = sorted({fund.currency for fund in self.funds})
        self.fields["currency"].choices = [
            ("", "Any currency"),
            *((code, code) for code in self.currencies),
        ]

    @property
    def pointless(self) -> frozenset[str]:
        """The choice of one currency narrows nothing either, nor that of another than the fund's."""
        has_one = len(self.currencies) < 2 or self.data.get("fund")
        return super().pointless | ({"currency"} if has_one else frozenset())
