"""Advisers whom an investor asked its funds to let in."""

from django.db import models

from blackgem.lib.decisions import at_with_by, person
from blackgem.lib.fields import SafeCharField
from blackgem.lib.known import known_choices
from blackgem.lib.public_ids import public_id

from .controls import ControlChange
from .partners import Commitment, InvestorContact


@known_choices
class Adviser(models.Model):
    """Somebody whom a contact that manages contacts asked to let see one commitment, once. Managers of its fund decide
    the `change`; what became of it is `state`. The investor ends it at any time."""

    class Role(models.TextChoices):
        ADVISER = "adviser", "Adviser"
        ACCOUNTANT = "accountant", "Accountant"
        EMPLOYEE = "employee", "Employee"

    public_id = public_id()
    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="advisers")
    contact = models.ForeignKey(
        InvestorContact, null=True, on_delete=models.SET_NULL, related_name="asked_for"
    )
    name = SafeCharField(max_length=200)
    email = models.EmailField()
    role = models.CharField(max_length=10, choices=Role)
    change = models.OneToOneField(ControlChange, on_delete=models.PROTECT, related_name="adviser")
    asked_at = models.DateTimeField()
    asked_by = person()
    declined_because = SafeCharField(max_length=300, blank=True, db_default="")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = person(null=True)

    class Meta:
        db_table = "advisers"
        constraints = at_with_by("adviser", "withdrawn")

    def __str__(self):
        return f"{self.name} <{self.email}>, {self.get_role_display().lower()}"

    @property
    def is_over(self) -> bool:
        """Declined or withdrawn; `change` is read with it."""
        return bool(self.withdrawn_at or self.change.rejected_at)
