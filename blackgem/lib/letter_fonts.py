"""Which of the project's fonts print which characters, so that nothing is printed as an empty box.

The letters' own fonts have Latin, Greek and Cyrillic. Every other script has one font, read only for documents in which
it occurs: that of Chinese, Japanese and Korean has 44,810 characters. A script that is not here is not printed at all.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from fontTools.ttLib import TTFont

from blackgem.lib.errors import Conflict

#: What the style sheets name where the fonts of further scripts are put.
PLACE = '"Letter Others"'
_SCRIPTS = (
    "Arabic",
    "Hebrew",
    "Devanagari",
    "Thai",
    "Armenian",
    "Georgian",
    "Bengali",
    "Tamil",
    "Telugu",
    "Gujarati",
    "Gurmukhi",
    "Kannada",
    "Malayalam",
    "Oriya",
    "Sinhala",
    "Khmer",
    "Lao",
    "Myanmar",
    "Ethiopic",
    "Mongolian",
    "Thaana",
)
#: Those of which there are no bold letters.
_ONE_WEIGHT = {"Mongolian"}
#: Characters that stand in no font and need none: they join, separate or direct others.
_INVISIBLE = {"Cc", "Cf", "Zs", "Zl", "Zp"}
_VARIATION_SELECTORS = range(0xFE00, 0xFE10)


@dataclass(frozen=True, slots=True)
class Face:
    """A font file below `static/fonts/pdf`, under the family name by which a style sheet calls it; with that of its
    `bold` letters where it has any."""

    family: str
    file: str
    bold: str = ""

    @property
    def rule(self) -> str:
        """The style rules that load it, relative to `static/css`: letters are semi-bold where they are not regular."""
        return "".join(
            f'@font-face {{ font-family: "{self.family}"; font-style: normal; font-weight: {weight}; '
            f'src: url("../fonts/pdf/{file}"); }}\n'
            for weight, file in ((400, self.file), (600, self.bold))
            if file
        )


def _of_script(script: str) -> Face:
    name = f"noto-sans-{script.lower()}"
    bold = "" if script in _ONE_WEIGHT else f"{name}-700-normal.ttf"
    return Face(f"Letter {script}", f"{name}-400-normal.ttf", bold)


#: Further fonts, in the order in which they are asked for a character.
FACES = (
    *map(_of_script, _SCRIPTS),
    Face("Letter CJK", "noto-sans-cjk-400-normal.otf"),
    Face("Letter Rest", "noto-sans-400-normal.ttf"),
)


class Unprintable(Conflict):
    """A text that no letter can print: no font of the project has one of its characters."""

    def __init__(self, text: str, character: str) -> None:
        name = unicodedata.name(character, "a character without a name")
        super().__init__(
            "letter.unprintable",
            f"“{text[:200]}” cannot be printed: no font of the letters has “{character}” "
            f"(U+{ord(character):04X}, {name.lower()}). Please write it another way.",
            extra={"text": text[:200], "character": f"U+{ord(character):04X}"},
        )


def check_printable(texts: Iterable[str]) -> None:
    """Raise Unprintable for the first of these texts that holds a character which no font has."""
    for text in texts:
        faces_for(text)


def texts_in(facts: object) -> Iterator[str]:
    """Every text in frozen facts, however deep."""
    if isinstance(facts, str):
        yield facts
    elif isinstance(facts, dict):
        for value in facts.values():
            yield from texts_in(value)
    elif isinstance(facts, list | tuple):
        for value in facts:
            yield from texts_in(value)


def faces_for(text: str) -> tuple[Face, ...]:
    """The further fonts that a text needs, in their order. Raises Unprintable."""
    needed = set()
    for character in sorted(set(text) - _own_characters()):
        if not _is_invisible(character):
            needed.add(_face_of(character, text))
    return tuple(face for face in FACES if face in needed)


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) in _INVISIBLE or ord(character) in _VARIATION_SELECTORS


def _face_of(character: str, text: str) -> Face:
    for face in FACES:
        if ord(character) in _characters(face.file):
            return face
    raise Unprintable(_line_with(character, text), character)


def _line_with(character: str, text: str) -> str:
    return next(line for line in text.splitlines() if character in line).strip()


@cache
def _own_characters() -> frozenset[str]:
    """What the letters' own fonts have, regular and semi-bold."""
    own = sorted(_folder().glob("*.woff"))
    return frozenset(map(chr, frozenset().union(*(_characters(path.name) for path in own))))


@cache
def _characters(file: str) -> frozenset[int]:
    """The characters of one font file. Read once per process, and only for scripts that occur."""
    with TTFont(_folder() / file, lazy=True) as font:
        return frozenset(font.getBestCmap())


def _folder() -> Path:
    return settings.BASE_DIR / "static" / "fonts" / "pdf"
