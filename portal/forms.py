"""What a statement is asked for with."""

from datetime import datetime
from typing import ClassVar

from django import forms

from blackgem.lib.days import UTC, read_moment
from blackgem.lib.widgets import DayInput
from funds.forms.shapes import ISO_DATE


class MomentField(forms.Field):
    """A time in ISO 8601: with its offset, else in `zone`; a day alone is its end. None where it is left empty."""

    default_error_messages: ClassVar[dict] = {
        "invalid": "Enter a day, or a time such as 2026-01-05T09:00; with an offset where it is not the fund’s own."
    }
    zone = UTC

    def to_python(self, value) -> datetime | None:
        if value in self.empty_values:
            return None
        at = read_moment(value.strip(), self.zone)
        if at is None:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return at


class StatementForm(forms.Form):
    """The day, whose commitment (one of `commitments`, which are all that may be chosen), and as known when: a time
    without an offset is in `zone`."""

    commitment = forms.TypedChoiceField(label="Fund", coerce=str, empty_value=None, required=False)
    as_of = forms.DateField(
        label="As of",
        input_formats=[ISO_DATE],
        widget=DayInput,
        error_messages={
            "invalid": "Enter a day of the calendar as year, month and day: 2026-03-31.",
            "required": "Enter the day as of which to state.",
        },
    )

    known_at = MomentField(label="As known at", required=False)

    def __init__(self, *args, zone: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["known_at"].zone = zone

    def offer(self, commitments, id_of) -> None:
        """Offer these commitments by `id_of(commitment)`; the investor is named where there are several."""
        several = len({one.investor_id for one in commitments}) > 1
        self.fields["commitment"].choices = [
            (id_of(one), f"{one.fund.name} · {one.investor.name}" if several else one.fund.name)
            for one in commitments
        ]
