"""Investors, contacts, deals, commitments; and what lists are narrowed to."""

from decimal import Decimal

from django import forms

from blackgem.lib.fields import MoneyFormField, PlainTextFormField
from blackgem.lib.text import masked
from blackgem.lib.widgets import AmountInput, DayInput
from funds.models import Commitment, Deal, Investor, InvestorContact
from funds.services.partners import CONTACT_FIELDS, DEAL_FIELDS, INVESTOR_FIELDS
from funds.services.register import ENTERED

from .shapes import DateInput, ModelShapeForm

NOTHING = Decimal("0")


class InvestorForm(ModelShapeForm):
    model = Investor
    model_fields = INVESTOR_FIELDS
    labels = {
        "tax_reference": "Tax reference",
        "withholding_rate": "Withholding tax",
        "attention": "Attention line",
        "email": "E-mail",
    }
    help_texts = {
        "name": "The person or entity that commits, as in the subscription agreement.",
        "email": "For your own use. Notices go to the contacts.",
        "attention": "Who the letter is for, such as “Treasury”.",
        "withholding_rate": "In percent of what is distributed beyond the return of capital.",
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["address"].widget.attrs["rows"] = 3
        self.fields["withholding_rate"].required = False
        self.initial["tax_reference"] = masked(self.initial.get("tax_reference") or "")

    def clean_withholding_rate(self):
        return self.cleaned_data["withholding_rate"] or NOTHING


class NewInvestorForm(InvestorForm):
    help_texts = {
        **InvestorForm.help_texts,
        "email": "Notices go to it, until the contacts say otherwise.",
    }


class ContactForm(ModelShapeForm):
    model = InvestorContact
    model_fields = CONTACT_FIELDS
    labels = {"takes_notices": "Takes notices", "email": "E-mail"}
    help_texts = {"takes_notices": "Capital call notices are mailed to this address."}


class DealForm(ModelShapeForm):
    model = Deal
    model_fields = DEAL_FIELDS
    help_texts = {"name": "The company or asset."}


class CommitmentForm(forms.Form):
    """What an investor promises. `fund` gives the currency, `investors` who may be chosen."""

    investor = forms.ModelChoiceField(queryset=Investor.objects.none(), empty_label="Choose an investor")
    amount = MoneyFormField(label="Commitment", allow_zero=True)
    closing_date = forms.DateField(label="Closing date", widget=DateInput(), input_formats=["%Y-%m-%d"])
    reference = PlainTextFormField(
        max_length=Commitment._meta.get_field("reference").max_length,
        required=False,
        help_text="Quoted on notices and payments. Left empty, it is the next number.",
    )

    def __init__(self, *args, fund, investors, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["investor"].queryset = investors
        self.fields["amount"].currency = fund.currency


class AmountForm(forms.Form):
    """Another amount for a commitment."""

    amount = MoneyFormField(label="Commitment", allow_zero=True)

    def __init__(self, *args, currency, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["amount"].currency = currency


class RegisterEventForm(forms.Form):
    """A dated event of a commitment, with its reason."""

    kind = forms.ChoiceField(
        label="What happened", choices=[(kind, kind.label) for kind in ENTERED], widget=forms.RadioSelect
    )
    amount = MoneyFormField(label="By", widget=AmountInput, example=6000)
    effective_on = forms.DateField(label="From", widget=DayInput)
    reason = PlainTextFormField(max_length=500)

    def __init__(self, *args, currency: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["amount"].currency = currency


class StandingForm(forms.Form):
    standing = forms.ChoiceField(
        choices=Commitment.Standing.choices,
        help_text="A label: what is owed stays owed.",
    )
