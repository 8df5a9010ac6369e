"""What is done about the small rest of a partner's part of a call that a short payment left unpaid."""

from django.db import models
from django.db.models import Q

from blackgem.lib.dated_rows import DatedAmount, DatedAmountQuerySet, decided_rails
from funds.models import Commitment, Fund

from .calls import CapitalCall, CapitalCallItem


def _row(model, **options):
    """A key whose agreement with the others is a foreign key over all of them, written in SQL."""
    return models.ForeignKey(
        model, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False, **options
    )


class ResidualSettlementQuerySet(DatedAmountQuerySet):
    def carried(self):
        """By which a residual was carried to the partner's next call; it may have been settled otherwise since."""
        return self.approved().filter(kind=ResidualSettlement.Kind.CARRIED)


class ResidualSettlement(DatedAmount):
    """A person's decision on all that is outstanding of an item: `amount`, above zero, from `effective_on` on.

    Carried, it stays owed and is due with the partner's next call. Expensed, the fund bears it: the partner counts as
    having paid, by a payment without a receipt. Waived, the called amount falls by it, line by line
    (`LineChange`); nothing of it counts as paid in. What was carried may still be settled otherwise, and what is left
    anew, as after a wire that bounced, anew.
    """

    class Kind(models.TextChoices):
        CARRIED = "carried", "Carried"
        EXPENSED = "expensed", "Charged to expenses"
        WAIVED = "waived", "Waived"

    fund = _row(Fund)
    call = _row(CapitalCall)
    item = models.ForeignKey(
        CapitalCallItem, on_delete=models.PROTECT, related_name="settlements", db_constraint=False
    )
    commitment = _row(Commitment)
    kind = models.CharField(max_length=8, choices=Kind)

    objects = ResidualSettlementQuerySet.as_manager()

    class Meta:
        db_table = "residual_settlements"
        constraints = [
            models.UniqueConstraint(
                fields=["item"],
                condition=Q(approved_at__isnull=True, rejected_at__isnull=True),
                name="one_residual_waits_per_item",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["carried", "expensed", "waived"]), name="residual_kind_known"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="residual_positive"),
            models.CheckConstraint(condition=~Q(reason=""), name="residual_has_reason"),
            *decided_rails("residual"),
        ]

    def __str__(self):
        return f"{self.amount} of item {self.item_id} {self.kind} from {self.effective_on}"
