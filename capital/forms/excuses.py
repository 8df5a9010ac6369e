"""Who is excused from a line of a call, or from all of it: rows that stand with their line and go with it."""

from functools import cached_property

from django import forms
from django.forms import formset_factory
from django.http import QueryDict

from blackgem.lib.fields import PlainTextFormField
from blackgem.lib.form_rows import remove_row, row_count, with_rows
from funds.models import Commitment, Fund

from .drafts import ALL_LINES
from .inclusions import leave_with_line

#: How many rows each list of the form has where nothing says so.
FIRST_ROWS = {"line": 1, "excuse": 0}
MOST_EXCUSES = 200


def typed_rows(posted: QueryDict) -> QueryDict:
    """What was posted with lines and excuses added or removed as `do` asks: add_excuse:0 excuses from the first line,
    add_excuse from the whole call."""
    data = with_rows(posted, FIRST_ROWS)
    verb, _, place = posted.get("do", "").partition(":")
    count = row_count(data, "excuse")
    if verb == "add_excuse" and place.isdecimal() and count > row_count(posted, "excuse"):
        data[f"excuse-{count - 1}-line"] = place
    if verb == "remove_line" and row_count(data, "line") < row_count(posted, "line"):
        _leave_with_line(data, int(place))
        leave_with_line(data, int(place))
    return data


def _leave_with_line(data: QueryDict, removed: int) -> None:
    """Take the excuses from a line out that is gone; those from lines behind it move up with their line."""
    for place in reversed(range(row_count(data, "excuse"))):
        line = data.get(f"excuse-{place}-line", "")
        if line == str(removed):
            remove_row(data, "excuse", place)
        elif line.isdecimal() and len(line) < 5 and int(line) > removed:
            data[f"excuse-{place}-line"] = str(int(line) - 1)


class Partners:
    """Who can be excused, read once and only where somebody is."""

    def __init__(self, fund: Fund):
        self.fund = fund

    def __call__(self) -> list[tuple[str, str]]:
        return [("", "Choose an investor"), *self._choices]

    @cached_property
    def _choices(self) -> list[tuple[str, str]]:
        rows = Commitment.objects.filter(fund=self.fund, amounts__committed__gt=0).select_related("investor")
        return [(str(one.pk), one.investor.name) for one in rows.order_by("reference", "pk")]


class ExcuseForm(forms.Form):
    """An investor who is excused from one line or from all, and why."""

    commitment = forms.ChoiceField(label="Investor", required=False)
    line = forms.ChoiceField(required=False, widget=forms.HiddenInput)
    reason = PlainTextFormField(max_length=500, required=False)

    def __init__(self, *args, commitments, line_count: int, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["commitment"].choices = commitments
        lines = [(str(index), f"Line {index + 1}") for index in range(line_count)]
        self.fields["line"].choices = [(ALL_LINES, "The whole call"), *lines]

    @property
    def place(self) -> int:
        return int(self.prefix.rpartition("-")[2])


ExcuseFormSet = formset_factory(ExcuseForm, extra=0, max_num=MOST_EXCUSES, absolute_max=MOST_EXCUSES)
