"""Seals what this process stores and reads back later, so that what others wrote into the database is told apart.

A seal is HMAC-SHA-256 in hexadecimal digits, under a key drawn from the site's. It holds under the key of today and
under those before it (SECRET_KEY_FALLBACKS); what is sealed today is sealed under the key of today.
"""

import hmac
import json
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from hashlib import sha256

from django.conf import settings
from django.db import DatabaseError

from blackgem.lib.errors import DomainError, Fault

log = logging.getLogger(__name__)

_alarms: ContextVar[list[Callable[[datetime], object]] | None] = ContextVar("alarms", default=None)


class BrokenSeal(Fault):
    """What is stored is not what was sealed: nothing of it is shown or sent."""


def seal(kind: str, said: Iterable) -> str:
    """The seal of what is said: text, numbers and JSON as the database gives them back."""
    return _sealed(settings.SECRET_KEY, kind, list(said))


def holds(given: str, kind: str, said: Iterable) -> bool:
    """Whether this is the seal of what is said, under any key of the site."""
    said = list(said)
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return any(hmac.compare_digest(given.encode(), _sealed(key, kind, said).encode()) for key in keys)


def _sealed(secret: str, kind: str, said: list) -> str:
    key = sha256(b"blackgem.seal:" + secret.encode()).digest()
    message = json.dumps([kind, *said], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hmac.new(key, message.encode(), sha256).hexdigest()


# ---------------------------------------------------------------- alarms


def alarm(reason: str, write: Callable[[datetime], object]) -> None:
    """Tell whoever watches the log at once, and have `write` record the event when the answer under way, which only
    reads, has ended: it is given that moment."""
    log.error(reason)
    if (waiting := _alarms.get()) is not None:
        waiting.append(write)


@contextmanager
def alarms_recorded(now: Callable[[], datetime]) -> Iterator[None]:
    """What raised an alarm within is recorded when it has ended, whatever came of it."""
    waiting: list[Callable[[datetime], object]] = []
    token = _alarms.set(waiting)
    try:
        yield
    finally:
        _alarms.reset(token)
        for write in waiting:
            try:
                write(now())
            except (DatabaseError, DomainError):
                log.exception("An alarm could not be recorded.")
