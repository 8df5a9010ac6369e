"""Set-offs: what partners owe of a call, paid out of what a distribution gives them."""

from django.db import models
from django.db.models import Q

from blackgem.lib.decisions import Reversal, ReversalQuerySet, at_with_by, decided_by_another, person
from blackgem.lib.fields import MoneyField, SafeCharField
from capital.models import CapitalCall, CapitalCallItem
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


class Setoff(models.Model):
    """A call and a distribution of one fund, netted on a day for the partners that its parts name. `reason` says by
    which clause, or who agreed. Both documents stay gross: approved, each part is a payment of the call without a
    receipt, and the payout of the partner's whole item, of which so much never left the bank.
    """

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="setoffs")
    number = models.PositiveIntegerField()
    call = models.ForeignKey(CapitalCall, on_delete=models.PROTECT, related_name="setoffs")
    distribution = models.ForeignKey(Distribution, on_delete=models.PROTECT, related_name="setoffs")
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
            *_decided_rails("setoff"),
        ]

    def __str__(self):
        return f"set-off #{self.number}"


class SetoffPart(models.Model):
    """What of one partner is set off: `amount` of its part of the distribution pays its part of the call."""

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
        Distribution, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    distribution_item = models.ForeignKey(
        DistributionItem, on_delete=models.PROTECT, related_name="setoff_parts", db_constraint=False
    )
    amount = MoneyField()

    class Meta:
        db_table = "setoff_parts"
        constraints = [
            models.UniqueConstraint(fields=["setoff", "commitment"], name="one_part_per_setoff_and_partner"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="setoff_part_positive"),
        ]

    def __str__(self):
        return f"{self.amount:,} of {self.setoff}"


class SetoffReversal(Reversal):
    """A request to take one partner's part of a set-off back, and its decision. Approved, payment and payout are taken
    back together, each by a row of its own, for the day of the set-off: what was called is owed again, and what was
    distributed is payable."""

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
