"""A partner that is excused from an investment of an issued call."""

from django import forms

from blackgem.lib.fields import MoneyFormField, PercentFormField, PlainTextFormField
from blackgem.lib.money import format_money
from blackgem.lib.widgets import AmountInput, DayInput
from capital.models import HeldPart
from capital.services.excuses import USUAL_LIMIT

#: What the other partners' parts are worked out from.
WORKED_OUT_FROM = ("line", "amount", "limit", "effective_on")


class IssuedExcuseForm(forms.Form):
    """From which of these `parts`, how much of it, and up to which limit the others are asked. `called` is what the
    page showed as called of the partner."""

    line = forms.TypedChoiceField(label="Investment", coerce=int)
    amount = MoneyFormField(
        label="Excused from",
        required=False,
        widget=AmountInput,
        help_text="Left empty: from all that is held of it.",
    )
    limit = PercentFormField(
        label="Others are asked for at most",
        initial=USUAL_LIMIT,
        help_text="In percent of their first part, beyond it: 50 means half as much again.",
    )
    effective_on = forms.DateField(label="From", widget=DayInput)
    reason = PlainTextFormField(max_length=500)
    called = PlainTextFormField(max_length=40, required=False)
    service_names = {"line_id": "line"}

    def __init__(self, *args, parts: list[HeldPart], currency: str, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [(one.line_id, _named(one, currency)) for one in parts]
        self.fields["line"].choices = choices if len(choices) == 1 else [("", "Choose"), *choices]
        self.fields["amount"].currency = currency

    def worked_out_from(self) -> dict | None:
        """What says how the line is worked out; None while something of it is missing or wrong."""
        said = {name: self.get_initial_for_field(self.fields[name], name) for name in WORKED_OUT_FROM}
        if self.is_bound:
            said = {} if self.errors.keys() & {*WORKED_OUT_FROM} else self.cleaned_data
        is_whole = all(said.get(name) is not None for name in WORKED_OUT_FROM if name != "amount")
        return {name: said[name] for name in WORKED_OUT_FROM} if is_whole else None

    def say_only_what_is_wrong(self) -> None:
        """The page was only asked to work it out: the reason may still be missing."""
        self.errors.pop("reason", None)


def _named(part: HeldPart, currency: str) -> str:
    deal = f" · {part.allocation.deal.name}" if part.allocation else ""
    return f"{part.line.get_kind_display()}{deal}, {format_money(part.held, currency)}"
