"""The same request twice is one request: its first answer is kept, and given again byte for byte.

The answer is kept in the transaction of the change itself, so that nothing is done twice and nothing done goes
unanswered. Requests with one key take turns under a lock that ends with that transaction.
"""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256

from django.apps import apps
from django.db import OperationalError, connection, transaction
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse

from blackgem.lib.context import context_of
from blackgem.lib.errors import Conflict
from blackgem.lib.opened import opened

REPLAYED = "Idempotent-Replayed"
KEPT_FOR = timedelta(hours=48)
PATIENCE = "10s"
_KEPT_HEADERS = ("Content-Type", "Location", "HX-Trigger")


class InProgress(Conflict):
    """Another request with this key is still at work (409); ask again in so many seconds."""

    retry_after = 2


def form_once(request: HttpRequest, run: Callable[[], HttpResponse]) -> HttpResponse:
    """What `run` answers to a form that a page sent, or answered when this very form came before.

    Every page that is drawn carries a CSRF token masked anew: the same bytes from the same person to the same address
    are the same form, sent by a double click, by another tab or by a browser that tried again. A form that was
    refused or only shown again has done nothing and may come again.
    """
    if "csrfmiddlewaretoken" not in request.POST:
        return run()
    with transaction.atomic():
        sent = _hashed(request, request.POST.urlencode().encode() + _files_of(request))
        key = f"form:{sent}"
        lock_key(request.user.pk, key)
        if earlier := earlier_answer(request.user, key):
            return replay(earlier)
        response = run()
        if has_moved_on(response):
            keep(request, key, sent, response)
        return response


def _files_of(request: HttpRequest) -> bytes:
    """The hashes of the files that came with a form; nothing where none did."""
    hashed = []
    for _, file in sorted(request.FILES.items()):
        hashed.append(sha256(file.read()).hexdigest())
        file.seek(0)
    return "".join(hashed).encode()


def has_moved_on(answer) -> bool:
    """Whether an answer to a form leads on, or tells the page what was done; else it only shows something, or is what
    will draw it."""
    return isinstance(answer, HttpResponse) and (answer.status_code in (302, 303) or "HX-Trigger" in answer)


def fingerprint(request: HttpRequest) -> str:
    """SHA-256 of what was asked for, with all that came with it."""
    return _hashed(request, request.body)


def _hashed(request: HttpRequest, body: bytes) -> str:
    return sha256(f"{request.method} {request.get_full_path()}\n".encode() + body).hexdigest()


def lock_key(user_id: int, key: str) -> None:
    """Wait until no other request of this user holds this key, for 10 s at most, else raise InProgress."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
        try:
            name = f"idempotency:{user_id}:{key}"
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        except OperationalError as error:
            message = "The first request with this key is still at work. Ask again in a moment."
            raise InProgress("idempotency.in_progress", message) from error
        cursor.execute("SET LOCAL lock_timeout TO DEFAULT")


def earlier_answer(user, key: str):
    """The answer kept for this user's key, or None."""
    return _answers().filter(user=user, key=key).first()


def replay(earlier) -> HttpResponse:
    """The kept answer, marked as such."""
    headers = {**earlier.headers, REPLAYED: "true"}
    return HttpResponse(bytes(earlier.body), status=earlier.status, headers=headers)


def keep(request: HttpRequest, key: str, request_sha256: str, response: HttpResponse) -> None:
    """Keep the answer for two days, in the caller's transaction."""
    with opened(context_of(request)):
        _forget_old()
        _answers().create(
            user=request.user,
            key=key,
            request_sha256=request_sha256,
            status=response.status_code,
            headers={name: response[name] for name in _KEPT_HEADERS if name in response},
            body=response.content,
        )


def _forget_old() -> None:
    """Two of the oldest answers for each new one, once they are old enough: the table stays as long as two days are."""
    ids = list(_answers().order_by("id").select_for_update(skip_locked=True).values_list("pk", flat=True)[:2])
    _answers().filter(pk__in=ids, created_at__lt=Now() - KEPT_FOR).delete()


def _answers():
    return apps.get_model("blackgem", "IdempotentAnswer").objects
