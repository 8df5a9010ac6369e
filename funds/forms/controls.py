"""Why a change that waits is turned down."""

from django import forms

from blackgem.lib.fields import PlainTextFormField
from blackgem.lib.forms import Form


class TurnDownForm(forms.Form):
    """A reason, which who takes back its own may leave out."""

    reason = forms.CharField(
        label="Reason", required=False, max_length=300, help_text="Whoever asked for it reads it."
    )


class RefusalForm(Form):
    """Why what another person asked for is turned down."""

    reason = PlainTextFormField(max_length=500, help_text="Whoever asked for it reads it.")
