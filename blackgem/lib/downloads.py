"""Lists and documents as files that a browser keeps."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header

from blackgem.lib.export import Column, write_csv, write_xlsx

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def stream_table(
    form: str, columns: Sequence[Column], rows: Iterable[Sequence], *, name: str, sheet: str, at: datetime
) -> StreamingHttpResponse:
    """Rows as `name`.csv or `name`.xlsx, written while they are sent. `at` dates the workbook; 404 for another form."""
    if form not in CONTENT_TYPES:
        raise Http404
    is_csv = form == "csv"
    content = write_csv(columns, rows, bom=True) if is_csv else write_xlsx(columns, rows, sheet=sheet, at=at)
    response = StreamingHttpResponse(content, content_type=CONTENT_TYPES[form])
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.{form}")
    return response


def show_pdf(content: bytes, *, name: str, inline: bool = True) -> HttpResponse:
    """A PDF that opens in the browser, or is kept at once as the file of this name."""
    disposition = content_disposition_header(not inline, name)
    return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": disposition})
