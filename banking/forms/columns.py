"""Which column of a table (CSV) says what: named once; a file under another header is refused."""

import csv

from django import forms

from blackgem.lib.fields import PlainTextFormField
from blackgem.lib.forms import Form

_LONGEST_HEADER = 20_000
ENCODINGS = {
    "utf-8": "UTF-8",
    "windows-1252": "Windows-1252",
    "iso-8859-1": "ISO 8859-1",
    "iso-8859-15": "ISO 8859-15",
    "utf-16": "UTF-16",
}
DELIMITERS = {",": "Comma", ";": "Semicolon", "\t": "Tab", "|": "Bar"}
DAYS = ("YYYY-MM-DD", "DD.MM.YYYY", "DD/MM/YYYY", "MM/DD/YYYY", "DD.MM.YY", "MM/DD/YY", "YYYYMMDD")
#: What a table may say, and what it must.
COLUMNS = {
    "booking_date": "Booking day",
    "value_date": "Value date",
    "name": "Name of who paid or was paid",
    "account": "Account of who paid or was paid",
    "text": "Text",
    "reference": "The bank’s reference",
    "end_to_end_id": "End-to-end id",
    "currency": "Currency",
    "balance": "Balance after it",
}


class ColumnsForm(Form):
    """How the tables of an account are read: the header as the bank writes it, and which of its columns says what."""

    header = PlainTextFormField(
        label="First line of the table",
        max_length=_LONGEST_HEADER,
        widget=forms.Textarea({"rows": 3}),
        help_text="The line with the names of the columns, copied from a file of the bank. A file under another one is "
        "refused.",
    )
    delimiter = forms.ChoiceField(label="Columns are parted by", choices=DELIMITERS)
    skip_rows = forms.IntegerField(label="Lines above it", min_value=0, max_value=100, initial=0)
    encoding = forms.ChoiceField(choices=ENCODINGS)
    date = forms.ChoiceField(label="A day is written", choices=[(form, form) for form in DAYS])
    decimal = forms.ChoiceField(label="Decimal mark", choices=[(".", "Point"), (",", "Comma")])
    amount = PlainTextFormField(
        label="Column of the amount", max_length=200, required=False, help_text="With a sign: minus is out."
    )
    debit = PlainTextFormField(label="Or the column of debits", max_length=200, required=False)
    credit = PlainTextFormField(label="And the one of credits", max_length=200, required=False)

    service_names = {"mapping": "header"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, label in COLUMNS.items():
            self.fields[f"column_{name}"] = PlainTextFormField(
                label=label, max_length=200, required=name == "booking_date"
            )

    @property
    def of_columns(self):
        """The fields that name a column each."""
        return [self[f"column_{name}"] for name in COLUMNS]

    def clean(self):
        cleaned = self.cleaned_data
        if self.errors:
            return
        header = self._header()
        for name in ("amount", "debit", "credit", *(f"column_{column}" for column in COLUMNS)):
            if cleaned.get(name) and header.count(cleaned[name]) != 1:
                self.add_error(name, "The first line has no such column, or several of that name.")
        if bool(cleaned["amount"]) == bool(cleaned["debit"] and cleaned["credit"]):
            self.add_error("amount", "Name one column of amounts, or one of debits and one of credits.")

    def _header(self) -> list[str]:
        line = " ".join(self.cleaned_data["header"].splitlines())
        row = next(csv.reader([line], delimiter=self.cleaned_data["delimiter"]), [])
        return [cell.strip() for cell in row]

    def mapping(self) -> dict:
        """As the reader takes it."""
        cleaned = self.cleaned_data
        amount = {"column": cleaned["amount"]}
        if not cleaned["amount"]:
            amount = {"debit": cleaned["debit"], "credit": cleaned["credit"]}
        names = ("delimiter", "skip_rows", "encoding", "date", "decimal")
        columns = {name: cleaned[f"column_{name}"] for name in COLUMNS if cleaned[f"column_{name}"]}
        return {name: cleaned[name] for name in names} | {
            "header": self._header(),
            "amount": amount,
            "columns": columns,
        }

    @staticmethod
    def first(mapping: dict) -> dict:
        """What the form holds when it opens with what is remembered."""
        amount = mapping.get("amount", {})
        delimiter = mapping.get("delimiter", ",")
        held = {
            name: mapping[name] for name in ("skip_rows", "encoding", "date", "decimal") if name in mapping
        }
        held |= {f"column_{name}": said for name, said in mapping.get("columns", {}).items()}
        held |= {"amount": amount.get("column"), "debit": amount.get("debit"), "credit": amount.get("credit")}
        return held | {"delimiter": delimiter, "header": delimiter.join(mapping.get("header", []))}
