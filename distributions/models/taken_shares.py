"""What of a distribution another partner holds since an interest was transferred, or partners came in later."""

from django.db import models
from django.db.models import F, Q

from blackgem.lib.fields import MoneyField
from funds.models import Commitment, Fund

from .distributions import Distribution


class TakenShare(models.Model):
    """What one transfer or later closing moved of a partner's share of a distribution that was paid out: below zero
    for who gave it away, above for who took it. Its parts are those of the items and add up as theirs do; `tiers` too,
    with the sign. Written with what moved it, which belongs to an app above: a plain number here, with its foreign key
    in the database. A closing that is reversed moves it back, in rows of their own.
    """

    transfer_id = models.BigIntegerField(null=True)
    closing_id = models.BigIntegerField(null=True)
    closing_reversal_id = models.BigIntegerField(null=True)
    fund = models.ForeignKey(
        Fund, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    distribution = models.ForeignKey(
        Distribution, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    commitment = models.ForeignKey(
        Commitment, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    gross_amount = MoneyField()
    return_of_capital = MoneyField()
    preferred_return = MoneyField()
    profit_share = MoneyField()
    carried_interest = MoneyField()
    recallable_amount = MoneyField()
    withholding_tax = MoneyField()
    tiers = models.JSONField(default=list)
    effective_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "taken_shares"
        constraints = [
            models.UniqueConstraint(
                fields=["transfer_id", "distribution", "commitment"],
                name="one_taken_share_per_transfer_and_distribution",
            ),
            models.UniqueConstraint(
                fields=["closing_id", "closing_reversal_id", "distribution", "commitment"],
                condition=Q(closing_id__isnull=False),
                nulls_distinct=False,
                name="one_taken_share_per_closing_and_distribution",
            ),
            models.CheckConstraint(
                condition=Q(
                    transfer_id__isnull=False, closing_id__isnull=True, closing_reversal_id__isnull=True
                )
                | Q(transfer_id__isnull=True, closing_id__isnull=False),
                name="taken_share_by_transfer_or_closing",
            ),
            models.CheckConstraint(
                condition=Q(
                    gross_amount=F("return_of_capital")
                    + F("preferred_return")
                    + F("profit_share")
                    + F("carried_interest")
                ),
                name="taken_share_parts_sum_to_gross",
            ),
        ]
        indexes = [models.Index(fields=["commitment"], name="taken_shares_by_partner")]

    def __str__(self):
        return f"{self.gross_amount} of distribution {self.distribution_id} moved"
