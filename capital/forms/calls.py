"""A capital call as it is typed: details, lines, who is excused, and amounts set by hand.

Every investor's amount stands in a field `amount-<commitment>`. A hidden field `shown` says what the page had worked
out, so that an amount that was not touched follows the total, and one that was set by hand stays. An empty field goes
back to pro rata.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.forms import formset_factory

from blackgem.lib.entered_amounts import EnteredAmounts, read_amounts
from blackgem.lib.entered_numbers import amount_to_enter
from blackgem.lib.errors import Problem
from blackgem.lib.fields import MoneyFormField, PlainLinesFormField, PlainTextFormField
from blackgem.lib.money import format_money
from blackgem.lib.widgets import AmountInput, DayInput
from capital.models import CapitalCallItemLine, CapitalCallLine
from capital.queries.line_keys import Drafted, default_key
from capital.services.planning import Row, WorkedOutCall
from capital.services.plans import CallPlan, ItemPlan, LinePlan
from funds.models import Fund

from .drafts import ALL_LINES, Opened, open_draft, open_new
from .excuses import ExcuseForm, ExcuseFormSet, Partners
from .inclusions import PREFIX, Inclusions, read_inclusions

MOST_LINES = 20
ZERO = Decimal("0.00")
Kind = CapitalCallLine.Kind
Basis = CapitalCallItemLine.Basis
_AMOUNT = "amount-"
#: Problems that the table shows while one types; those of the details appear beside their fields when it is sent.
_TABLE_FIELDS = {"items", "lines", "total_amount", "amount", "allocation_id"}


class CallDetailsForm(forms.Form):
    """Amount, purpose and dates. `revision` is the draft's version that was opened."""

    total_amount = MoneyFormField(
        widget=AmountInput({"data-whole": ""}),
        example=75000,
    )
    purpose = PlainTextFormField(max_length=200)
    purpose_detail = PlainLinesFormField(
        label="Purpose in detail", max_length=2000, required=False, widget=forms.Textarea({"rows": 3})
    )
    call_date = forms.DateField(widget=DayInput)
    due_date = forms.DateField(widget=DayInput)
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, currency: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["total_amount"].currency = currency


