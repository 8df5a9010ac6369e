"""A fund's letterhead, and what its letters say in its own words."""

from dataclasses import dataclass

from django import forms

from blackgem.lib.errors import InvalidInput
from blackgem.lib.fields import PlainLinesFormField
from blackgem.lib.forms import Form
from blackgem.lib.pages import add_problems
from funds.calc.wording import LETTERS, LONGEST_PARAGRAPH, PLACES
from funds.services.letter_images import LARGEST_UPLOAD
from funds.services.wording import Entered, checked

_PLACED = {"opening": "Above the figures.", "closing": "Before the signature."}
#: A picture is chosen anew each time a form was refused: no browser gives one back.
_PICTURES = {"logo": "Logo", "signature": "Signature"}


@dataclass(frozen=True, slots=True)
class LetterFields:
    """The paragraphs of one sort of letter."""

    key: str
    title: str
    fields: list[forms.BoundField]

    @property
    def is_open(self) -> bool:
        return any(field.errors or field.value() for field in self.fields)


class WordingForm(Form):
    """The whole of a version. `entered` is what was understood, once the form is valid."""

    head_lines = PlainLinesFormField(
        label="Further lines of the head",
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Below the address: the regulator, the register, a telephone number. At most six lines.",
    )
    letter = forms.ChoiceField(label="Show", required=False, choices=list(LETTERS.items()))
    entered: Entered | None = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, label in _PICTURES.items():
            most = LARGEST_UPLOAD // 1024 // 1024
            self.fields[name] = forms.FileField(
                label=label,
                required=False,
                allow_empty_file=True,
                widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
                help_text=f"PNG or JPEG, at most {most} MB. Empty: as it is.",
            )
            self.fields[f"without_{name}"] = forms.BooleanField(label=f"No {label.lower()}", required=False)
        for letter in LETTERS:
            for place, where in _PLACED.items():
                self.fields[f"{letter}_{place}"] = PlainLinesFormField(
                    label=PLACES[place],
                    required=False,
                    max_length=4 * LONGEST_PARAGRAPH,
                    widget=forms.Textarea(attrs={"rows": 3}),
                    help_text=where,
                )

    @property
    def letters(self) -> list[LetterFields]:
        return [
            LetterFields(key, title, [self[f"{key}_{place}"] for place in PLACES])
            for key, title in LETTERS.items()
        ]

    def clean(self):
        """Everything that the service would refuse is said at its field at once."""
        said = super().clean()
        if self.errors:
            return said
        words = {name: said[name] for letter in self.letters for name in (one.name for one in letter.fields)}
        pictures = {name: self._picture(name) for name in _PICTURES}
        try:
            self.entered = checked(head_lines=said["head_lines"], words=words, **pictures)
        except InvalidInput as error:
            add_problems(self, error)
        return said

    def _picture(self, name: str) -> bytes | str | None:
        """What was chosen; "" where none is wanted, None where it stays."""
        file = self.cleaned_data.get(name)
        if file and file.size <= LARGEST_UPLOAD:
            file.seek(0)  # a form that was refused is read anew
            return file.read()
        if file:
            return bytes(LARGEST_UPLOAD + 1)  # too large, and read no further
        return "" if self.cleaned_data.get(f"without_{name}") else None
