"""What an investor asks for an adviser with, and why one is declined."""

from django import forms

from blackgem.lib.fields import PlainTextFormField
from funds.models import Adviser


class DeclineForm(forms.Form):
    """Why somebody is not let in; the investor reads it."""

    reason = PlainTextFormField(max_length=300, help_text="The investor reads it.")


class AdviserForm(forms.Form):
    """Who it is, and which of these commitments it shall see."""

    commitments = forms.MultipleChoiceField(label="Sees", widget=forms.CheckboxSelectMultiple)
    name = PlainTextFormField(max_length=200)
    email = forms.EmailField(label="E-mail", help_text="The invitation goes there, once the fund agreed.")
    role = forms.ChoiceField(choices=Adviser.Role)
    acknowledges = forms.BooleanField(
        required=False, help_text="May confirm for you that a letter was received. Otherwise it only reads."
    )

    def __init__(self, *args, commitments, **kwargs):
        super().__init__(*args, **kwargs)
        several = len({one.investor_id for one in commitments}) > 1
        self.fields["commitments"].choices = [
            (str(one.public_id), f"{one.fund.name} · {one.investor.name}" if several else one.fund.name)
            for one in commitments
        ]
