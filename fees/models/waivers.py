"""What the manager waived of its fees and the general partner uses as its own contribution."""

from django.db import models
from django.db.models import Q

from blackgem.lib.dated_rows import DatedAmount, DatedAmountQuerySet, decided_rails
from blackgem.lib.fields import MoneyField
from capital.models import CapitalCall, CapitalCallItem
from capital.states import CallStatus
from funds.models import Fund


class FeeWaiverUseQuerySet(DatedAmountQuerySet):
    def counting(self):
        """Those that were approved and whose call was not cancelled."""
        return self.approved().exclude(asked__call__status=CallStatus.CANCELLED)


class FeeWaiverUse(DatedAmount):
    """Of what the manager waived of the fees of a fund, `amount` counts on `effective_on` as paid by the general
    partner on its `item` of a call. The partners who were spared the fee pay it for the general partner, by a call of
    their own (`asked`) that is due on `due_on`.

    It counts until that call is cancelled, which comes after the payment of the item was taken back.
    """

    amount = MoneyField()
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="fee_waiver_uses")
    item = models.ForeignKey(CapitalCallItem, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()

    objects = FeeWaiverUseQuerySet.as_manager()

    class Meta:
        db_table = "fee_waiver_uses"
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="fee_waiver_use_positive"),
            models.UniqueConstraint(
                fields=["fund"],
                condition=Q(approved_at__isnull=True, rejected_at__isnull=True),
                name="one_fee_waiver_use_waits_per_fund",
            ),
            *decided_rails("fee_waiver_use"),
        ]

    def __str__(self):
        return f"use of {self.amount:,} of waived fees"

    @property
    def state(self) -> str:
        """How it stands, read with its call: `pending`, `rejected`, `approved`, or `taken_back` with the call."""
        if self.rejected_at:
            return "rejected"
        if self.approved_at is None:
            return "pending"
        return "taken_back" if self.asked.call.status == CallStatus.CANCELLED else "approved"


class FeeWaiverCall(models.Model):
    """The call by which partners pay for the general partner what was waived of their fees."""

    use = models.OneToOneField(FeeWaiverUse, on_delete=models.PROTECT, related_name="asked")
    fund = models.ForeignKey(
        Fund, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    call = models.OneToOneField(
        CapitalCall, on_delete=models.PROTECT, related_name="fee_waiver", db_constraint=False
    )

    class Meta:
        db_table = "fee_waiver_calls"

    def __str__(self):
        return f"call for the use {self.use_id}"
