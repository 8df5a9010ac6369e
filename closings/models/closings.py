"""Later closings: who comes in or promises more, on which terms, and what that changes of the lines called before."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django_fsm import FSMField, FSMModelMixin, transition

from blackgem.lib.context import WriteContext
from blackgem.lib.decisions import Submission, at_with_by, cancelled_with_status, decided_by_another
from blackgem.lib.fields import MoneyField, RateField, SafeCharField
from blackgem.lib.frozen import fingerprint
from blackgem.lib.known import known_choices
from blackgem.lib.public_ids import public_id
from capital.models import CapitalCall, CapitalCallLine
from closings.states import CLOSING_OPEN, ClosingStatus
from funds.models import Commitment, Deal, Fund, Investor


def _rate(**options):
    """A share of one a year: 0.08 for 8 %."""
    return models.DecimalField(max_digits=7, decimal_places=6, **options)


class ClosingQuerySet(models.QuerySet):
    def open(self):
        return self.filter(status__in=CLOSING_OPEN)

    def settled(self):
        return self.filter(status=ClosingStatus.SETTLED)

    def visible_to(self, user):
        return self.filter(fund__in=Fund.objects.visible_to(user))


@known_choices
class Closing(FSMModelMixin, Submission):
    """A later closing of a fund: partners come in, or promise more, as if they had from the first closing on.

    On `held_on` they are admitted; by `pay_on` they pay their part of every line called before, with interest on it by
    the terms given here. `inputs` are what it was worked out from, as text, and their SHA-256: fixed when it was
    submitted. `call` collects what they owe once it is settled.
    """

    class Compounding(models.TextChoices):
        SIMPLE = "simple", "Simple"
        ANNUAL = "annual", "Annual, simple within the year"
        ANNUAL_EXPONENT = "annual_exponent", "Annual, by exponent"

    class DayCount(models.TextChoices):
        ACT_365 = "act/365", "Actual/365"
        ACT_360 = "act/360", "Actual/360"

    class InterestEnd(models.TextChoices):
        DUE_DATE = "due_date", "The day on which they pay"
        CLOSING = "closing", "The day of the closing"

    class FeeInterest(models.TextChoices):
        NONE = "none", "None"
        PER_INSTALMENT = "per_instalment", "From the day of each instalment"
        FIRST_CLOSING = "first_closing", "From the first closing"

    class Distributions(models.TextChoices):
        KEEP = "keep", "They stay with those who got them"
        RESPLIT = "resplit", "They are shared anew"

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="closings")
    number = models.PositiveIntegerField()
    held_on = models.DateField()
    pay_on = models.DateField()
    #: Null where a table of rates says it.
    rate = _rate(null=True, blank=True)
    spread = _rate(default=0, db_default=0)
    compounding = models.CharField(max_length=15, choices=Compounding, default=Compounding.SIMPLE)
    day_count = models.CharField(max_length=7, choices=DayCount, default=DayCount.ACT_365)
    count_both_ends = models.BooleanField(default=False)
    interest_end = models.CharField(max_length=8, choices=InterestEnd, default=InterestEnd.DUE_DATE)
    general_partner_bears_interest = models.BooleanField(default=False)
    #: Whether fees of the time before draw on the commitment of who pays them.
    fees_inside = models.BooleanField(default=True)
    #: Asked, never assumed.
    fee_interest = models.CharField(max_length=14, choices=FeeInterest)
    #: What becomes of distributions that were made before, of the deals that take part. Asked where there are any.
    distributions = models.CharField(max_length=7, choices=Distributions, null=True)
    status = FSMField(choices=ClosingStatus, default=ClosingStatus.DRAFT, protected=True)
    inputs = models.JSONField(default=dict)
    inputs_sha256 = models.CharField(max_length=64, blank=True)
    call = models.OneToOneField(CapitalCall, null=True, on_delete=models.PROTECT, related_name="collects_for")
    revision = models.PositiveIntegerField(default=1)
    public_id = public_id()
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = ClosingQuerySet.as_manager()

    class Meta:
        db_table = "closings"
        constraints = [
            models.UniqueConstraint(fields=["fund", "number"], name="closing_number_once_per_fund"),
            models.UniqueConstraint(
                fields=["fund"], condition=Q(status="pending_approval"), name="one_closing_waits_per_fund"
            ),
            models.CheckConstraint(
                condition=Q(pay_on__gt=F("held_on")), name="closing_is_paid_after_it_is_held"
            ),
            models.CheckConstraint(
                condition=Q(rate__isnull=True) | Q(rate__gte=0, rate__lte=1), name="closing_rate_is_a_share"
            ),
            models.CheckConstraint(
                condition=Q(spread__gte=0, spread__lte=1), name="closing_spread_is_a_share"
            ),
            models.CheckConstraint(condition=Q(status__in=ClosingStatus.values), name="closing_status_known"),
            *at_with_by("closing", "submitted", "approved", "cancelled"),
            models.CheckConstraint(
                condition=~Q(status__in=["settled", "reversed"])
                | Q(approved_at__isnull=False, submitted_at__isnull=False),
                name="closing_settled_was_approved",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "cancelled"]) | ~Q(inputs_sha256=""),
                name="closing_submitted_has_inputs",
            ),
            cancelled_with_status("closing_cancelled_at_with_status"),
            decided_by_another("closing_approver_is_another", first="submitted_by", second="approved_by"),
        ]

    def __str__(self):
        return f"Closing #{self.number}"

    def freeze(self, inputs: dict) -> None:
        """Keep what it was worked out from, and the fingerprint of that."""
        self.inputs, self.inputs_sha256 = inputs, fingerprint(inputs)

    @transition(
        field=status,
        source=ClosingStatus.DRAFT,
        target=ClosingStatus.PENDING_APPROVAL,
        custom={"refusal": "Only a draft can be submitted for approval."},
    )
    def submit(self, *, ctx: WriteContext):
        """Ask for approval. From here on its contents cannot change."""
        self.submitted_by, self.submitted_at, self.four_eyes = ctx.by, ctx.at, self.fund.four_eyes

    @transition(
        field=status,
        source=ClosingStatus.PENDING_APPROVAL,
        target=ClosingStatus.SETTLED,
        custom={"refusal": "Only a closing that awaits approval can be approved."},
    )
    def settle(self, *, ctx: WriteContext):
        """Admit, equalise and ask for the money, at once."""
        self.approved_by, self.approved_at = ctx.by, ctx.at

    @transition(
        field=status,
        source=ClosingStatus.PENDING_APPROVAL,
        target=ClosingStatus.DRAFT,
        custom={"refusal": "Only a closing that awaits approval can be sent back."},
    )
    def send_back(self):
        """Refuse approval for now: it can be changed, and submitted again."""
        self.submitted_by = self.submitted_at = None
        self.four_eyes = False

    @transition(
        field=status,
        source=list(CLOSING_OPEN),
        target=ClosingStatus.CANCELLED,
        custom={"refusal": "Only a closing that is not settled can be cancelled."},
    )
    def cancel(self, *, ctx: WriteContext, reason):
        """Withdraw it before it is settled."""
        self.cancelled_by, self.cancelled_at, self.cancel_reason = ctx.by, ctx.at, reason

    @transition(
        field=status,
        source=ClosingStatus.SETTLED,
        target=ClosingStatus.REVERSED,
        custom={"refusal": "Only a settled closing can be reversed."},
    )
    def reverse(self):
        """Take it back: everything is held again as before it."""


class ClosingRate(models.Model):
    """A rate of interest from a day on, where the terms have a table of them; the closing's spread comes on top."""

    closing = models.ForeignKey(Closing, on_delete=models.CASCADE, related_name="rates")
    starts_on = models.DateField()
    rate = _rate()

    class Meta:
        db_table = "closing_rates"
        constraints = [
            models.UniqueConstraint(fields=["closing", "starts_on"], name="one_rate_per_day_of_a_closing"),
            models.CheckConstraint(
                condition=Q(rate__gte=0, rate__lte=1), name="closing_table_rate_is_a_share"
            ),
        ]

    def __str__(self):
        return f"{self.rate} from {self.starts_on}"


