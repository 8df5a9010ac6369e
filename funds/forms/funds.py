"""A fund, its terms, its people, its bank details."""

from decimal import Decimal
from itertools import groupby

from django import forms

from blackgem.lib.currencies import CURRENCIES
from blackgem.lib.days import zones
from blackgem.lib.entered_numbers import amount_to_enter
from blackgem.lib.fields import PlainTextFormField
from blackgem.lib.forms import Form
from funds.models import BankDetails, Fund, FundMembership
from funds.services.bank import BANK_FIELDS
from funds.services.funds import FUND_FIELDS
from funds.services.terms import TERMS_FIELDS

from .shapes import ModelShapeForm
from .terms import TermsForm

#: What a form may leave out, since every fund has it from the start.
LEFT_OUT = ("time_zone", "paper_size", "notice_days", "partner_totals", "investments_split_by")


class FundForm(ModelShapeForm):
    """What a fund is called, who speaks for it, and how it works."""

    model = Fund
    model_fields = FUND_FIELDS
    labels = {
        "lpa_date": "Date of the LPA",
        "first_closing_on": "First closing",
        "contact_name": "Contact for investors",
        "contact_email": "Contact e-mail",
        "contact_phone": "Contact phone",
        "signatory_name": "Signatory",
        "signatory_title": "Signatory’s title",
        "paper_size": "Paper of notices",
        "attach_notices": "Attach the PDF to notice mails",
        "partner_totals": "Totals of all partners on letters",
        "four_eyes": "A second person approves",
        "time_zone": "Time zone",
        "calendar": "Calendar of holidays",
        "notice_days": "Days of notice",
        "investments_split_by": "New investments are shared by",
        "residual_limit": "Largest residual to settle",
        "warnings_acknowledged": "Warnings are ticked before letters are issued and sent",
        "looked_at_above": "Look twice above",
        "reminder_days": "Days of reminders",
    }
    help_texts = {
        "name": "As you call it. It appears in lists and on pages.",
        "lpa_date": "Of the limited partnership agreement.",
        "code": "Stands on letters and in file names: letters and digits. Left empty, it comes out of the name.",
        "legal_name": "As in the partnership agreement. It heads the notices; left empty, it is the name.",
        "currency": "All money of the fund is in it. It is fixed once money is promised.",
        "address": "Appears in the letterhead.",
        "signatory_name": "Signs the notices.",
        "attach_notices": "Otherwise the mail only says that a notice waits.",
        "partner_totals": "What a partner reads of all together. In a fund of few partners a total, or its own share "
        "in percent, tells it what another one has.",
        "time_zone": "Due, overdue and today go by its days.",
        "calendar": "A country, such as GB, or a part of one, such as US-NY. Left empty, the currency’s.",
        "investments_split_by": "As the agreement says. A call may say otherwise, line by line.",
        "notice_days": "From the day of a call to the day it is due, as the agreement asks for.",
        "residual_limit": "What a payment may fall short by, as by bank charges. 0: nothing is settled.",
        "warnings_acknowledged": "What the check list of a call or distribution warns of; who ticked it is on record.",
        "looked_at_above": "A call or distribution of more than this is a warning. 0: none is, for its size.",
        "reminder_days": "From the due date of a call: -7 is a week before, 3 three days after. What is outstanding "
        "then is asked for again by mail. Left empty, nobody is reminded.",
        "four_eyes": "Calls, reversals of payments and new bank details then need another manager’s approval.",
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["time_zone"] = _zone_field(self.fields["time_zone"])
        for name in ("legal_name", "code", *LEFT_OUT):
            self.fields[name].required = False
        self.fields["address"].widget.attrs["rows"] = 3
        for name in ("residual_limit", "looked_at_above"):
            self._read_limit_in_any_currency(name, kwargs.get("row"))
        self._warn_of_few_partners(kwargs.get("row"))

    def _warn_of_few_partners(self, row) -> None:
        if row and row.totals_reveal_others():
            field = self.fields["partner_totals"]
            field.help_text = f"{field.help_text} In this fund they do: so few have promised money."

    def _read_limit_in_any_currency(self, name: str, row) -> None:
        """In the currency that is typed beside it, where it is one. Left empty, it is zero."""
        limit, posted = self.fields[name], self.data.get("currency")
        limit.required, limit.allow_zero = False, True
        limit.currency = posted if posted in CURRENCIES else row.currency if row else None
        self.initial[name] = amount_to_enter(getattr(row, name), row.currency) if row else "0"

    def clean_residual_limit(self):
        return self.cleaned_data["residual_limit"] or Decimal(0)

    def clean_looked_at_above(self):
        return self.cleaned_data["looked_at_above"] or Decimal(0)

    def clean(self):
        """What was left out stays as it is; in a new fund it is what most funds have."""
        cleaned = super().clean()
        for name in LEFT_OUT:
            if name not in self.errors and cleaned.get(name) in (None, ""):
                cleaned[name] = self.initial.get(name, self.fields[name].initial)
        return cleaned

    def clean_legal_name(self):
        return self.cleaned_data["legal_name"] or self.cleaned_data.get("name", "")


def _zone_field(text: forms.CharField) -> forms.ChoiceField:
    """A choice among the zones, by area."""
    areas = groupby(zones(), key=lambda name: name.partition("/")[0])
    return forms.ChoiceField(
        label=text.label,
        help_text=text.help_text,
        initial=text.initial,
        choices=[(area, [(name, name.replace("_", " ")) for name in names]) for area, names in areas],
    )


class NewFundForm(FundForm):
    """A fund with its first terms."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["warnings_acknowledged"].initial = True
        terms = TermsForm()
        self.fields |= {name: terms.fields[name] for name in TERMS_FIELDS if name != "effective_on"}

    def fund_fields(self) -> dict:
        """What `create_fund` takes: the terms in a dict of their own."""
        cleaned = self.cleaned_data
        terms = {name: cleaned[name] for name in TERMS_FIELDS if name in cleaned}
        return {name: cleaned[name] for name in FUND_FIELDS} | {"terms": terms}


class BankDetailsForm(ModelShapeForm):
    """Where the money goes. Nothing is shown of the version before: every digit is typed from the bank's letter."""

    model = BankDetails
    model_fields = BANK_FIELDS
    labels = {
        "bank_name": "Bank",
        "bank_address": "Address of the bank",
        "account_name": "Account name",
        "account_number": "Account number",
        "routing_number": "Routing number",
    }
    help_texts = {
        "bank_address": "As senders’ banks ask for it: street, town, country.",
        "account_name": "The holder, exactly as the bank has it.",
        "account_number": "This or an IBAN.",
        "routing_number": "ABA routing number; elsewhere the sort or branch code.",
        "swift": "8 or 11 letters and digits.",
        "iban": "Spaces do not matter.",
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Room for the spaces that people type; the service stores it without them.
        self.fields["iban"] = PlainTextFormField(
            label="IBAN", max_length=50, required=False, help_text=self.help_texts["iban"]
        )
        for field in self.fields.values():
            field.widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}


class MemberForm(Form):
    """A person by e-mail, and its role in the fund."""

    email = forms.EmailField(label="E-mail", max_length=254)
    role = forms.ChoiceField(
        choices=FundMembership.Role.choices,
        initial=FundMembership.Role.ANALYST,
        help_text="Managers bind the fund, analysts prepare, auditors look. It begins when the person accepts.",
    )
