"""Bank details of partners, telephone numbers on file, and the calls by which details are verified."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django import forms

from blackgem.lib.fields import PlainTextFormField
from blackgem.lib.forms import Form
from funds.models import CallBack, PayeeDetails, PhoneNumber
from funds.services.call_backs import NUMBER_FIELDS, CallMade
from funds.services.payees import PAYEE_FIELDS

from .funds import BankDetailsForm
from .shapes import ModelShapeForm


class PayeeDetailsForm(BankDetailsForm):
    """Where a partner is paid. Nothing is shown of the version before."""

    model = PayeeDetails
    model_fields = PAYEE_FIELDS
    labels = BankDetailsForm.labels | {
        "holder_town": "Town of the holder",
        "holder_country": "Country of the holder",
    }
    help_texts = BankDetailsForm.help_texts | {
        "bank_address": "As the fund’s bank asks for it: street, town, country.",
        "holder_country": "Two letters, such as US or TH.",
        "holder_town": "Banks ask for town and country apart.",
    }


class PhoneNumberForm(ModelShapeForm):
    """A number that is called before bank details are verified."""

    model = PhoneNumber
    model_fields = NUMBER_FIELDS
    labels = {"person_name": "Who answers", "number": "Telephone number"}
    help_texts = {
        "number": "With the code of the country, such as +1 212 555 0100.",
        "person_name": "A person, or a desk of the bank.",
    }


class MomentInput(forms.DateTimeInput):
    """A day and a time in the browser's own picker."""

    input_type = "datetime-local"

    def __init__(self):
        super().__init__(format="%Y-%m-%dT%H:%M")


class CallBackForm(Form):
    """A call about details that wait. `numbers` are those that count; None where any may be said, as for the first
    details of a fund. Times are those of the fund."""

    number = forms.ChoiceField(label="Number called")
    spoke_to = PlainTextFormField(
        label="Spoken to",
        max_length=200,
        required=False,
        help_text="Who answered, by name; left out where nobody did.",
    )
    called_at = forms.DateTimeField(label="When", widget=MomentInput)
    outcome = forms.ChoiceField(
        label="What came of it",
        choices=CallBack.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Bank details are verified by a call back only. Say what came of the call."
        },
    )
    note = PlainTextFormField(max_length=500, required=False)

    def __init__(self, *args, numbers: Sequence[PhoneNumber] | None, fund, at: datetime, **kwargs):
        self.zone = ZoneInfo(fund.time_zone)
        local = at.astimezone(self.zone).replace(second=0, microsecond=0, tzinfo=None)
        super().__init__(*args, initial={"called_at": local}, **kwargs)
        self.fields["called_at"].help_text = f"By the clock of the fund, {fund.time_zone.replace('_', ' ')}."
        if numbers is None:
            self.fields["number"] = PlainTextFormField(
                label="Number called",
                max_length=40,
                help_text="Of the bank or the account holder, from a source of your own, never from a mail.",
            )
        else:
            self.fields["number"].choices = [
                (
                    one.pk,
                    f"{one.number}, {one.person_name} (on file since {fund.day_of(one.recorded_at):%B %-d, %Y})",
                )
                for one in numbers
            ]
        self.said = numbers is None

    def clean_called_at(self) -> datetime:
        # The field reads in the zone of the site; what was typed is a time of the fund.
        return self.cleaned_data["called_at"].replace(tzinfo=self.zone)

    def call(self) -> CallMade:
        """The call, of a form that is valid."""
        cleaned = self.cleaned_data
        number = {"number": cleaned["number"]} if self.said else {"number_id": int(cleaned["number"])}
        return CallMade(
            **number,
            spoke_to=cleaned["spoke_to"],
            called_at=cleaned["called_at"],
            note=cleaned["note"],
        )
