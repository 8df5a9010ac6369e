"""What the health of the site says: that what happened is sealed soon, and that the last reconciliation holds."""

from datetime import datetime, timedelta

from django.db.models import Max
from django.utils import timezone

from blackgem.health import WATCHED
from blackgem.models import AuditEvent
from evidence.models import ChainSeal
from evidence.ranges import last_of
from evidence.services.reconciling import last_reconciliation

#: Longer than a worker needs that was restarted.
LATE = timedelta(minutes=5)


def seals_are_made(*, at: datetime) -> bool:
    """Whether every event of a while ago is sealed."""
    last = ChainSeal.objects.order_by("-number").values_list("covered", flat=True).first() or {}
    sealed = last_of(last.get("audit_events", {}).get("keys", []))
    waits = AuditEvent.objects.filter(pk__gt=sealed, recorded_at__lt=at - LATE)
    return waits.aggregate(newest=Max("pk"))["newest"] is None


WATCHED["seals"] = lambda: seals_are_made(at=timezone.now())
WATCHED["reconcile"] = lambda: (last := last_reconciliation()) is None or last.holds
