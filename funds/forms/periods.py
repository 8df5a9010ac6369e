"""Closing a period and opening one again."""

from django import forms

from blackgem.lib.fields import PlainTextFormField
from blackgem.lib.forms import Form


class ClosePeriodForm(Form):
    """Up to which day; a fund that closed nothing yet may take in several quarters at once."""

    last_day = forms.DateField(label="Close the books up to", widget=forms.Select)
    reason = PlainTextFormField(label="Note", max_length=500, required=False)

    def __init__(self, *args, spans, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["last_day"].widget.choices = [(one.last_day.isoformat(), one.name) for one in spans]


class ReopenPeriodForm(Form):
    """Why a closed period is opened again."""

    reason = PlainTextFormField(label="Why it is opened again", max_length=500)
