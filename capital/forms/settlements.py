"""What becomes of the rest that a short payment left."""

from django import forms

from blackgem.lib.fields import PlainTextFormField
from blackgem.lib.widgets import DayInput
from capital.models import ResidualSettlement

#: What each does, as the person who chooses reads it.
KINDS = {
    ResidualSettlement.Kind.CARRIED: "It is carried: it stays owed, and is due with the investor’s next call",
    ResidualSettlement.Kind.EXPENSED: "It is charged to the fund’s expenses: the investor counts as having paid",
    ResidualSettlement.Kind.WAIVED: "It is waived: the called amount falls, and nothing of it counts as paid in",
}


class SettlementForm(forms.Form):
    """Of all that is outstanding, from a day on, with the reason. `amount` is what the page showed of it."""

    kind = forms.ChoiceField(
        label="What becomes of it",
        choices=list(KINDS.items()),
        widget=forms.RadioSelect,
        initial=next(iter(KINDS)),
    )
    effective_on = forms.DateField(label="From", widget=DayInput)
    reason = PlainTextFormField(max_length=500)
    amount = PlainTextFormField(max_length=40, required=False)
