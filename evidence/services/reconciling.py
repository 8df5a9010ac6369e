"""Once a day everything is reconciled: each sentence is asked of the rows themselves, what was sealed is compared with
its seals, and what came of it is kept."""

import logging
import time
from datetime import UTC, date, datetime

from django.db import transaction
from django.db.models import Subquery, Sum
from django.db.models.functions import JSONObject

from blackgem.lib.invariants import at_one_moment, sweep, to_resolve
from blackgem.lib.opened import written_by_worker
from evidence.models import AnchorTold, ChainSeal, Reconciliation
from evidence.queries.verify import Anchor, broken_seals

logger = logging.getLogger(__name__)

#: What stands for the seals among the sentences that do not hold.
SEALS = "seals_hold"
#: Rows that are compared with their seals in a day; of more, each has its turn in as many days as that takes.
MOST_ROWS = 2_000_000


def reconcile_of_the_day(*, at: datetime) -> Reconciliation | None:
    """Ask every sentence, as of one moment, unless that was done on this day of UTC. What does not hold is an alarm in
    the log, by name, and of what was sealed the first broken place; who wants the rows runs `manage.py reconcile` or
    `verify_audit`. None where it was done already."""
    today = at.astimezone(UTC).date()
    if Reconciliation.objects.filter(done_on=today).exists():
        return None
    with at_one_moment():
        findings = list(sweep())
        waiting = sum(finding.count for finding in to_resolve())
        began = time.monotonic()
        tampered = _tampered(today)
        seconds = sum(finding.seconds for finding in findings) + time.monotonic() - began
    broken = {finding.invariant.name: finding.count for finding in findings if finding.count}
    if tampered:
        broken[SEALS] = len(tampered)
        logger.error("seals_broken", extra={"first": tampered[0]})
    if broken:
        logger.error("reconcile_broken", extra={"sentences": broken})
    row = Reconciliation(
        done_on=today,
        done_at=at,
        sentences=len(findings) + 1,
        broken=broken,
        to_resolve=waiting,
        milliseconds=round(1000 * seconds),
    )
    with transaction.atomic(), written_by_worker(at):
        # Another worker may be as far at the same time: one row a day.
        Reconciliation.objects.bulk_create([row], ignore_conflicts=True)
    return Reconciliation.objects.get(done_on=today)


def _tampered(today: date) -> list[str]:
    """What is not what was sealed, first things first, by the anchors that were told too."""
    rows = ChainSeal.objects.aggregate(rows=Sum("leaves"))["rows"] or 0
    days = max(1, -(-rows // MOST_ROWS))
    told = tuple(Anchor(*one) for one in AnchorTold.objects.values_list("seal_id", "hash"))
    return list(broken_seals(told, reads=lambda number: number % days == today.toordinal() % days))


def last_reconciliation() -> Reconciliation | None:
    return Reconciliation.objects.order_by("-done_on").first()


def last_as_json() -> Subquery:
    """Its day, how many sentences were asked and which do not hold, for a query that reads something else."""
    said = JSONObject(done_on="done_on", sentences="sentences", broken="broken")
    return Subquery(Reconciliation.objects.order_by("-done_on").values(said=said)[:1])
