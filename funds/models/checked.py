"""How a fund has its letters looked at before they are issued and sent."""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from blackgem.lib.fields import MoneyField


class Checked(models.Model):
    """Whether a person has to acknowledge each warning, and the total above which an event is looked at twice, in the
    fund's currency; 0 for none."""

    warnings_acknowledged = models.BooleanField(
        "warnings are acknowledged before letters", default=False, db_default=False
    )
    looked_at_above = MoneyField("looked at twice above", default=Decimal(0), db_default=Decimal(0))

    RAILS = (
        models.CheckConstraint(condition=Q(looked_at_above__gte=0), name="fund_looked_at_above_not_negative"),
    )

    class Meta:
        abstract = True
