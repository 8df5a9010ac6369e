"""Money that went out to partners, and what came back."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from blackgem.lib.days import day_in_words
from blackgem.lib.decisions import Reversal, person, reversal_rails
from blackgem.lib.fields import MoneyField, SafeCharField
from funds.models import Commitment, Fund, PayeeDetails

from .distributions import Distribution, DistributionItem


class Payout(models.Model):
    """One partner was paid its part. `amount` is the gross: what was withheld counts as distributed.

    `set_off` of it pays what the partner owes of a call, and never left the bank.

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
    #: The account that it went to, where one of the partner was verified then.
    payee_details = models.ForeignKey(PayeeDetails, null=True, on_delete=models.PROTECT, related_name="+")
    reverses = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="reversed_by_payout"
    )
    #: The part of a set-off that paid `set_off` of it.
    setoff_part_id = models.BigIntegerField(null=True)
    set_off = MoneyField(default=Decimal(0), db_default=Decimal(0))
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by = person()

    class Meta:
        db_table = "payouts"
        constraints = [
            models.CheckConstraint(
                condition=Q(setoff_part_id__isnull=True, set_off=0)
                | Q(
                    setoff_part_id__isnull=False,
                    reverses__isnull=True,
                    set_off__gt=0,
                    set_off__lte=F("amount"),
                )
                | Q(
                    setoff_part_id__isnull=False,
                    reverses__isnull=False,
                    set_off__lt=0,
                    set_off__gte=F("amount"),
                ),
                name="payout_is_set_off_up_to_its_amount",
            ),
            models.UniqueConstraint(
                fields=["setoff_part_id"],
                condition=Q(reverses__isnull=True),
                name="one_payout_per_part_of_a_setoff",
            ),
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
        return f"{self.amount:,} on {day_in_words(self.value_date)}"


class PayoutReversal(Reversal):
    """A request to take a payout back, and its decision.

    `cash_on` is the bank's own day for a wire that bounced; without it nothing had left: the payout was posted wrongly.
    Capital and preferred return are taken back as of the day of the payout either way.
    """

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="reversal_requests")
    cash_on = models.DateField(null=True)
    compensation = models.OneToOneField(Payout, null=True, on_delete=models.PROTECT, related_name="reversal")

    class Meta:
        db_table = "payout_reversals"
        constraints = reversal_rails("payout_reversal", of="payout")

    def __str__(self):
        return f"Reversal of payout {self.payout_id}"
