"""Whoever could not sign in, and what was refused to whom, goes into the audit trail: an event of its own, since
nothing else was written.

An event names the person where one is known, the address that it came from, and the request by its route: never what
was typed, which may be a password in the wrong field. Of an e-mail address that is nobody's a keyed digest is kept,
so that two attempts at the same one can be told.
"""

import logging
import re

from django.db import DatabaseError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from blackgem.http.limits import may_record_refusal
from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import DomainError
from blackgem.lib.seals import alarms_recorded
from blackgem.lib.sql import service
from blackgem.logs import name_of

REFUSED = {401, 403}
HELD_OFF = 429
UNKNOWN = "an unknown person"
_ADDRESS = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}\.[a-z0-9-]{2,63}")
logger = logging.getLogger("blackgem.refusals")


class RefusalsRecorded:
    """Records every answer that refuses, whatever refused it, and alarms that an answer raised. The answer stands where
    the event cannot be written."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest):
        with alarms_recorded(timezone.now):
            response = self.get_response(request)
        if response.status_code in REFUSED:
            person = request.user if request.user.is_authenticated else None
            record_refusal(request, "be_refused", by=person, status=response.status_code)
        elif response.status_code == HELD_OFF and not request.user.is_authenticated:
            record_refusal(request, "be_throttled", status=response.status_code)
        return response


def record_refusal(request: HttpRequest, verb: str, *, by=None, whose=None, **facts) -> None:
    """One event, `by` whom where somebody was signed in, and on the timeline of `whose` account it was about. Of one
    address at most so many a minute (`blackgem.http.limits`), so that nobody fills the trail; all are in the log."""
    if not may_record_refusal(request):
        return
    facts = name_of(request) | facts
    try:
        _record(verb, by, whose or by, {name: [None, value] for name, value in facts.items()})
    except (DatabaseError, DomainError):  # what a rail refused is told as ours
        logger.exception("A refusal could not be recorded.")


def record_asking(request: HttpRequest, verb: str, email: str, whose) -> None:
    """Somebody who is not signed in asked for a mail to this address, which is `whose`, or nobody's."""
    record_refusal(request, verb, whose=whose, **({} if whose else attempted(email)))


def attempted(email: str) -> dict[str, str]:
    """An address that is nobody's, as a digest under the site's key; nothing for what is no address."""
    text = email.strip().casefold()
    if not _ADDRESS.fullmatch(text):
        return {}
    return {"attempted": salted_hmac("blackgem.attempted", text, algorithm="sha256").hexdigest()[:16]}


@service
def _record(verb, by, whose, changes) -> None:
    audit.record(
        verb=verb, ctx=WriteContext(by, timezone.now()), subject=whose, label=UNKNOWN, changes=changes
    )
