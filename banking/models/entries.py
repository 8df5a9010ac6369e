"""What was booked on an account, and what was posted of it."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from blackgem.lib.days import day_in_words
from blackgem.lib.decisions import person
from blackgem.lib.encrypted_fields import EncryptedTextField, encrypted_rails
from blackgem.lib.fields import MoneyField
from blackgem.lib.known import known_choices
from capital.models import Receipt
from funds.models import Fund

from .accounts import BankAccount
from .statements import BankStatement


@known_choices
class BankEntry(models.Model):
    """A line of a statement, in the fund's currency: what comes in is positive. `fingerprint` is what makes entries
    alike: the bank's reference, else name and text; `occurrence` tells those apart that are alike on one day. What was
    booked is kept once, however many files hold it; what is pending is shown with its statement alone."""

    class Status(models.TextChoices):
        BOOKED = "booked", "booked"
        PENDING = "pending", "pending"
        INFO = "info", "for information"

    fund = models.ForeignKey(
        Fund, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    account = models.ForeignKey(
        BankAccount, on_delete=models.PROTECT, related_name="entries", db_index=False, db_constraint=False
    )
    statement = models.ForeignKey(
        BankStatement, on_delete=models.PROTECT, related_name="entries", db_index=False, db_constraint=False
    )
    n = models.PositiveIntegerField()
    part = models.CharField(max_length=20, blank=True, default="")
    status = models.CharField(max_length=7, choices=Status)
    booking_date = models.DateField()
    value_date = models.DateField()
    amount = MoneyField()
    reversal = models.BooleanField()
    returned = models.TextField(blank=True, default="")
    reference = models.TextField(blank=True, default="")
    customer_reference = models.TextField(blank=True, default="")
    end_to_end_id = models.TextField(blank=True, default="")
    creditor_reference = models.TextField(blank=True, default="")
    name = models.TextField(blank=True, default="")
    party_account = EncryptedTextField(blank=True, default="", indexed=True)
    text = EncryptedTextField(blank=True, default="")
    loose_text = EncryptedTextField(blank=True, default="")
    original_amount = models.DecimalField(max_digits=18, decimal_places=3, null=True)
    original_currency = models.CharField(max_length=3, blank=True, default="")
    cleaned = models.BooleanField()
    fingerprint = models.CharField(max_length=64)
    occurrence = models.PositiveIntegerField()

    class Meta:
        db_table = "bank_entries"
        verbose_name_plural = "bank entries"
        constraints = [
            models.UniqueConstraint(fields=["statement", "n"], name="bank_entry_place_once"),
            *encrypted_rails("bank_entry", "text", "loose_text", indexed=("party_account",)),
            models.UniqueConstraint(
                fields=["account", "booking_date", "amount", "fingerprint", "occurrence"],
                condition=Q(status="booked"),
                name="bank_entry_is_kept_once",
            ),
        ]
        indexes = [models.Index(fields=["amount"], name="bank_entries_by_amount")]

    def __str__(self):
        return f"{self.amount:,} of {day_in_words(self.booking_date)}"


class RepeatedEntry(models.Model):
    """Line `n` of a statement is an entry that was known already from another."""

    fund = models.ForeignKey(
        Fund, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    statement = models.ForeignKey(
        BankStatement, on_delete=models.PROTECT, related_name="repeats", db_index=False, db_constraint=False
    )
    entry = models.ForeignKey(
        BankEntry, on_delete=models.PROTECT, related_name="repeats", db_constraint=False
    )
    n = models.PositiveIntegerField()

    class Meta:
        db_table = "repeated_entries"
        verbose_name_plural = "repeated entries"
        constraints = [models.UniqueConstraint(fields=["statement", "n"], name="repeated_entry_place_once")]

    def __str__(self):
        return f"line {self.n} again"


class EntryPosting(models.Model):
    """The receipt that an entry is: each at most once. It has the entry's amount and value date. `step`, `score` and
    `reasons` say by what the item was found."""

    entry = models.OneToOneField(
        BankEntry, on_delete=models.PROTECT, related_name="posting", db_constraint=False
    )
    fund = models.ForeignKey(
        Fund, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    receipt = models.OneToOneField(
        Receipt, on_delete=models.PROTECT, related_name="bank_posting", db_constraint=False
    )
    step = models.PositiveSmallIntegerField()
    score = models.PositiveSmallIntegerField()
    reasons = models.JSONField()
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by = person()

    class Meta:
        db_table = "entry_postings"

    def __str__(self):
        return f"posting of entry {self.entry_id}"
