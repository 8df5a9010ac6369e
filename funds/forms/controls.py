"""Why a change that waits is turned down."""

from django import forms


class TurnDownForm(forms.Form):
    """A reason, which may be left out."""

    reason = forms.CharField(
        label="Reason", required=False, max_length=300, help_text="Whoever asked for it reads it."
    )
