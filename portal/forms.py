"""What a statement is asked for with."""

from django import forms

from blackgem.lib.widgets import DayInput
from funds.forms.shapes import ISO_DATE


class StatementForm(forms.Form):
    """The day, and whose commitment: one of `commitments`, which are all that may be chosen."""

    commitment = forms.TypedChoiceField(label="Fund", coerce=int, empty_value=None, required=False)
    as_of = forms.DateField(
        label="As of",
        input_formats=[ISO_DATE],
        widget=DayInput,
        error_messages={
            "invalid": "Enter a day of the calendar as year, month and day: 2026-03-31.",
            "required": "Enter the day as of which to state.",
        },
    )

    def offer(self, commitments) -> None:
        """Offer these commitments; the investor is named where there are several."""
        several = len({one.investor_id for one in commitments}) > 1
        self.fields["commitment"].choices = [
            (one.pk, f"{one.fund.name} · {one.investor.name}" if several else one.fund.name)
            for one in commitments
        ]
