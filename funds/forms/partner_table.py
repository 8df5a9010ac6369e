"""The partners of a fund as one table: pasted, typed, shown back as understood, and then entered."""

from datetime import date, datetime

from django import forms
from django.core.exceptions import ValidationError
from django.forms import formset_factory
from django.http import QueryDict

from blackgem.lib.fields import MoneyFormField, PlainLinesFormField, PlainTextFormField
from blackgem.lib.form_rows import MOST, FormOfRows, row_count, with_rows
from blackgem.lib.widgets import AmountInput, DayInput
from funds.calc.names import skeleton
from funds.calc.pasted import COLUMNS, Pasted, read_pasted
from funds.models import Fund, Investor, InvestorContact
from funds.services.partner_table import PartnerRow

FIRST_ROWS, MORE_ROWS = 5, 5
NEW = "new"
LONGEST_DAY = 40
#: How a day may be written: as the application prints it too, and never so that day and month can be taken for another.
_DAYS = ("%Y-%m-%d", "%b %d, %Y", "%B %d, %Y", "%d %b %Y", "%d %B %Y")
_KINDS = {word.lower(): value for value, label in Investor.Kind.choices for word in (value, label)}


class _DayText(forms.CharField):
    """A day in words or as 2026-03-01; with numbers in another order it is asked about."""

    def to_python(self, value) -> date | None:
        text = super().to_python(value)
        for form in _DAYS if len(text) <= LONGEST_DAY else ():
            try:
                return datetime.strptime(text, form).date()  # noqa: DTZ007 - only the day is kept
            except ValueError:
                continue
        if text:
            raise ValidationError("Write the day as 2026-03-01 or Mar 1, 2026.", code="date.ambiguous")
        return None


