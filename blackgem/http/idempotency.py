"""A client that names its request by a key may send it again, and is given the first answer again."""

import re
from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from blackgem.http.errors import BadRequest
from blackgem.lib import idempotency
from blackgem.lib.errors import InvalidInput
from blackgem.lib.snapshots import one_snapshot

HEADER = "Idempotency-Key"
_KEY = re.compile(r"[\x21-\x7e]{2,255}")


def answer_once(request: HttpRequest, run: Callable[[], HttpResponse]) -> HttpResponse:
    """What `run` answers, or answered before to this user's same key and same request.

    Raises BadRequest for a malformed key, InvalidInput where the key came with another request, InProgress where the
    first request takes longer than anyone should wait.
    """
    key = _read_key(request)
    if key is None:
        return run()
    with transaction.atomic():
        idempotency.lock_key(request.user.pk, key)
        earlier = idempotency.earlier_answer(request.user, key)
        if earlier is None:
            return _run_and_keep(request, key, run)
        if earlier.request_sha256 != idempotency.fingerprint(request):
            raise InvalidInput("idempotency.key_reused", f"This {HEADER} came with another request before.")
        return idempotency.replay(earlier)


def answer_read(request: HttpRequest, read: Callable[[], HttpResponse]) -> HttpResponse:
    """The same for what only reads: it is read in a snapshot of its own before the turn is taken that keeps it."""
    with one_snapshot():
        response = read()
    return answer_once(request, lambda: response)


def _read_key(request: HttpRequest) -> str | None:
    key = request.headers.get(HEADER)
    if key is not None and not _KEY.fullmatch(key):
        raise BadRequest(
            "idempotency.invalid", f"{HEADER} has 2 to 255 visible ASCII characters and no space."
        )
    return key


def _run_and_keep(request: HttpRequest, key: str, run: Callable[[], HttpResponse]) -> HttpResponse:
    """Keep what was done, and what the state of the money refused. A request that could never be right, or was not
    allowed, did nothing: it may come again, corrected, under the same key."""
    with transaction.atomic():
        response = run()
        if response.status_code >= 400:
            transaction.set_rollback(True)
    if response.status_code < 400 or response.status_code == 409:
        idempotency.keep(request, key, idempotency.fingerprint(request), response)
    return response
