"""What is posted and leads nowhere, as a form that is refused does, is shown as of one moment.

The transaction that wrote, or refused to, has ended by then. The same view runs again in a snapshot in which nothing
can be written: each service answers there what it answered before, without running.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.contrib.messages.storage import default_storage
from django.http import HttpRequest, HttpResponse

from blackgem.lib.errors import Conflict, DomainError
from blackgem.lib.idempotency import has_moved_on
from blackgem.lib.snapshots import read_at_one_moment

_Run = Callable[[], object]
_around: ContextVar[Callable[[_Run], object] | None] = ContextVar("around_services", default=None)


def answer_post(
    request: HttpRequest, write: Callable[[], HttpResponse], draw: Callable[[], HttpResponse]
) -> HttpResponse:
    """What `write` answers where that leads on, else what `draw`, the same view, shows of it in one snapshot."""
    outcomes: list[object] = []
    with _services(lambda run: _remember(outcomes, run)):
        response = write()
    if has_moved_on(response):
        return response
    _forget_messages(request)
    left = iter(outcomes)
    with _services(lambda run: _repeat(left)):
        return read_at_one_moment(draw)


def run_service(run: _Run):
    """What a service answers: it runs, unless it did so before and its page is being drawn."""
    around = _around.get()
    return run() if around is None else around(run)


@contextmanager
def _services(around: Callable[[_Run], object] | None) -> Iterator[None]:
    token = _around.set(around)
    try:
        yield
    finally:
        _around.reset(token)


def _remember(outcomes: list[object], run: _Run) -> object:
    """Run a service and keep its outcome; services that it calls are part of it."""
    with _services(None):
        try:
            outcome = run()
        except DomainError as error:
            outcomes.append(error)
            raise
    outcomes.append(outcome)
    return outcome


def _repeat(left: Iterator[object]) -> object:
    """The next outcome. Where there is none, the view got further than before: somebody wrote in between."""
    outcome = next(left, Conflict("busy.moved", "Something changed at the same moment. Please try again."))
    if isinstance(outcome, DomainError):
        raise outcome
    return outcome


def _forget_messages(request: HttpRequest) -> None:
    """What the view said the first time it says again."""
    if hasattr(request, "_messages"):
        request._messages = default_storage(request)
