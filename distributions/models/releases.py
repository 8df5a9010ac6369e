"""Payouts that were held because of the account that they go to, and by whose word they go out."""

from django.db import models
from django.db.models import Q

from blackgem.lib.decisions import person
from blackgem.lib.fields import SafeCharField
from funds.models import Fund, PayeeDetails

from .distributions import DistributionItem


class PayoutRelease(models.Model):
    """A second person lets a held payout go to the account in force, `payee_details`. It holds while nothing newer than
    `seen_version` is entered of the partner, and that account is the one in force."""

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey(DistributionItem, on_delete=models.PROTECT, related_name="releases")
    payee_details = models.ForeignKey(PayeeDetails, on_delete=models.PROTECT, related_name="+")
    seen_version = models.PositiveIntegerField()
    reason = SafeCharField(max_length=500)
    released_at = models.DateTimeField()
    released_by = person()

    class Meta:
        db_table = "payout_releases"
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="payout_release_has_reason"),
        ]

    def __str__(self):
        return f"release of the payout to {self.item.commitment.investor.name}"
