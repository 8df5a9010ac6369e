"""What Celery runs. The tables are the queue: a task carries nothing, and losing one loses nothing."""

import mmap
import time
from datetime import datetime
from itertools import count

from celery import shared_task
from celery.signals import worker_shutting_down
from django.utils import timezone

from blackgem.lib.mail import Relay
from funds.services.approver_mails import tell_approvers as tell_them
from funds.services.delivering import deliver_next, has_work, sweep
from funds.services.notices import wake_workers
from funds.services.rendering import render_next
from funds.services.turns import smallest_job
from funds.services.warnings import send_next_warning

#: How long one task goes on before it makes room for others.
LONGEST_SECONDS = 30

# One byte that the worker shares with its children, because only the parent is told that the worker shuts down.
_shutting_down = mmap.mmap(-1, 1)


@worker_shutting_down.connect
def finish_current_notice(**_) -> None:
    """On SIGTERM each child ends with the notice it is at."""
    _shutting_down[0] = 1


@shared_task
def work_on_notices() -> None:
    """Mail what is ready, make what is not, until nothing is left, the time is over or the worker shuts down."""
    until, turns = time.monotonic() + LONGEST_SECONDS, count()
    with Relay() as relay:
        while not _shutting_down[0] and time.monotonic() < until:
            if not work_on_next(relay=relay, at=timezone.now(), turn=next(turns)):
                return
    if has_work(at=timezone.now()):
        wake_workers()


def work_on_next(*, relay: Relay, at: datetime, turn: int) -> bool:
    """One step: a warning, or else a letter that is mailed or made. Every second `turn` is of the job of which the
    fewest letters are left, so that one passes hundreds; the others are of what waits longest, so that these go on."""
    if send_next_warning(relay=relay, at=at):
        return True
    job = None if turn % 2 else smallest_job(at=at)
    if job and (deliver_next(relay=relay, at=at, job=job) or render_next(at=at, job=job)):
        return True
    return deliver_next(relay=relay, at=at) or render_next(at=at)


@shared_task
def sweep_notices() -> None:
    """Every few seconds: find what was left behind, and wake the workers for it."""
    if sweep(at=timezone.now()):
        wake_workers()


@shared_task
def tell_approvers() -> None:
    """Every minute: managers are told what began to wait for them."""
    if tell_them(at=timezone.now()):
        wake_workers()
