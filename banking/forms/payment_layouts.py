"""What a bank asks of payment files: identifications of ACH files, the columns of a table."""

from django import forms

from banking.writers.table import DAYS, ENCODINGS, FIELDS
from blackgem.lib.fields import PlainLinesFormField, PlainTextFormField
from blackgem.lib.forms import Form

_DELIMITERS = {",": "Comma", ";": "Semicolon", "\t": "Tab", "|": "Bar"}


class AchLayoutForm(Form):
    """As the bank gave them when it opened the service."""

    destination = PlainTextFormField(
        label="Routing number of the bank", max_length=9, help_text="Of the bank that takes the files."
    )
    destination_name = PlainTextFormField(label="Name of the bank", max_length=23)
    origin = PlainTextFormField(label="Immediate origin", max_length=10, help_text="Up to ten signs.")
    company_id = PlainTextFormField(label="Company id", max_length=10, help_text="Up to ten signs.")
    description = PlainTextFormField(
        label="Entry description", max_length=10, help_text="What payees read, such as DISTRIB."
    )

    service_names = {"layout": "destination"}

    @property
    def layout(self) -> dict:
        return dict(self.cleaned_data)

    @staticmethod
    def first(layout: dict) -> dict:
        return layout


class TableLayoutForm(Form):
    """The columns of the table that a bank takes, in their order."""

    columns = PlainLinesFormField(
        label="Columns",
        max_length=4000,
        widget=forms.Textarea({"rows": 8}),
        help_text=f"One on a line: its heading, an equals sign, and what it holds: {', '.join(FIELDS)}.",
    )
    header = forms.BooleanField(label="The first line names the columns", required=False, initial=True)
    delimiter = forms.ChoiceField(label="Columns are parted by", choices=_DELIMITERS)
    decimal = forms.ChoiceField(label="Decimal mark", choices=[(".", "Point"), (",", "Comma")])
    date = forms.ChoiceField(label="A day is written", choices=[(form, form) for form in DAYS])
    encoding = forms.ChoiceField(choices=[(name, name.upper()) for name in ENCODINGS])

    service_names = {"layout": "columns"}

    @property
    def layout(self) -> dict:
        lines = [line for line in self.cleaned_data["columns"].splitlines() if line.strip()]
        pairs = [[part.strip() for part in line.rpartition("=")[::2]] for line in lines]
        return self.cleaned_data | {"columns": pairs}

    @staticmethod
    def first(layout: dict) -> dict:
        return layout | {"columns": "\n".join(f"{heading} = {field}" for heading, field in layout["columns"])}
