"""Letters to investors: their frozen facts, their PDF, and each attempt to deliver them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from blackgem.lib.decisions import person
from blackgem.lib.encrypted_fields import EncryptedBinaryField, EncryptedJSONField, encrypted_bytes_rail
from blackgem.lib.known import known_choices
from blackgem.lib.public_ids import public_id

from .fund import Fund
from .partners import Commitment


class NoticeQuerySet(models.QuerySet):
    def newest(self, kind, subject_id):
        """The version that stands of each letter of one call or distribution."""
        mine = self.filter(kind=kind, subject_id=subject_id)
        return mine.order_by("item_id", "-version").distinct("item_id")


@known_choices
class Notice(models.Model):
    """One version of one letter to one investor. `facts` is everything the letter says, frozen when it was decided.

    `subject_id` is the capital call, distribution or later closing that the letter is about; `item_id` this investor's
    part of it: of a closing its refund. Unapplied cash that was returned is both.
    The highest version of a number stands; lower ones are superseded. One that is `known_by_number` was written before
    letters had a public id: its mail leads to its number, and its PDF has it.
    """

    class Kind(models.TextChoices):
        CAPITAL_CALL = "capital_call", "Capital call notice"
        DISTRIBUTION = "distribution", "Distribution notice"
        REFUND = "refund", "Refund notice"
        CASH_RETURN = "cash_return", "Notice of returned money"

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="notices")
    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=12, choices=Kind)
    subject_id = models.BigIntegerField()
    item_id = models.BigIntegerField()
    number = models.CharField(max_length=40)
    version = models.PositiveIntegerField(default=1)
    dated_on = models.DateField()
    facts = EncryptedJSONField(indexed=True)
    change_note = models.CharField(max_length=500, blank=True)
    public_id = public_id()
    known_by_number = models.BooleanField(default=False, db_default=False, editable=False)
    created_at = models.DateTimeField(db_default=Now())
    # Nobody: a worker wrote it, by what the fund has decided once for all.
    created_by = person(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        db_table = "notices"
        constraints = [
            models.UniqueConstraint(
                fields=["fund", "number", "version"], name="notice_number_and_version_once"
            ),
            models.UniqueConstraint(
                fields=["kind", "item_id", "version"], name="notice_version_once_per_item"
            ),
        ]
        indexes = [models.Index(fields=["kind", "subject_id"], name="notices_by_subject")]

    def __str__(self):
        return f"{self.number} v{self.version}"


class NoticeRendering(models.Model):
    """A notice whose PDF is still to be made. The row is born with the notice and goes when its document is stored.

    Attempts are counted before each try, so that a document that kills its worker is told from one that waits its turn.
    """

    notice = models.OneToOneField(
        Notice, on_delete=models.PROTECT, related_name="rendering", primary_key=True
    )
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "notice_renderings"
        indexes = [models.Index(fields=["due_at"], name="notice_renderings_due")]

    def __str__(self):
        return f"{self.notice_id}, {self.attempts} attempts"


class NoticeDocument(models.Model):
    """The PDF of a notice as it was rendered, once, its SHA-256, and the seal that binds it to what the notice says."""

    notice = models.OneToOneField(Notice, on_delete=models.PROTECT, related_name="document", primary_key=True)
    content = EncryptedBinaryField(hashed="sha256")
    sha256 = models.CharField(max_length=64)
    seal = models.CharField(max_length=64)
    page_count = models.PositiveSmallIntegerField()
    rendered_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "notice_documents"
        constraints = [
            models.CheckConstraint(
                condition=Q(seal__regex=r"^[0-9a-f]{64}$"), name="notice_document_is_sealed"
            ),
            encrypted_bytes_rail("notice_document_is_encrypted", "content"),
        ]

    def __str__(self):
        return f"{self.notice_id} {self.sha256[:12]}"


@known_choices
class NoticeDelivery(models.Model):
    """One decision to mail a notice, and what came of it. The rows are the queue; the broker only wakes workers.

    `queued` may be claimed. `sending` was handed to the mail relay and awaits its word; when its lease runs out without
    one it becomes `unknown`, which only a person may repeat, as a new round. `held` was not handed over, because what
    would have stopped its issue came up since; like `failed`, a person sends it again.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        SENDING = "sending", "Sending"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"
        HELD = "held", "Held"
        UNKNOWN = "unknown", "Unknown"

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="deliveries")
    round = models.PositiveIntegerField(default=1)
    recipients = ArrayField(models.EmailField())
    state = models.CharField(max_length=7, choices=State, default=State.QUEUED)
    requested_at = models.DateTimeField()
    requested_by = person(null=True)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    message_id = models.CharField(max_length=200)
    sent_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "notice_deliveries"
        verbose_name_plural = "notice deliveries"
        constraints = [
            models.UniqueConstraint(fields=["notice", "round"], name="notice_delivery_round_once"),
            models.UniqueConstraint(fields=["message_id"], name="notice_message_id_once"),
            models.UniqueConstraint(
                fields=["notice"],
                condition=Q(state__in=["queued", "sending"]),
                name="one_delivery_under_way_per_notice",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False)
                | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="notice_sent_at_with_state",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=["queued", "sending"]),
                name="notice_deliveries_under_way",
            )
        ]

    def __str__(self):
        return self.message_id


class NoticeReading(models.Model):
    """Somebody opened a version of a letter in the portal, or acknowledged it. Append-only."""

    class Deed(models.TextChoices):
        OPENED = "opened", "Opened"
        ACKNOWLEDGED = "acknowledged", "Acknowledged"

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="readings")
    deed = models.CharField(max_length=12, choices=Deed)
    at = models.DateTimeField()
    by = person()

    class Meta:
        db_table = "notice_readings"
        constraints = [
            models.CheckConstraint(
                condition=Q(deed__in=["opened", "acknowledged"]), name="notice_reading_deed_known"
            ),
            models.UniqueConstraint(
                fields=["notice", "by"],
                condition=Q(deed="acknowledged"),
                name="notice_acknowledged_once_per_person",
            ),
        ]

    def __str__(self):
        return f"{self.notice_id} {self.deed}"
