"""Defaults: a partner did not pay what was called; what it is charged, and what others are asked for in its place."""

from decimal import Decimal
from fractions import Fraction

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from blackgem.lib.dated_rows import DatedAmount, DatedAmountQuerySet, decided_rails
from blackgem.lib.decisions import Reversal, at_with_by, decided_by_another
from blackgem.lib.fields import MoneyField
from blackgem.lib.known import known_choices
from blackgem.lib.public_ids import public_id
from capital.models import CapitalCall, CapitalCallItem
from closings.calc.default import CapBase as CapBases
from closings.calc.default import InterestTo as InterestGoesTo
from closings.models.keys import key
from funds.models import Commitment, Fund


def _fraction(**options):
    """A share of one: 0.1 for 10 %."""
    return models.DecimalField(max_digits=9, decimal_places=8, **options)


class DefaultQuerySet(DatedAmountQuerySet):
    def standing(self):
        """Those of which notice was given that was not withdrawn."""
        return self.approved().exclude(_withdrawn())

    def not_taken_back(self):
        """Those that stand or wait: neither turned down nor withdrawn."""
        return self.filter(rejected_at=None).exclude(_withdrawn())


def _withdrawn() -> Exists:
    return Exists(DefaultWithdrawal.objects.filter(default=OuterRef("pk"), approved_at__isnull=False))


@known_choices
class Default(DatedAmount):
    """Notice to a partner that it is in default on its part of a call, on `effective_on`, with the terms that hold for
    it: until when it may cure, the rate of interest from `due_on` on and whose that is, and up to which share of what
    the others may be asked for in its place (`cap` of `cap_base`).

    It is cured once nothing of the item is owed; that is read from its payments and never stored.
    """

    class DayCount(models.TextChoices):
        ACT_365 = "act/365", "Actual/365"
        ACT_360 = "act/360", "Actual/360"

    class InterestTo(models.TextChoices):
        OTHERS = InterestGoesTo.OTHERS.value, "The other partners"
        FUND = InterestGoesTo.FUND.value, "The fund"

    class CapBase(models.TextChoices):
        ITEM = CapBases.ITEM.value, "Its own part of that call"
        CONTRIBUTED = CapBases.CONTRIBUTED.value, "All that it contributed"

    amount = None
    objects = DefaultQuerySet.as_manager()
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="defaults")
    number = models.PositiveIntegerField()
    call = key(CapitalCall)
    item = models.ForeignKey(
        CapitalCallItem, on_delete=models.PROTECT, related_name="defaults", db_constraint=False
    )
    commitment = models.ForeignKey(
        Commitment, on_delete=models.PROTECT, related_name="defaults", db_constraint=False
    )
    due_on = models.DateField()
    cure_by = models.DateField()
    rate = _fraction()
    day_count = models.CharField(max_length=7, choices=DayCount, default=DayCount.ACT_365)
    interest_to = models.CharField(max_length=6, choices=InterestTo, default=InterestTo.OTHERS)
    cap = _fraction()
    cap_base = models.CharField(max_length=11, choices=CapBase, default=CapBase.ITEM)
    public_id = public_id()

    class Meta:
        db_table = "defaults"
        constraints = [
            models.UniqueConstraint(fields=["fund", "number"], name="default_number_once_per_fund"),
            models.CheckConstraint(condition=~Q(reason=""), name="default_has_reason"),
            models.CheckConstraint(condition=Q(effective_on__gt=F("due_on")), name="default_after_due_day"),
            models.CheckConstraint(condition=Q(cure_by__gte=F("effective_on")), name="default_may_be_cured"),
            models.CheckConstraint(
                condition=Q(rate__gte=0, rate__lte=1, cap__gte=0, cap__lte=1), name="default_terms_are_shares"
            ),
            *decided_rails("default"),
        ]

    def __str__(self):
        return f"default #{self.number}"

    @property
    def cap_share(self) -> Fraction:
        return Fraction(self.cap)


