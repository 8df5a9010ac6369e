"""Payment files: orders to a bank to pay what partners are owed. A file pays nothing by itself: what the bank did is
posted from its statement, or by a person's word."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from blackgem.lib.decisions import at_with_by, decided_by_another, person
from blackgem.lib.encrypted_fields import (
    EncryptedBinaryField,
    EncryptedJSONField,
    encrypted_bytes_rail,
    encrypted_json_rail,
)
from blackgem.lib.fields import MoneyField, SafeCharField
from blackgem.lib.known import known_choices
from funds.models import Commitment, Fund, PayeeDetails

from .accounts import BankAccount


class PaymentFormat(models.TextChoices):
    PAIN = "pain.001.001.09", "ISO 20022 (pain.001.001.09)"
    NACHA = "nacha", "ACH (NACHA)"
    CSV = "csv", "Table (CSV)"


@known_choices
class PaymentLayout(models.Model):
    """A version of what a bank asks of files in a format, for an account: identifications, columns. The newest
    counts."""

    fund = models.ForeignKey(
        Fund, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    account = models.ForeignKey(
        BankAccount,
        on_delete=models.PROTECT,
        related_name="payment_layouts",
        db_index=False,
        db_constraint=False,
    )
    format = models.CharField(max_length=15, choices=PaymentFormat)
    version = models.PositiveIntegerField()
    layout = EncryptedJSONField(whole=True)
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by = person()

    class Meta:
        db_table = "payment_layouts"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "format", "version"], name="payment_layout_version_once"
            ),
            encrypted_json_rail("payment_layout_is_encrypted", "layout"),
        ]

    def __str__(self):
        return f"{self.get_format_display()} of {self.account_id}, version {self.version}"


class PaymentFileQuerySet(models.QuerySet):
    def pending(self):
        """Written, and not decided."""
        return self.filter(approved_at__isnull=True, rejected_at__isnull=True)

    def live(self):
        """Those that may still be carried out, or were."""
        return self.filter(rejected_at__isnull=True, withdrawn_at__isnull=True).exclude(answer="refused")

    def visible_to(self, user):
        return self.filter(fund__in=Fund.objects.visible_to(user))


@known_choices
class PaymentFile(models.Model):
    """A file as it was written, in the fund's currency, and how far it is. `total` is the control sum of its `count`
    payments. `new_since`: whoever entered an account that was verified after this moment does not approve it."""

    class Answer(models.TextChoices):
        NONE = "", "no answer"
        ACCEPTED = "accepted", "accepted"
        REFUSED = "refused", "refused"

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="payment_files", db_index=False)
    account = models.ForeignKey(
        BankAccount,
        on_delete=models.PROTECT,
        related_name="payment_files",
        db_index=False,
        db_constraint=False,
    )
    number = models.PositiveIntegerField()
    format = models.CharField(max_length=15, choices=PaymentFormat)
    pay_on = models.DateField()
    count = models.PositiveIntegerField()
    total = MoneyField()
    message_id = SafeCharField(max_length=35)
    content = EncryptedBinaryField(hashed="sha256")
    sha256 = models.CharField(max_length=64)
    new_since = models.DateTimeField()
    four_eyes = models.BooleanField()
    created_at = models.DateTimeField()
    created_by = person()
    approved_at = models.DateTimeField(null=True)
    approved_by = person(null=True)
    rejected_at = models.DateTimeField(null=True)
    rejected_by = person(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = person(null=True)
    handed_over_at = models.DateTimeField(null=True)
    handed_over_by = person(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = person(null=True)
    answer = models.CharField(max_length=8, choices=Answer, blank=True, default="")
    note = SafeCharField(max_length=500, blank=True, default="")

    objects = PaymentFileQuerySet.as_manager()

    class Meta:
        db_table = "payment_files"
        constraints = [
            models.UniqueConstraint(fields=["fund", "number"], name="payment_file_number_once"),
            models.CheckConstraint(condition=Q(count__gt=0, total__gt=0), name="payment_file_pays_something"),
            encrypted_bytes_rail("payment_file_is_encrypted", "content"),
            models.CheckConstraint(
                condition=Q(new_since__lte=F("created_at")), name="payment_file_knows_what_is_new"
            ),
            *at_with_by("payment_file", "approved", "rejected", "withdrawn", "handed_over", "answered"),
            decided_by_another("payment_file_approver_is_another", first="created_by", second="approved_by"),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True) | Q(rejected_at__isnull=True),
                name="payment_file_is_decided_once",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True)
                | Q(approved_at__isnull=False, handed_over_at__isnull=True) & ~Q(note=""),
                name="payment_file_is_withdrawn_before_it_leaves",
            ),
            models.CheckConstraint(
                condition=Q(handed_over_at__isnull=True) | Q(approved_at__isnull=False),
                name="payment_file_is_approved_before_it_leaves",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answer="")
                | Q(answered_at__isnull=False, handed_over_at__isnull=False) & ~Q(answer=""),
                name="payment_file_is_answered_once_it_left",
            ),
            models.CheckConstraint(
                condition=~Q(answer="refused") | ~Q(note=""), name="payment_file_says_why_it_was_refused"
            ),
        ]

    def __str__(self):
        return f"payment file {self.number}"

    @property
    def state(self) -> str:
        """How far it is: waiting, approved, handed_over, accepted; or what ended it."""
        if self.rejected_at:
            return "rejected"
        if self.withdrawn_at:
            return "withdrawn"
        if self.answer:
            return self.answer
        if self.handed_over_at:
            return "handed_over"
        return "approved" if self.approved_at else "waiting"

    @property
    def file_name(self) -> str:
        ends = {PaymentFormat.PAIN: "xml", PaymentFormat.NACHA: "ach", PaymentFormat.CSV: "csv"}
        return f"{self.message_id}.{ends[PaymentFormat(self.format)]}"


@known_choices
class PaymentFileLine(models.Model):
    """One payment of a file: what of the books it pays (`row_id` of a `kind` of payables), and to which version of its
    partner's account. While it has no `ending`, nothing else pays the same; a refund, which is owed part by part, is
    `paid` when the bank's debit says so."""

    class Kind(models.TextChoices):
        PAYOUT = "payout", "payout of a distribution"
        REFUND_PAYOUT = "refund_payout", "payout of a refund"

    class Ending(models.TextChoices):
        NONE = "", "stands"
        PAID = "paid", "paid"
        WITHDRAWN = "withdrawn", "withdrawn with its file"
        REFUSED = "refused", "refused by the bank"
        RETURNED = "returned", "returned by the bank"

    fund = models.ForeignKey(
        Fund, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    file = models.ForeignKey(
        PaymentFile, on_delete=models.PROTECT, related_name="lines", db_index=False, db_constraint=False
    )
    n = models.PositiveIntegerField()
    kind = models.CharField(max_length=14, choices=Kind)
    row_id = models.BigIntegerField()
    commitment = models.ForeignKey(
        Commitment, on_delete=models.PROTECT, related_name="payment_lines", db_constraint=False
    )
    payee_details = models.ForeignKey(
        PayeeDetails, on_delete=models.PROTECT, related_name="payment_lines", db_constraint=False
    )
    amount = MoneyField()
    what = SafeCharField(max_length=100)
    end_to_end_id = SafeCharField(max_length=35)
    uetr = models.UUIDField()
    ending = models.CharField(max_length=9, choices=Ending, blank=True, default="")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "payment_file_lines"
        constraints = [
            models.UniqueConstraint(fields=["file", "n"], name="payment_line_place_once"),
            models.UniqueConstraint(
                fields=["kind", "row_id"], condition=Q(ending=""), name="payout_is_in_one_live_file"
            ),
            models.UniqueConstraint(fields=["end_to_end_id"], name="payment_line_id_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_line_pays_something"),
            models.CheckConstraint(
                condition=Q(ending="", ended_at__isnull=True) | ~Q(ending="") & Q(ended_at__isnull=False),
                name="payment_line_ended_at_with_ending",
            ),
        ]

    def __str__(self):
        return f"payment {self.end_to_end_id}"
