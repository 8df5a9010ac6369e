"""Letters that no test reads: WeasyPrint takes a fifth of a second for one."""

from io import BytesIO

import pytest
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, ByteStringObject

from blackgem.lib.pdf import Pdf
from funds.models import Notice
from funds.services import rendering


def small_pdf(notice: Notice) -> Pdf:
    """In place of the letter where only its ids matter: made in a millisecond."""
    writer, content = PdfWriter(), BytesIO()
    writer.add_blank_page(612, 792)
    writer._ID = ArrayObject([ByteStringObject(rendering.identity(notice).encode())] * 2)
    writer.write(content)
    return Pdf(content.getvalue(), 1)


@pytest.fixture
def quick(monkeypatch):
    """PDFs without a letter in them."""
    monkeypatch.setattr(rendering, "make_pdf", small_pdf)
