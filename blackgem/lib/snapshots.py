"""What is read for one answer is of one moment, so that headers, totals and rows agree while others write.

A snapshot is one `REPEATABLE READ, READ ONLY` transaction. Nothing is written inside it: what an answer leaves behind
(who opened what) is written when it has ended, and refuses the answer where it cannot be written.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

_is_read: ContextVar[bool] = ContextVar("a_snapshot_is_read", default=False)
_afterwards: ContextVar[list[Callable[[], object]] | None] = ContextVar("written_afterwards", default=None)


@contextmanager
def one_snapshot() -> Iterator[None]:
    """All that is read inside is of one moment. Inside another transaction its rules hold."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        _is_read.set(True)
        try:
            yield
        finally:
            _is_read.set(False)  # what is streamed may end where it did not begin, with no token of here


def in_snapshot() -> bool:
    """Whether the transaction of now is a snapshot's: what goes wrong in it ends it, and there is nothing to save."""
    return _is_read.get()


def read_at_one_moment(answer: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer of a view that reads, drawn to its end in one snapshot; then what it asked to have written."""
    afterwards: list[Callable[[], object]] = []
    token = _afterwards.set(afterwards)
    try:
        with one_snapshot():
            response = _drawn(answer())
    finally:
        _afterwards.reset(token)
    for write in afterwards:
        write()
    return response


def reads_one_moment(request: HttpRequest) -> bool:
    """Whether a request asks for nothing but to read."""
    return request.method in ("GET", "HEAD")


def write_after_reading(write: Callable[[], object]) -> None:
    """Have `write` run when the snapshot of this answer has ended; at once where none is being read."""
    afterwards = _afterwards.get()
    if afterwards is None:
        write()
    else:
        afterwards.append(write)


def streamed(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Chunks that are read while they are sent, all in a snapshot of their own; closing them ends it."""
    with one_snapshot():
        yield from chunks


def _drawn(answer) -> HttpResponse:
    """What a view answers, drawn: a page of Django's admin reads on while it is rendered."""
    response = answer() if callable(answer) else answer
    render = getattr(response, "render", None)
    return render() if callable(render) else response
