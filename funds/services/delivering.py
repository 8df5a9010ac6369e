"""Notices become mail: each once, and where that cannot be known, a person is told instead of a second mail.

A delivery is claimed, and the claim committed, when its PDF is compared and the relay listens. From then on it is
`sending` until the relay's word is written down. A claim whose lease runs out without one is `unknown`: where the relay
can be asked about it, it is; otherwise only a person may send again.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef
from django.utils.module_loading import import_string

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.mail import Envelope, InDoubt, Outcome, Refused, Relay, RelayUnavailable, Taken, seal
from blackgem.lib.opened import written_by_worker
from funds.models import NoticeDelivery, NoticeRendering
from funds.queries.letter_holds import SETTLED, is_needless, reasons_to_hold
from funds.queries.seals import record_broken

from .letters import Mismatch, check_belongs_together, compose
from .notices import MOST_RENDERINGS
from .turns import Job
from .warnings import warnings_due

log = logging.getLogger(__name__)

State = NoticeDelivery.State

#: Tries before a delivery fails for good. With the pauses below, a relay may be away for some four hours.
MOST_ATTEMPTS = 10
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
ASKED_AT_ONCE = 200
NO_ANSWER = "The worker stopped before the mail relay answered: it may have been delivered."


def deliver_next(*, relay: Relay, at: datetime, job: Job | None = None) -> bool:
    """Mail one notice that is due and whose PDF exists, of this `job` if one is named. False when there is none, or no
    relay to take it."""
    if not _due(at, job).exists():
        return False
    try:
        relay.open()
    except RelayUnavailable as error:
        _postpone_all(str(error), at)
        return False
    delivery, envelope = _claim(at, job)
    if envelope is not None:
        outcome = relay.send(envelope)
        with written_by_worker(at):
            _write_down(delivery, outcome, at)
    return delivery is not None


def _due(at: datetime, job: Job | None = None):
    waiting = NoticeDelivery.objects.filter(state=State.QUEUED, due_at__lte=at)
    ready = waiting.filter(notice__document__isnull=False)
    return job.within(ready) if job else ready


@transaction.atomic
def _claim(at: datetime, job: Job | None = None) -> tuple[NoticeDelivery | None, Envelope | None]:
    """Take one delivery out of the queue, compared and sealed; what must not leave fails here, with its reason."""
    free = _due(at, job).select_for_update(skip_locked=True, no_key=True, of=("self",))
    parts = ("notice__fund", "notice__commitment", "notice__document")
    delivery = free.select_related(*parts).order_by("due_at", "pk").first()
    if delivery is None:
        return None, None
    with written_by_worker(at):
        return delivery, _sealed(delivery, at)


def _sealed(delivery: NoticeDelivery, at: datetime) -> Envelope | None:
    if _is_held(delivery, at):
        return None
    try:
        check_belongs_together(delivery)
        envelope = seal(compose(delivery))
    except (Mismatch, ValueError) as error:
        log.error("A notice was held back", extra={"delivery": delivery.pk, "reason": str(error)})
        _change(delivery, state=State.FAILED, failure=str(error))
        record_broken(delivery.notice, WriteContext(None, at))
        return None
    lease = timedelta(seconds=settings.NOTICE_LEASE_SECONDS)
    _change(delivery, state=State.SENDING, lease_until=at + lease, attempts=delivery.attempts + 1, failure="")
    return envelope


def _is_held(delivery: NoticeDelivery, at: datetime) -> bool:
    """Whether what would stop its issue came up since it was queued: then it waits for a person, who reads why. A
    reminder of what is settled by now ends here."""
    if is_needless(delivery.notice):
        _change(delivery, state=State.FAILED, failure=SETTLED)
        return True
    reasons = " ".join(one.message for one in reasons_to_hold(delivery))
    if reasons:
        _change(delivery, state=State.HELD, failure=reasons)
        notice = delivery.notice
        audit.record(
            verb="hold_letter",
            ctx=WriteContext(None, at),
            subject=notice,
            also=[notice.commitment],
            fund_id=notice.fund_id,
            reason=reasons,
        )
    return bool(reasons)


def _change(delivery: NoticeDelivery, **values) -> None:
    if "failure" in values:
        values["failure"] = values["failure"][:500]
    for name, value in values.items():
        setattr(delivery, name, value)
    delivery.save(update_fields=list(values))


def _write_down(delivery: NoticeDelivery, outcome: Outcome, at: datetime) -> None:
    """What the relay said. It counts even when the lease ran out meanwhile: an answer is better than none."""
    mine = NoticeDelivery.objects.filter(pk=delivery.pk, attempts=delivery.attempts)
    claimed = mine.filter(state__in=[State.SENDING, State.UNKNOWN])
    if isinstance(outcome, Taken):
        claimed.update(state=State.SENT, sent_at=at, failure=_refused_some(outcome))
    elif isinstance(outcome, InDoubt):
        claimed.update(state=State.UNKNOWN, failure=outcome.reason[:500])
    elif outcome.permanent or delivery.attempts >= MOST_ATTEMPTS:
        claimed.update(state=State.FAILED, failure=_failure(outcome))
    else:
        mine.filter(state=State.SENDING).update(
            state=State.QUEUED, due_at=at + pause(delivery.attempts), failure=_failure(outcome)
        )


def _refused_some(taken: Taken) -> str:
    refusals = "; ".join(f"{recipient}: {reason}" for recipient, reason in taken.refused.items())
    return f"Refused for {refusals}"[:500] if refusals else ""


def _failure(refused: Refused) -> str:
    return f"The mail relay refused it: {refused.reason}"[:500]


def pause(attempts: int) -> timedelta:
    """How long to wait after so many tries: 30 seconds, then twice as long each time, at most an hour."""
    return min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE)


def _postpone_all(reason: str, at: datetime) -> None:
    """The relay was tried once, on behalf of everything that is due."""
    due = _due(at)
    for attempts in set(due.values_list("attempts", flat=True)):
        again = {"due_at": at + pause(attempts + 1)}
        becomes = {"state": State.FAILED} if attempts + 1 >= MOST_ATTEMPTS else again
        tried = NoticeDelivery.objects.filter(
            pk__in=due.filter(attempts=attempts).values("pk"), state=State.QUEUED
        )
        with written_by_worker(at):
            tried.update(attempts=F("attempts") + 1, failure=reason[:500], **becomes)


# ---------------------------------------------------------------- sweeping


def sweep(*, at: datetime) -> bool:
    """Find what a dead worker or a lost message left behind. True when there is something for workers to do."""
    with written_by_worker(at):
        _end_leases(at)
    _ask_relay(at)
    _fail_without_document(at)
    return has_work(at=at)


def has_work(*, at: datetime) -> bool:
    """Whether a worker would find a PDF to make or a mail to send, a letter's or a warning."""
    renderings = NoticeRendering.objects.filter(due_at__lte=at, attempts__lt=MOST_RENDERINGS)
    return renderings.exists() or _due(at).exists() or warnings_due(at).exists()


