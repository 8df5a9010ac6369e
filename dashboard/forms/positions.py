"""As of which day a fund is shown, and as known when."""

from django import forms

from blackgem.lib.widgets import DayInput


class PositionForm(forms.Form):
    """A day, and whether it is shown as it is reported (of a day in a closed period what was known when that was
    closed), as known by now, or as it was known when the day ended."""

    as_of = forms.DateField(label="As of", widget=DayInput)
    known = forms.ChoiceField(
        label="As known",
        choices=[("reported", "As reported"), ("now", "Now"), ("then", "When the day ended")],
        required=False,
    )
