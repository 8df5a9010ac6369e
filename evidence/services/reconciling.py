"""Once a day everything is reconciled: each sentence is asked of the rows themselves, and what came of it is kept."""

import logging
from datetime import UTC, datetime

from django.db import transaction
from django.db.models import Subquery
from django.db.models.functions import JSONObject

from blackgem.lib.invariants import at_one_moment, sweep, to_resolve
from blackgem.lib.opened import written_by_worker
from evidence.models import Reconciliation

logger = logging.getLogger(__name__)


def reconcile_of_the_day(*, at: datetime) -> Reconciliation | None:
    """Ask every sentence, as of one moment, unless that was done on this day of UTC. What does not hold is an alarm in
    the log, by name; who wants the rows runs `manage.py reconcile`. None where it was done already."""
    today = at.astimezone(UTC).date()
    if Reconciliation.objects.filter(done_on=today).exists():
        return None
    with at_one_moment():
        findings = list(sweep())
        waiting = sum(finding.count for finding in to_resolve())
    broken = {finding.invariant.name: finding.count for finding in findings if finding.count}
    if broken:
        logger.error("reconcile_broken", extra={"sentences": broken})
    row = Reconciliation(
        done_on=today,
        done_at=at,
        sentences=len(findings),
        broken=broken,
        to_resolve=waiting,
        milliseconds=round(1000 * sum(finding.seconds for finding in findings)),
    )
    with transaction.atomic(), written_by_worker(at):
        # Another worker may be as far at the same time: one row a day.
        Reconciliation.objects.bulk_create([row], ignore_conflicts=True)
    return Reconciliation.objects.get(done_on=today)


def last_reconciliation() -> Reconciliation | None:
    return Reconciliation.objects.order_by("-done_on").first()


def last_as_json() -> Subquery:
    """Its day, how many sentences were asked and which do not hold, for a query that reads something else."""
    said = JSONObject(done_on="done_on", sentences="sentences", broken="broken")
    return Subquery(Reconciliation.objects.order_by("-done_on").values(said=said)[:1])
