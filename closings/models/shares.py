"""What a settled closing moves of distributions that were made before it."""

from django.db import models
from django.db.models import Q

from blackgem.lib.fields import MoneyField
from closings.models.closings import Closing
from closings.models.keys import key
from closings.models.reversals import ClosingReversal
from distributions.models import Distribution
from funds.models import CapitalTransaction, Commitment, Fund


class EqualisedShare(models.Model):
    """What a closing changed of one partner's share of a distribution that was made before, in the fund's currency:
    above zero the partner gives so much of it back, below zero it gets a part. `recallable` is what of `delta` may be
    called again. Interest has the sign of who pays it, from the day on which the distribution was paid out."""

    closing = models.ForeignKey(Closing, on_delete=models.PROTECT, related_name="shares")
    fund = key(Fund)
    distribution = models.ForeignKey(
        Distribution, on_delete=models.PROTECT, related_name="equalised_shares", db_constraint=False
    )
    commitment = models.ForeignKey(
        Commitment, on_delete=models.PROTECT, related_name="equalised_shares", db_constraint=False
    )
    delta = MoneyField()
    recallable = MoneyField()
    days = models.PositiveIntegerField()
    interest = MoneyField()

    class Meta:
        db_table = "equalised_shares"
        constraints = [
            models.UniqueConstraint(
                fields=["closing", "distribution", "commitment"],
                name="one_share_per_closing_distribution_and_partner",
            ),
        ]

    def __str__(self):
        return f"{self.delta} of distribution {self.distribution_id}"


class EqualisedRow(models.Model):
    """What of one row of the ledger, by which a distribution was paid out, a closing moves from who holds it to
    another partner; its reversal moves it back. Inserting it posts both rows in the ledger, which count as `row` does,
    on `effective_on`."""

    closing = models.ForeignKey(Closing, on_delete=models.PROTECT, related_name="moved_rows")
    closing_reversal = models.ForeignKey(
        ClosingReversal, null=True, on_delete=models.PROTECT, related_name="moved_rows"
    )
    fund = key(Fund)
    row = models.ForeignKey(CapitalTransaction, on_delete=models.PROTECT, related_name="+")
    giver = key(Commitment)
    taker = key(Commitment)
    amount = MoneyField()
    effective_on = models.DateField()

    class Meta:
        db_table = "equalised_rows"
        constraints = [
            models.UniqueConstraint(
                fields=["closing", "closing_reversal", "row", "giver", "taker"],
                nulls_distinct=False,
                name="row_moves_once_per_closing",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0) & ~Q(giver=models.F("taker")), name="equalised_row_moves_something"
            ),
        ]

    def __str__(self):
        return f"{self.amount} of row {self.row_id}"
