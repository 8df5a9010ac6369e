"""Losses on deals that are not sold yet, for deal-by-deal waterfalls."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from blackgem.lib.decisions import person
from blackgem.lib.fields import MoneyField, SafeCharField
from funds.models import Deal, Fund


class WriteDown(models.Model):
    """`amount` of what a fund paid for a deal is gone, from a day on, in the fund's currency. Append-only.

    A negative amount writes the deal up again, with its reason: never above what was paid, on any day.
    """

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="write_downs")
    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="write_downs")
    date = models.DateField()
    amount = MoneyField()
    reason = SafeCharField(max_length=500, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = person(editable=False)

    class Meta:
        db_table = "write_downs"
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="write_down_changes_something"),
            models.CheckConstraint(condition=Q(amount__gt=0) | ~Q(reason=""), name="write_up_has_reason"),
        ]

    def __str__(self):
        return f"{self.amount} of {self.deal} on {self.date}"
