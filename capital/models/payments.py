"""Money that arrived, what it was applied to, and what was taken back."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from blackgem.lib.days import day_in_words
from blackgem.lib.decisions import Reversal, person, reversal_rails
from blackgem.lib.fields import MoneyField, SafeCharField
from blackgem.lib.public_ids import public_id
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
    #: The entry of a bank's statement that it is, which says amount and value date; else a person typed them.
    bank_entry_id = models.BigIntegerField(null=True)
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by = person()

    class Meta:
        db_table = "receipts"
        constraints = [
            models.UniqueConstraint(fields=["fund", "tx_ref"], name="receipt_tx_ref_once_per_fund"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="receipt_positive"),
            models.CheckConstraint(condition=~Q(tx_ref=""), name="receipt_tx_ref_null_or_named"),
            models.UniqueConstraint(fields=["bank_entry_id"], name="receipt_once_per_bank_entry"),
        ]
        indexes = [
            models.Index(fields=["fund", "-value_date", "-id"], include=["amount"], name="receipts_by_date"),
            models.Index(fields=["amount"], name="receipts_by_amount"),
        ]

    def __str__(self):
        return f"{self.amount:,} on {day_in_words(self.value_date)}"


class ReceiptReturn(models.Model):
    """Part of a receipt that left again: unapplied cash sent back, or a wire that bounced. Append-only: what came back,
    or was never sent, is taken back by a row below zero that names it.

    `commitment` is the partner whose money it was, who gets a letter; none where it was nobody's of the fund.
    """

    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="returns")
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+", db_index=False)
    commitment = models.ForeignKey(
        Commitment, null=True, on_delete=models.PROTECT, related_name="cash_returns", db_constraint=False
    )
    amount = MoneyField()
    value_date = models.DateField()
    reason = SafeCharField(max_length=500)
    takes_back = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="taken_back_by", db_index=False
    )
    public_id = public_id()
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by = person()

    class Meta:
        db_table = "receipt_returns"
        constraints = [
            models.CheckConstraint(
                condition=Q(takes_back__isnull=True, amount__gt=0)
                | Q(takes_back__isnull=False, amount__lt=0),
                name="receipt_return_positive",
            ),
            models.UniqueConstraint(fields=["takes_back"], name="return_taken_back_once"),
        ]

    def __str__(self):
        return f"{self.amount:,} returned on {day_in_words(self.value_date)}"

    @property
    def cancelled_at(self) -> datetime | None:
        """When it was taken back."""
        return self.taken_back_by.values_list("recorded_at", flat=True).first()


def _by(one: str) -> Q:
    """That of what pays without a receipt it is this one alone."""
    kinds = ("settlement", "setoff_part_id", "closing_id", "waiver_use_id")
    return Q(**{f"{name}__isnull": name != one for name in kinds})


class Payment(models.Model):
    """The part of a receipt that pays one item. Append-only: a reversal is a negative row that names what it reverses.

    A residual that was charged to expenses is paid by its settlement, without a receipt: no cash came; so is what was
    set off against a distribution, or is deemed paid. None moves where it is taken back.

    Inserting one posts its ledger rows: the amount is applied to the item's lines in their order.
    """

    receipt = models.ForeignKey(
        Receipt,
        null=True,
        on_delete=models.PROTECT,
        related_name="payments",
        db_index=False,
        db_constraint=False,
    )
    settlement = models.OneToOneField(
        "capital.ResidualSettlement",
        null=True,
        on_delete=models.PROTECT,
        related_name="payment",
        db_constraint=False,
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
    #: By which it is below zero: what was paid too much once a partner was excused is cash of its receipt again.
    excuse = models.ForeignKey(
        "capital.Excuse", null=True, on_delete=models.PROTECT, related_name="payments", db_constraint=False
    )
    #: The part of a set-off that it is: what was payable to the partner pays its item.
    setoff_part_id = models.BigIntegerField(null=True)
    #: The later closing that gives the partner a part of earlier distributions, which pays for what it takes over.
    closing_id = models.BigIntegerField(null=True)
    #: The use of a waived fee by which the general partner is deemed to have paid; other partners pay for it.
    waiver_use_id = models.BigIntegerField(null=True)
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by = person()

    class Meta:
        db_table = "payments"
        constraints = [
            models.CheckConstraint(
                condition=Q(reverses__isnull=True, excuse__isnull=True, amount__gt=0)
                | Q(reverses__isnull=False, excuse__isnull=True, amount__lt=0, tx_ref__isnull=True)
                | Q(reverses__isnull=True, excuse__isnull=False, amount__lt=0, tx_ref__isnull=True),
                name="payment_positive_or_reversal",
            ),
            models.CheckConstraint(condition=~Q(tx_ref=""), name="payment_tx_ref_null_or_named"),
            models.CheckConstraint(
                condition=Q(
                    receipt__isnull=False,
                    settlement__isnull=True,
                    setoff_part_id__isnull=True,
                    closing_id__isnull=True,
                    waiver_use_id__isnull=True,
                )
                | Q(receipt__isnull=True, reverses__isnull=True, excuse__isnull=True, tx_ref__isnull=True)
                & (_by("settlement") | _by("setoff_part_id") | _by("closing_id") | _by("waiver_use_id"))
                | Q(receipt__isnull=True, settlement__isnull=True, reverses__isnull=False),
                name="payment_by_receipt_or_settlement",
            ),
            models.UniqueConstraint(
                fields=["setoff_part_id"],
                condition=Q(reverses__isnull=True),
                name="one_payment_per_part_of_a_setoff",
            ),
            models.UniqueConstraint(
                fields=["closing_id", "item"],
                condition=Q(reverses__isnull=True),
                name="one_payment_per_closing_and_item",
            ),
            models.UniqueConstraint(
                fields=["waiver_use_id"],
                condition=Q(reverses__isnull=True),
                name="one_payment_per_use_of_a_waived_fee",
            ),
        ]
        indexes = [
            models.Index(fields=["fund", "call"], include=["amount"], name="payments_by_call"),
            models.Index(fields=["item"], include=["amount"], name="payments_of_item"),
            models.Index(fields=["receipt"], include=["amount"], name="payments_by_receipt"),
            models.Index(fields=["amount"], name="payments_by_amount"),
        ]

    def __str__(self):
        return f"{self.amount:,} on {day_in_words(self.value_date)}"

    @property
    def is_set_off(self) -> bool:
        """Whether something else that was payable to the partner paid it, and no cash came."""
        others = (self.setoff_part_id, self.closing_id, self.waiver_use_id)
        return any(one is not None for one in others)


class PaymentReversal(Reversal):
    """A request to take a payment back, and its decision. Approved, a compensating payment row exists.

    `money_left` says that the wire bounced: the cash left again on `cash_on`, the bank's own day. Otherwise it was
    posted to the wrong item, and stays as unapplied cash of its receipt; of a charge to expenses no cash moves. Capital
    and preferred return are taken back as of the day of the payment either way.
    """

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="reversal_requests")
    money_left = models.BooleanField(default=True)
    cash_on = models.DateField(null=True)
    compensation = models.OneToOneField(Payment, null=True, on_delete=models.PROTECT, related_name="reversal")

    class Meta:
        db_table = "payment_reversals"
        constraints = [
            *reversal_rails("reversal", of="payment"),
            models.CheckConstraint(
                condition=Q(money_left=True, cash_on__isnull=False)
                | Q(money_left=False, cash_on__isnull=True),
                name="reversal_cash_day_with_bounced_wire",
            ),
        ]

    def __str__(self):
        return f"Reversal of payment {self.payment_id}"