class LineForm(forms.Form):
    """What a part of the call is for. Where there is one line its amount is the total."""

    kind = forms.ChoiceField(label="For", choices=Drafted, initial=CapitalCallLine.Kind.INVESTMENT)
    allocation = forms.ChoiceField(label="Deal", required=False)
    amount = MoneyFormField(required=False, widget=AmountInput)
    split_by = forms.ChoiceField(
        label="Split",
        choices=CapitalCallLine.SplitBy,
        required=False,
    )
    outside = forms.BooleanField(label="Outside the commitment", required=False)

    def __init__(self, *args, allocations, currency: str, split_by: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["split_by"].initial = split_by
        self.fields["allocation"].choices = [("", "No deal"), *allocations]
        self.fields["amount"].currency = currency


LineFormSet = formset_factory(LineForm, extra=0, min_num=1, max_num=MOST_LINES, absolute_max=MOST_LINES)


class CallForms:
    """The whole page of a new call or a draft. `data` is what was posted, None when it is opened: as the draft was, or
    with what else is `opened`."""

    def __init__(
        self, fund: Fund, *, allocations, today: date, data=None, call=None, opened: Opened | None = None
    ):
        self.fund, self.data, self.only_asked = fund, data, False
        currency = fund.currency
        first = open_draft(call) if call and data is None else opened or open_new(today)
        line_options = {
            "allocations": _choices(allocations, currency),
            "currency": currency,
            "split_by": default_key(fund, Kind.INVESTMENT),
        }
        self.left_out = first.left_out
        self.details = CallDetailsForm(data, initial=first.details, currency=currency)
        self.lines = LineFormSet(data, prefix="line", initial=first.lines, form_kwargs=line_options)
        self.excuses = ExcuseFormSet(
            data,
            prefix="excuse",
            initial=first.excuses,
            form_kwargs={"commitments": Partners(fund), "line_count": len(self.lines.forms)},
        )
        self.amounts = first.amounts if data is None else read_amounts(data, currency, _AMOUNT)
        self.inclusions = first.inclusions if data is None else read_inclusions(data)

    @property
    def has_one_line(self) -> bool:
        return len(self.lines.forms) == 1

    @property
    def lines_with_excuses(self) -> list[tuple[LineForm, list[ExcuseForm]]]:
        """Each line with those who are excused from it."""
        return [(line, self._excused_from(str(place))) for place, line in enumerate(self.lines.forms)]

    @property
    def excused_from_all(self) -> list[ExcuseForm]:
        """Those who are excused from the whole call."""
        return self._excused_from(ALL_LINES)

    def _excused_from(self, line: str) -> list[ExcuseForm]:
        return [form for form in self.excuses.forms if (form["line"].value() or ALL_LINES) == line]

    def all_forms(self) -> list[forms.BaseForm]:
        """Every form, for the list of errors on top."""
        return [self.details, *self.lines.forms, *self.excuses.forms]

    def is_valid(self) -> bool:
        """Whether the shape is right. The rules of the money are asked of `work_out`."""
        valid = [
            self.details.is_valid(),
            self.lines.is_valid(),
            self.excuses.is_valid(),
            not self.amounts.errors and not self.inclusions.errors,
        ]
        for form in self.excuses.forms if all(valid) else ():
            if form.cleaned_data.get("commitment") and not form.cleaned_data.get("reason"):
                form.add_error("reason", "Say why the investor is excused.")
                valid.append(False)
        if not self.has_one_line:
            for form in self.lines.forms:
                if form.is_bound and form.is_valid() and form.cleaned_data.get("amount") is None:
                    form.add_error("amount", "Enter the amount of this line.")
                    valid.append(False)
        for message in [*self.amounts.errors.values(), *self.inclusions.errors.values()]:
            self.details.add_error(None, ValidationError(message))
        return all(valid)

    def say_no_errors(self) -> None:
        """The page was only asked for again with another row: what is missing so far is no error yet."""
        self.only_asked = True
        self.amounts.errors.clear()
        self.inclusions.errors.clear()
        for form in self.all_forms():
            form.full_clean()
            form.errors.clear()

    @property
    def has_total(self) -> bool:
        """Whether there is an amount to split."""
        return self._total() is not None

    def _total(self) -> Decimal | None:
        if self.data is None:
            return self.details.initial.get("total_amount")
        return _cleaned(self.details).get("total_amount")

    def plan(self) -> CallPlan:
        """What was typed as a plan. What is not there or not valid yet is left out; without an amount it is zero."""
        details = self.details.initial if self.data is None else _cleaned(self.details)
        total = self._total() or ZERO
        call_date = details.get("call_date") or date.min
        return CallPlan(
            fund_id=self.fund.pk,
            total_amount=total,
            purpose=details.get("purpose") or "",
            purpose_detail=details.get("purpose_detail") or "",
            call_date=call_date,
            due_date=details.get("due_date") or call_date,
            lines=self._line_plans(total),
            items=self._item_plans(),
        )

    def _typed(self, form: forms.BaseForm) -> dict:
        """What a form of a set holds: what was typed, or what the draft had."""
        return form.initial if self.data is None else _cleaned(form)

    def _line_plans(self, total: Decimal) -> tuple[LinePlan, ...]:
        plans = []
        for form in self.lines.forms:
            line = self._typed(form)
            allocation = line.get("allocation") or None
            kind = line.get("kind") or (Kind.INVESTMENT if allocation else Kind.OTHER)
            plans.append(
                LinePlan(
                    kind=kind,
                    amount=total if self.has_one_line else line.get("amount") or ZERO,
                    allocation_id=int(allocation) if allocation else None,
                    reduces_unfunded=not line.get("outside"),
                    split_by=line.get("split_by") or default_key(self.fund, kind),
                )
            )
        return tuple(plans)

    def _item_plans(self) -> tuple[ItemPlan, ...]:
        excused = self._excused()
        return tuple(
            ItemPlan(
                commitment_id=pk,
                called_amount=None
                if len(excused.get(pk, {})) == len(self.lines.forms)
                else self.amounts.by_hand.get(pk),
                excused=excused.get(pk, {}),
                included=self._included(pk),
            )
            for pk in sorted(self.amounts.by_hand.keys() | excused.keys() | self.inclusions.partners)
        )

    def _included(self, commitment: int) -> dict[int, str]:
        count = len(self.lines.forms)
        return {line: text for line, text in self.inclusions.of(commitment).items() if line < count}

    def _takes_part(self, excused: dict[int, str]) -> bool:
        """Whether a line is left from which the investor is not excused."""
        return len(excused) < len(self.lines.forms)

    def _excused(self) -> dict[int, dict[int, str]]:
        """Per commitment: the index of each line that it is excused from, with the reason."""
        excused: dict[int, dict[int, str]] = {}
        for form in self.excuses.forms:
            excuse = self._typed(form)
            if not excuse.get("commitment"):
                continue
            line = excuse.get("line") or ALL_LINES
            lines = range(len(self.lines.forms)) if line == ALL_LINES else [int(line)]
            reasons = excused.setdefault(int(excuse["commitment"]), {})
            reasons.update({index: excuse.get("reason") or "" for index in lines})
        return excused


@dataclass(frozen=True)
class TypedRow:
    """One investor's row on the page: what was worked out, and what stands in its field. `excused` is who owes nothing;
    `lines_excused` are the numbers of the lines of who is excused from some, `before` the lines from whose deals it was
    excused, where it may take part after all."""

    row: Row
    text: str
    error: str
    by_hand: bool
    excused: bool
    lines_excused: tuple[int, ...]
    before: tuple[dict, ...]


@dataclass(frozen=True)
class AllocationTable:
    """The investors' table. `shown` goes into the hidden field that tells untouched amounts from those set by hand;
    `limited` says that no amount may pass what is unfunded, `split` by what keys the lines are split."""

    rows: tuple[TypedRow, ...]
    called: Decimal
    committed: Decimal
    difference: Decimal
    adds_up: bool
    limited: bool
    split: str
    problems: tuple[Problem, ...]
    shown: str

    @property
    def by_hand(self) -> int:
        """How many amounts a person set."""
        return sum(row.by_hand for row in self.rows)


def allocation_table(cleaned: CallForms, worked_out: WorkedOutCall) -> AllocationTable:
    """The worked-out call with the texts that were typed. Problems wait until there is an amount."""
    currency = worked_out.fund.currency
    rows = tuple(_typed_row(row, cleaned.amounts, cleaned.inclusions, currency) for row in worked_out.rows)
    return AllocationTable(
        rows=rows,
        called=sum((row.called for row in worked_out.rows), ZERO),
        committed=sum((row.committed for row in worked_out.rows), ZERO),
        difference=worked_out.difference,
        adds_up=cleaned.has_total and not worked_out.difference,
        limited=all(line.reduces_unfunded for line in worked_out.plan.lines),
        split=_split_in_words(worked_out.plan.lines),
        problems=tuple(one for one in worked_out.problems if one.field in _TABLE_FIELDS)
        if cleaned.has_total and not cleaned.only_asked
        else (),
        shown=",".join(f"{one.row.commitment_id}:{one.text}" for one in rows if not one.by_hand),
    )


def _split_in_words(lines: tuple[LinePlan, ...]) -> str:
    keys = [CapitalCallLine.SplitBy(line.split_by).label for line in lines]
    return ", ".join(dict.fromkeys(keys)).capitalize()


def _typed_row(row: Row, amounts: EnteredAmounts, inclusions: Inclusions, currency: str) -> TypedRow:
    by_hand = row.commitment_id in amounts.texts
    excused = [number for number, basis in enumerate(row.bases, start=1) if basis == Basis.EXCUSED]
    return TypedRow(
        row=row,
        text=amounts.texts.get(row.commitment_id, amount_to_enter(row.called, currency)),
        error=amounts.errors.get(row.commitment_id) or row.problem,
        by_hand=by_hand,
        excused=len(excused) == len(row.bases),
        lines_excused=tuple(excused),
        before=tuple(_before(row, inclusions)),
    )


def _before(row: Row, inclusions: Inclusions) -> Iterator[dict]:
    """The lines of deals from which the investor was excused before, unless it is excused here for another reason."""
    for index, reason in enumerate(row.excused_before):
        if reason and row.excuse_reasons[index] in ("", reason):
            key = (row.commitment_id, index)
            yield {
                "name": f"{PREFIX}{row.commitment_id}-{index}",
                "line": index + 1,
                "reason": reason,
                "text": inclusions.texts.get(key, ""),
                "error": inclusions.errors.get(key, ""),
            }


def _cleaned(form: forms.BaseForm) -> dict:
    form.is_valid()
    return getattr(form, "cleaned_data", None) or {}


def _choices(allocations, currency: str) -> list[tuple[str, str]]:
    return [
        (str(one.pk), f"{one.deal} – {format_money(one.capital.uncalled, currency)} uncalled")
        for one in allocations
    ]
