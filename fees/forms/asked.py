"""What a fee is worked out from, as it is entered: rates in percent."""

from django import forms

from blackgem.lib.fields import MoneyFormField, PercentFormField, PlainTextFormField
from blackgem.lib.forms import Form
from blackgem.lib.widgets import AmountInput, DayInput
from fees.models import FeeIncome, FeeRun, FeeSchedule
from fees.services.asked import SCHEDULE_FIELDS
from funds.forms.shapes import ModelShapeForm


class FeeScheduleForm(ModelShapeForm):
    """A version of the schedule."""

    model = FeeSchedule
    model_fields = (*SCHEDULE_FIELDS, "reason")
    labels = {
        "effective_on": "From",
        "rate": "Rate a year",
        "basis": "Of",
        "brought_by": "Base and rate may hold earlier, from",
        "suspended_basis": "While the investment period is suspended, of",
        "suspended_rate": "Rate while it is suspended",
        "frequency": "Falls due",
        "in_advance": "In advance, on the first day of the period",
        "time_rule": "Part of a year",
        "offset_share": "Fee income is shared among",
        "offset_after_closing": "After a later closing, fee income of before is",
        "discount_order": "Discounts are taken",
        "late_rule": "Who comes in at a later closing pays there",
        "vat_rate": "Tax on the fee",
        "inside": "Inside the commitment: what is paid lowers what is unfunded",
        "reason": "Why, or where it is agreed",
    }
    help_texts = {
        "effective_on": "The day of the first version is the first day with a fee.",
        "rate": "In percent; 0 ends the fee.",
        "basis": "Whatever is no commitment is read at the end of the day before the calendar period.",
        "brought_by": "An event that is entered under What happened. The rest of the version holds from its day.",
        "suspended_rate": "In percent a year, where another base is named.",
        "late_rule": "The rest, as far as it is owed, comes with the next fee.",
        "vat_rate": "In percent of the fee, on top; 0 for none.",
    }


class FeeLetterForm(Form):
    """What one partner agreed on the fee."""

    commitment = forms.TypedChoiceField(label="Partner", coerce=int)
    effective_on = forms.DateField(label="From", widget=DayInput)
    own_rate = PercentFormField(
        label="Rate of its own", required=False, help_text="In percent a year, instead of the schedule’s."
    )
    discount = PercentFormField(
        label="Share off the fee", required=False, help_text="In percent of the fee, instead of a rate."
    )
    waived = MoneyFormField(
        label="Amount that it is let off",
        required=False,
        allow_zero=True,
        widget=AmountInput,
        help_text="Beyond what earlier letters said; its next fees are lower by it.",
    )
    reason = PlainTextFormField(label="Why, or where it is agreed", max_length=500, required=False)

    def __init__(self, *args, partners, currency: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["commitment"].choices = [("", "Choose a partner"), *partners]
        self.fields["waived"].currency = currency


class FeeIncomeForm(Form):
    """What the manager received from a company of the fund."""

    received_on = forms.DateField(label="Received", widget=DayInput)
    category = forms.ChoiceField(choices=FeeIncome.Category)
    amount = MoneyFormField(widget=AmountInput)
    offset_rate = PercentFormField(
        label="Share that is offset", help_text="In percent: 80 offsets 80 % of it against the fee."
    )
    deal = forms.TypedChoiceField(label="Company", coerce=int, empty_value=None, required=False)
    reason = PlainTextFormField(label="Why, or where it is agreed", max_length=500, required=False)
    service_names = {"effective_on": "received_on", "deal_id": "deal"}

    def __init__(self, *args, deals, currency: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["deal"].choices = [("", "Not said"), *deals]
        self.fields["amount"].currency = currency


class FeeRunForm(Form):
    """By when an instalment is paid, from what, and what of it the manager waives."""

    paid_from = forms.ChoiceField(
        label="Paid from",
        choices=FeeRun.PaidFrom,
        initial=FeeRun.PaidFrom.CALL,
        help_text="From cash on hand, nobody is called: it is an expense of the fund.",
    )
    due_on = forms.DateField(label="Paid by", widget=DayInput)
    waived = MoneyFormField(
        label="Waived by the manager",
        required=False,
        allow_zero=True,
        widget=AmountInput,
        help_text="Of the whole instalment; split by what each partner owes.",
    )
    reason = PlainTextFormField(label="Note", max_length=500, required=False)

    def __init__(self, *args, currency: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["waived"].currency = currency
