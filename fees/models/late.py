"""What who came in at a later closing was charged for the time before, so that it is charged once."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now

from blackgem.lib.fields import MoneyField, RateField, SafeCharField
from capital.models import CapitalCall, LineChange
from capital.states import CALL_ISSUED
from funds.models import Commitment, Fund


class FeeCatchUpQuerySet(models.QuerySet):
    def standing(self):
        """Those whose call was not cancelled, and whose closing was not taken back: that takes off what it asks."""
        taken_off = LineChange.objects.filter(
            call=OuterRef("call"), closing_id=None, closing_reversal_id__isnull=False
        )
        return self.filter(~Exists(taken_off), call__status__in=CALL_ISSUED)


class FeeCatchUp(models.Model):
    """What a partner owes the manager by its closing for periods of before, and the `call` that asks for it: net =
    charged − let off + agreed. `periods` are those that it is of, with days, base, rates and amount, as text;
    `charged`, their sum, counts against later true-ups. `let_off`: by its own side letter; `agreed`: what a person set
    it to beside what was worked out, for a `reason`. `tax` comes on top. Interest is in none of these. A new partner
    may have agreed on a rate of its own, or on a share off (`discount`): it pays so from the first day with a fee on,
    until a side letter says otherwise."""

    call = models.ForeignKey(
        CapitalCall, on_delete=models.PROTECT, related_name="fee_catch_ups", db_constraint=False
    )
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    commitment = models.ForeignKey(
        Commitment, on_delete=models.PROTECT, related_name="fee_catch_ups", db_constraint=False
    )
    effective_on = models.DateField()
    periods = models.JSONField(default=list)
    charged = MoneyField()
    let_off = MoneyField()
    agreed = MoneyField()
    net = MoneyField()
    tax = MoneyField()
    tax_rate = RateField("tax on the fee", default=0)
    own_rate = RateField("rate of its own", null=True)
    discount = RateField("share off the fee", null=True)
    reason = SafeCharField(max_length=500, blank=True, default="")
    recorded_at = models.DateTimeField(db_default=Now())

    objects = FeeCatchUpQuerySet.as_manager()

    class Meta:
        db_table = "fee_catch_ups"
        constraints = [
            models.UniqueConstraint(
                fields=["call", "commitment"], name="one_fee_catch_up_per_call_and_partner"
            ),
            models.CheckConstraint(
                condition=Q(net=F("charged") - F("let_off") + F("agreed")), name="fee_catch_up_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(charged__gte=0, let_off__gte=0, net__gte=0, tax__gte=0, tax_rate__range=(0, 1)),
                name="fee_catch_up_not_below_nothing",
            ),
            models.CheckConstraint(
                condition=(Q(own_rate__isnull=True) | Q(own_rate__range=(0, 1)))
                & (Q(discount__isnull=True) | Q(discount__range=(0, 1)))
                & (Q(own_rate__isnull=True) | Q(discount__isnull=True)),
                name="fee_catch_up_has_a_rate_or_a_discount",
            ),
            models.CheckConstraint(
                condition=Q(agreed=0) | ~Q(reason=""), name="fee_catch_up_set_with_reason"
            ),
        ]

    def __str__(self):
        return f"{self.net} of the time before {self.effective_on}"
