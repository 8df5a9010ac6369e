"""Taking a whole closing back, while nothing was paid of what it asks."""

from django.db import models
from django.db.models import Q

from blackgem.lib.decisions import Reversal, at_with_by, decided_by_another
from closings.models.closings import Closing
from funds.models import Fund


class ClosingReversal(Reversal):
    """A request to take a settled closing back, and its decision. Approved, every change of the closing is given back
    by a row of its own (`LineChange.closing_reversal_id`), later partners owe nothing of its call, and what they
    promised at it leaves the register: each for the day on which the closing posted it."""

    closing = models.ForeignKey(Closing, on_delete=models.PROTECT, related_name="reversals")
    fund = models.ForeignKey(
        Fund, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        db_table = "closing_reversals"
        constraints = [
            models.UniqueConstraint(
                fields=["closing"], condition=Q(rejected_at__isnull=True), name="one_reversal_per_closing"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="closing_reversal_has_reason"),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True) | Q(rejected_at__isnull=True),
                name="closing_reversal_decided_once",
            ),
            *at_with_by("closing_reversal", "approved", "rejected"),
            decided_by_another(
                "closing_reversal_approver_is_another", first="requested_by", second="approved_by"
            ),
        ]

    def __str__(self):
        return f"Reversal of {self.closing}"
