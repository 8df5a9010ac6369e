"""A distribution as it is typed: details, and what is withheld from each partner (fields `withheld-<commitment>`)."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError

from blackgem.lib.charts import Waterfall
from blackgem.lib.entered_amounts import EnteredAmounts, read_amounts
from blackgem.lib.entered_numbers import amount_to_enter
from blackgem.lib.errors import Problem
from blackgem.lib.fields import MoneyFormField, PlainTextFormField
from blackgem.lib.widgets import AmountInput, DayInput
from distributions.calc.accounts import Accrual
from distributions.models import Distribution
from distributions.queries.working import TierShown, charts_of, terms_in_words, tiers_shown
from distributions.services.decided import is_withheld_by_hand
from distributions.services.planning import DistributionPlan, WorkedOutDistribution, preview
from distributions.services.rows import Row
from distributions.states import DistributionType
from funds.models import Fund

ZERO = Decimal("0.00")
_WITHHELD = "withheld-"
_DETAILS = ("total_amount", "date", "type", "source", "recallable", "revision")


class DistributionDetailsForm(forms.Form):
    """Amount, date, type and source. `revision` is the draft's version that was opened."""

    total_amount = MoneyFormField(
        widget=AmountInput({"data-whole": ""}),
        example=500000,
    )
    date = forms.DateField(label="Distribution date", widget=DayInput)
    type = forms.ChoiceField(choices=DistributionType.choices)
    deal = forms.ChoiceField(
        required=False, help_text="What each investor paid in for it measures its share."
    )
    source = PlainTextFormField(
        max_length=500, required=False, help_text="As the notices will say it: Sale of ABC Manufacturing"
    )
    recallable = forms.BooleanField(label="The capital returned can be called again", required=False)
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, deals, currency: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["deal"].choices = [("", "No single deal"), *((str(one.pk), one.name) for one in deals)]
        self.fields["total_amount"].currency = currency


class DistributionForms:
    """The whole page of a new distribution or a draft. `data` is what was posted, None when it is opened."""

    def __init__(self, fund: Fund, *, deals, today: date, data=None, draft: Distribution | None = None):
        self.fund, self.data, self.draft = fund, data, draft
        first = _opened(draft) if draft else {"date": today, "type": DistributionType.EXIT_PROCEEDS}
        self.details = DistributionDetailsForm(data, initial=first, deals=deals, currency=fund.currency)
        if data is not None:
            self.amounts = read_amounts(data, fund.currency, _WITHHELD)
        else:
            self.amounts = _withheld_by_hand(draft) if draft else EnteredAmounts()

    def is_valid(self) -> bool:
        """Whether the shape is right. The rules of the money are asked of `work_out`."""
        valid = self.details.is_valid()
        for message in self.amounts.errors.values():
            self.details.add_error(None, ValidationError(message))
        return valid and not self.amounts.errors

    def plan(self) -> DistributionPlan | None:
        """What was typed as a plan; None while there is no amount or no date that could be read."""
        cleaned = self._typed()
        if not cleaned.get("total_amount") or not cleaned.get("date"):
            return None
        return DistributionPlan(
            fund_id=self.fund.pk,
            total_amount=cleaned["total_amount"],
            date=cleaned["date"],
            type=cleaned.get("type") or DistributionType.OTHER,
            source=cleaned.get("source") or "",
            deal_id=int(cleaned["deal"]) if cleaned.get("deal") else None,
            recallable=bool(cleaned.get("recallable")),
            withholding=dict(self.amounts.by_hand),
        )

    def _typed(self) -> dict:
        if self.data is None:
            return self.details.initial
        self.details.is_valid()
        return self.details.cleaned_data


def _opened(draft: Distribution) -> dict:
    return {name: getattr(draft, name) for name in _DETAILS} | {"deal": str(draft.deal_id or "")}


def _withheld_by_hand(draft: Distribution) -> EnteredAmounts:
    """What a person set: the amounts that are not those of the investor's rate."""
    currency = draft.fund.currency
    items = draft.items.select_related("commitment__investor").defer("tiers", "working")
    amounts = {
        item.commitment_id: item.withholding_tax for item in items if is_withheld_by_hand(item, currency)
    }
    texts = {pk: amount_to_enter(amount, currency) for pk, amount in amounts.items()}
    return EnteredAmounts(texts=texts, by_hand=amounts)


@dataclass(frozen=True)
class TypedRow:
    """One partner's row: what was worked out, and what stands in its field of what is withheld."""

    row: Row
    text: str
    error: str
    by_hand: bool


@dataclass(frozen=True)
class Preview:
    """A distribution as it would be. Without rows, `kept` are the amounts typed by hand, so that none is lost."""

    worked_out: WorkedOutDistribution | None
    problems: tuple[Problem, ...]
    rows: tuple[TypedRow, ...]
    tiers: tuple[TierShown, ...]
    charts: tuple[Waterfall, ...]
    stretches: tuple[Accrual, ...]
    terms: str
    shown: str
    kept: tuple[tuple[int, str], ...]

    def total(self, name: str) -> Decimal:
        return self.worked_out.total_of(name)

    @property
    def gross(self) -> Decimal:
        return self.total("gross")

    @property
    def withheld(self) -> Decimal:
        return self.total("withheld")

    @property
    def net(self) -> Decimal:
        return self.total("net")


def preview_of(cleaned: DistributionForms) -> Preview:
    """Work out what is typed so far. An amount withheld that cannot be stands beside its row, not instead of all."""
    plan, amounts = cleaned.plan(), cleaned.amounts
    if plan is None:
        return _without_rows(None, (), amounts)
    worked_out = preview(plan, before=cleaned.draft, fund=cleaned.fund)
    problems = worked_out.problems
    if any(one.code.startswith("withholding.") for one in problems):
        worked_out = preview(replace(plan, withholding={}), before=cleaned.draft, fund=cleaned.fund)
        problems = (*worked_out.problems, *(one for one in problems if one not in worked_out.problems))
    if not worked_out.rows:
        return _without_rows(worked_out, problems, amounts)
    rows = tuple(_typed_row(row, amounts, cleaned.fund.currency) for row in worked_out.rows)
    tiers = tuple(tiers_shown(worked_out.tiers, cleaned.fund.currency))
    return Preview(
        worked_out=worked_out,
        problems=tuple(problems),
        rows=rows,
        tiers=tiers,
        charts=charts_of(tiers, cleaned.fund.currency),
        stretches=worked_out.stretches,
        terms=terms_in_words(worked_out.terms),
        shown=",".join(f"{one.row.commitment_id}:{one.text}" for one in rows if not one.by_hand),
        kept=(),
    )


def _without_rows(worked_out, problems, amounts: EnteredAmounts) -> Preview:
    kept = tuple(amounts.texts.items())
    return Preview(worked_out, tuple(problems), (), (), (), (), "", "", kept)


def _typed_row(row: Row, amounts: EnteredAmounts, currency: str) -> TypedRow:
    key = row.commitment_id
    error = amounts.errors.get(key, "")
    if not error and amounts.by_hand.get(key, ZERO) > row.gross:
        error = "More than this investor gets."
    return TypedRow(
        row, amounts.texts.get(key, amount_to_enter(row.withheld, currency)), error, key in amounts.texts
    )
