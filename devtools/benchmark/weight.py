"""What a browser that has nothing yet asks for when it opens a page: how many requests, and how much is sent to it."""

import gzip
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpResponse

SITE_SHEET = "joined/site.css"
_LINKED = re.compile(r'<(?:link rel="(?:stylesheet|icon)"[^>]* href|script src)="/static/([^"]+)"')
#: Fragments that a page asks for as soon as it is there.
_ASKED_AT_ONCE = re.compile(r'hx-trigger="load')
_FACE = re.compile(r"@font-face \{.*?\}", re.DOTALL)
_FILE = re.compile(r'url\("\.\./([^"]+)"\)')
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
    files = [*_LINKED.findall(html), *_fonts(_TAGS.sub("", html))]
    sent = len(gzip.compress(answer.content, 6)) + sum(map(_sent, files))
    return Weight(1 + len(files) + len(_ASKED_AT_ONCE.findall(html)), sent, len(answer.content))


@cache
def _sent(name: str) -> int:
    content = Path(finders.find(name)).read_bytes()
    return len(content) if name.endswith(".woff2") else len(gzip.compress(content))


def _fonts(text: str) -> list[str]:
    used = set(map(ord, text))
    return [file for file, characters in _faces().items() if used & characters]


@cache
def _faces() -> dict[str, set[int]]:
    """The file of each face in the site's style sheet, and the characters that it is loaded for."""
    faces = _FACE.findall(Path(finders.find(SITE_SHEET)).read_text())
    return {_FILE.search(face)[1]: _characters(face) for face in faces}


def _characters(face: str) -> set[int]:
    ranges = ((int(first, 16), int(last or first, 16)) for first, last in _RANGE.findall(face))
    return {character for first, last in ranges for character in range(first, last + 1)}