def _end_leases(at: datetime) -> None:
    abandoned = NoticeDelivery.objects.filter(state=State.SENDING, lease_until__lt=at)
    abandoned.update(state=State.UNKNOWN, failure=NO_ANSWER)


def _ask_relay(at: datetime) -> None:
    """Where the relay's log can be asked by Message-ID, it decides what is unknown: sent, or to be sent."""
    if not settings.MAIL_RELAY_LOOKUP:
        return
    lookup = import_string(settings.MAIL_RELAY_LOOKUP)
    later = NoticeDelivery.objects.filter(notice=OuterRef("notice"), round__gt=OuterRef("round"))
    unknown = NoticeDelivery.objects.filter(~Exists(later), state=State.UNKNOWN, lease_until__lt=at)
    for delivery in unknown.order_by("-pk")[:ASKED_AT_ONCE]:
        answer = _answer(lookup, delivery)
        with written_by_worker(at):
            _settle(delivery, answer, at)


def _answer(lookup, delivery: NoticeDelivery) -> bool | None:
    try:
        return lookup(delivery.message_id)
    except Exception:
        log.exception("The mail relay could not be asked", extra={"delivery": delivery.pk})
        return None


def _settle(delivery: NoticeDelivery, taken: bool | None, at: datetime) -> None:
    still = NoticeDelivery.objects.filter(pk=delivery.pk, state=State.UNKNOWN, attempts=delivery.attempts)
    if taken is True:
        still.update(state=State.SENT, sent_at=at, failure="")
    elif taken is False:
        try:
            with transaction.atomic():
                still.update(state=State.QUEUED, due_at=at)
        except IntegrityError:
            # Somebody sent it again at this very moment: that delivery is under way, this one stays as it is.
            log.info("An unknown delivery was overtaken by a new one", extra={"delivery": delivery.pk})


def _fail_without_document(at: datetime) -> None:
    """A mail whose PDF was given up fails with the reason, instead of waiting for ever."""
    given_up = NoticeRendering.objects.filter(attempts__gte=MOST_RENDERINGS)
    with written_by_worker(at):
        given_up.filter(failure="").update(failure="Its worker was killed every time.")
    for notice_id, failure in given_up.values_list("notice_id", "failure"):
        waiting = NoticeDelivery.objects.filter(notice=notice_id, state=State.QUEUED)
        with written_by_worker(at):
            waiting.update(state=State.FAILED, failure=f"The PDF could not be made: {failure}"[:500])


def letters_leave(*, at: datetime) -> bool:
    """Whether no letter has waited longer than NOTICE_LATE_SECONDS since somebody asked for it to be mailed: no worker,
    no sweep, a relay that is away. One that failed, or whose fate is unknown, waits for a person and is not counted.
    """
    late = at - timedelta(seconds=settings.NOTICE_LATE_SECONDS)
    waiting = NoticeDelivery.objects.filter(state__in=[State.QUEUED, State.SENDING], requested_at__lt=late)
    return not waiting.exists()
