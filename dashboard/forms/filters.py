"""What the lists across apps can be narrowed to."""

from django import forms

from blackgem.lib.fields import PlainTextFormField
from blackgem.lib.widgets import DayInput
from funds.access import AUDIT, ROLES
from funds.forms.filters import FundFilterForm, MoneyFilterForm
from funds.models import CapitalTransaction, Fund, Investor
from funds.queries.ledger import Counts


class TrailFilterForm(FundFilterForm):
    """Fund, days, and words of who or what it was; holds the funds whose trail the user reads."""

    since = forms.DateField(label="From", required=False, widget=DayInput)
    until = forms.DateField(label="Until", required=False, widget=DayInput)
    q = forms.CharField(label="Who, what or why", required=False, max_length=200)

    def funds_of(self, user):
        return Fund.objects.run_by(user, *ROLES[AUDIT])


class LedgerFilterForm(MoneyFilterForm):
    """Fund, currency, investor, type, what it counts as, and value dates. `investors` are those who can be chosen."""

    investor = forms.ModelChoiceField(Investor.objects.none(), required=False, empty_label="All investors")
    type = forms.ChoiceField(choices=[("", "Any type"), *CapitalTransaction.Type.choices], required=False)
    counts = forms.ChoiceField(label="Counts as", choices=[("", "Anything"), *Counts.choices], required=False)
    since = forms.DateField(label="From", required=False, widget=DayInput)
    until = forms.DateField(label="Until", required=False, widget=DayInput)

    def __init__(self, *args, user, investors, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        self.fields["investor"].queryset = investors


class LetterFilterForm(FundFilterForm):
    """Fund, and whether to show only what moves, or what did not arrive."""

    show = forms.ChoiceField(
        choices=[("", "All letters"), ("moving", "Under way"), ("stuck", "To look at")], required=False
    )


class InvestorListForm(forms.Form):
    """What the list of investors is narrowed to."""

    q = PlainTextFormField(label="Name contains", max_length=200, required=False)
    fund = forms.TypedChoiceField(coerce=int, empty_value=None, required=False)
    currency = forms.ChoiceField(label="Figures in", required=False)

    def __init__(self, *args, funds, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["fund"].choices = [("", "All funds"), *((fund.pk, fund.name) for fund in funds)]
        self.currencies = sorted({fund.currency for fund in funds})
        self.fields["currency"].choices = [(code, code) for code in self.currencies]
        self.funds = funds

    @property
    def pointless(self) -> frozenset[str]:
        """Fields that narrow nothing: the choice of one fund, of one currency, or of another than the fund's."""
        fund = frozenset({"fund"} if len(self.funds) < 2 else ())
        has_one = len(self.currencies) < 2 or self.data.get("fund")
        return fund | ({"currency"} if has_one else frozenset())


class SearchForm(forms.Form):
    q = PlainTextFormField(label="Contains", max_length=200, required=False)
