"""A closing as it is typed: its terms, who comes in, fees for the time before, and a table of rates where there is one.

An investor is typed by its name, which the browser completes; where two share one, the number is added.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.forms import formset_factory
from django.http import QueryDict

from blackgem.lib.fields import MoneyFormField, PercentFormField, PlainTextFormField
from blackgem.lib.form_rows import MOST, with_rows
from blackgem.lib.widgets import AmountInput, DayInput
from closings.models import Closing
from closings.services.planning import TERMS, ClosingPlan, ExcusePlan, FeePlan, TranchePlan
from funds.models import Commitment, Fund

#: How many rows each list of the form has where nothing says so.
FIRST_ROWS = {"tranche": 1, "fee": 0, "excuse": 0, "rate": 0}
DAYS_TO_PAY = timedelta(days=14)


def typed_rows(posted: QueryDict) -> QueryDict:
    """What was posted with rows added or removed as `do` asks: add_tranche, remove_fee:1, …"""
    return with_rows(posted, FIRST_ROWS)


def named(investors) -> dict[str, int]:
    """Investors by what a person types to name them: (pk, name) each."""
    rows = list(investors)
    shared = Counter(name for _, name in rows)
    return {name if shared[name] == 1 else f"{name} (no. {pk})": pk for pk, name in rows}


class InvestorField(PlainTextFormField):
    """An investor by its name; `known` are those that may be named."""

    known: Mapping[str, int] = {}

    def __init__(self, **kwargs):
        super().__init__(max_length=220, widget=forms.TextInput({"list": "investors"}), **kwargs)

    def to_python(self, value) -> int | None:
        text = super().to_python(value)
        if not text:
            return None
        if text not in self.known:
            raise ValidationError(
                "No investor has this name: choose one of the list, or enter it as an investor first.",
                code="investor.unknown",
            )
        return self.known[text]

    def run_validators(self, value) -> None:
        """The text was checked by being one of those that are known."""

    def prepare_value(self, value):
        if not isinstance(value, int):
            return value
        return next((name for name, pk in self.known.items() if pk == value), "")


class ClosingDetailsForm(forms.Form):
    """Days and terms. `revision` is the draft's version that was opened."""

    held_on = forms.DateField(label="Closing on", widget=DayInput)
    pay_on = forms.DateField(
        label="Later partners pay by", widget=DayInput, help_text="The due date of the call that collects."
    )
    rate = PercentFormField(
        label="Interest a year", required=False, help_text="In percent. Empty, where rates change: see below."
    )
    spread = PercentFormField(label="Spread", required=False, help_text="In percent, on top of each rate.")
    compounding = forms.ChoiceField(choices=Closing.Compounding, initial=Closing.Compounding.SIMPLE)
    day_count = forms.ChoiceField(choices=Closing.DayCount, initial=Closing.DayCount.ACT_365)
    interest_end = forms.ChoiceField(
        label="Interest runs until", choices=Closing.InterestEnd, initial=Closing.InterestEnd.DUE_DATE
    )
    fee_interest = forms.ChoiceField(
        label="Interest on fees for the time before",
        choices=Closing.FeeInterest,
        widget=forms.RadioSelect,
        help_text="As the partnership agreement says; it goes to the manager.",
    )
    general_partner_bears_interest = forms.BooleanField(
        label="The general partner pays interest on what it takes over", required=False
    )
    fees_inside = forms.BooleanField(
        label="Fees for the time before draw on the commitment", required=False, initial=True
    )
    count_both_ends = forms.BooleanField(label="First and last day both bear interest", required=False)
    distributions = forms.TypedChoiceField(
        label="Distributions made before",
        choices=[("", "Nothing was distributed, or only of deals left out"), *Closing.Distributions.choices],
        required=False,
        empty_value=None,
        widget=forms.RadioSelect,
        help_text="Shared anew, a later partner gets its part of them, which pays some of what it owes.",
    )
    excluded_deals = forms.MultipleChoiceField(
        label="Deals left out",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Realised, or about to be: their partners stay those that they are.",
    )
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, deals, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["excluded_deals"].choices = deals


class _RowForm(forms.Form):
    def __init__(self, *args, known: Mapping[str, int], currency: str, **kwargs):
        super().__init__(*args, **kwargs)
        if "investor" in self.fields:
            self.fields["investor"].known = known
        if "amount" in self.fields:
            self.fields["amount"].currency = currency

    @property
    def place(self) -> int:
        return int(self.prefix.rpartition("-")[2])


class TrancheForm(_RowForm):
    """Who comes in, or promises more."""

    investor = InvestorField()
    amount = MoneyFormField(label="Promises", widget=AmountInput)
    kind = forms.ChoiceField(choices=Commitment.Kind, initial=Commitment.Kind.LP)
    reference = PlainTextFormField(max_length=20, required=False)
    fee_rate = PercentFormField(
        label="Fee rate of its own", required=False, help_text="By side letter, in percent a year."
    )
    fee_discount = PercentFormField(
        label="Share off its fee", required=False, help_text="By side letter, in percent, instead of a rate."
    )
    fee_reason = PlainTextFormField(
        label="Why its fees are others than worked out",
        max_length=500,
        required=False,
        help_text="Then those that are given below are charged, or none. Empty: as they are worked out.",
    )


class FeeForm(_RowForm):
    """A fee for the time before: who owes it, how much, and on which day the others paid it."""

    investor = InvestorField()
    amount = MoneyFormField(label="Fee", widget=AmountInput)
    due_on = forms.DateField(label="Others paid it on", widget=DayInput)


