"""Money that arrived, what it was applied to, and what was taken back."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from blackgem.lib.fields import MoneyField, SafeCharField
from funds.models import Commitment, Fund

from .calls import CapitalCall, CapitalCallItem


class Receipt(models.Model):
    """Money that arrived on the fund's account. `tx_ref` is the bank's transaction id, where the bank gave one."""

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="receipts", db_index=False)
    amount = MoneyField()
    value_date = models.DateField()
    payer = SafeCharField(max_length=200, blank=True)
    method = SafeCharField(max_length=50, default="wire")
    tx_ref = SafeCharField(max_length=100, null=True, blank=True)
    note = SafeCharField(max_length=500, blank=True)
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "receipts"
        constraints = [
            models.UniqueConstraint(fields=["fund", "tx_ref"], name="receipt_tx_ref_once_per_fund"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="receipt_positive"),
            models.CheckConstraint(condition=~Q(tx_ref=""), name="receipt_tx_ref_null_or_named"),
        ]
        indexes = [
            models.Index(fields=["fund", "-value_date", "-id"], include=["amount"], name="receipts_by_date")
        ]

    def __str__(self):
        return f"{self.amount} on {self.value_date}"


class ReceiptReturn(models.Model):
    """Part of a receipt that left again: unapplied cash sent back, or a wire that bounced."""

    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="returns")
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+", db_index=False)
    amount = MoneyField()
    value_date = models.DateField()
    reason = SafeCharField(max_length=500)
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "receipt_returns"
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="receipt_return_positive")]

    def __str__(self):
        return f"{self.amount} returned on {self.value_date}"


class Payment(models.Model):
    """The part of a receipt that pays one item. Append-only: a reversal is a negative row that names what it reverses.

    Inserting one posts its ledger rows: the amount is applied to the item's lines in their order.
    """

    receipt = models.ForeignKey(
        Receipt, on_delete=models.PROTECT, related_name="payments", db_index=False, db_constraint=False
    )
    fund = models.ForeignKey(
        Fund, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    call = models.ForeignKey(
        CapitalCall, on_delete=models.PROTECT, related_name="payments", db_index=False, db_constraint=False
    )
    item = models.ForeignKey(
        CapitalCallItem,
        on_delete=models.PROTECT,
        related_name="payments",
        db_index=False,
        db_constraint=False,
    )
    commitment = models.ForeignKey(
        Commitment, on_delete=models.PROTECT, related_name="payments", db_index=False, db_constraint=False
    )
    amount = MoneyField()
    value_date = models.DateField()
    method = SafeCharField(max_length=50, default="wire")
    reference = SafeCharField(max_length=100, blank=True)
    tx_ref = SafeCharField(max_length=100, null=True, blank=True)
    reverses = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="reversed_by_payment"
    )
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "payments"
        constraints = [
            models.UniqueConstraint(fields=["item", "tx_ref"], name="payment_tx_ref_once_per_item"),
            models.CheckConstraint(
                condition=Q(reverses__isnull=True, amount__gt=0)
                | Q(reverses__isnull=False, amount__lt=0, tx_ref__isnull=True),
                name="payment_positive_or_reversal",
            ),
            models.CheckConstraint(condition=~Q(tx_ref=""), name="payment_tx_ref_null_or_named"),
        ]
        indexes = [
            models.Index(fields=["fund", "call"], include=["amount"], name="payments_by_call"),
            models.Index(fields=["item"], include=["amount"], name="payments_of_item"),
            models.Index(fields=["receipt"], include=["amount"], name="payments_by_receipt"),
        ]

    def __str__(self):
        return f"{self.amount} on {self.value_date}"


class PaymentReversalQuerySet(models.QuerySet):
    def pending(self):
        return self.filter(approved_at__isnull=True, rejected_at__isnull=True)


class PaymentReversal(models.Model):
    """A request to take a payment back, and its decision. Approved, a compensating payment row exists.

    `money_left` says that the cash left too (a bounced wire); otherwise it stays as unapplied cash of its receipt.
    """

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="reversal_requests")
    reason = SafeCharField(max_length=500)
    money_left = models.BooleanField(default=True)
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
    compensation = models.OneToOneField(Payment, null=True, on_delete=models.PROTECT, related_name="reversal")

    objects = PaymentReversalQuerySet.as_manager()

    class Meta:
        db_table = "payment_reversals"
        constraints = [
            models.UniqueConstraint(
                fields=["payment"], condition=Q(rejected_at__isnull=True), name="one_reversal_per_payment"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="reversal_has_reason"),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True, approved_by__isnull=True, compensation__isnull=True)
                | Q(
                    approved_at__isnull=False,
                    approved_by__isnull=False,
                    compensation__isnull=False,
                    rejected_at__isnull=True,
                ),
                name="reversal_approved_at_with_by",
            ),
            models.CheckConstraint(
                condition=Q(rejected_at__isnull=True, rejected_by__isnull=True)
                | Q(rejected_at__isnull=False, rejected_by__isnull=False),
                name="reversal_rejected_at_with_by",
            ),
            models.CheckConstraint(
                condition=Q(four_eyes=False)
                | Q(approved_by__isnull=True)
                | ~Q(approved_by=F("requested_by")),
                name="reversal_approver_is_another",
            ),
        ]

    def __str__(self):
        return f"Reversal of payment {self.payment_id}"
