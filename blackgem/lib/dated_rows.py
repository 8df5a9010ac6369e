"""Amounts that change by dated rows: what a row changed, from which day, when and by whom it was said, and why.

A figure on a day is the sum of the approved rows effective by that day. Rows are never edited or deleted; a mistake is
amended by a further row. Where the fund asks for four eyes, a row counts once a second person approved it.
"""

from datetime import date

from django.db import models
from django.db.models import Q, Sum

from blackgem.lib.decisions import at_with_by, decided_by_another, person
from blackgem.lib.fields import MoneyField, SafeCharField


class DatedAmountQuerySet(models.QuerySet):
    def pending(self):
        """Asked for and not decided."""
        return self.filter(approved_at__isnull=True, rejected_at__isnull=True)

    def approved(self):
        return self.filter(approved_at__isnull=False)

    def in_force(self, *, on: date):
        """The approved rows effective by the day `on`."""
        return self.approved().filter(effective_on__lte=on)

    def total(self):
        """The sum of these rows; None where there is none."""
        return self.aggregate(total=Sum("amount"))["total"]


class DatedAmount(models.Model):
    """One change of an amount, in the currency of its fund: positive raises, negative lowers."""

    amount = MoneyField()
    effective_on = models.DateField()
    reason = SafeCharField(max_length=500, blank=True)
    four_eyes = models.BooleanField()
    recorded_at = models.DateTimeField()
    recorded_by = person()
    approved_at = models.DateTimeField(null=True)
    approved_by = person(null=True)
    rejected_at = models.DateTimeField(null=True)
    rejected_by = person(null=True)

    objects = DatedAmountQuerySet.as_manager()

    class Meta:
        abstract = True


def dated_rails(prefix: str, *, asked_by: str = "recorded_by") -> list[models.CheckConstraint]:
    """The rails of a `DatedAmount`: it changes something, and is decided once, by another person under four eyes than
    the one whom the field `asked_by` names."""
    changes = models.CheckConstraint(condition=~Q(amount=0), name=f"{prefix}_changes_something")
    return [changes, *decided_rails(prefix, asked_by=asked_by)]


def decided_rails(prefix: str, *, asked_by: str = "recorded_by") -> list[models.CheckConstraint]:
    """Of them those that say how a row is decided, for one whose amount has a rail of its own."""
    return [
        models.CheckConstraint(
            condition=Q(approved_at__isnull=True) | Q(rejected_at__isnull=True), name=f"{prefix}_decided_once"
        ),
        *at_with_by(prefix, "approved", "rejected"),
        decided_by_another(f"{prefix}_approver_is_another", first=asked_by, second="approved_by"),
    ]
