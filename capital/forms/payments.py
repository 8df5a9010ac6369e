"""Money that came in: on an item, on the fund's account, and taken back."""

from django import forms

from blackgem.lib.fields import MoneyFormField, PlainTextFormField
from blackgem.lib.forms import Form
from blackgem.lib.money import plain_amount
from blackgem.lib.widgets import AmountInput, DayInput
from funds.methods import METHODS
from funds.models import Investor


class PaymentForm(Form):
    """One investor's payment. `currency` is the fund's."""

    amount = MoneyFormField(widget=AmountInput({"autofocus": True}), example=6000)
    value_date = forms.DateField(label="Date received", widget=DayInput)
    method = forms.ChoiceField(choices=METHODS)
    reference = PlainTextFormField(
        max_length=100, required=False, help_text="What the payer quoted, for example CC3-0001."
    )
    tx_ref = PlainTextFormField(
        label="Bank transaction id",
        max_length=100,
        required=False,
        empty_value=None,
        help_text="With it, the same bank transaction is never recorded twice.",
    )
    again = forms.BooleanField(label="This is another payment", required=False)

    def __init__(self, *args, currency: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["amount"].currency = currency


class ReversalForm(forms.Form):
    """Why a payment is taken back, and whether the money left the account too: of a charge to expenses none came."""

    reason = PlainTextFormField(max_length=500, widget=forms.TextInput({"autofocus": True}))
    money_left = forms.ChoiceField(
        label="Where is the money?",
        choices=[
            ("yes", "The wire bounced: it left the fund’s account again"),
            ("no", "It was posted wrongly: it is still on the account and becomes unapplied cash"),
        ],
        widget=forms.RadioSelect,
        initial="yes",
    )
    cash_on = forms.DateField(
        label="Date it left, by the bank",
        required=False,
        widget=DayInput,
        help_text="Only for a wire that bounced. Left empty, it is today.",
    )

    def __init__(self, *args, is_cash: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not is_cash:
            del self.fields["money_left"], self.fields["cash_on"]

    def clean_money_left(self) -> bool:
        """True where the money left."""
        return self.cleaned_data["money_left"] == "yes"


class ReceiptForm(Form):
    """Money that arrived before it is known for what. `currency` is the fund's."""

    amount = MoneyFormField(widget=AmountInput({"autofocus": True}), example=6000)
    value_date = forms.DateField(label="Date received", widget=DayInput)
    payer = PlainTextFormField(max_length=200, required=False)
    method = forms.ChoiceField(choices=METHODS)
    tx_ref = PlainTextFormField(label="Bank transaction id", max_length=100, required=False, empty_value=None)
    note = PlainTextFormField(max_length=500, required=False)

    def __init__(self, *args, currency: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["amount"].currency = currency


class ReturnForm(forms.Form):
    """Unapplied cash that goes back to its payer."""

    amount = MoneyFormField(widget=AmountInput({"autofocus": True}), example=6000)
    value_date = forms.DateField(label="Date returned", widget=DayInput)
    investor_id = forms.ModelChoiceField(
        label="Whose money it was",
        queryset=Investor.objects.none(),
        required=False,
        empty_label="No partner’s: nobody gets a letter",
        help_text="This partner gets a letter about it, which you send once you have read it.",
    )
    reason = PlainTextFormField(
        max_length=500, help_text="The letter says it, in these words: what was paid twice, or too much."
    )

    def __init__(self, *args, currency: str, investors, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["amount"].currency = currency
        self.fields["investor_id"].queryset = investors

    def clean_investor_id(self) -> int | None:
        chosen = self.cleaned_data["investor_id"]
        return chosen and chosen.pk


class TakeBackReturnForm(forms.Form):
    """When returned cash was back, and why."""

    value_date = forms.DateField(
        label="Date it was back",
        widget=DayInput({"autofocus": True}),
        help_text="By the bank. Where it never left, the day on which it was recorded as returned.",
    )
    reason = PlainTextFormField(max_length=500, help_text="Whoever was sent the letter reads it.")


class ApplyForm(forms.Form):
    """Amounts of one receipt per open item: a field `item-<id>` each, empty where nothing is applied."""

    def __init__(self, *args, items, currency: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.items = list(items)
        for item in self.items:
            self.fields[self.name_of(item)] = MoneyFormField(
                label=f"{item.commitment.investor.name}, {item.call}",
                required=False,
                currency=currency,
                widget=AmountInput(
                    {
                        "class": "amount",
                        "data-part": "",
                        "data-limit": plain_amount(item.capital.outstanding, currency),
                    }
                ),
            )

    @staticmethod
    def name_of(item) -> str:
        return f"item-{item.pk}"

    def rows(self):
        """Each item with its field."""
        return [(item, self[self.name_of(item)]) for item in self.items]

    def clean(self):
        if not self.errors and not self.splits():
            self.add_error(None, "Enter an amount beside at least one investor.")

    def splits(self) -> list[tuple[int, object]]:
        """What to apply: (item id, amount) for every amount that was typed."""
        amounts = [(item.pk, self.cleaned_data.get(self.name_of(item))) for item in self.items]
        return [(pk, amount) for pk, amount in amounts if amount is not None]
