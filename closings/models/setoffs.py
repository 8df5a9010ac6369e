"""Set-offs: what partners owe of a call, paid out of what a distribution or a refund gives them."""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from blackgem.lib.decisions import Reversal, ReversalQuerySet, at_with_by, decided_by_another, person
from blackgem.lib.fields import MoneyField, SafeCharField
from capital.models import CapitalCall, CapitalCallItem
from closings.models.closings import Closing
from closings.models.equalisation import Refund
from distributions.models import Distribution, DistributionItem
from funds.models import Commitment, Fund


def _decided_rails(prefix: str) -> list[models.CheckConstraint]:
    """Asked for with a reason, and decided once: by another person where the fund demands it."""
    return [
        models.CheckConstraint(condition=~Q(reason=""), name=f"{prefix}_has_reason"),
        models.CheckConstraint(
            condition=Q(approved_at__isnull=True) | Q(rejected_at__isnull=True),
            name=f"{prefix}_decided_once",
        ),
        *at_with_by(prefix, "approved", "rejected"),
        decided_by_another(f"{prefix}_approver_is_another", first="requested_by", second="approved_by"),
    ]


def name_of_given(given: Distribution | Closing) -> str:
    """How pages call what pays a call: "Distribution #3", or "Refunds of closing #2"."""
    return str(given) if isinstance(given, Distribution) else f"Refunds of closing #{given.number}"


class Setoff(models.Model):
    """A call of a fund, netted on a day with a distribution, or with the refunds of a closing, for the partners that
    its parts name. `reason` says by which clause, or who agreed. Both documents stay gross.

    With a distribution, approved, each part is a payment of the call without a receipt, and the payout of the partner's
    whole item, of which so much never left the bank. With refunds each part is posted, as a payment without a receipt
    and a payout without a wire, once so much of its refund is released: on `value_date` or later.
    """

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="setoffs")
    number = models.PositiveIntegerField()
    call = models.ForeignKey(CapitalCall, on_delete=models.PROTECT, related_name="setoffs")
    distribution = models.ForeignKey(
        Distribution, null=True, on_delete=models.PROTECT, related_name="setoffs"
    )
    closing = models.ForeignKey(Closing, null=True, on_delete=models.PROTECT, related_name="setoffs")
    value_date = models.DateField()
    reason = SafeCharField(max_length=500)
    four_eyes = models.BooleanField()
    requested_at = models.DateTimeField()
    requested_by = person()
    approved_at = models.DateTimeField(null=True)
    approved_by = person(null=True)
    rejected_at = models.DateTimeField(null=True)
    rejected_by = person(null=True)

    objects = ReversalQuerySet.as_manager()

    class Meta:
        db_table = "setoffs"
        constraints = [
            models.UniqueConstraint(fields=["fund", "number"], name="setoff_number_once_per_fund"),
            models.UniqueConstraint(
                fields=["distribution"],
                condition=Q(approved_at__isnull=True, rejected_at__isnull=True),
                name="one_setoff_waits_per_distribution",
            ),
            models.UniqueConstraint(
                fields=["closing"],
                condition=Q(approved_at__isnull=True, rejected_at__isnull=True),
                name="one_setoff_waits_per_closing",
            ),
            models.CheckConstraint(
                condition=Q(distribution__isnull=False, closing__isnull=True)
                | Q(distribution__isnull=True, closing__isnull=False),
                name="setoff_of_a_distribution_or_a_closing",
            ),
            *_decided_rails("setoff"),
        ]

    def __str__(self):
        return f"set-off #{self.number}"

    @property
    def given(self) -> Distribution | Closing:
        """What pays the call."""
        return self.distribution or self.closing

    @property
    def given_name(self) -> str:
        return name_of_given(self.given)

    @property
    def gives(self) -> str:
        """What it is, in a word."""
        return "distribution" if self.distribution_id else "closing"


class SetoffPart(models.Model):
    """What of one partner is set off: `amount` of its part of the distribution, or of its refund, pays its part of the
    call."""

    setoff = models.ForeignKey(Setoff, on_delete=models.PROTECT, related_name="parts", db_index=False)
    fund = models.ForeignKey(
        Fund, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    commitment = models.ForeignKey(
        Commitment, on_delete=models.PROTECT, related_name="setoff_parts", db_constraint=False
    )
    call = models.ForeignKey(
        CapitalCall, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    call_item = models.ForeignKey(
        CapitalCallItem, on_delete=models.PROTECT, related_name="setoff_parts", db_constraint=False
    )
    distribution = models.ForeignKey(
        Distribution,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    distribution_item = models.ForeignKey(
        DistributionItem,
        null=True,
        on_delete=models.PROTECT,
        related_name="setoff_parts",
        db_constraint=False,
    )
    closing = models.ForeignKey(
        Closing, null=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    refund = models.ForeignKey(
        Refund, null=True, on_delete=models.PROTECT, related_name="setoff_parts", db_constraint=False
    )
    amount = MoneyField()

    class Meta:
        db_table = "setoff_parts"
        constraints = [
            models.UniqueConstraint(fields=["setoff", "commitment"], name="one_part_per_setoff_and_partner"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="setoff_part_positive"),
            models.CheckConstraint(
                condition=Q(
                    distribution__isnull=False,
                    distribution_item__isnull=False,
                    closing__isnull=True,
                    refund__isnull=True,
                )
                | Q(
                    distribution__isnull=True,
                    distribution_item__isnull=True,
                    closing__isnull=False,
                    refund__isnull=False,
                ),
                name="setoff_part_of_an_item_or_a_refund",
            ),
        ]

    def __str__(self):
        return f"{self.amount:,} of {self.setoff}"

    @property
    def gross(self) -> Decimal:
        """What is given: its part of the distribution, or its refund but for what earlier distributions paid of it."""
        if self.refund_id:
            return self.refund.amount - self.refund.set_off
        return self.distribution_item.gross_amount

    @property
    def withheld(self) -> Decimal:
        """Tax; of a refund none."""
        return Decimal(0) if self.refund_id else self.distribution_item.withholding_tax


class SetoffReversal(Reversal):
    """A request to take one partner's part of a set-off back, and its decision. Approved, payment and payout are taken
    back together, each by a row of its own, for the day on which they counted: what was called is owed again, and what
    was distributed or is to be refunded is payable. What was not posted yet of a refund never is."""

    part = models.ForeignKey(SetoffPart, on_delete=models.PROTECT, related_name="reversals")
    fund = models.ForeignKey(
        Fund, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        db_table = "setoff_reversals"
        constraints = [
            models.UniqueConstraint(
                fields=["part"], condition=Q(rejected_at__isnull=True), name="one_reversal_per_setoff_part"
            ),
            *_decided_rails("setoff_reversal"),
        ]

    def __str__(self):
        return f"Reversal of {self.part}"
