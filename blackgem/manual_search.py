"""The manual's pages that speak of something, found by PostgreSQL's search of texts in what Sphinx built."""

import json
from collections.abc import Iterable
from functools import lru_cache
from html import unescape
from pathlib import Path
from typing import NamedTuple

from django.db import connection
from django.utils.html import strip_tags

MOST = 20
_FIND = Path(__file__).with_suffix(".sql").read_text()


class FoundPage(NamedTuple):
    page: str
    title: str
    passage: str


def find_pages(words: str, pages: Iterable[tuple[str, str, Path]], *, chapter: str) -> list[FoundPage]:
    """Of these pages (address, title, file) the ones with all of the words, those of this chapter first."""
    known = [(page, title, _text_of(file, file.stat().st_mtime_ns)) for page, title, file in pages]
    if not known:
        return []
    addresses, titles, texts = map(list, zip(*known, strict=True))
    values = {"pages": addresses, "titles": titles, "texts": texts}
    values |= {"words": words, "chapter": chapter, "most": MOST}
    with connection.cursor() as cursor:
        cursor.execute(_FIND, values)
        return [FoundPage(*row) for row in cursor.fetchall()]


@lru_cache(maxsize=500)
def _text_of(file: Path, changed_at: int) -> str:
    return " ".join(unescape(strip_tags(json.loads(file.read_text())["body"])).replace("¶", " ").split())
