"""A message about a part of a call or distribution, and what the list of them is narrowed to."""

from django import forms

from blackgem.lib.fields import PlainLinesFormField, PlainTextFormField
from funds.forms.filters import FundFilterForm
from funds.models import PartMessage
from funds.queries.questions import KINDS


class MessageForm(forms.Form):
    """Plain text; nothing in it becomes a link."""

    text = PlainLinesFormField(max_length=PartMessage.MOST_CHARACTERS)

    def __init__(self, *args, label: str, help_text: str = "", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].label, self.fields["text"].help_text = label, help_text


class QuestionFilterForm(FundFilterForm):
    """Fund, what is asked about, whether it waits, and part of the investor's name."""

    kind = forms.ChoiceField(label="About", required=False)
    state = forms.ChoiceField(
        choices=[("", "Any state"), ("waits", "Waits for an answer"), ("answered", "Answered")],
        required=False,
    )
    q = PlainTextFormField(label="Investor contains", max_length=200, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        kinds = [(kind.value, kind.label) for kind in KINDS]
        self.fields["kind"].choices = [("", "Calls and distributions"), *kinds]
