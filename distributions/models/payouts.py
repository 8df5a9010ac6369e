"""Money that went out to partners, and what came back."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from blackgem.lib.fields import MoneyField, SafeCharField
from funds.models import Commitment, Fund

from .distributions import Distribution, DistributionItem


class Payout(models.Model):
    """One partner was paid its part. `amount` is the gross: what was withheld counts as distributed.

    Append-only: a reversal is a negative row that names what it reverses. Inserting one posts its ledger rows.
    """

    distribution = models.ForeignKey(
        Distribution, on_delete=models.PROTECT, related_name="payouts", db_index=False, db_constraint=False
    )
    item = models.ForeignKey(
        DistributionItem,
        on_delete=models.PROTECT,
        related_name="payouts",
        db_index=False,
        db_constraint=False,
    )
    fund = models.ForeignKey(
        Fund, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    commitment = models.ForeignKey(
        Commitment, on_delete=models.PROTECT, related_name="payouts", db_index=False, db_constraint=False
    )
    amount = MoneyField()
    value_date = models.DateField()
    method = SafeCharField(max_length=50, default="wire")
    reference = SafeCharField(max_length=100, blank=True)
    reverses = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="reversed_by_payout"
    )
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "payouts"
        constraints = [
            models.CheckConstraint(
                condition=Q(reverses__isnull=True, amount__gt=0) | Q(reverses__isnull=False, amount__lt=0),
                name="payout_positive_or_reversal",
            ),
        ]
        indexes = [
            models.Index(fields=["item"], include=["amount"], name="payouts_of_item"),
            models.Index(fields=["fund", "distribution"], include=["amount"], name="payouts_by_distribution"),
            models.Index(fields=["commitment"], include=["amount"], name="payouts_by_partner"),
        ]

    def __str__(self):
        return f"{self.amount} on {self.value_date}"


class PayoutReversalQuerySet(models.QuerySet):
    def pending(self):
        return self.filter(approved_at__isnull=True, rejected_at__isnull=True)


class PayoutReversal(models.Model):
    """A request to take a payout back (a wire that was returned), and its decision."""

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="reversal_requests")
    reason = SafeCharField(max_length=500)
    four_eyes = models.BooleanField()
    requested_at = models.DateTimeField()
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    rejected_at = models.DateTimeField(null=True)
    rejected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    compensation = models.OneToOneField(Payout, null=True, on_delete=models.PROTECT, related_name="reversal")

    objects = PayoutReversalQuerySet.as_manager()

    class Meta:
        db_table = "payout_reversals"
        constraints = [
            models.UniqueConstraint(
                fields=["payout"], condition=Q(rejected_at__isnull=True), name="one_reversal_per_payout"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="payout_reversal_has_reason"),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True, approved_by__isnull=True, compensation__isnull=True)
                | Q(
                    approved_at__isnull=False,
                    approved_by__isnull=False,
                    compensation__isnull=False,
                    rejected_at__isnull=True,
                ),
                name="payout_reversal_approved_at_with_by",
            ),
            models.CheckConstraint(
                condition=Q(rejected_at__isnull=True, rejected_by__isnull=True)
                | Q(rejected_at__isnull=False, rejected_by__isnull=False),
                name="payout_reversal_rejected_at_with_by",
            ),
            models.CheckConstraint(
                condition=Q(four_eyes=False)
                | Q(approved_by__isnull=True)
                | ~Q(approved_by=F("requested_by")),
                name="payout_reversal_approver_is_another",
            ),
        ]

    def __str__(self):
        return f"Reversal of payout {self.payout_id}"
