"""A line across the top of each page of a finished PDF, in a copy of it."""

from functools import lru_cache
from io import BytesIO

from django.conf import settings
from django.utils.html import format_html
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
)

from blackgem.lib.pdf import render_band

BAND_HEIGHT = 26  # points
_NAME = NameObject("/StateStamp")


def stamped(content: bytes, words: str, *, settled: bool = False) -> bytes:
    """A copy of a PDF with `words` in a band at the top of each page, their first sentence before its title.

    The band warns, unless what the PDF asks for or announces is `settled`.
    """
    writer = PdfWriter(clone_from=BytesIO(content))
    bands: dict[int, IndirectObject] = {}
    before = _stream(writer, b"q\n")
    for page in writer.pages:
        width, height = round(page.mediabox.width), round(page.mediabox.height)
        band = bands.get(width) or bands.setdefault(width, _form(writer, _band(words, width, settled), width))
        after = _stream(writer, _drawing(height - BAND_HEIGHT))
        _lay_over(page, band, before, after)
    title = (writer.metadata or {}).get("/Title", "")
    writer.add_metadata({"/Title": f"{words.partition('.')[0]}: {title}"})
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def _lay_over(page: PageObject, band: IndirectObject, before: IndirectObject, after: IndirectObject) -> None:
    """The page's own drawing stays as it is, between two streams that keep its state apart from the band's."""
    resources = page.setdefault(NameObject("/Resources"), DictionaryObject()).get_object()
    forms = resources.setdefault(NameObject("/XObject"), DictionaryObject()).get_object()
    forms[_NAME] = band
    own = page.raw_get("/Contents") if "/Contents" in page else ArrayObject()
    parts = own.get_object() if isinstance(own.get_object(), ArrayObject) else [own]
    page[NameObject("/Contents")] = ArrayObject([before, *parts, after])


def _drawing(bottom: int) -> bytes:
    """An artifact, which readers of the page's structure pass over: the title of the document says the same to them."""
    return f"\nQ /Artifact BMC q 1 0 0 1 0 {bottom} cm {_NAME} Do Q EMC\n".encode()


def _stream(writer: PdfWriter, data: bytes) -> IndirectObject:
    stream = DecodedStreamObject()
    stream.set_data(data)
    return writer._add_object(stream)


def _form(writer: PdfWriter, drawn: bytes, width: int) -> IndirectObject:
    """The band as a form that every page draws."""
    page = PdfReader(BytesIO(drawn)).pages[0]
    form = DecodedStreamObject()
    form.set_data(page.get_contents().get_data())
    form.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Form"),
            NameObject("/BBox"): ArrayObject(FloatObject(edge) for edge in (0, 0, width, BAND_HEIGHT)),
            NameObject("/Resources"): page["/Resources"].clone(writer),
        }
    )
    return writer._add_object(form)


@lru_cache(maxsize=16)
def _band(words: str, width: int, settled: bool) -> bytes:
    """The band as a page of its own, `width` points wide."""
    html = format_html(
        '<html lang="en"><head><style>@page {{ size: {}pt {}pt }}</style></head>'
        '<body><p class="{}">{}</p></body></html>',
        width,
        BAND_HEIGHT,
        "settled" if settled else "",
        words,
    )
    return render_band(html, stylesheet=settings.BASE_DIR / "templates" / "notices" / "stamp.css")
