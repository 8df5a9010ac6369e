"""What statements and lists are asked for with."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar
from urllib.parse import urlencode
from uuid import UUID

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
    without an offset is in `zone`. `inception`: what was acquired by transfer counts from its beginning."""

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
    inception = forms.BooleanField(label="As if since inception", required=False)

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


class OwnFilterForm(forms.Form):
    """What a list of the portal is narrowed to: one of the reader's funds, by public id, and days."""

    fund = forms.TypedChoiceField(label="Fund", coerce=UUID, empty_value=None, required=False)
    since = forms.DateField(label="From", input_formats=[ISO_DATE], widget=DayInput, required=False)
    until = forms.DateField(label="To", input_formats=[ISO_DATE], widget=DayInput, required=False)

    def __init__(self, *args, funds: Mapping[UUID, str], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["fund"].choices = [("", "All funds"), *((str(key), name) for key, name in funds.items())]

    @property
    def query(self) -> str:
        """What is asked for, as an address has it, with its question mark; empty where nothing is."""
        given = {name: self.data[name] for name in self.fields if self.data.get(name)}
        return f"?{urlencode(given)}" if given else ""

    @property
    def has_choice(self) -> bool:
        """Whether there is more than one fund to choose from."""
        return len(self.fields["fund"].choices) > 2


class DayForm(forms.Form):
    """As of which day; of today, in the zone of each fund, where none is named."""

    as_of = forms.DateField(
        label="As of",
        input_formats=[ISO_DATE],
        widget=DayInput,
        required=False,
        error_messages={"invalid": "Enter a day of the calendar as year, month and day: 2026-03-31."},
    )
