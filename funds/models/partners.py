"""Deals a fund buys, investors who promise money, and what each promised."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from blackgem.lib.decisions import person
from blackgem.lib.encrypted_fields import EncryptedCharField, encrypted_rails
from blackgem.lib.fields import PlainTextField, RateField, SafeCharField
from blackgem.lib.known import known_choices
from blackgem.lib.public_ids import public_id

from .fund import Fund


class SharedQuerySet(models.QuerySet):
    """Rows that belong to no single fund: seen by those whose fund they are tied to. One that is tied to none yet is
    seen by whoever entered it, while that person works for a fund or may open one, and by those who share a fund with
    that person."""

    def visible_to(self, user):
        if user.is_superuser:
            return self
        funds = Fund.objects.visible_to(user)
        own = Q(created_by=user) & (Q(created_by__opens_funds=True) | Q(Exists(funds)))
        colleagues = Q(created_by__memberships__fund__in=funds)
        untied = ~Exists(self.model.funds_tied_to(OuterRef("pk")))
        tied = Q(**{f"{self.model.tie}__fund__in": funds})
        return self.filter(tied | (Q(untied) & (own | colleagues))).distinct()

    def tied_to(self, fund):
        """Those of one fund."""
        return self.filter(**{f"{self.model.tie}__fund": fund})


class Shared(models.Model):
    """A row that belongs to no single fund. `tie` is the relation to the rows that tie it to funds, under the same name
    on both sides; the app that has them says so."""

    tie = ""
    objects = SharedQuerySet.as_manager()

    class Meta:
        abstract = True

    @classmethod
    def funds_tied_to(cls, row):
        """The funds that are tied to a row, or to what an `OuterRef` names."""
        return Fund.objects.filter(**{f"{cls.tie}__{cls._meta.model_name}": row})


class Deal(Shared):
    """A company or asset that funds invest in."""

    name = SafeCharField(max_length=200)
    description = PlainTextField(max_length=2000, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = person(editable=False)

    class Meta:
        db_table = "deals"

    def __str__(self):
        return self.name


@known_choices
class Investor(Shared):
    """A limited (or general) partner: a person or an entity that commits money to funds."""

    tie = "commitments"

    class Kind(models.TextChoices):
        INDIVIDUAL = "individual", "Individual"
        COMPANY = "company", "Company"
        PARTNERSHIP = "partnership", "Partnership"
        TRUST = "trust", "Trust"
        FOUNDATION = "foundation", "Foundation or endowment"
        PENSION = "pension", "Pension fund"
        OTHER = "other", "Other"

    name = SafeCharField(max_length=200)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.INDIVIDUAL)
    email = models.EmailField(blank=True)
    attention = SafeCharField("attention line", max_length=200, blank=True)
    address = PlainTextField(max_length=500, blank=True)
    country = SafeCharField(max_length=100, blank=True)
    tax_reference = EncryptedCharField(max_length=50, blank=True)
    withholding_rate = RateField("withholding tax", default=Decimal("0"))
    public_id = public_id()
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = person(editable=False)

    class Meta:
        db_table = "investors"
        constraints = encrypted_rails("investor", "tax_reference")

    def __str__(self):
        return self.name


class InvestorContact(models.Model):
    """A person who speaks for an investor; notices go to those who take them, of the kinds that the investor wants
    mailed to them: at least one gets each kind."""

    #: By the kind of a letter, whether it is mailed to somebody who takes notices.
    GETS = {
        "capital_call": "gets_calls",
        "distribution": "gets_distributions",
        "refund": "gets_distributions",
        "cash_return": "gets_calls",
    }

    investor = models.ForeignKey(Investor, on_delete=models.CASCADE, related_name="contacts")
    name = SafeCharField(max_length=200)
    email = models.EmailField()
    takes_notices = models.BooleanField(default=True)
    gets_calls = models.BooleanField(default=True, db_default=True)
    gets_distributions = models.BooleanField(default=True, db_default=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="investor_contacts",
    )

    class Meta:
        db_table = "investor_contacts"
        constraints = [
            models.UniqueConstraint(fields=["investor", "email"], name="contact_once_per_investor")
        ]

    def __str__(self):
        return f"{self.name} <{self.email}>"

    @property
    def signs_in_as(self) -> str:
        """Whom access to the portal is given to: the account that signs in, or who has the mailbox."""
        return self.user.email if self.user else self.email


@known_choices
class Commitment(models.Model):
    """An investor as a partner of a fund. What it promised is the sum of its dated events (`.events`, `.amounts`).

    Zero is legal: the GP partner of a fund without a GP commitment still receives carry.
    """

    class Kind(models.TextChoices):
        LP = "lp", "LP"
        GP = "gp", "GP"

    class Standing(models.TextChoices):
        GOOD = "good", "In good standing"
        DEFAULTED = "defaulted", "Defaulted"

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="commitments")
    investor = models.ForeignKey(Investor, on_delete=models.PROTECT, related_name="commitments")
    kind = models.CharField(max_length=2, choices=Kind, default=Kind.LP)
    closing_date = models.DateField()
    reference = SafeCharField(max_length=20, help_text="Quoted on notices and payments.")
    standing = models.CharField(max_length=9, choices=Standing, default=Standing.GOOD)
    public_id = public_id()
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = person(editable=False)

    class Meta:
        db_table = "commitments"
        constraints = [
            models.UniqueConstraint(
                fields=["fund", "investor"], name="commitment_once_per_fund_and_investor"
            ),
            models.UniqueConstraint(fields=["fund", "reference"], name="commitment_reference_once_per_fund"),
            models.UniqueConstraint(
                fields=["fund"], condition=Q(kind="gp"), name="one_gp_commitment_per_fund"
            ),
        ]

    def __str__(self):
        return f"{self.investor} in {self.fund}"

    @property
    def amount(self) -> Decimal:
        """What it promises by now, in the fund's currency; read with the commitment if `amounts` was fetched."""
        return self.amounts.committed


class SideLetter(models.Model):
    """One dated version of what a partner agreed apart from the fund's terms. What is left out stays as there."""

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="side_letters")
    version = models.PositiveIntegerField()
    effective_on = models.DateField()
    hurdle_rate = RateField("preferred return", null=True, blank=True)
    catch_up_rate = RateField("GP catch-up", null=True, blank=True)
    carry_rate = RateField("carried interest", null=True, blank=True)
    note = SafeCharField(max_length=500, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = person(editable=False)

    class Meta:
        db_table = "side_letters"
        constraints = [
            models.UniqueConstraint(fields=["commitment", "version"], name="side_letter_version_once"),
            models.CheckConstraint(
                condition=(Q(hurdle_rate__isnull=True) | Q(hurdle_rate__range=(0, 1)))
                & (Q(catch_up_rate__isnull=True) | Q(catch_up_rate__range=(0, 1)))
                & (Q(carry_rate__isnull=True) | (Q(carry_rate__gte=0) & Q(carry_rate__lt=1))),
                name="side_letter_rates_are_fractions",
            ),
        ]

    def __str__(self):
        return f"side letter v{self.version} of {self.commitment}"
