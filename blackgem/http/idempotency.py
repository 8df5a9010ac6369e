"""The same request twice is one request: the first answer is given again, byte for byte.

The answer is stored in the transaction of the change itself, so that a client whose connection broke between commit
and answer gets it on asking again. Requests with one key take turns under a lock that ends with that transaction.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256

from django.db import OperationalError, connection, transaction
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse

from blackgem.http.errors import BadRequest
from blackgem.lib.errors import Conflict, InvalidInput
from blackgem.models import IdempotentAnswer

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
KEPT_FOR = timedelta(hours=48)
PATIENCE = "10s"
_KEY = re.compile(r"[\x21-\x7e]{2,255}")
_KEPT_HEADERS = ("Content-Type", "Location")


class InProgress(Conflict):
    """Another request with this key is still at work (409); ask again in so many seconds."""

    retry_after = 2


def answer_once(request: HttpRequest, run: Callable[[], HttpResponse]) -> HttpResponse:
    """What `run` answers, or answered before to this user's same key and same request.

    Raises BadRequest for a malformed key, InvalidInput where the key came with another request, InProgress where the
    first request takes longer than anyone should wait.
    """
    key = _read_key(request)
    if key is None:
        return run()
    with transaction.atomic():
        _take_turn(request.user.pk, key)
        earlier = IdempotentAnswer.objects.filter(user=request.user, key=key).first()
        if earlier is not None:
            return _replay(earlier, request)
        return _run_and_keep(request, key, run)


def _read_key(request: HttpRequest) -> str | None:
    key = request.headers.get(HEADER)
    if key is not None and not _KEY.fullmatch(key):
        raise BadRequest(
            "idempotency.invalid", f"{HEADER} has 2 to 255 visible ASCII characters and no space."
        )
    return key


def _take_turn(user_id: int, key: str) -> None:
    """Wait until no other request holds this key; the lock ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
        try:
            name = f"idempotency:{user_id}:{key}"
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        except OperationalError as error:
            message = "The first request with this key is still at work. Ask again in a moment."
            raise InProgress("idempotency.in_progress", message) from error
        cursor.execute("SET LOCAL lock_timeout TO DEFAULT")


def _replay(earlier: IdempotentAnswer, request: HttpRequest) -> HttpResponse:
    if earlier.request_sha256 != _fingerprint(request):
        raise InvalidInput("idempotency.key_reused", f"This {HEADER} came with another request before.")
    headers = {**earlier.headers, REPLAYED: "true"}
    return HttpResponse(bytes(earlier.body), status=earlier.status, headers=headers)


def _run_and_keep(request: HttpRequest, key: str, run: Callable[[], HttpResponse]) -> HttpResponse:
    """Keep what was done, and what the state of the money refused. A request that could never be right, or was not
    allowed, did nothing: it may come again, corrected, under the same key."""
    with transaction.atomic():
        response = run()
        if response.status_code >= 400:
            transaction.set_rollback(True)
    if response.status_code < 400 or response.status_code == 409:
        _forget_old()
        IdempotentAnswer.objects.create(
            user=request.user,
            key=key,
            request_sha256=_fingerprint(request),
            status=response.status_code,
            headers={name: response[name] for name in _KEPT_HEADERS if name in response},
            body=response.content,
        )
    return response


def _fingerprint(request: HttpRequest) -> str:
    said = f"{request.method} {request.get_full_path()}\n".encode() + request.body
    return sha256(said).hexdigest()


def _forget_old() -> None:
    """Two of the oldest answers for each new one, once they are old enough: the table stays as long as two days are."""
    oldest = IdempotentAnswer.objects.order_by("id").select_for_update(skip_locked=True)
    ids = list(oldest.values_list("pk", flat=True)[:2])
    IdempotentAnswer.objects.filter(pk__in=ids, created_at__lt=Now() - KEPT_FOR).delete()
