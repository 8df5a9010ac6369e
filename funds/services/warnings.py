"""Mails that warn: rows of the transaction that they are about, sent by the workers beside the letters."""

import logging
from datetime import datetime, timedelta

from django.db import transaction

from blackgem.lib.mail import Relay, RelayUnavailable, Taken, seal
from blackgem.lib.mail_texts import text_mail
from blackgem.lib.opened import written_by_worker
from funds.models import WarningMail
from funds.queries.seals import seal_of_warning, warning_holds

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 20
PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
FORGED = "This mail is not what the site wrote."


def warn(recipient: str, subject: str, body: str, *, at: datetime) -> WarningMail:
    """Write a mail to somebody in the caller's transaction; the next turn of the workers sends it."""
    mail = WarningMail(recipient=recipient, subject=subject[:200], body=body, due_at=at)
    mail.seal = seal_of_warning(mail)
    mail.save()
    return mail


def warnings_due(at: datetime):
    """What waits to be sent."""
    return WarningMail.objects.filter(sent_at=None, due_at__lte=at, attempts__lt=MOST_ATTEMPTS)


@transaction.atomic
def send_next_warning(*, relay: Relay, at: datetime) -> bool:
    """Send one; the row is locked meanwhile. False where none is due. What this site did not write is never sent."""
    mail = warnings_due(at).select_for_update(skip_locked=True).order_by("due_at", "pk").first()
    if mail is None:
        return False
    mail.attempts += 1
    if warning_holds(mail):
        mail.failure = _send(mail, relay)
    else:
        log.error("A mail that warns was held back", extra={"mail": mail.pk, "reason": FORGED})
        mail.failure, mail.attempts = FORGED, MOST_ATTEMPTS
    if mail.failure:
        mail.due_at = at + min(PAUSE * 2 ** (mail.attempts - 1), LONGEST_PAUSE)
    else:
        mail.sent_at = at
    with written_by_worker(at):
        mail.save()
    return True


def _send(mail: WarningMail, relay: Relay) -> str:
    """Hand it to the relay; why not, in words, or nothing."""
    try:
        relay.open()
        outcome = relay.send(seal(text_mail(mail.subject, mail.body, to=[mail.recipient])))
    except (RelayUnavailable, ValueError) as error:
        return str(error)[:500]
    return "" if isinstance(outcome, Taken) else outcome.reason[:500]
