"""What of a call line another partner holds since an interest was transferred."""

from django.db import models

from blackgem.lib.fields import MoneyField, SafeCharField
from blackgem.lib.known import known_choices
from funds.models import Commitment, Fund

from .calls import CapitalCallItemLine
from .lines import CapitalCallLine
from .payments import Payment


@known_choices
class TakenPart(models.Model):
    """What one transfer moved of a partner's part of a call line: below zero for who gave it away, above for who took
    it. `weight` is what moved of what the part was worked out from, `basis` how that was. Written with the transfer,
    which belongs to an app above: a plain number here, with its foreign key in the database. `came_back` took a
    payment back of which it had moved a part, and so that part; the weight stays moved."""

    transfer_id = models.BigIntegerField()
    fund = models.ForeignKey(
        Fund, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    line = models.ForeignKey(
        CapitalCallLine, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    commitment = models.ForeignKey(
        Commitment, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    came_back = models.ForeignKey(
        Payment, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    amount = MoneyField()
    weight = MoneyField()
    basis = SafeCharField(max_length=8, choices=CapitalCallItemLine.Basis)
    effective_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "taken_parts"
        constraints = [
            models.UniqueConstraint(
                fields=["transfer_id", "line", "commitment"],
                condition=models.Q(came_back__isnull=True),
                name="one_taken_part_per_transfer_and_line",
            ),
            models.UniqueConstraint(
                fields=["came_back", "transfer_id", "line", "commitment"],
                name="one_taken_part_per_taking_back_and_line",
            ),
            models.CheckConstraint(
                condition=models.Q(came_back__isnull=True) | models.Q(weight=0),
                name="weights_stay_moved",
            ),
        ]
        indexes = [models.Index(fields=["line", "commitment"], name="taken_parts_by_line")]

    def __str__(self):
        return f"{self.amount} of line {self.line_id} transferred"
