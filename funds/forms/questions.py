"""A message about a part of a call or distribution."""

from django import forms

from blackgem.lib.fields import PlainLinesFormField
from funds.models import PartMessage


class MessageForm(forms.Form):
    """Plain text; nothing in it becomes a link."""

    text = PlainLinesFormField(max_length=PartMessage.MOST_CHARACTERS)

    def __init__(self, *args, label: str, help_text: str = "", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].label, self.fields["text"].help_text = label, help_text
