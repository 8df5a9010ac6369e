"""What a contact may do in the portal, commitment by commitment."""

from django import forms

from funds.models import Commitment
from funds.queries.contact_rights import SEES, seen_of

#: Each right in the order of the page, and what it lets a contact do.
RIGHTS = {
    SEES: ("Reads", "Calls, distributions, letters, payments and statements; asks questions."),
    "acknowledges": ("Acknowledges", "Confirms for the investor that a letter was received."),
    "manages_contacts": (
        "Manages contacts",
        "Asks for advisers, ends their access, and says what is mailed to whom.",
    ),
}


class ContactRightsForm(forms.Form):
    """A tick for each right on each of these `commitments`, and which of them were there when the page was read."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data, *, commitments: list[Commitment]):
        super().__init__(data, initial={"seen": seen_of(commitments)})
        self.commitments = commitments
        for one in commitments:
            for right, (label, says) in RIGHTS.items():
                self.fields[f"{right}_{one.pk}"] = forms.BooleanField(
                    label=label, help_text=says, required=False, initial=right in one.held
                )

    def groups(self) -> list[tuple[Commitment, list[forms.BoundField]]]:
        """The ticks of each commitment."""
        return [(one, [self[f"{right}_{one.pk}"] for right in RIGHTS]) for one in self.commitments]

    def rights(self) -> dict[int, frozenset[str]]:
        """What is ticked, by the id of the commitment."""
        return {
            one.pk: frozenset(right for right in RIGHTS if self.cleaned_data[f"{right}_{one.pk}"])
            for one in self.commitments
        }
