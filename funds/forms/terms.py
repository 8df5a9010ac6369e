"""The terms of a fund, what single partners agreed apart from them, and the NAV."""

from django import forms

from blackgem.lib.fields import MoneyFormField
from blackgem.lib.widgets import AmountInput
from funds.models import FundTerms, FundTermsTier, SideLetter
from funds.services.terms import LETTER_FIELDS, TERMS_FIELDS, TIER_FIELDS

from .shapes import DateInput, ModelShapeForm

#: Tiers beyond the first that the form has room for.
FURTHER_TIERS = (2, 3, 4)
_TERMS_HELP = {
    "effective_on": "From this day the terms hold.",
    "hurdle_rate": "In percent a year.",
    "catch_up_rate": "In percent: 100 is a full catch-up, 0 none.",
    "carry_rate": "In percent of profit.",
    "management_fee_rate": "In percent a year.",
    "clawback_tax_rate": "In percent of the carried interest to be given back.",
    "loss_carryforward": "Deal by deal only, as the two below.",
    "recall_until": "Later distributions restore nothing. Empty: no end.",
    "max_unfunded": "1 is the commitment itself.",
    "max_cumulative": "1.2 is 120 % of the commitment. Empty: no limit.",
}


class TermsForm(ModelShapeForm):
    """One version of the terms; rates are typed in percent."""

    model = FundTerms
    model_fields = TERMS_FIELDS
    help_texts = _TERMS_HELP
    labels = {
        "effective_on": "Effective on",
        "style": "Waterfall",
        "scope": "Worked out",
        "order": "Paid first",
        "pref_start": "Preferred return runs from",
        "recallable_treatment": "Recallable distributions in multiples",
        "loss_carryforward": "Losses not yet recouped stay due",
        "fee_allocation": "Fees charged to realised deals",
        "fee_base": "Share of fees",
        "clawback_tax_rate": "Tax rate in a clawback",
        "recall_capital": "Returned capital may be called again",
        "recall_fees": "So may amounts equal to fees and expenses",
        "recall_gains": "So may gains",
        "recall_until": "May be called again if distributed by",
        "max_unfunded": "Most unfunded, times the commitment",
        "max_cumulative": "Most called in all, times the commitment",
    }


class TermsVersionForm(TermsForm):
    """A version of the terms with its further tiers, each a hurdle of its own; a tier left empty is none."""

    def __init__(self, *args, row=None, **kwargs):
        super().__init__(*args, row=row, **kwargs)
        stand = {tier.position: tier for tier in row.further_tiers.all()} if row else {}
        for position in FURTHER_TIERS:
            for name in TIER_FIELDS:
                field = FundTermsTier._meta.get_field(name).formfield(required=False)
                field.label = f"Tier {position}: {field.label}"
                field.initial = getattr(stand.get(position), name, None)
                self.fields[tier_field(position, name)] = field

        self.has_tiers = bool(stand)

    @property
    def tier_rows(self):
        """(number, its three bound fields) for each tier."""
        return [
            (position, [self[tier_field(position, name)] for name in TIER_FIELDS])
            for position in FURTHER_TIERS
        ]

    def terms_fields(self) -> dict:
        """What `set_terms` takes. Raises nothing: a tier that lacks a rate is refused by it."""
        tiers = [
            {name: self.cleaned_data[tier_field(position, name)] for name in TIER_FIELDS}
            for position in self._entered()
        ]
        return {name: self.cleaned_data[name] for name in TERMS_FIELDS} | {"tiers": tiers}

    @property
    def service_names(self) -> dict[str, str]:
        """The service's name of each tier's rates, and the form's."""
        return {
            f"tiers.{index}.{name}": tier_field(position, name)
            for index, position in enumerate(self._entered())
            for name in TIER_FIELDS
        }

    def _entered(self) -> list[int]:
        return [
            position
            for position in FURTHER_TIERS
            if any(self.cleaned_data.get(tier_field(position, name)) is not None for name in TIER_FIELDS)
        ]

    def clean(self):
        for position in self._entered():
            for name in TIER_FIELDS:
                field = tier_field(position, name)
                if field not in self.errors and self.cleaned_data.get(field) is None:
                    self.add_error(field, "A tier has all three rates, or none.")
        return super().clean()


def tier_field(position: int, name: str) -> str:
    """The form's name of a rate of a tier."""
    return f"tier_{position}_{name}"


class SideLetterForm(ModelShapeForm):
    """Rates of one partner; what is left empty stays as in the fund's terms."""

    model = SideLetter
    model_fields = LETTER_FIELDS
    labels = {"effective_on": "Effective on"}
    help_texts = {
        "hurdle_rate": "In percent a year.",
        "catch_up_rate": "In percent.",
        "carry_rate": "In percent of profit.",
        "note": "Where it is agreed, such as “Side letter of 3 May, § 2”.",
    }


class NavForm(forms.Form):
    """What the fund's net assets are worth on a day, and of that each of `deals`, where that is known."""

    as_of = forms.DateField(label="As of", widget=DateInput(), input_formats=["%Y-%m-%d"])
    amount = MoneyFormField(label="Net asset value", allow_zero=True, widget=AmountInput())
    receivables_included = forms.BooleanField(label="Money called and not yet paid is in it", required=False)
    payables_deducted = forms.BooleanField(
        label="What was declared and not yet paid out is off it", required=False
    )

    def __init__(self, *args, currency: str, deals, **kwargs):
        super().__init__(*args, **kwargs)
        self.deals = list(deals)
        self.fields["amount"].currency = currency
        for deal in self.deals:
            worth = MoneyFormField(label=deal.name, allow_zero=True, required=False, widget=AmountInput())
            worth.currency = currency
            self.fields[self._of(deal)] = worth

    @staticmethod
    def _of(deal) -> str:
        return f"deal_{deal.pk}"

    @property
    def deal_fields(self):
        """The bound field of every deal."""
        return [self[self._of(deal)] for deal in self.deals]

    def entered(self) -> dict:
        """What `enter_nav` takes; a deal left empty has no value of its own."""
        known = ("as_of", "amount", "receivables_included", "payables_deducted")
        worth = {deal.pk: self.cleaned_data.get(self._of(deal)) for deal in self.deals}
        deals = {pk: amount for pk, amount in worth.items() if amount is not None}
        return {name: self.cleaned_data[name] for name in known} | {"deals": deals}
