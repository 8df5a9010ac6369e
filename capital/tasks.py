"""What Celery runs: partners are reminded."""

from celery import shared_task
from django.utils import timezone

from capital.services.reminders import remind


@shared_task
def remind_partners() -> None:
    """Several times an hour: what a step of the fund's reminders is due for on its day, once."""
    remind(at=timezone.now())
