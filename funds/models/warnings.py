"""Mails that warn somebody: written with the change that they are about, sent by the workers."""

from django.conf import settings
from django.db import models

from blackgem.lib.fields import PlainTextField, SafeCharField


class WarningMail(models.Model):
    """One mail to one mailbox. It may come twice after a crash, and never not at all."""

    recipient = models.EmailField()
    subject = SafeCharField(max_length=200)
    body = PlainTextField(max_length=4000)
    seal = models.CharField(max_length=64)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "warning_mails"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(seal__regex=r"^[0-9a-f]{64}$"), name="warning_mail_is_sealed"
            )
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(sent_at=None), name="warning_mails_waiting")
        ]

    def __str__(self):
        return f"{self.subject} to {self.recipient}"


class ApproverTold(models.Model):
    """What waited for a person when it was last told by mail, as the key of each queue with the ids of its rows."""

    approver = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    told = models.JSONField()
    told_at = models.DateTimeField()

    class Meta:
        db_table = "approvers_told"
        verbose_name, verbose_name_plural = "mail about approvals", "mails about approvals"

    def __str__(self):
        return f"what waits for {self.approver}"
