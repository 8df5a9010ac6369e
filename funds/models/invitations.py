"""Letters that open the portal to a contact of an investor, or offer a role in a fund, once."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from blackgem.lib.decisions import person

from .fund import Fund, FundMembership
from .partners import InvestorContact


class InvitationQuerySet(models.QuerySet):
    def open(self, *, at):
        """Neither taken up nor withdrawn, and not over."""
        return self.waiting().filter(expires_at__gt=at)

    def waiting(self):
        """Neither taken up nor withdrawn, over or not."""
        return self.filter(accepted_at=None, withdrawn_at=None)


class Invitation(models.Model):
    """A link that was mailed to a contact, or to whoever shall have a `role` in a `fund`: the right begins when it is
    taken up. Only its SHA-256 is kept. Good for one mailbox, once, for some days."""

    contact = models.ForeignKey(
        InvestorContact, null=True, on_delete=models.CASCADE, related_name="invitations"
    )
    fund = models.ForeignKey(Fund, null=True, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=7, choices=FundMembership.Role, blank=True, db_default="", default="")
    email = models.EmailField()
    token_sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    created_by = person()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = person(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = person(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        db_table = "invitations"
        constraints = [
            models.CheckConstraint(
                condition=Q(contact__isnull=False, fund__isnull=True, role="")
                | Q(contact__isnull=True, fund__isnull=False, role__in=FundMembership.Role.values),
                name="invitation_is_to_the_portal_or_to_a_fund",
            ),
            models.UniqueConstraint(
                "fund",
                Lower("email"),
                condition=Q(fund__isnull=False, accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="one_invitation_per_fund_and_address",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_accepted_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="invitation_withdrawn_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="invitation_ends_once",
            ),
        ]

    def __str__(self):
        return f"invitation of {self.email}"

    @property
    def name(self) -> str:
        """How the invited person is called, where that is known."""
        return self.contact.name if self.contact else ""

    @property
    def purpose(self) -> str:
        """What it opens: "to see what concerns …"."""
        if self.contact:
            return f"to see what concerns {self.contact.investor}"
        return f"to work for {self.fund} as {self.get_role_display().lower()}"
