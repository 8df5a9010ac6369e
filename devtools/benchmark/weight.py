"""What a browser that has nothing yet asks for when it opens a page: how many requests, and how much is sent to it."""

import gzip
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpResponse

_LINKED = re.compile(r'<(?:link rel="(?:stylesheet|icon)"[^>]* href|script src)="/static/([^"]+)"')
#: Fragments that a page asks for as soon as it is there.
_ASKED_AT_ONCE = re.compile(r'hx-trigger="load')
_FACE = re.compile(r"@font-face \{.*?\}", re.DOTALL)
_FILE = re.compile(r'url\("\.\./([^"]+)"\)')
_FAMILY = re.compile(r'"([\w ]+)"')
_RANGE = re.compile(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?")
_TAGS = re.compile(r"<head>.*?</head>|<script.*?</script>|<[^>]+>", re.DOTALL)


@dataclass(frozen=True)
class Weight:
    requests: int
    sent: int  # bytes, as sent
    html: int  # bytes, before they are packed


def weight_of(answer: HttpResponse) -> Weight:
    """Every face of a font counts whose characters stand in the page, as if its text were set in all families."""
    html = answer.content.decode()
    linked = _LINKED.findall(html)
    files = [*linked, *_fonts(_TAGS.sub("", html), *(one for one in linked if one.endswith(".css")))]
    sent = len(gzip.compress(answer.content, 6)) + sum(map(_sent, files))
    return Weight(1 + len(files) + len(_ASKED_AT_ONCE.findall(html)), sent, len(answer.content))


@cache
def _sent(name: str) -> int:
    content = Path(finders.find(name)).read_bytes()
    return len(content) if name.endswith(".woff2") else len(gzip.compress(content))


def _fonts(text: str, *sheets: str) -> list[str]:
    used = set(map(ord, text))
    faces = {file: characters for sheet in sheets for file, characters in _faces(sheet).items()}
    return [file for file, characters in faces.items() if used & characters]


@cache
def _faces(sheet: str) -> dict[str, set[int]]:
    """The file of each face in a style sheet, of a family that it sets text in, and the characters it is loaded for."""
    text = Path(finders.find(sheet)).read_text()
    families = set(_FAMILY.findall(_FACE.sub("", text)))
    faces = [face for face in _FACE.findall(text) if _FAMILY.search(face)[1] in families]
    return {_FILE.search(face)[1]: _characters(face) for face in faces}


def _characters(face: str) -> set[int]:
    ranges = ((int(first, 16), int(last or first, 16)) for first, last in _RANGE.findall(face))
    return {character for first, last in ranges for character in range(first, last + 1)}
