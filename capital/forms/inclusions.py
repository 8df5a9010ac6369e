"""Why who was excused from a deal takes part in a further line of it after all: a field for each, which stands in the
investors' table once the line names that deal, `include-<commitment>-<line>`."""

from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.http import QueryDict

from blackgem.lib.fields import PlainTextFormField

PREFIX = "include-"
_REASON = PlainTextFormField(max_length=500, required=False)


@dataclass
class Inclusions:
    """The texts as they were typed, by commitment and index of a line, with those that are no reason."""

    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)

    @property
    def partners(self) -> set[int]:
        return {commitment for commitment, _ in self.texts}

    def of(self, commitment: int) -> dict[int, str]:
        """By index of a line."""
        return {
            line: text
            for (one, line), text in self.texts.items()
            if one == commitment and (one, line) not in self.errors
        }


def read_inclusions(data) -> Inclusions:
    """Out of everything that was posted."""
    found = Inclusions()
    for name, text in data.items():
        if (key := _key(name)) and text.strip():
            found.texts[key] = text.strip()
            try:
                _REASON.clean(text)
            except ValidationError as error:
                found.errors[key] = error.messages[0]
    return found


def leave_with_line(data: QueryDict, removed: int) -> None:
    """Take those of a line out that is gone; those of lines behind it move up with their line."""
    moved = {}
    for name in [name for name in data if _key(name)]:
        commitment, line = _key(name)
        text = data.get(name)
        del data[name]
        if line != removed:
            moved[f"{PREFIX}{commitment}-{line - (line > removed)}"] = text
    for name, text in moved.items():
        data[name] = text


def _key(name: str) -> tuple[int, int] | None:
    commitment, _, line = name.removeprefix(PREFIX).partition("-")
    if not name.startswith(PREFIX) or not (commitment.isdecimal() and line.isdecimal()):
        return None
    return (int(commitment), int(line)) if len(commitment) < 19 and len(line) < 5 else None
