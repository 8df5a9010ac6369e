"""The form of a transfer of an interest."""

from decimal import Decimal

from django import forms

from blackgem.lib.fields import MoneyFormField, PlainTextFormField
from blackgem.lib.forms import Form
from blackgem.lib.widgets import AmountInput, DayInput
from closings.models import Transfer
from closings.services.transferees import NewInvestor
from closings.services.transfers import Agreed
from funds.models import Commitment, Fund

WHOLE, SHARE, AMOUNT = "whole", "share", "amount"
NEW = "new"
#: How a choice of who takes over begins: a partner of the fund, or an investor that is none yet.
PARTNER, INVESTOR = "partner-", "investor-"


class TransferForm(Form):
    """From whom to whom, what of the interest, from which day on, and what the two agreed. `partners` are those of the
    fund, `investors` all others that are known, each as id and name."""

    transferor = forms.TypedChoiceField(label="From", coerce=int, empty_value=None)
    transferee = forms.ChoiceField(label="To")
    new_name = PlainTextFormField(label="Name of the new investor", max_length=200, required=False)
    new_email = forms.EmailField(
        label="E-mail of the new investor",
        required=False,
        help_text="Notices go to it, until the contacts say otherwise.",
    )
    reference = PlainTextFormField(
        label="Reference of a new partner",
        max_length=20,
        required=False,
        help_text="Left empty, it is the next number.",
    )
    what = forms.ChoiceField(
        label="What moves",
        choices=[
            (WHOLE, "The whole interest"),
            (SHARE, "A share of it"),
            (AMOUNT, "An amount of the commitment"),
        ],
        initial=WHOLE,
        widget=forms.RadioSelect,
    )
    numerator = forms.IntegerField(label="Share", required=False, min_value=1, max_value=10**15)
    denominator = forms.IntegerField(label="of", required=False, min_value=1, max_value=10**15)
    amount = MoneyFormField(label="Amount moved", required=False, widget=AmountInput)
    open_items = forms.ChoiceField(
        label="What is owed of calls",
        choices=Transfer.OpenItems.choices,
        initial=Transfer.OpenItems.SETTLED,
        required=False,
        widget=forms.RadioSelect,
    )
    effective_on = forms.DateField(label="Effective", widget=DayInput)
    reason = PlainTextFormField(max_length=500)
    price = MoneyFormField(
        label="Agreed price",
        required=False,
        allow_zero=True,
        widget=AmountInput,
        help_text="Between the two: in no figure of the fund.",
    )
    note = PlainTextFormField(label="What else was agreed", max_length=500, required=False)
    document = PlainTextFormField(
        label="Document",
        max_length=200,
        required=False,
        help_text="The agreement, and where it is kept.",
    )
    parties_named = forms.BooleanField(
        label="Each reads the other’s name in its statement",
        required=False,
        help_text="Otherwise statements speak of another investor.",
    )
    service_names = {
        "name": "new_name",
        "email": "new_email",
        "investor": "transferee",
        "share": "numerator",
        "closing_date": "effective_on",
    }

    def __init__(self, *args, fund: Fund, partners, investors, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["transferor"].choices = [("", "Choose a partner"), *partners]
        self.fields["transferee"].choices = [
            ("", "Choose who takes over"),
            ("Partners of the fund", [(f"{PARTNER}{pk}", name) for pk, name in partners]),
            ("Other investors", [(f"{INVESTOR}{pk}", name) for pk, name in investors]),
            (NEW, "A new investor, named below"),
        ]
        for name in ("amount", "price"):
            self.fields[name].currency = fund.currency
        self.fund = fund

    def clean(self):
        said = super().clean()
        if said.get("transferee") == NEW and not said.get("new_name") and "new_name" not in self.errors:
            self.add_error("new_name", "Enter the name of the new investor.")
        if said.get("what") == SHARE:
            for name in ("numerator", "denominator"):
                if said.get(name) is None and name not in self.errors:
                    self.add_error(name, "Enter a whole number.")
        if said.get("what") == AMOUNT and said.get("amount") is None and "amount" not in self.errors:
            self.add_error("amount", "Enter the amount of the commitment that moves.")
        return said

    def clean_open_items(self) -> str:
        return self.cleaned_data["open_items"] or Transfer.OpenItems.SETTLED

    @property
    def share(self) -> dict:
        """Which part moves, once the form is valid."""
        said = self.cleaned_data
        if said["what"] == AMOUNT:
            return {"amount": said["amount"]}
        if said["what"] == SHARE:
            return {"numerator": said["numerator"], "denominator": said["denominator"]}
        return {"numerator": 1, "denominator": 1}

    @property
    def transferee_id(self) -> int | None:
        """The partner who takes over, where it is one already."""
        to = self.cleaned_data["transferee"]
        return int(to.removeprefix(PARTNER)) if to.startswith(PARTNER) else None

    @property
    def investor(self) -> int | NewInvestor | None:
        to = self.cleaned_data["transferee"]
        if to == NEW:
            return NewInvestor(self.cleaned_data["new_name"], self.cleaned_data["new_email"])
        return int(to.removeprefix(INVESTOR)) if to.startswith(INVESTOR) else None

    @property
    def agreed(self) -> Agreed:
        said = self.cleaned_data
        price: Decimal | None = said["price"]
        return Agreed(
            price=price,
            note=said["note"],
            document=said["document"],
            parties_named=said["parties_named"],
        )


def partner_choices(fund: Fund) -> list[tuple[int, str]]:
    """The partners of a fund, by reference, as id and name."""
    rows = Commitment.objects.filter(fund=fund).select_related("investor").order_by("reference", "pk")
    return [(one.pk, f"{one.investor.name} ({one.reference})") for one in rows]
