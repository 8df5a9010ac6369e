"""Losses on deals that are not sold yet, for deal-by-deal waterfalls."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from blackgem.lib.dated_rows import dated_rails
from blackgem.lib.days import day_in_words
from blackgem.lib.decisions import person
from blackgem.lib.fields import MoneyField, SafeCharField
from blackgem.lib.knowledge import NOW, Knowledge
from funds.models import Deal, Fund


class WriteDownQuerySet(models.QuerySet):
    def pending(self):
        """Asked for under four eyes and not decided."""
        return self.filter(four_eyes=True, approved_at__isnull=True, rejected_at__isnull=True)

    def in_force(self, known: Knowledge = NOW):
        """Those that count, as known at a time: at once, or since a second person approved them."""
        at_once = known.recorded(self.filter(four_eyes=False), "created_at")
        return at_once | known.decided(self.filter(four_eyes=True), "approved_at")


class WriteDown(models.Model):
    """`amount` of what a fund paid for a deal is gone, from a day on, in the fund's currency. Append-only.

    A negative amount writes the deal up again, with its reason: never above what was paid, on any day. Where the fund
    asks for four eyes, a row counts once a second person approved it.
    """

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="write_downs")
    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="write_downs")
    date = models.DateField()
    amount = MoneyField()
    reason = SafeCharField(max_length=500, blank=True)
    four_eyes = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = person(editable=False)
    approved_at = models.DateTimeField(null=True)
    approved_by = person(null=True)
    rejected_at = models.DateTimeField(null=True)
    rejected_by = person(null=True)

    objects = WriteDownQuerySet.as_manager()

    class Meta:
        db_table = "write_downs"
        verbose_name = "write-down"
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0) | ~Q(reason=""), name="write_up_has_reason"),
            models.CheckConstraint(
                condition=Q(four_eyes=True) | Q(rejected_at__isnull=True),
                name="write_down_waited_for_a_decision",
            ),
            *dated_rails("write_down", asked_by="created_by"),
        ]

    def __str__(self):
        return f"{self.amount:,} of {self.deal} on {day_in_words(self.date)}"

    @property
    def is_in_force(self) -> bool:
        return not self.four_eyes or self.approved_at is not None
