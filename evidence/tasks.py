"""What Celery runs. The tables are the queue: losing a turn loses nothing."""

import time

from celery import shared_task
from django.utils import timezone

from evidence.services.anchors import keep_outside, tell_anchor
from evidence.services.reconciling import reconcile_of_the_day
from evidence.services.sealing import MOST_ROWS, seal_next

#: How long one turn goes on before it makes room for others.
LONGEST_SECONDS = 15


@shared_task
def seal_rows() -> None:
    """Every few seconds: seal what was committed since. A seal that has room for more ends the turn: what is written
    while it is made waits for the next one, or a busy site would be sealed row by row, in turns without end."""
    until = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < until and (seal := seal_next(at=timezone.now())):
        keep_outside(seal)
        if seal.leaves < MOST_ROWS:
            return


@shared_task
def tell_anchor_of_the_day() -> None:
    """Every few minutes, so that a day on which the scheduler was away for a while has its anchor too."""
    tell_anchor(at=timezone.now())


@shared_task
def reconcile_everything() -> None:
    """Every hour, so that a day on which the scheduler was away for a while is reconciled too; once a day it does."""
    reconcile_of_the_day(at=timezone.now())
