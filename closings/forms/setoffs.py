"""What of partners is set off on which day, by which agreement."""

from collections.abc import Sequence

from django import forms

from blackgem.lib.fields import MoneyFormField, PlainTextFormField
from blackgem.lib.forms import Form
from blackgem.lib.widgets import AmountInput, DayInput
from closings.queries.setoffs import Proposal


class SetoffForm(Form):
    """One amount for each partner; one that is left empty is not set off."""

    value_date = forms.DateField(label="Day", widget=DayInput({"autofocus": True}))
    reason = PlainTextFormField(
        max_length=500,
        label="By which agreement",
        help_text="The clause, or who agreed, for example “Clause 14.14”.",
    )

    def __init__(self, *args, proposals: Sequence[Proposal], currency: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.proposals = proposals
        self.service_names = {}
        for one in proposals:
            name = f"amount_{one.commitment_id}"
            label = f"Set off for {one.call_item.commitment.investor.name}"
            self.fields[name] = MoneyFormField(
                label=label, required=False, widget=AmountInput({"class": "amount", "aria-label": label})
            )
            self.fields[name].currency = currency
            self.initial.setdefault(name, one.most or None)
            self.service_names[f"amounts.{one.commitment_id}"] = name

    @property
    def rows(self) -> list[tuple[Proposal, forms.BoundField]]:
        return [(one, self[f"amount_{one.commitment_id}"]) for one in self.proposals]

    def amounts(self) -> dict:
        """By commitment, what is set off."""
        return {
            one.commitment_id: amount
            for one in self.proposals
            if (amount := self.cleaned_data.get(f"amount_{one.commitment_id}"))
        }

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not self.amounts():
            self.add_error(None, "Enter an amount for one partner at least.")
        return cleaned