@known_choices
class ClosingTranche(models.Model):
    """What an investor promises at a closing: as a new partner of this kind and with this reference, or more than it
    did where it is one already. A new one may have agreed on its fee by side letter: `fee_rate`, a rate of its own, or
    `fee_discount`, a share off. `fee_reason`: why its fees for the time before are those given here, and not those that
    were worked out."""

    closing = models.ForeignKey(Closing, on_delete=models.CASCADE, related_name="tranches")
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    investor = models.ForeignKey(Investor, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=2, choices=Commitment.Kind, default=Commitment.Kind.LP)
    reference = SafeCharField(max_length=20, blank=True)
    amount = MoneyField()
    fee_rate = RateField("rate of its own", null=True, blank=True)
    fee_discount = RateField("share off the fee", null=True, blank=True)
    fee_reason = SafeCharField(max_length=500, blank=True, default="", db_default="")

    class Meta:
        db_table = "closing_tranches"
        constraints = [
            models.UniqueConstraint(fields=["closing", "investor"], name="one_tranche_per_investor"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="tranche_positive"),
            models.CheckConstraint(
                condition=(Q(fee_rate__isnull=True) | Q(fee_rate__range=(0, 1)))
                & (Q(fee_discount__isnull=True) | Q(fee_discount__range=(0, 1)))
                & (Q(fee_rate__isnull=True) | Q(fee_discount__isnull=True)),
                name="tranche_fee_is_a_rate_or_a_share_off",
            ),
        ]

    def __str__(self):
        return f"{self.investor} {self.amount}"


