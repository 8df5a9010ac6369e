"""PDFs from HTML: one renderer for every document, which loads nothing but the project's own files.

Fonts and style sheets are read once per process: parsing them takes as long as rendering a notice.
"""

import contextlib
import gc
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from blackgem.lib.letter_fonts import PLACE, Face, faces_for

#: Longer than any letter this project writes; beyond it a document is refused before it can hold up a worker.
LONGEST_HTML = 400_000
MOST_PAGES = 60
#: How a document names a picture that it was given.
PICTURE = "picture:"
_FONT_TYPES = {".woff": "font/woff", ".ttf": "font/ttf", ".otf": "font/otf"}


class DocumentRefused(Exception):
    """The document is larger than any that could be meant."""


class ForeignResource(ValueError):
    """A document asked for something that is not one of the project's own font files."""


@dataclass(frozen=True, slots=True)
class Pdf:
    """A finished document."""

    content: bytes
    page_count: int

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


class OwnFilesOnly(URLFetcher):
    """Opens font files below `static/fonts/pdf`, and the pictures that the document was given, by their names; refuses
    everything else: no network, no other file, no data URL."""

    def __init__(self, pictures: Mapping[str, bytes] | None = None):
        super().__init__()
        self.pictures = pictures or {}

    def fetch(self, url, headers=None):
        if (name := url.removeprefix(PICTURE)) != url and name in self.pictures:
            return URLFetcherResponse(
                url, self.pictures[name], {"Content-Type": _type_of(self.pictures[name])}
            )
        path = _own_file(url)
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": _FONT_TYPES[path.suffix]})


def _type_of(picture: bytes) -> str:
    return "image/png" if picture.startswith(b"\x89PNG") else "image/jpeg"


def _own_file(url: str) -> Path:
    """The font file that a URL names; raises ForeignResource for any other."""
    parts = urlsplit(url)
    path = Path(unquote(parts.path)).resolve()
    if parts.scheme != "file" or parts.netloc or path.suffix not in _FONT_TYPES:
        raise ForeignResource(f"Documents load only the project's own fonts, not {url[:200]}")
    if not path.is_relative_to(_font_folder()):
        raise ForeignResource(f"Documents load only the project's own fonts, not {url[:200]}")
    return path


def _font_folder() -> Path:
    return (settings.BASE_DIR / "static" / "fonts" / "pdf").resolve()


@dataclass(frozen=True, slots=True)
class _Press:
    """What every document of one style sheet shares."""

    fonts: FontConfiguration
    styles: tuple[CSS, ...]


@lru_cache(maxsize=8)
def _press(stylesheet: Path, faces: tuple[Face, ...]) -> _Press:
    """Fonts and rules, parsed once per process and set of scripts."""
    fonts = FontConfiguration()
    rules = settings.BASE_DIR / "static" / "css" / "fonts-pdf.css"
    families = ", ".join(f'"{face.family}"' for face in faces) or "sans-serif"
    parsed = (
        _parse(rules.read_text() + "".join(face.rule for face in faces), rules, fonts),
        _parse(stylesheet.read_text().replace(PLACE, families), stylesheet, fonts),
    )
    return _Press(fonts, parsed)


def _parse(text: str, file: Path, fonts: FontConfiguration) -> CSS:
    return CSS(string=text, base_url=file.as_uri(), font_config=fonts, url_fetcher=OwnFilesOnly())


def render_pdf(
    html: str, *, stylesheet: Path, identifier: str, pictures: Mapping[str, bytes] | None = None
) -> Pdf:
    """An HTML document as a tagged PDF (PDF/UA-1) with its title, language and bookmarks.

    `html` must already be escaped; `identifier` is kept in the file, for `identifier_of` to read. `pictures` are what
    it may show, by name. Raises
    DocumentRefused when it is longer than `LONGEST_HTML` characters or lays out to more than `MOST_PAGES` pages, and
    Unprintable for a character that no font has.
    """
    if len(html) > LONGEST_HTML:
        raise DocumentRefused(
            f"The document has {len(html):,} characters; at most {LONGEST_HTML:,} are printed."
        )
    with _garbage_afterwards():
        return _print(html, _press(stylesheet, faces_for(unescape(html))), identifier, pictures)


def render_band(html: str, *, stylesheet: Path) -> bytes:
    """A page that is laid over those of another document: without tags or an identifier of its own."""
    press = _press(stylesheet, faces_for(unescape(html)))
    source = HTML(string=html, base_url=None, url_fetcher=OwnFilesOnly())
    return source.write_pdf(font_config=press.fonts, stylesheets=press.styles)


def _print(html: str, press: _Press, identifier: str, pictures: Mapping[str, bytes] | None) -> Pdf:
    options = {"stylesheets": press.styles, "pdf_variant": "pdf/ua-1", "pdf_identifier": identifier.encode()}
    source = HTML(string=html, base_url=None, url_fetcher=OwnFilesOnly(pictures))
    document = source.render(font_config=press.fonts, **options)
    if len(document.pages) > MOST_PAGES:
        raise DocumentRefused(
            f"The document has {len(document.pages)} pages; at most {MOST_PAGES} are printed."
        )
    return Pdf(document.write_pdf(**options), len(document.pages))


@contextlib.contextmanager
def _garbage_afterwards() -> Iterator[None]:
    """A document is hundreds of thousands of objects that all live until it is done. Searching them for garbage while
    they grow takes a quarter of the time; searching the young ones once, afterwards, a tenth."""
    searching = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searching:
            gc.enable()
            gc.collect(1)


def identifier_of(content: bytes) -> str | None:
    """The identifier in a PDF's trailer, which is found without reading the document; None when there is none."""
    try:
        found = PdfReader(BytesIO(content)).trailer.get("/ID")
    except PyPdfError:
        return None
    return bytes(found[0].original_bytes).decode("utf-8", "replace") if found else None
