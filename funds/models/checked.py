"""How a fund has its letters looked at before they are issued and sent, and whom it reminds."""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from blackgem.lib.fields import MoneyField, SafeCharField


class Checked(models.Model):
    """Whether a person has to acknowledge each warning, and the total above which an event is looked at twice, in the
    fund's currency; 0 for none. `reminder_days` are those on which what is outstanding of a call is asked for again."""

    warnings_acknowledged = models.BooleanField(
        "warnings are acknowledged before letters", default=False, db_default=False
    )
    looked_at_above = MoneyField("looked at twice above", default=Decimal(0), db_default=Decimal(0))
    # Days from the due date, negative before it: "-7, -1, 3".
    reminder_days = SafeCharField("days of reminders", max_length=60, blank=True, default="", db_default="")

    RAILS = (
        models.CheckConstraint(condition=Q(looked_at_above__gte=0), name="fund_looked_at_above_not_negative"),
        models.CheckConstraint(
            condition=Q(reminder_days__regex=r"^(-?[0-9]{1,2}(, -?[0-9]{1,2}){0,7})?$"),
            name="fund_reminder_days_are_days",
        ),
    )

    class Meta:
        abstract = True
