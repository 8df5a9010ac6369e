"""Files of bank statements as they came, and the statements that were read out of them."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from blackgem.lib.days import day_in_words
from blackgem.lib.decisions import person
from blackgem.lib.encrypted_fields import (
    EncryptedBinaryField,
    EncryptedJSONField,
    encrypted_bytes_rail,
    encrypted_json_rail,
)
from blackgem.lib.fields import MoneyField, SafeCharField
from blackgem.lib.known import known_choices
from funds.models import Fund

from .accounts import BankAccount, TableMapping


class StatementFile(models.Model):
    """A file as it was uploaded, and how far a worker is with it. `refusals` says what of it was not taken, and why;
    `outcome`, for each statement that was, how many entries are new and how many were known. The same bytes are taken
    once, unless something of them was refused."""

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="statement_files")
    mapping = models.ForeignKey(
        TableMapping,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    name = SafeCharField(max_length=200)
    content = EncryptedBinaryField(hashed="sha256")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    uploaded_at = models.DateTimeField(db_default=Now())
    uploaded_by = person()
    attempts = models.PositiveSmallIntegerField(default=0)
    bytes_read = models.PositiveIntegerField(default=0)
    read_at = models.DateTimeField(null=True)
    format = models.CharField(max_length=20, blank=True, default="")
    refusals = EncryptedJSONField(default=list, whole=True)
    outcome = models.JSONField(default=list)
    is_whole = models.BooleanField(null=True)

    class Meta:
        db_table = "statement_files"
        constraints = [
            models.UniqueConstraint(
                fields=["fund", "sha256"],
                condition=Q(is_whole=True) | Q(is_whole__isnull=True),
                name="statement_file_once_per_fund",
            ),
            models.CheckConstraint(
                condition=Q(read_at__isnull=True, is_whole__isnull=True)
                | Q(read_at__isnull=False, is_whole__isnull=False),
                name="statement_file_read_at_with_outcome",
            ),
            models.CheckConstraint(
                condition=Q(bytes_read__lte=F("size")), name="statement_file_reads_no_more_than_it_has"
            ),
            models.CheckConstraint(
                condition=Q(size__gt=0, size__lte=25_000_000), name="statement_file_has_a_size"
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="statement_file_has_a_hash"
            ),
            encrypted_bytes_rail("statement_file_is_encrypted", "content"),
            encrypted_json_rail("statement_file_refusals_are_encrypted", "refusals"),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(read_at__isnull=True), name="statement_files_to_read")
        ]

    def __str__(self):
        return self.name

    @property
    def percent_read(self) -> int:
        return 100 * self.bytes_read // self.size


@known_choices
class BankStatement(models.Model):
    """What a bank says of an account between two balances. `opening` and what is booked come to `closing` where the
    balance is proved; a file without an opening balance proves nothing. `reversal_reading` is how the mark of entries
    that were taken back was read."""

    class Balance(models.TextChoices):
        PROVED = "proved", "adds up"
        UNPROVED = "unproved", "no opening balance"

    class ReversalReading(models.TextChoices):
        AS_GIVEN = "as_given", "as given"
        FLIPPED = "flipped", "the other way round"
        UNDECIDED = "undecided", "undecided"

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="bank_statements", db_index=False)
    account = models.ForeignKey(
        BankAccount,
        on_delete=models.PROTECT,
        related_name="statements",
        db_index=False,
        db_constraint=False,
    )
    file = models.ForeignKey(
        StatementFile, on_delete=models.PROTECT, related_name="statements", db_constraint=False
    )
    file_sha256 = models.CharField(max_length=64)
    parser = models.PositiveSmallIntegerField()
    statement_id = SafeCharField(max_length=100, blank=True, default="")
    sequence = SafeCharField(max_length=50, blank=True, default="")
    first_day = models.DateField()
    last_day = models.DateField()
    opening = MoneyField(null=True)
    closing = MoneyField(null=True)
    balance = models.CharField(max_length=8, choices=Balance)
    reversal_reading = models.CharField(max_length=9, choices=ReversalReading, null=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "bank_statements"
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="statement_has_days"),
            models.CheckConstraint(
                condition=Q(balance="unproved") | Q(opening__isnull=False, closing__isnull=False),
                name="statement_is_proved_by_balances",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "last_day", "id"], name="bank_statements_in_turn"),
            models.Index(fields=["fund", "-last_day", "-id"], name="bank_statements_of_fund"),
        ]

    def __str__(self):
        return f"statement of {day_in_words(self.last_day)}"

    @property
    def may_be_posted(self) -> bool:
        """Whether certain matches of it are posted in one go: it adds up, and there is one way to read it."""
        return self.balance == self.Balance.PROVED and self.reversal_reading != self.ReversalReading.UNDECIDED
