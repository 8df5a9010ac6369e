"""Where the money of a fund is to be paid to."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from blackgem.lib.decisions import at_with_by, decided_by_another, person
from blackgem.lib.encrypted_fields import EncryptedCharField, encrypted_rails
from blackgem.lib.fields import SafeCharField

from .fund import Fund


class BankDetailsQuerySet(models.QuerySet):
    def verified(self):
        return self.filter(verified_at__isnull=False)

    def awaiting_verification(self):
        return self.filter(verified_at__isnull=True, rejected_at__isnull=True)

    def with_replaces(self):
        """Adds `replaces`: whether others of the fund are verified, whose place these would take."""
        others = BankDetails.objects.verified().filter(fund=OuterRef("fund")).exclude(pk=OuterRef("pk"))
        return self.annotate(replaces=Exists(others))


class BankDetails(models.Model):
    """One version of a fund's payment instructions. It is used only once a person has verified it by a call back, and
    never changes: a correction is a new version."""

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="bank_details")
    version = models.PositiveIntegerField()
    bank_name = SafeCharField(max_length=200)
    bank_address = SafeCharField("address of the bank", max_length=300, blank=True, default="", db_default="")
    account_name = SafeCharField(max_length=200)
    account_number = EncryptedCharField("account number", max_length=50, blank=True, indexed=True)
    routing_number = SafeCharField("routing number", max_length=20, blank=True)
    swift = SafeCharField("SWIFT / BIC", max_length=11, blank=True)
    iban = EncryptedCharField("IBAN", max_length=34, blank=True, indexed=True)
    four_eyes = models.BooleanField()
    created_at = models.DateTimeField(db_default=Now())
    created_by = person()
    verified_at = models.DateTimeField(null=True)
    verified_by = person(null=True)
    rejected_at = models.DateTimeField(null=True)
    rejected_by = person(null=True)

    objects = BankDetailsQuerySet.as_manager()

    class Meta:
        db_table = "bank_details"
        verbose_name_plural = "bank details"
        constraints = [
            models.UniqueConstraint(fields=["fund", "version"], name="bank_details_version_once"),
            models.CheckConstraint(
                condition=~Q(account_number="") | ~Q(iban=""), name="bank_details_name_an_account"
            ),
            *encrypted_rails("bank_details", indexed=("account_number", "iban")),
            *at_with_by("bank_details", "verified"),
            models.CheckConstraint(
                condition=Q(rejected_at__isnull=True, rejected_by__isnull=True)
                | Q(rejected_at__isnull=False, rejected_by__isnull=False, verified_at__isnull=True),
                name="bank_details_rejected_at_with_by",
            ),
            decided_by_another("bank_details_verifier_is_another", first="created_by", second="verified_by"),
        ]

    def __str__(self):
        return f"{self.bank_name}, version {self.version}"
