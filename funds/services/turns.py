"""Whose turn it is among what waits to be mailed: one letter that somebody asked for does not wait behind hundreds."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from funds.models import NoticeDelivery

from .notices import MOST_RENDERINGS


@dataclass(frozen=True, slots=True)
class Job:
    """What one person, or a schedule, asked to be mailed at one moment."""

    requested_at: datetime
    requested_by: int | None

    def within(self, deliveries: QuerySet[NoticeDelivery]) -> QuerySet[NoticeDelivery]:
        return deliveries.filter(requested_at=self.requested_at, requested_by=self.requested_by)


def smallest_job(*, at: datetime) -> Job | None:
    """That of which the fewest letters are left, the older of two; every second turn is its, and the turns between are
    for what waits longest. None where nothing is due."""
    to_be_made = Q(
        notice__document=None,
        notice__rendering__due_at__lte=at,
        notice__rendering__attempts__lt=MOST_RENDERINGS,
    )
    due = NoticeDelivery.objects.filter(
        Q(notice__document__isnull=False) | to_be_made, state=NoticeDelivery.State.QUEUED, due_at__lte=at
    )
    left = due.values_list("requested_at", "requested_by").annotate(left=Count("pk"))
    first = left.order_by("left", "requested_at", "requested_by").first()
    return Job(*first[:2]) if first else None
