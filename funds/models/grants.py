"""Which commitments a contact of an investor sees in the portal."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from blackgem.lib.decisions import person

from .fund import FundMembership
from .partners import Commitment, InvestorContact


class PortalGrantQuerySet(models.QuerySet):
    def with_standing(self):
        """Adds `granter_manages`: whether who granted it may still do so in the commitment's fund."""
        managing = FundMembership.objects.filter(
            fund=OuterRef("commitment__fund"),
            user=OuterRef("granted_by"),
            role=FundMembership.Role.MANAGER,
            user__is_active=True,
        )
        is_administrator = Q(granted_by__is_superuser=True, granted_by__is_active=True)
        return self.annotate(granter_manages=Q(Exists(managing)) | is_administrator)

    def in_force(self):
        """Of contacts who sign in; one that somebody gave itself ends with its own right to give it."""
        accepted = self.with_standing().filter(contact__user__isnull=False)
        return accepted.exclude(contact__user=F("granted_by"), granter_manages=False)

    def to_confirm(self):
        """In force, though who gave it manages the fund no longer: for the next manager to confirm or to end."""
        return self.in_force().filter(granter_manages=False)


class PortalGrant(models.Model):
    """A manager of the commitment's fund lets a contact see it in the portal; the row is gone when that ends.

    Whoever sees it reads and asks questions; one that `acknowledges` also confirms its letters, one that
    `manages_contacts` also says who else speaks for the investor, as far as the fund's managers agree."""

    #: What a contact that sees a commitment may do beside.
    RIGHTS = ("acknowledges", "manages_contacts")

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="portal_grants")
    contact = models.ForeignKey(InvestorContact, on_delete=models.CASCADE, related_name="portal_grants")
    acknowledges = models.BooleanField(default=True, db_default=True)
    manages_contacts = models.BooleanField(default=False, db_default=False)
    granted_at = models.DateTimeField()
    granted_by = person()

    objects = PortalGrantQuerySet.as_manager()

    class Meta:
        db_table = "portal_grants"
        constraints = [
            models.UniqueConstraint(fields=["commitment", "contact"], name="portal_grant_once"),
        ]

    def __str__(self):
        return f"{self.contact} sees {self.commitment}"

    @property
    def rights(self) -> dict[str, bool]:
        """Each of `RIGHTS`, and whether it is given."""
        return {name: getattr(self, name) for name in self.RIGHTS}
