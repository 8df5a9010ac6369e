"""Lists and documents as files that a browser keeps."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import wraps

from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import TooManyRequests
from blackgem.lib.export import Column, write_csv, write_xlsx
from blackgem.lib.snapshots import streamed

#: What one person may be sent at a time: each file is a long read.
FILES_AT_ONCE = 2
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


# ---------------------------------------------------------------- of what a file is


@dataclass(frozen=True, slots=True)
class Taken:
    """Of what a file is: the objects on whose trail it stands that it was taken, and the fund, if it is of only one."""

    subjects: tuple = ()
    fund_id: int | None = None
    facts: dict[str, object] = field(default_factory=dict)


#: Who finds out of what a file is whose view did not say so: at most one, the app that has funds.
_FINDS_SCOPE: list[Callable[[HttpRequest], Taken]] = []


def register_scope(find: Callable[[HttpRequest], Taken]) -> None:
    """Whom `taken_of` asks where a view did not say of what its file is."""
    _FINDS_SCOPE[:] = [find]


def takes(request: HttpRequest, *subjects, fund_id: int | None = None, **facts) -> None:
    """Say of what the file is that answers this request, for the event that tells that it was taken."""
    request.taken = Taken(subjects, fund_id, facts)


def taken_of(request: HttpRequest) -> Taken:
    """What the view said, or else what the address says: a fund, or all funds of the person."""
    said = getattr(request, "taken", None)
    return said or next((find(request) for find in _FINDS_SCOPE), Taken())


# ---------------------------------------------------------------- files


def stream_table(
    form: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence],
    *,
    name: str,
    sheet: str,
    ctx: WriteContext,
) -> StreamingHttpResponse:
    """Rows as `name`.csv or `name`.xlsx, written while they are sent; 404 for another form.

    `ctx` says who takes it, and dates the workbook. Raises TooManyRequests while that person is being sent as many as
    one person may have at once.
    """
    if form not in CONTENT_TYPES:
        raise Http404
    is_csv = form == "csv"
    content = (
        write_csv(columns, rows, bom=True) if is_csv else write_xlsx(columns, rows, sheet=sheet, at=ctx.at)
    )
    return stream_file(streamed(content), name=f"{name}.{form}", content_type=CONTENT_TYPES[form], ctx=ctx)


def stream_file(
    content: Iterator[bytes], *, name: str, content_type: str, ctx: WriteContext
) -> StreamingHttpResponse:
    """A file that is made while it is sent, kept under this name. Raises TooManyRequests as `stream_table` does."""
    response = StreamingHttpResponse(_Sending(content, _take_place(ctx.by.pk)), content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


def show_pdf(content: bytes, *, name: str, inline: bool = True) -> HttpResponse:
    """A PDF that opens in the browser, or is kept at once as the file of this name."""
    disposition = content_disposition_header(not inline, name)
    return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": disposition})


# ---------------------------------------------------------------- how many at once


def makes_file(view: Callable) -> Callable:
    """Decorate, outside of everything else, a page that is a second's work: a document that is drawn, a workbook.

    One person has as many of them at work as may be sent to it, so that nobody waits for another's. Raises
    TooManyRequests for the next.
    """

    @wraps(view)
    def one_of_few(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        with place_of(request.user):
            return view(request, *args, **kwargs)

    return one_of_few


@contextmanager
def place_of(user) -> Iterator[None]:
    """One of this person's places for as long as its file is at work. Outside of any transaction. Who is not signed in
    takes none, and gets no file."""
    if not user.is_authenticated:
        yield
        return
    place = _take_place(user.pk)
    try:
        yield
    finally:
        _give_back(place)


class _Sending:
    """A file while it is being sent; closed, whether it was sent to its end or not, it gives its place back."""

    def __init__(self, content: Iterator[bytes], place: str) -> None:
        self.content, self.place = content, place

    def __iter__(self) -> Iterator[bytes]:
        return self.content

    def close(self) -> None:
        self.content.close()
        _give_back(self.place)


def _give_back(place: str) -> None:
    with suppress(DatabaseError):  # a connection that broke has let go of it already
        _ask("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", place)


def _take_place(user_id: int) -> str:
    """One of a person's places, held by the database connection that sends the file, and gone with that."""
    for number in range(FILES_AT_ONCE):
        place = f"export:{user_id}:{number}"
        if _ask("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", place):
            return place
    message = f"{FILES_AT_ONCE} files are being made for you already. Please wait until one is there."
    raise TooManyRequests("export.at_once", message, retry_after=10)


def _ask(statement: str, place: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, [place])
        return cursor.fetchone()[0]
