"""Losses on deals that are not sold yet, for deal-by-deal waterfalls."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from blackgem.lib.decisions import person
from blackgem.lib.fields import MoneyField
from funds.models import Deal, Fund


class WriteDown(models.Model):
    """`amount` of what a fund paid for a deal is gone, from a day on, in the fund's currency. Append-only."""

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="write_downs")
    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="write_downs")
    date = models.DateField()
    amount = MoneyField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = person(editable=False)

    class Meta:
        db_table = "write_downs"
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="write_down_positive")]

    def __str__(self):
        return f"{self.amount} of {self.deal} on {self.date}"
