"""What Celery runs: files of bank statements that wait are read."""

import time

from celery import shared_task
from django.utils import timezone

from banking.models import StatementFile
from banking.services.files import wake_readers
from banking.services.reading import read_next

#: How long one task goes on before it makes room for others.
LONGEST_SECONDS = 30


@shared_task
def read_statements() -> None:
    """Read what waits until nothing does or the time is over; the rest is left to another run."""
    until = time.monotonic() + LONGEST_SECONDS
    while read_next(at=timezone.now()):
        if time.monotonic() > until:
            wake_readers()
            return


@shared_task
def sweep_statements() -> None:
    """Every few seconds: find files that nobody read, and wake a worker for them."""
    if StatementFile.objects.filter(read_at=None).exists():
        wake_readers()