@known_choices
class DefaultRemedy(DatedAmount):
    """What is done about a default, decided on its own.

    Interest: `amount` is what accrued up to `effective_on` and was not asked for before; paid by the defaulting
    partner, it covers `costs` first. A shortfall: `amount` is asked of the others in its place, of which `uncovered` is
    what none of them can be asked for; the rest is called. `due_on` is when either is due.

    A forfeiture: the share `numerator` of `denominator` of the partner's interest passes to the others, and `amount` of
    its commitment. A forced sale: the whole interest passes to the `buyer`; `amount` is the price, that share of the
    lesser of what the partner contributed and the `value` of its interest, of which `interest` that is owed and `costs`
    are kept. A reduction: `amount` is what its commitment is cut by. All three count on `effective_on`.
    """

    class Kind(models.TextChoices):
        INTEREST = "interest", "Interest"
        SHORTFALL = "shortfall", "Shortfall call"
        FORFEITURE = "forfeiture", "Forfeiture"
        SALE = "sale", "Forced sale"
        REDUCTION = "reduction", "Reduction of the commitment"

    #: What a call of its own asks for; the others move rows, or the commitment alone.
    CALLED = (Kind.INTEREST, Kind.SHORTFALL)

    default = models.ForeignKey(Default, on_delete=models.PROTECT, related_name="remedies", db_index=False)
    fund = key(Fund)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    due_on = models.DateField(null=True)
    costs = MoneyField(default=0)
    uncovered = MoneyField(default=0)
    numerator = models.BigIntegerField(null=True)
    denominator = models.BigIntegerField(null=True)
    buyer = models.ForeignKey(
        Commitment, on_delete=models.PROTECT, null=True, related_name="bought_at_default", db_constraint=False
    )
    value = MoneyField(null=True)
    interest = MoneyField(default=0)

    class Meta:
        db_table = "default_remedies"
        constraints = [
            models.UniqueConstraint(fields=["default", "number"], name="remedy_number_once_per_default"),
            models.UniqueConstraint(
                fields=["default"],
                condition=Q(approved_at__isnull=True, rejected_at__isnull=True),
                name="one_remedy_waits_per_default",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="default_remedy_positive"),
            models.CheckConstraint(
                condition=Q(kind="interest", costs__gte=0, uncovered=0, due_on__isnull=False, interest=0)
                | Q(
                    kind="shortfall",
                    costs=0,
                    uncovered__gte=0,
                    uncovered__lt=F("amount"),
                    due_on__isnull=False,
                    interest=0,
                )
                | Q(
                    kind__in=["forfeiture", "reduction"],
                    costs=0,
                    uncovered=0,
                    due_on__isnull=True,
                    interest=0,
                )
                | Q(
                    kind="sale", costs__gte=0, uncovered=0, due_on__isnull=True, interest__gte=0, value__gte=0
                ),
                name="default_remedy_fits_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=["forfeiture", "sale"],
                    numerator__isnull=False,
                    denominator__isnull=False,
                    numerator__gt=0,
                    numerator__lte=F("denominator"),
                )
                | Q(
                    kind__in=["interest", "shortfall", "reduction"],
                    numerator__isnull=True,
                    denominator__isnull=True,
                ),
                name="default_remedy_takes_a_share",
            ),
            models.CheckConstraint(
                condition=Q(kind="sale", buyer__isnull=False, value__isnull=False)
                | (~Q(kind="sale") & Q(buyer__isnull=True, value__isnull=True)),
                name="forced_sale_has_a_buyer",
            ),
            *decided_rails("default_remedy"),
        ]

    def __str__(self):
        return f"{self.get_kind_display().lower()} on {self.default}"

    @property
    def called(self):
        """What is called by it."""
        return self.amount - self.uncovered

    @property
    def share(self) -> Fraction | None:
        return Fraction(self.numerator, self.denominator) if self.denominator else None

    @property
    def share_in_words(self) -> str:
        """In percent; of a sale, what its price is of the lesser of two figures."""
        return "" if self.share is None else f"{Decimal(100) * self.numerator / self.denominator:.2f}%"

    @property
    def net(self):
        """Of a forced sale, what the partner in default is paid: the price less what it owes beside its item."""
        return max(self.amount - self.interest - self.costs, Decimal("0.00"))


class DefaultPart(models.Model):
    """What another partner is asked for in place of the one in default, and the most that it may be."""

    remedy = models.ForeignKey(DefaultRemedy, on_delete=models.PROTECT, related_name="parts", db_index=False)
    fund = key(Fund)
    commitment = models.ForeignKey(
        Commitment, on_delete=models.PROTECT, related_name="default_parts", db_constraint=False
    )
    cap = MoneyField()
    amount = MoneyField()

    class Meta:
        db_table = "default_parts"
        constraints = [
            models.UniqueConstraint(fields=["remedy", "commitment"], name="one_part_per_remedy_and_partner"),
            models.CheckConstraint(
                condition=Q(amount__gte=0, amount__lte=F("cap")), name="default_part_within_its_cap"
            ),
        ]

    def __str__(self):
        return f"{self.amount} of {self.remedy_id}"


class DefaultCall(models.Model):
    """The call that a remedy led to: interest of the partner in default, or what the others pay in its place."""

    remedy = models.OneToOneField(DefaultRemedy, on_delete=models.PROTECT, related_name="asked")
    fund = key(Fund)
    call = models.OneToOneField(
        CapitalCall, on_delete=models.PROTECT, related_name="default_call", db_constraint=False
    )

    class Meta:
        db_table = "default_calls"

    def __str__(self):
        return f"call of remedy {self.remedy_id}"


class DefaultWithdrawal(Reversal):
    """A request to withdraw the notice of a default, and its decision. Approved, nobody is in default on that item by
    it, and notice of it may be given anew."""

    default = models.ForeignKey(Default, on_delete=models.PROTECT, related_name="withdrawals")
    fund = key(Fund)

    class Meta:
        db_table = "default_withdrawals"
        constraints = [
            models.UniqueConstraint(
                fields=["default"], condition=Q(rejected_at__isnull=True), name="one_withdrawal_per_default"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="default_withdrawal_has_reason"),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True) | Q(rejected_at__isnull=True),
                name="default_withdrawal_decided_once",
            ),
            *at_with_by("default_withdrawal", "approved", "rejected"),
            decided_by_another(
                "default_withdrawal_approver_is_another", first="requested_by", second="approved_by"
            ),
        ]

    def __str__(self):
        return f"withdrawal of {self.default}"
