"""Writing a payment file, and saying what became of it."""

from django import forms

from banking.models import BankAccount, PaymentFormat
from banking.queries.payments import Candidate
from blackgem.lib.fields import PlainTextFormField
from blackgem.lib.forms import Form
from blackgem.lib.widgets import DayInput


class PaymentFileForm(Form):
    """The account, the format, the day, and which of the payables go into the file."""

    account = forms.TypedChoiceField(label="Out of account", coerce=int)
    format = forms.ChoiceField(label="Format", choices=PaymentFormat.choices)
    pay_on = forms.DateField(
        label="Day of payment", widget=DayInput, help_text="The day on which the bank is to pay."
    )
    payables = forms.MultipleChoiceField(label="Payments", widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args, accounts: list[BankAccount], candidates: list[Candidate], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["account"].choices = [(one.pk, one.masked) for one in accounts]
        self.candidates = candidates
        self.fields["payables"].choices = [
            (one.value, one.payable.who) for one in candidates if not one.why_not
        ]

    @property
    def chosen(self) -> list[tuple[str, int]]:
        """Kind and id of what was chosen."""
        pairs = (value.partition(":") for value in self.cleaned_data["payables"])
        return [(kind, int(row)) for kind, _, row in pairs]

    @property
    def rows(self) -> list[tuple[Candidate, bool]]:
        """Every payable, and whether it is chosen: those that can be, before anything was sent."""
        sent = self.data.getlist("payables") if self.is_bound else None
        return [(one, not one.why_not and (sent is None or one.value in sent)) for one in self.candidates]


class ReasonForm(Form):
    reason = PlainTextFormField(label="Why", max_length=500)


class BankAnswerForm(Form):
    """What the bank said of a file: by its report, or by a person's word, once."""

    report = forms.FileField(
        label="Its status report",
        required=False,
        allow_empty_file=True,
        help_text="pain.002, as the bank answers to an ISO 20022 file: whether it takes it, and which payments not.",
    )
    answer = forms.ChoiceField(
        label="Or the bank said that it",
        choices=[("", "Choose"), ("accepted", "accepted the file"), ("refused", "refused the file")],
        required=False,
    )
    note = PlainTextFormField(
        label="Why", max_length=500, required=False, help_text="Where it refused the file."
    )

    def clean(self):
        said = super().clean()
        if not self.errors and (said.get("report") is None) == (not said.get("answer")):
            self.add_error("report", "Give the bank’s report, or say what it answered.")
        return said