class ClosingFee(models.Model):
    """A fee that a later partner owes the manager for the time before: an instalment and the day on which others paid
    it. Interest on it goes to the manager too."""

    closing = models.ForeignKey(Closing, on_delete=models.CASCADE, related_name="fees")
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    tranche = models.ForeignKey(
        ClosingTranche, on_delete=models.CASCADE, related_name="fees", db_constraint=False
    )
    amount = MoneyField()
    due_on = models.DateField()

    class Meta:
        db_table = "closing_fees"
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="closing_fee_positive")]

    def __str__(self):
        return f"{self.amount} of {self.due_on}"


class ClosingExcuse(models.Model):
    """A deal from which a partner is excused that comes in, or promises more, by a side letter or an opinion: it takes
    over nothing of the deal's lines, in this closing and in every later one."""

    closing = models.ForeignKey(Closing, on_delete=models.CASCADE, related_name="excuses")
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    tranche = models.ForeignKey(
        ClosingTranche, on_delete=models.CASCADE, related_name="excuses", db_constraint=False
    )
    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="+")
    reason = SafeCharField(max_length=500)

    class Meta:
        db_table = "closing_excuses"
        constraints = [
            models.UniqueConstraint(fields=["tranche", "deal"], name="excused_once_per_tranche_and_deal"),
            models.CheckConstraint(condition=~Q(reason=""), name="closing_excuse_has_reason"),
        ]

    def __str__(self):
        return f"excused from {self.deal}"


class ClosingExclusion(models.Model):
    """A deal that a closing leaves out: realised, or about to be. Its partners stay those that they are."""

    closing = models.ForeignKey(Closing, on_delete=models.CASCADE, related_name="exclusions")
    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "closing_exclusions"
        constraints = [
            models.UniqueConstraint(fields=["closing", "deal"], name="deal_excluded_once_per_closing")
        ]

    def __str__(self):
        return f"{self.deal} left out"


class ClosingValue(models.Model):
    """What a line is worth at a closing, where later partners buy in at value: a premium stands in for interest."""

    closing = models.ForeignKey(Closing, on_delete=models.CASCADE, related_name="values")
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    line = models.ForeignKey(CapitalCallLine, on_delete=models.PROTECT, related_name="+")
    value = MoneyField()

    class Meta:
        db_table = "closing_values"
        constraints = [
            models.UniqueConstraint(fields=["closing", "line"], name="line_valued_once_per_closing"),
            models.CheckConstraint(condition=Q(value__gte=0), name="closing_value_not_negative"),
        ]

    def __str__(self):
        return f"{self.value} for line {self.line_id}"
