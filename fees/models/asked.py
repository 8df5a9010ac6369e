"""What a fee is worked out from: dated rows that a second person decides on where the fund demands it."""

from django.db import models
from django.db.models import Q

from blackgem.lib.dated_rows import DatedAmount, decided_rails
from blackgem.lib.days import day_in_words
from blackgem.lib.fields import MoneyField, RateField
from blackgem.lib.known import known_choices
from funds.models import Commitment, Deal, Fund


class Asked(DatedAmount):
    """A dated row that says how it was decided."""

    class Meta:
        abstract = True

    @property
    def status(self) -> str:
        return "rejected" if self.rejected_at else "approved" if self.approved_at else "pending"


@known_choices
class FeeSchedule(Asked):
    """A version of a fund's fee, from `effective_on` on: a yearly `rate` of a `basis`, the rhythm in which it falls
    due, and what is done with fee income. Base and rate may hold earlier, from an event on (`brought_by`). While the
    investment period is suspended, those of `suspended_basis` hold. A fee ends with a version of 0 %. `late_rule`: what
    who comes in at a later closing pays there. `vat_rate`: tax on top; `inside`: what is paid draws on the
    commitment."""

    class Basis(models.TextChoices):
        COMMITMENT = "commitment", "Commitment"
        NET_INVESTED = "net_invested", "Net invested capital"
        ACQUISITION_COST = "acquisition_cost", "Cost of what is not sold"
        CONTRIBUTED = "contributed", "Contributions for investments"
        FAIR_VALUE = "fair_value", "Fair value of investments"
        LOWER_OF_COST_AND_VALUE = "lower_of_cost_and_value", "Lower of cost and fair value, deal by deal"

    class BroughtBy(models.TextChoices):
        NOTHING = "nothing", "Its day alone"
        INVESTMENT_PERIOD_ENDED = "investment_period_ended", "The end of the investment period, if earlier"
        SUCCESSOR_FEE_STARTED = "successor_fee_started", "The fee of a successor fund, if earlier"
        EITHER = "either", "Whichever of the two comes first, if earlier"

    class SuspendedBasis(models.TextChoices):
        UNCHANGED = "unchanged", "As without a suspension"
        COMMITMENT = "commitment", "Commitment"
        NET_INVESTED = "net_invested", "Net invested capital"
        ACQUISITION_COST = "acquisition_cost", "Cost of what is not sold"
        CONTRIBUTED = "contributed", "Contributions for investments"
        FAIR_VALUE = "fair_value", "Fair value of investments"
        LOWER_OF_COST_AND_VALUE = "lower_of_cost_and_value", "Lower of cost and fair value, deal by deal"

    class Frequency(models.TextChoices):
        QUARTERLY = "quarterly", "Every quarter"
        SEMIANNUAL = "semiannual", "Every half year"
        ANNUAL = "annual", "Every year"

    class TimeRule(models.TextChoices):
        BY_PERIOD = "by_period", "A part of the year for each period, by its days"
        ACT_365 = "act/365", "Actual/365"
        ACT_360 = "act/360", "Actual/360"
        THIRTY_E_360 = "30E/360", "30E/360"

    class OffsetShare(models.TextChoices):
        ALL = "all", "All partners"
        FEE_PAYING = "fee_paying", "Partners who pay a fee"

    class OffsetAfterClosing(models.TextChoices):
        RESPLIT = "resplit", "Shared anew, as if all had been there from the start"
        KEEP = "keep", "Kept as it was shared"

    class LateRule(models.TextChoices):
        BILLED = "billed", "The periods that others were billed"
        TO_DATE = "to_date", "The days up to the closing"

    class DiscountOrder(models.TextChoices):
        DISCOUNT_FIRST = "discount_first", "Before the offset"
        OFFSET_FIRST = "offset_first", "Of what the offset left"

    amount = None
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="fee_schedules")
    version = models.PositiveIntegerField()
    rate = RateField("yearly rate")
    basis = models.CharField(
        max_length=23, choices=Basis, default=Basis.COMMITMENT, db_default=Basis.COMMITMENT
    )
    brought_by = models.CharField(
        max_length=23, choices=BroughtBy, default=BroughtBy.NOTHING, db_default=BroughtBy.NOTHING
    )
    suspended_basis = models.CharField(
        max_length=23,
        choices=SuspendedBasis,
        default=SuspendedBasis.UNCHANGED,
        db_default=SuspendedBasis.UNCHANGED,
    )
    suspended_rate = RateField("yearly rate while suspended", default=0, db_default=0)
    frequency = models.CharField(max_length=10, choices=Frequency, default=Frequency.QUARTERLY)
    in_advance = models.BooleanField(default=True)
    time_rule = models.CharField(max_length=9, choices=TimeRule, default=TimeRule.BY_PERIOD)
    offset_share = models.CharField(max_length=10, choices=OffsetShare, default=OffsetShare.ALL)
    offset_after_closing = models.CharField(
        max_length=7, choices=OffsetAfterClosing, default=OffsetAfterClosing.RESPLIT
    )
    discount_order = models.CharField(
        max_length=14, choices=DiscountOrder, default=DiscountOrder.DISCOUNT_FIRST
    )
    late_rule = models.CharField(
        max_length=7, choices=LateRule, default=LateRule.BILLED, db_default=LateRule.BILLED
    )
    vat_rate = RateField("tax on the fee", default=0)
    inside = models.BooleanField(default=True)

    class Meta:
        db_table = "fee_schedules"
        constraints = [
            models.UniqueConstraint(fields=["fund", "version"], name="fee_schedule_version_once"),
            models.CheckConstraint(
                condition=Q(rate__range=(0, 1), vat_rate__range=(0, 1), suspended_rate__range=(0, 1)),
                name="fee_schedule_rates_are_fractions",
            ),
            *decided_rails("fee_schedule"),
        ]

    def __str__(self):
        return f"fee from {day_in_words(self.effective_on)}, version {self.version}"


