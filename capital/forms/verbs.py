"""What is asked for before a call is withdrawn or reworded."""

from django import forms

from blackgem.lib.fields import PlainLinesFormField, PlainTextFormField
from blackgem.lib.widgets import DayInput


class CancelForm(forms.Form):
    """Why an issued call is withdrawn."""

    reason = PlainTextFormField(max_length=500, widget=forms.TextInput({"autofocus": True}))


class SendBackForm(CancelForm):
    """Why a call that waits for approval is a draft again."""


class RewordForm(forms.Form):
    """The wording of an issued call and its due date, which can only move later."""

    purpose = PlainTextFormField(max_length=200)
    purpose_detail = PlainLinesFormField(
        label="Purpose in detail", max_length=2000, required=False, widget=forms.Textarea({"rows": 4})
    )
    due_date = forms.DateField(widget=DayInput, help_text="It can only move later.")
