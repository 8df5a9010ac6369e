"""The lines of a capital call: what each part of it is for."""

from django.db import models
from django.db.models import Q

from blackgem.lib.fields import MoneyField
from blackgem.lib.known import known_choices
from funds.models import Fund

from .allocations import FundAllocation


@known_choices
class CapitalCallLine(models.Model):
    """What part of a call is for. `reduces_unfunded` says whether it draws on the commitment, `split_by` what the
    partners' parts are in proportion to, as facts of the line.

    `equalises` names the line of which later partners take their parts by this one; `counts_as_called` is false of
    interest between partners, which the fund passes on, and of interest on a late payment.
    """

    class Kind(models.TextChoices):
        MANAGEMENT_FEE = "management_fee", "Management fee"
        PARTNERSHIP_EXPENSES = "partnership_expenses", "Partnership expenses"
        ORGANISATIONAL_COSTS = "organisational_costs", "Organisational costs"
        SUBSEQUENT_CLOSE_INTEREST = "subsequent_close_interest", "Subsequent close interest"
        DEFAULT_INTEREST = "default_interest", "Interest on a late payment"
        DEEMED_CONTRIBUTION = "deemed_contribution", "For the general partner, of a waived fee"
        INVESTMENT = "investment", "Investment"
        RESERVES = "reserves", "Reserves"
        OTHER = "other", "Other"

    class SplitBy(models.TextChoices):
        COMMITMENT = "commitment", "By commitment"
        REMAINING = "remaining", "By remaining commitment"
        SHARING = "sharing", "By share in the deal"
        FIXED = "fixed", "In fixed parts"

    call = models.ForeignKey(
        "capital.CapitalCall",
        on_delete=models.CASCADE,
        related_name="lines",
        db_index=False,
        db_constraint=False,
    )
    fund = models.ForeignKey(
        Fund, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=26, choices=Kind)
    allocation = models.ForeignKey(
        FundAllocation,
        null=True,
        on_delete=models.PROTECT,
        related_name="call_lines",
        db_index=False,
        db_constraint=False,
    )
    seq_no = models.PositiveIntegerField(null=True)
    amount = MoneyField()
    reduces_unfunded = models.BooleanField(default=True)
    split_by = models.CharField(
        max_length=10, choices=SplitBy, default=SplitBy.COMMITMENT, db_default=SplitBy.COMMITMENT
    )
    counts_as_called = models.BooleanField(default=True, db_default=True)
    equalises = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="equalised_by", db_constraint=False
    )

    class Meta:
        db_table = "capital_call_lines"
        constraints = [
            models.UniqueConstraint(fields=["call", "position"], name="call_line_position_once"),
            models.UniqueConstraint(
                fields=["allocation", "seq_no"], name="call_line_seq_no_once_per_allocation"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="call_line_positive"),
            models.CheckConstraint(
                condition=Q(allocation__isnull=True, seq_no__isnull=True)
                | Q(allocation__isnull=False, seq_no__isnull=False, kind="investment"),
                name="call_line_seq_no_with_allocation",
            ),
            models.CheckConstraint(
                condition=~Q(split_by="sharing") | Q(allocation__isnull=False),
                name="call_line_by_share_draws_on_a_deal",
            ),
            models.CheckConstraint(
                condition=Q(counts_as_called=True)
                | Q(
                    kind__in=["subsequent_close_interest", "default_interest"],
                    reduces_unfunded=False,
                    equalises__isnull=True,
                ),
                name="call_line_that_is_passed_on_is_interest",
            ),
            models.CheckConstraint(
                condition=~Q(kind="default_interest") | Q(counts_as_called=False),
                name="default_interest_is_not_called",
            ),
            models.CheckConstraint(
                condition=Q(equalises__isnull=True)
                | (Q(split_by="fixed") & ~Q(kind__in=["management_fee", "subsequent_close_interest"])),
                name="call_line_that_equalises_has_fixed_parts",
            ),
        ]
        indexes = [
            models.Index(
                fields=["fund", "allocation"], include=["call", "amount"], name="call_lines_by_fund"
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.amount}"
