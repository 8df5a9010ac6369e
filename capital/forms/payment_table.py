"""What is owed as one table, in which a person ticks who paid, how much, when and how."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError

from blackgem.lib.fields import MoneyFormField, PlainTextFormField
from blackgem.lib.form_rows import FormOfRows
from blackgem.lib.forms import Form
from blackgem.lib.widgets import AmountInput, DayInput
from capital.models import CapitalCallItem
from capital.services.payment_table import PaymentRow
from funds.methods import METHODS


class PaymentTableFilter(forms.Form):
    """Which call, and whose items."""

    call = forms.ChoiceField(required=False)
    q = forms.CharField(label="Investor", required=False, max_length=200)

    def __init__(self, *args, calls, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["call"].choices = [("", "All open calls"), *((str(one.pk), str(one)) for one in calls)]


class PaymentRowForm(Form):
    """One item's payment. It counts once it is ticked; `shown` is the amount that the page had put in."""

    paid = forms.BooleanField(required=False)
    amount = MoneyFormField(required=False, widget=AmountInput({"class": "amount", "data-ticks": ""}))
    value_date = forms.DateField(label="Date received", required=False, widget=DayInput)
    method = forms.ChoiceField(choices=METHODS, required=False)
    reference = PlainTextFormField(max_length=100, required=False)
    tx_ref = PlainTextFormField(label="Bank transaction id", max_length=100, required=False, empty_value=None)
    again = forms.BooleanField(label="This is another payment", required=False)
    shown = PlainTextFormField(max_length=40, required=False, widget=forms.HiddenInput)

    def __init__(self, *args, item: CapitalCallItem, today: date, currency: str, **kwargs):
        self.item = item
        super().__init__(*args, prefix=f"pay-{item.pk}", **kwargs)
        self.fields["amount"].currency = currency
        self.initial = {
            "amount": item.capital.outstanding if item.capital.outstanding > 0 else None,
            "value_date": today,
            "reference": f"CC{item.call.number}-{item.commitment.reference}",
        }
        self.initial["shown"] = self.fields["amount"].prepare_value(self.initial["amount"]) or ""
        whose = f"{item.commitment.investor.name}, {item.call}"
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = f"{field.label or name.capitalize()}: {whose}"

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("paid"):
            for name in ("amount", "value_date", "method"):
                if name not in self.errors and not cleaned.get(name):
                    self.add_error(name, "This is needed.")
        elif self["amount"].data != self["shown"].data:
            self.add_error("paid", "Tick this row, or put its amount back.")
        return cleaned

    @property
    def of_the_payment(self) -> list[forms.BoundField]:
        """What is entered of a payment, in the order of the columns."""
        return [self[name] for name in ("amount", "value_date", "method", "reference", "tx_ref")]

    def entered(self) -> PaymentRow:
        cleaned = self.cleaned_data
        names = ("amount", "value_date", "method", "reference", "tx_ref", "again")
        return PaymentRow(item_id=self.item.pk, **{name: cleaned[name] for name in names})


class PaymentTable(FormOfRows):
    """The whole table over `items`. `data` is what was posted, None when it is opened."""

    def __init__(self, items, *, today: date, currency: str, data=None):
        self.data = data
        self.above = forms.Form(data)
        self.rows = [PaymentRowForm(data, item=item, today=today, currency=currency) for item in items]

    @property
    def filled(self) -> list[PaymentRowForm]:
        return [form for form in self.rows if form["paid"].data]

    @property
    def all_forms(self) -> list[forms.Form]:
        return [self.above, *self.rows]

    def is_valid(self) -> bool:
        """Whether what is ticked has the right shape, and something is. Rules about the money are the service's."""
        valid = all([self.above.is_valid(), *[form.is_valid() for form in self.rows]])
        if valid and not self.filled:
            self.above.add_error(None, ValidationError("Tick at least one investor who paid."))
            return False
        return valid

    def entered(self) -> list[PaymentRow]:
        """What `record_payments` takes."""
        return [form.entered() for form in self.filled]
