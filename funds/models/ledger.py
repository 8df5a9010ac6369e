"""The append-only ledger: what every cent that moved was applied to."""

from django.db import models
from django.db.models.functions import Now

from blackgem.lib.fields import MoneyField

from .fund import Fund
from .partners import Commitment, Deal


class CapitalTransaction(models.Model):
    """One movement of an LP's money. Contributions are positive, distributions negative, in the fund's currency.

    Rows are posted by the database when a payment (or a payout) is inserted; there is no other way in and no way out.
    The link columns are plain numbers here, because the ledger knows no app above it; the apps that own the rows add
    the foreign keys.
    """

    class Type(models.TextChoices):
        CONTRIBUTION = "CONTRIBUTION", "Contribution"
        DISTRIBUTION = "DISTRIBUTION", "Distribution"
        MANAGEMENT_FEE = "MANAGEMENT_FEE", "Management fee"
        FUND_EXPENSE = "FUND_EXPENSE", "Fund expense"
        ADJUSTMENT = "ADJUSTMENT", "Adjustment"
        TRANSFER = "TRANSFER", "Transfer"
        EXCESS_RETURNED = "EXCESS_RETURNED", "Capital back after a later closing"
        CONDUIT_INTEREST = "CONDUIT_INTEREST", "Interest between partners"

    fund = models.ForeignKey(
        Fund, on_delete=models.PROTECT, related_name="transactions", db_index=False, db_constraint=False
    )
    commitment = models.ForeignKey(
        Commitment, on_delete=models.PROTECT, related_name="transactions", db_index=False, db_constraint=False
    )
    type = models.CharField(max_length=16, choices=Type)
    amount = MoneyField()
    value_date = models.DateField()
    recorded_at = models.DateTimeField(db_default=Now())
    description = models.CharField(max_length=300)
    # What the row did, which is what figures are added up from. The type is only its name.
    #: It pays for a line inside the commitment, or gives back what such a line was paid.
    within_commitment = models.BooleanField(db_default=False)
    #: It adds to what the partner has paid in: capital and fees, not interest between partners; below zero what came
    #: back unused.
    counts_as_paid_in = models.BooleanField(db_default=False)
    #: It is a part of what the partner got out of the fund.
    counts_as_distributed = models.BooleanField(db_default=False)
    #: It changes the capital on which the preferred return accrues, as a contribution or as one that came back unused.
    earns_preferred_return = models.BooleanField(db_default=False)
    #: It restores the unfunded commitment: what went out and may be called again.
    recallable = models.BooleanField(default=False)
    #: Interest between partners, which the fund passes on: it takes part in no figure of capital.
    passed_on = models.BooleanField(db_default=False)
    #: The day from which it earns the preferred return, and on which the waterfall counts it, whatever the terms say:
    #: of what a later closing moved between partners the day on which the line was first due.
    accrues_from = models.DateField(null=True)
    call_id = models.BigIntegerField(null=True)
    call_line_id = models.BigIntegerField(null=True)
    call_item_id = models.BigIntegerField(null=True)
    allocation_id = models.BigIntegerField(null=True)
    payment_id = models.BigIntegerField(null=True)
    # What a contribution was for, and when it was due: as the waterfall needs it, whatever the call says later.
    deal = models.ForeignKey(
        Deal, null=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    line_kind = models.CharField(max_length=26, blank=True, default="")
    due_on = models.DateField(null=True)
    distribution_id = models.BigIntegerField(null=True)
    distribution_item_id = models.BigIntegerField(null=True)
    payout_id = models.BigIntegerField(null=True)
    #: What was paid out of a refund after a later closing.
    refund_payout_id = models.BigIntegerField(null=True)
    #: A transfer of an interest, or a later closing that shares a distribution anew: the row takes a part of `moves`
    #: from one partner, or gives it to another, and counts as that does. `happened_on` is the day on which the first
    #: original counted. Where a payment or a payout was taken back of which a transfer had moved a part, what moved is
    #: taken back too: such a row moves the one that takes the original back, and `reverses` what the transfer posted.
    transfer_id = models.BigIntegerField(null=True)
    closing_id = models.BigIntegerField(null=True)
    moves = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="moved_by",
        db_index=False,
        db_constraint=False,
    )
    happened_on = models.DateField(null=True)
    #: The call line whose money it gives back, where a distribution names one.
    given_back_line_id = models.BigIntegerField(null=True)
    # The row that this one takes back: both drop out of what a waterfall or a multiple is worked out from.
    reverses = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="reversed_by_row", db_constraint=False
    )

    class Meta:
        db_table = "capital_transactions"
        indexes = [
            models.Index(fields=["fund", "allocation_id"], include=["amount"], name="ledger_by_allocation"),
            models.Index(
                fields=["commitment"],
                include=[
                    "amount",
                    "call_item_id",
                    "counts_as_paid_in",
                    "counts_as_distributed",
                    "recallable",
                    "passed_on",
                    "refund_payout_id",
                    "call_line_id",
                    "transfer_id",
                    "within_commitment",
                ],
                name="ledger_by_commitment",
            ),
            models.Index(fields=["fund", "value_date", "id"], name="ledger_by_date"),
            models.Index(
                fields=["call_item_id", "call_line_id"], include=["amount"], name="ledger_by_item_line"
            ),
            models.Index(fields=["payment_id"], include=["amount"], name="ledger_by_payment"),
            models.Index(
                fields=["payout_id"], condition=models.Q(payout_id__isnull=False), name="ledger_by_payout"
            ),
            models.Index(
                fields=["refund_payout_id"],
                condition=models.Q(refund_payout_id__isnull=False),
                name="ledger_by_refund_payout",
            ),
            models.Index(
                fields=["fund"],
                include=["amount", "counts_as_paid_in", "counts_as_distributed", "recallable"],
                condition=models.Q(call_item_id__isnull=True),
                name="ledger_out_by_fund",
            ),
            models.Index(
                fields=["fund"],
                include=["amount", "call_item_id"],
                condition=models.Q(passed_on=False, refund_payout_id__isnull=False),
                name="ledger_refunded",
            ),
            models.Index(
                fields=["fund"],
                include=["amount"],
                condition=models.Q(passed_on=True, refund_payout_id__isnull=True),
                name="ledger_passed_on",
            ),
            models.Index(
                fields=["moves", "commitment"],
                include=["amount"],
                condition=models.Q(moves__isnull=False),
                name="ledger_moved",
            ),
            models.Index(
                fields=["transfer_id"],
                condition=models.Q(transfer_id__isnull=False),
                name="ledger_by_transfer",
            ),
            models.Index(
                fields=["closing_id"],
                condition=models.Q(closing_id__isnull=False),
                name="ledger_by_closing",
            ),
            models.Index(
                fields=["given_back_line_id", "commitment"],
                include=["amount"],
                condition=models.Q(given_back_line_id__isnull=False),
                name="ledger_given_back",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(counts_as_paid_in=True, counts_as_distributed=True),
                name="ledger_row_counts_once",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    transfer_id__isnull=True,
                    closing_id__isnull=True,
                    moves__isnull=True,
                    happened_on__isnull=True,
                )
                | (
                    models.Q(transfer_id__isnull=False, closing_id__isnull=True)
                    | models.Q(transfer_id__isnull=True, closing_id__isnull=False)
                )
                & models.Q(moves__isnull=False, happened_on__isnull=False)
                & models.Q(call_item_id__isnull=True, payment_id__isnull=True, payout_id__isnull=True)
                & models.Q(distribution_item_id__isnull=True, refund_payout_id__isnull=True)
                & models.Q(
                    models.Q(reverses__isnull=True)
                    | models.Q(call_line_id__isnull=False)
                    | models.Q(distribution_id__isnull=False)
                )
                & models.Q(passed_on=False),
                name="moved_row_names_its_original",
            ),
        ]

    def __str__(self):
        return f"{self.type} {self.amount} on {self.value_date}"