class PartnerRowForm(forms.Form):
    """One partner. `existing` says whom of the investors of that name it is, where there are some."""

    name = PlainTextFormField(max_length=200)
    kind = PlainTextFormField(max_length=40, required=False)
    amount = MoneyFormField(label="Commitment", allow_zero=True, widget=AmountInput)
    closing_date = _DayText(label="Closing date", required=False)
    contact_name = PlainTextFormField(label="Contact", max_length=200, required=False)
    email = forms.EmailField(
        label="E-mail", max_length=InvestorContact._meta.get_field("email").max_length, required=False
    )
    address = PlainLinesFormField(max_length=500, required=False, widget=forms.Textarea({"rows": 1}))
    existing = forms.ChoiceField(label="Who is it?", required=False)

    def __init__(self, *args, currency: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["amount"].currency = currency
        self.fields["kind"].widget.attrs["list"] = "partner_kinds"
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = f"{field.label or name.capitalize()}, row {self.place + 1}"

    @property
    def place(self) -> int:
        return int(self.prefix.rpartition("-")[2])

    @property
    def cells(self):
        """The fields of the columns, in order."""
        return [self[name] for name in COLUMNS]

    @property
    def is_filled(self) -> bool:
        return self.has_changed()

    def offer(self, namesakes: list[Investor]) -> None:
        """Ask which of the investors of nearly this name it is, if it is one of them."""
        known = [(str(one.pk), f"{one.name} (no. {one.pk}), as it is known") for one in namesakes]
        self.fields["existing"].choices = [("", "Choose"), (NEW, "Another investor, new"), *known]
        self.fields["existing"].label = f"Who is it in row {self.place + 1}"
        self.fields["existing"].required = True
        self.fields["existing"].error_messages["required"] = "Say whether it is the investor of this name."

    def clean_kind(self) -> str:
        text = self.cleaned_data["kind"]
        if text and text.lower() not in _KINDS:
            raise ValidationError(
                f"Choose one of these: {', '.join(Investor.Kind.labels)}.", code="kind.unknown"
            )
        return _KINDS.get(text.lower(), Investor.Kind.INDIVIDUAL)

    def clean_existing(self) -> int | None:
        chosen = self.cleaned_data["existing"]
        return int(chosen) if chosen and chosen != NEW else None

    @property
    def kind_in_words(self) -> str:
        return Investor.Kind(self.cleaned_data["kind"]).label

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("contact_name") and not cleaned.get("email") and "email" not in self.errors:
            self.add_error("email", "Where do this person’s notices go?")
        return cleaned


_Rows = formset_factory(PartnerRowForm, extra=0, max_num=MOST, absolute_max=MOST)


class _Above(forms.Form):
    """What stands above the table."""

    pasted = forms.CharField(required=False, widget=forms.Textarea({"rows": 4}))
    closing_date = forms.DateField(
        label="Closing date", widget=DayInput, help_text="Of every row that names no other."
    )


class PartnerTable(FormOfRows):
    """The whole page. `data` is what was posted, None when it is opened."""

    def __init__(self, fund: Fund, *, user, data: QueryDict | None = None):
        self.fund, self.user = fund, user
        self.pasted = Pasted()
        first = {"closing_date": fund.first_closing_on or fund.lpa_date}
        self.data = (
            None if data is None else self._with_pasted(with_rows(data, {"row": FIRST_ROWS}, step=MORE_ROWS))
        )
        self.above = _Above(self.data, initial=first)
        posted = self.data or QueryDict(f"row-TOTAL_FORMS={FIRST_ROWS}&row-INITIAL_FORMS=0")
        self.rows = _Rows(posted, prefix="row", form_kwargs={"currency": fund.currency})
        self.is_shown_back = False
        self._offer_namesakes()

    # ------------------------------------------------------------ reading

    def _with_pasted(self, data: QueryDict) -> QueryDict:
        """What was posted with the rows of the pasted table behind those that are filled. What cannot be read stays."""
        text = data.get("pasted", "")
        self.pasted = read_pasted(text)
        filled = [cells for cells in self._cells(data) if any(cells.values())]
        if not text.strip() or self.pasted.problems:
            return data
        rows = [*filled, *self.pasted.rows]
        if len(rows) > MOST:
            self.pasted.problems.append(f"At most {MOST} rows at a time, please: these are {len(rows)}.")
            return data
        for name in [name for name in data if name.startswith("row-") and not name.endswith("_FORMS")]:
            del data[name]
        for place, cells in enumerate(rows):
            data.update({f"row-{place}-{column}": cell for column, cell in cells.items() if cell})
        data["row-TOTAL_FORMS"], data["pasted"] = str(max(len(rows), 1)), ""
        return data

    @staticmethod
    def _cells(data: QueryDict) -> list[dict[str, str]]:
        names = (*COLUMNS, "existing")
        return [
            {name: data.get(f"row-{place}-{name}", "").strip() for name in names}
            for place in range(row_count(data, "row"))
        ]

    def _offer_namesakes(self) -> None:
        """Beside each name the investors that this person sees, and that a reader may take for it."""
        names = {form: skeleton(form["name"].data or "") for form in self.rows.forms if self.data is not None}
        if not any(names.values()):
            return
        known: dict[str, list[Investor]] = {}
        for one in Investor.objects.visible_to(self.user).order_by("pk").only("pk", "name"):
            known.setdefault(skeleton(one.name), []).append(one)
        for form, name in names.items():
            if name and name in known:
                form.offer(known[name])

    # ------------------------------------------------------------ the shape of a form

    @property
    def filled(self) -> list[PartnerRowForm]:
        return [form for form in self.rows.forms if form.is_filled]

    def is_valid(self) -> bool:
        """Whether every row has the right shape, and there is one. Rules about the money are the service's."""
        valid = all([self.above.is_valid(), self.rows.is_valid(), not self.pasted.problems])
        if valid and not self.filled:
            self.above.add_error(None, "Paste or type at least one investor.")
            return False
        return all([self._no_name_stands_twice(), valid])

    def _no_name_stands_twice(self) -> bool:
        first: dict[str, PartnerRowForm] = {}
        twice = []
        for form in self.filled:
            name = skeleton(form["name"].data or "")
            if name and first.setdefault(name, form) is not form:
                form.add_error("name", f"This name stands in row {first[name].place + 1} too.")
                twice.append(form)
        return not twice

    @property
    def kinds(self) -> list[str]:
        return list(Investor.Kind.labels)

    @property
    def errors_of(self) -> list[forms.Form]:
        return [self.above, *self.rows.forms]

    @property
    def service_names(self) -> dict[str, str]:
        return {f"rows.{place}.investor": f"rows.{place}.name" for place in range(len(self.filled))}

    def entered(self) -> list[PartnerRow]:
        """What `enter_partners` takes."""
        return [self._row(form.cleaned_data) for form in self.filled]

    def _row(self, cleaned: dict) -> PartnerRow:
        return PartnerRow(
            name=cleaned["name"],
            kind=cleaned["kind"],
            amount=cleaned["amount"],
            closing_date=cleaned["closing_date"] or self.above.cleaned_data["closing_date"],
            contact_name=cleaned["contact_name"],
            email=cleaned["email"],
            address=cleaned["address"],
            investor_id=cleaned["existing"],
        )

    def understood(self):
        """Each row's form beside what it was read as, to be shown back."""
        return list(zip(self.filled, self.entered(), strict=True))

    def total(self):
        return sum(row.amount for row in self.entered())
