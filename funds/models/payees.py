"""Where a partner's money is paid to, telephone numbers on file, and the calls by which details are verified."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from blackgem.lib.decisions import at_with_by, decided_by_another, person
from blackgem.lib.encrypted_fields import EncryptedCharField, encrypted_rails
from blackgem.lib.fields import SafeCharField
from blackgem.lib.known import known_choices
from blackgem.lib.text import masked

from .bank import BankDetails
from .fund import Fund
from .partners import Commitment


class PhoneNumber(models.Model):
    """A number that is called before bank details are verified: of a partner's people, or where there is no commitment,
    of those who know the fund's own account. It counts for what was asked for after it came on file."""

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="phone_numbers")
    commitment = models.ForeignKey(
        Commitment, null=True, on_delete=models.PROTECT, related_name="phone_numbers"
    )
    person_name = SafeCharField("who answers", max_length=200)
    number = SafeCharField("telephone number", max_length=40)
    recorded_at = models.DateTimeField()
    recorded_by = person()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = person(null=True)

    class Meta:
        db_table = "phone_numbers"
        constraints = [
            models.CheckConstraint(
                condition=Q(number__regex=r"^\+?[0-9][0-9 ()./-]{4,38}$"),
                name="phone_number_can_be_called",
            ),
            models.UniqueConstraint(
                fields=["fund", "commitment", "number"],
                condition=Q(withdrawn_at__isnull=True),
                nulls_distinct=False,
                name="phone_number_is_on_file_once",
            ),
            *at_with_by("phone_number", "withdrawn"),
        ]

    def __str__(self):
        return f"{self.number}, {self.person_name}"


class PayeeDetailsQuerySet(models.QuerySet):
    def verified(self):
        return self.filter(verified_at__isnull=False)

    def pending(self):
        return self.filter(verified_at__isnull=True, rejected_at__isnull=True)

    def with_replaces(self):
        """Adds `replaces`: whether others of the partner are verified, whose place these would take."""
        others = PayeeDetails.objects.verified().filter(commitment=OuterRef("commitment"))
        return self.annotate(replaces=Exists(others.exclude(pk=OuterRef("pk"))))


class PayeeDetails(models.Model):
    """One version of the account to which a fund pays a partner. A payout names the version that it goes to; a version
    counts once another person has verified it by a call back, from `usable_from` on, and never changes."""

    #: What stands on no page and in no audit event but for its last four signs.
    SECRET = ("account_number", "iban")

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+")
    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="payee_details")
    version = models.PositiveIntegerField()
    bank_name = SafeCharField(max_length=200)
    bank_address = SafeCharField("address of the bank", max_length=300, blank=True)
    account_name = SafeCharField(max_length=200)
    account_number = EncryptedCharField("account number", max_length=50, blank=True)
    routing_number = SafeCharField("routing number", max_length=20, blank=True)
    swift = SafeCharField("SWIFT / BIC", max_length=11, blank=True)
    iban = EncryptedCharField("IBAN", max_length=34, blank=True)
    # Payment files name the holder's town and country apart.
    holder_town = SafeCharField("town of the holder", max_length=35, blank=True)
    holder_country = SafeCharField("country of the holder", max_length=2, blank=True)
    from_portal = models.BooleanField("proposed in the portal", default=False)
    four_eyes = models.BooleanField()
    #: When it may be verified at the earliest: at once, or after its rest where it takes the place of others.
    usable_from = models.DateTimeField()
    created_at = models.DateTimeField()
    created_by = person()
    verified_at = models.DateTimeField(null=True)
    verified_by = person(null=True)
    rejected_at = models.DateTimeField(null=True)
    rejected_by = person(null=True)

    objects = PayeeDetailsQuerySet.as_manager()

    class Meta:
        db_table = "payee_details"
        verbose_name_plural = "payee details"
        constraints = [
            models.UniqueConstraint(fields=["commitment", "version"], name="payee_details_version_once"),
            models.UniqueConstraint(
                fields=["commitment"],
                condition=Q(verified_at__isnull=True, rejected_at__isnull=True),
                name="one_set_of_payee_details_waits",
            ),
            models.CheckConstraint(
                condition=~Q(account_number="") | ~Q(iban=""), name="payee_details_name_an_account"
            ),
            models.CheckConstraint(
                condition=Q(holder_country="") | Q(holder_country__regex=r"^[A-Z]{2}$"),
                name="payee_country_has_two_letters",
            ),
            models.CheckConstraint(
                condition=Q(usable_from__gte=F("created_at"))
                & (Q(verified_at__isnull=True) | Q(verified_at__gte=F("usable_from"))),
                name="payee_details_rest_first",
            ),
            models.CheckConstraint(
                condition=Q(verified_at__isnull=True) | Q(rejected_at__isnull=True),
                name="payee_details_are_decided_once",
            ),
            *encrypted_rails("payee_details", "account_number", "iban"),
            *at_with_by("payee_details", "verified", "rejected"),
            decided_by_another("payee_verifier_is_another", first="created_by", second="verified_by"),
        ]

    def __str__(self):
        return f"bank details of {self.commitment.investor.name}, version {self.version}"

    @property
    def account(self) -> str:
        """The last four signs of the account."""
        return masked(self.iban) or masked(self.account_number)


@known_choices
class CallBack(models.Model):
    """A call about bank details that wait: on which number, to whom, when, and what came of it."""

    class Outcome(models.TextChoices):
        CONFIRMED = "confirmed", "Every digit was confirmed"
        DENIED = "denied", "They know nothing of it, or it is wrong"
        UNREACHED = "unreached", "Nobody answered"

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+")
    bank_details = models.ForeignKey(
        BankDetails, null=True, on_delete=models.PROTECT, related_name="call_backs"
    )
    payee_details = models.ForeignKey(
        PayeeDetails, null=True, on_delete=models.PROTECT, related_name="call_backs"
    )
    number = models.ForeignKey(PhoneNumber, on_delete=models.PROTECT, related_name="call_backs")
    spoke_to = SafeCharField("who was spoken to", max_length=200, blank=True)
    called_at = models.DateTimeField()
    outcome = models.CharField(max_length=9, choices=Outcome)
    note = SafeCharField(max_length=500, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = person()

    class Meta:
        db_table = "call_backs"
        constraints = [
            models.CheckConstraint(
                condition=Q(bank_details__isnull=True, payee_details__isnull=False)
                | Q(bank_details__isnull=False, payee_details__isnull=True),
                name="call_back_is_about_one_account",
            ),
            models.CheckConstraint(
                condition=Q(outcome="unreached") | ~Q(spoke_to=""), name="call_back_says_who_answered"
            ),
        ]

    def __str__(self):
        return f"{self.get_outcome_display()}, {self.number}"
