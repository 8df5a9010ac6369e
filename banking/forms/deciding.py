"""What a person says of an entry: items with amounts, a class, a reason; and the rules that propose classes."""

from django import forms

from banking.models import EntryClass, EntryMove, EntryRule
from banking.queries.entry import Deciding
from blackgem.lib.fields import MoneyFormField, PlainTextFormField
from blackgem.lib.forms import Form
from blackgem.lib.money import format_money, plain_amount
from blackgem.lib.widgets import AmountInput

ROWS = 4


class ApplyEntryForm(Form):
    """Up to four items with what is applied to each; the rest stays unapplied, and is a partner's if that is known."""

    def __init__(self, *args, one: Deciding, currency: str, **kwargs):
        super().__init__(*args, **kwargs)
        items = [
            (item.key, f"{item.reference}, {item.investor}: {format_money(item.outstanding, currency)}")
            for item in one.items
        ]
        for n in range(1, ROWS + 1):
            self.fields[f"item_{n}"] = forms.TypedChoiceField(
                label=f"Item {n}", choices=[("", "–"), *items], required=False, coerce=int, empty_value=None
            )
            self.fields[f"amount_{n}"] = MoneyFormField(
                label=f"Amount {n}", required=False, currency=currency, widget=AmountInput()
            )
        self.fields["holder"] = forms.TypedChoiceField(
            label="Whose is the rest",
            choices=[
                ("", "Not known yet"),
                *((str(row.pk), f"{row.investor.name}, {row.reference}") for row in one.partners),
            ],
            required=False,
            coerce=int,
            empty_value=None,
        )
        for n, (item, amount) in enumerate(one.splits[:ROWS], 1):
            self.initial |= {f"item_{n}": item.key, f"amount_{n}": plain_amount(amount, currency)}
        self.initial["holder"] = one.holder

    def rows(self):
        """Each row: its item and its amount."""
        return [(n, self[f"item_{n}"], self[f"amount_{n}"]) for n in range(1, ROWS + 1)]

    def clean(self):
        for n in range(1, ROWS + 1):
            item, amount = self.cleaned_data.get(f"item_{n}"), self.cleaned_data.get(f"amount_{n}")
            if (item is None) != (amount is None) and not self.errors:
                self.add_error(f"amount_{n}", "An item has an amount, and an amount an item.")

    def splits(self) -> list[tuple[int, object]]:
        """What to apply: item and amount of each row that is filled."""
        rows = [
            (self.cleaned_data[f"item_{n}"], self.cleaned_data[f"amount_{n}"]) for n in range(1, ROWS + 1)
        ]
        return [(item, amount) for item, amount in rows if item is not None]


class ClassifyForm(Form):
    """The class of an entry that is no partner's wire; `rule` is the version that proposed it, if one did."""

    entry_class = forms.ChoiceField(label="Class", choices=[("", "–"), *EntryClass.choices])
    note = PlainTextFormField(max_length=500, required=False)
    rule = forms.IntegerField(required=False, widget=forms.HiddenInput)


class IgnoreForm(Form):
    """Why an entry is left aside."""

    reason = PlainTextFormField(max_length=500)


class WiresForm(Form):
    """Which wires of the books an entry is: `kind:row`, or with `pays` payables that it is, `kind:row,row`."""

    wires = PlainTextFormField(max_length=19_000)
    pays = forms.BooleanField(required=False)

    def clean_wires(self) -> tuple[str, list[int]]:
        """The kind, and the rows."""
        kind, _, rows = self.cleaned_data["wires"].partition(":")
        ids = rows.split(",")
        if kind not in [*EntryMove.Kind.values, "receipt"] or not all(
            one.isascii() and one.isdigit() and len(one) <= 18 for one in ids
        ):
            raise forms.ValidationError("Say which wire of the books it is.", code="wires.invalid")
        return kind, [int(one) for one in ids]


class RuleForm(Form):
    """What a rule asks of an entry, and the class that it proposes. `currency` is the fund's."""

    name_holds = PlainTextFormField(
        label="The name holds",
        max_length=100,
        required=False,
        help_text="Words as they stand in the name of who paid or was paid. Capital letters do not matter.",
    )
    text_holds = PlainTextFormField(
        label="The text holds", max_length=100, required=False, help_text="Words as they stand in the text."
    )
    side = forms.ChoiceField(choices=EntryRule.Side, initial=EntryRule.Side.OUT)
    least = MoneyFormField(label="At least", required=False, widget=AmountInput())
    most = MoneyFormField(label="At most", required=False, widget=AmountInput())
    entry_class = forms.ChoiceField(label="Then it is", choices=[("", "–"), *EntryClass.choices])

    def __init__(self, *args, currency: str, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("least", "most"):
            self.fields[name].currency = currency


class HolderForm(Form):
    """Whose unapplied cash it is, of `partners`."""

    commitment = forms.TypedChoiceField(label="Partner", coerce=int)
    service_names = {"commitment_id": "commitment"}

    def __init__(self, *args, partners, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["commitment"].choices = [
            ("", "–"),
            *((row.pk, f"{row.investor.name}, {row.reference}") for row in partners),
        ]
