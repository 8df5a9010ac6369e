"""Whose addresses letters may carry as their senders' own."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now

from blackgem.lib.decisions import person


class MailDomainQuerySet(models.QuerySet):
    def admitted(self):
        return self.filter(withdrawn_at=None)

    def admits(self, email: str) -> bool:
        """Whether the domain of this address is admitted; a domain below one that is, is not."""
        return self.admitted().filter(name=email.rpartition("@")[2].lower()).exists()


class MailDomain(models.Model):
    """A domain that an administrator admitted for the addresses that investors answer to. Without `admitted_by` it is
    that of the site's own sender, by its configuration."""

    name = models.CharField("domain", max_length=253, help_text="For example fund.example, without @.")
    admitted_at = models.DateTimeField(db_default=Now())
    admitted_by = person(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = person(null=True)

    objects = MailDomainQuerySet.as_manager()

    class Meta:
        db_table = "mail_domains"
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=Q(withdrawn_at=None), name="mail_domain_admitted_once"
            ),
            models.CheckConstraint(
                condition=Q(name__regex=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$") & Q(name=Lower("name")),
                name="mail_domain_is_a_domain",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="mail_domain_withdrawn_at_with_by",
            ),
        ]

    def __str__(self):
        return self.name