class ExcuseForm(_RowForm):
    """A deal of which who comes in takes over nothing, and why."""

    investor = InvestorField()
    deal = forms.TypedChoiceField(coerce=int)
    reason = PlainTextFormField(max_length=500)

    def __init__(self, *args, deals, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["deal"].choices = deals


class RateForm(_RowForm):
    """A rate of interest from a day on."""

    starts_on = forms.DateField(label="From", widget=DayInput)
    rate = PercentFormField(label="Interest a year")


def _set_of(form: type[forms.Form], least: int = 0):
    return formset_factory(form, extra=0, min_num=least, max_num=MOST, absolute_max=MOST)


TrancheFormSet, FeeFormSet, RateFormSet = _set_of(TrancheForm, 1), _set_of(FeeForm), _set_of(RateForm)
ExcuseFormSet = _set_of(ExcuseForm)


class ClosingForms:
    """The whole page of a new closing or a draft. `data` is what was posted, None when it is opened."""

    def __init__(self, fund: Fund, *, known: Mapping[str, int], deals, today: date, data=None, draft=None):
        self.fund, self.data, self.draft, self.known = fund, data, draft, known
        first = _opened(draft) if draft and data is None else {"details": _new(today)}
        options = {"known": known, "currency": fund.currency}
        self.details = ClosingDetailsForm(data, initial=first["details"], deals=deals)
        self.tranches, self.fees, self.rates = (
            rows(data, prefix=prefix, initial=first.get(prefix, []), form_kwargs=options)
            for prefix, rows in (("tranche", TrancheFormSet), ("fee", FeeFormSet), ("rate", RateFormSet))
        )
        self.excuses = ExcuseFormSet(
            data, prefix="excuse", initial=first.get("excuse", []), form_kwargs=options | {"deals": deals}
        )

    def all_forms(self) -> list[forms.BaseForm]:
        """Every form, for the list of errors on top."""
        return [self.details, *self.tranches.forms, *self.fees.forms, *self.excuses.forms, *self.rates.forms]

    def is_valid(self) -> bool:
        """Whether the shape is right. Rules of the closing are the service's."""
        for form in self.all_forms():
            form.empty_permitted = False
        valid = all([form.is_valid() for form in self.all_forms()])
        return valid and self._names_each_once() and self._charges_who_comes_in()

    def say_no_errors(self) -> None:
        """The page was only asked for again with another row: what is missing so far is no error yet."""
        for form in self.all_forms():
            form.full_clean()
            form.errors.clear()

    def _names_each_once(self) -> bool:
        seen, valid = set(), True
        for form in self.tranches.forms:
            if form.cleaned_data["investor"] in seen:
                form.add_error("investor", "This investor is named above already.")
                valid = False
            seen.add(form.cleaned_data.get("investor"))
        return valid

    def _charges_who_comes_in(self) -> bool:
        coming = {form.cleaned_data["investor"] for form in self.tranches.forms}
        said = (
            (self.fees, "Only who comes in or promises more owes such a fee."),
            (self.excuses, "Only who comes in or promises more is excused here."),
        )
        strangers = [
            (form, words)
            for rows, words in said
            for form in rows.forms
            if form.cleaned_data["investor"] not in coming
        ]
        for form, words in strangers:
            form.add_error("investor", words)
        return not strangers

    def plan(self) -> ClosingPlan:
        """What was typed, once it is valid. What lines are valued at stays as the draft has it."""
        details = self.details.cleaned_data
        fees = [form.cleaned_data for form in self.fees.forms]
        excuses = [form.cleaned_data for form in self.excuses.forms]
        return ClosingPlan(
            fund_id=self.fund.pk,
            tranches=tuple(_tranche(form.cleaned_data, fees, excuses) for form in self.tranches.forms),
            rates=tuple(
                (row["starts_on"], row["rate"]) for row in (form.cleaned_data for form in self.rates.forms)
            ),
            excluded_deals=tuple(int(pk) for pk in details["excluded_deals"]),
            values=dict(self.draft.values.values_list("line", "value")) if self.draft else {},
            **{name: details[name] for name in TERMS} | {"spread": details["spread"] or Decimal(0)},
        )


def _tranche(row: dict, fees: list[dict], excuses: list[dict]) -> TranchePlan:
    owed = tuple(FeePlan(one["amount"], one["due_on"]) for one in fees if one["investor"] == row["investor"])
    excused = tuple(
        ExcusePlan(one["deal"], one["reason"]) for one in excuses if one["investor"] == row["investor"]
    )
    named = ("amount", "kind", "reference", "fee_reason", "fee_rate", "fee_discount")
    said = {name: row[name] for name in named}
    return TranchePlan(row["investor"], fees=owed, excuses=excused, **said)


def _new(today: date) -> dict:
    return {"held_on": today, "pay_on": today + DAYS_TO_PAY}


def _opened(draft: Closing) -> dict:
    """A draft as it was typed."""
    tranches = draft.tranches.order_by("pk")
    fees = draft.fees.order_by("tranche", "pk")
    return {
        "details": {name: getattr(draft, name) for name in (*TERMS, "revision")}
        | {"excluded_deals": [str(pk) for pk in draft.exclusions.values_list("deal", flat=True)]},
        "tranche": [
            dict(row)
            for row in tranches.values(
                "investor", "amount", "kind", "reference", "fee_rate", "fee_discount", "fee_reason"
            )
        ],
        "fee": [
            {"investor": investor, "amount": amount, "due_on": due_on}
            for investor, amount, due_on in fees.values_list("tranche__investor", "amount", "due_on")
        ],
        "excuse": [
            {"investor": investor, "deal": deal, "reason": reason}
            for investor, deal, reason in draft.excuses.order_by("pk").values_list(
                "tranche__investor", "deal", "reason"
            )
        ],
        "rate": [
            {"starts_on": starts_on, "rate": rate}
            for starts_on, rate in draft.rates.order_by("starts_on").values_list("starts_on", "rate")
        ],
    }