class FeeLetter(Asked):
    """What a partner agreed apart from the schedule, from a day on: a rate of its own or a share off the fee, or
    neither; and an amount of its fees that it is let off from then on, beyond what earlier ones let it off."""

    amount = None
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+")
    commitment = models.ForeignKey(
        Commitment, on_delete=models.PROTECT, related_name="fee_letters", db_constraint=False
    )
    own_rate = RateField("rate of its own", null=True)
    discount = RateField("share off the fee", null=True)
    waived = MoneyField("amount that it is let off", default=0)

    class Meta:
        db_table = "fee_letters"
        constraints = [
            models.CheckConstraint(
                condition=(Q(own_rate__isnull=True) | Q(own_rate__range=(0, 1)))
                & (Q(discount__isnull=True) | Q(discount__range=(0, 1))),
                name="fee_letter_rates_are_fractions",
            ),
            models.CheckConstraint(
                condition=Q(own_rate__isnull=True) | Q(discount__isnull=True),
                name="fee_letter_has_a_rate_or_a_discount",
            ),
            models.CheckConstraint(condition=Q(waived__gte=0), name="fee_letter_waives_no_less_than_nothing"),
            *decided_rails("fee_letter"),
        ]

    def __str__(self):
        return f"side letter on the fee from {day_in_words(self.effective_on)}"


@known_choices
class FeeIncome(Asked):
    """What the manager or its affiliates received from a company of the fund on a day, and the share of it that is
    offset against the fee."""

    class Category(models.TextChoices):
        TRANSACTION = "transaction", "Transaction fee"
        MONITORING = "monitoring", "Monitoring fee"
        DIRECTORS = "directors", "Directors’ fee"
        BREAK_UP = "break_up", "Break-up fee"
        ADVISORY = "advisory", "Advisory fee"
        CAPITAL_MARKETS = "capital_markets", "Capital markets fee"
        ARRANGEMENT = "arrangement", "Arrangement fee"
        ORIGINATION = "origination", "Origination fee"
        ORGANISATIONAL = "organisational", "Organisational costs above the cap"
        PLACEMENT = "placement", "Placement fee"
        OTHER = "other", "Other"

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="fee_income")
    deal = models.ForeignKey(Deal, null=True, on_delete=models.PROTECT, related_name="+")
    category = models.CharField(max_length=16, choices=Category)
    offset_rate = RateField("share that is offset", default=1)

    class Meta:
        db_table = "fee_income"
        verbose_name_plural = "fee income"
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="fee_income_positive"),
            models.CheckConstraint(
                condition=Q(offset_rate__range=(0, 1)), name="fee_income_offset_is_a_fraction"
            ),
            *decided_rails("fee_income"),
        ]

    def __str__(self):
        return f"{self.get_category_display()} of {day_in_words(self.effective_on)}"
