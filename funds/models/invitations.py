"""Letters that open the portal to a contact of an investor, once."""

from django.db import models
from django.db.models import Q

from blackgem.lib.decisions import person

from .partners import InvestorContact


class InvitationQuerySet(models.QuerySet):
    def open(self, *, at):
        """Neither taken up nor withdrawn, and not over."""
        return self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=at)


class Invitation(models.Model):
    """A link that was mailed to a contact. Only its SHA-256 is kept. Good for one mailbox, once, for some days."""

    contact = models.ForeignKey(InvestorContact, on_delete=models.CASCADE, related_name="invitations")
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
