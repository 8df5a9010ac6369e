"""A fund, the terms of its partnership agreement, and the people who run it."""

from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now

from blackgem.lib.business_days import CALENDAR
from blackgem.lib.days import LONGEST_ZONE, UTC, local_day
from blackgem.lib.decisions import at_with_by, person
from blackgem.lib.fields import (
    CurrencyField,
    MoneyField,
    MultipleField,
    PlainTextField,
    RateField,
    SafeCharField,
)
from blackgem.lib.known import known_choices
from blackgem.lib.public_ids import public_id
from funds.calc.codes import LONGEST, fund_code

from .checked import Checked

MOST_NOTICE_DAYS = 365
#: Of so many partners a total tells what another one has: of two at once, of three where one knows a second.
FEW_PARTNERS = 3


class _LooksLike(Func):
    """Whether a reader takes one name for the other, whatever their letters are."""

    function = "looks_like"
    output_field = models.BooleanField()


class FundQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Funds that this user works for; everything for a superuser."""
        return self if user.is_superuser else self.filter(memberships__user=user)

    def seen_as(self, name: str):
        """Funds of which one name looks like this one to the eye."""
        return self.filter(Q(_LooksLike("name", Value(name))) | Q(_LooksLike("legal_name", Value(name))))

    def run_by(self, user, *roles):
        """Funds in which this user holds one of these roles."""
        if user.is_superuser:
            return self
        return self.filter(memberships__user=user, memberships__role__in=roles)


@known_choices
class Fund(Checked):
    """A partnership that raises commitments and draws them down. All its money is in one currency."""

    class PaperSize(models.TextChoices):
        LETTER = "letter", "US Letter"
        A4 = "a4", "A4"

    class PartnerTotals(models.TextChoices):
        """What a letter to one partner shows of all partners together."""

        ALL = "all", "Amounts and percentages"
        PERCENTAGES = "percentages", "Percentages alone"
        NONE = "none", "Nothing"

    class InvestmentKey(models.TextChoices):
        """What a new investment is shared by among partners, where the call says nothing else."""

        COMMITMENT = "commitment", "Commitments"
        REMAINING = "remaining", "Remaining commitments"

    name = SafeCharField(max_length=200, unique=True)
    # Stands on every letter and in every file's name.
    code = SafeCharField(max_length=LONGEST, blank=True)
    legal_name = SafeCharField(max_length=200)
    currency = CurrencyField(default="USD")
    lpa_date = models.DateField("date of the partnership agreement")
    first_closing_on = models.DateField("first closing", null=True, blank=True)
    address = PlainTextField(max_length=500, blank=True)
    contact_name = SafeCharField(max_length=200, blank=True)
    contact_email = models.EmailField(blank=True)
    contact_phone = SafeCharField(max_length=50, blank=True)
    signatory_name = SafeCharField(max_length=200, blank=True)
    signatory_title = SafeCharField(max_length=200, blank=True)
    paper_size = models.CharField(max_length=6, choices=PaperSize, default=PaperSize.LETTER)
    attach_notices = models.BooleanField("attach the PDF to the mail", default=True)
    partner_totals = models.CharField(
        "totals of all partners on letters",
        max_length=11,
        choices=PartnerTotals,
        default=PartnerTotals.ALL,
        db_default=PartnerTotals.ALL,
    )
    four_eyes = models.BooleanField("a second person approves", default=False)
    # Whether notices may leave though no bank details are verified: they then give no payment instructions.
    letters_without_account = models.BooleanField(default=False, db_default=False, editable=False)
    # Its days, "today" among them, are those of this zone, whoever looks from wherever.
    time_zone = SafeCharField(max_length=LONGEST_ZONE, default=UTC, db_default=UTC)
    # A country, where needed with a part of it; left empty, the currency's.
    calendar = SafeCharField("calendar of holidays", max_length=13, blank=True, default="", db_default="")
    notice_days = models.PositiveSmallIntegerField("days of notice", default=10, db_default=10)
    investments_split_by = models.CharField(
        "new investments are shared by",
        max_length=10,
        choices=InvestmentKey,
        default=InvestmentKey.COMMITMENT,
        db_default=InvestmentKey.COMMITMENT,
    )
    #: The most that may stay unpaid of a partner's part of a call and be settled by a person; 0 for nothing.
    residual_limit = MoneyField("largest residual that is settled", default=Decimal(0), db_default=Decimal(0))
    # Given under the fund's lock and never again: the gap of a deleted draft stays visible.
    last_call_number = models.PositiveIntegerField(default=0, editable=False)
    last_distribution_number = models.PositiveIntegerField(default=0, editable=False)
    public_id = public_id()
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = person(editable=False)
    # Its letters leave once somebody who may open funds stands for its name.
    sender_admitted_at = models.DateTimeField(null=True, editable=False)
    sender_admitted_by = person(null=True, editable=False)

    objects = FundQuerySet.as_manager()

    class Meta:
        db_table = "funds"
        constraints = [
            models.UniqueConstraint(fields=["code"], name="fund_code_once"),
            *at_with_by("fund", "sender_admitted"),
            models.CheckConstraint(
                condition=Q(code__regex=f"^[A-Z0-9]{{2,{LONGEST}}}$"), name="fund_code_is_letters_and_digits"
            ),
            models.CheckConstraint(
                condition=Q(calendar="") | Q(calendar__regex=f"^{CALENDAR.pattern}$"),
                name="fund_calendar_is_of_a_country",
            ),
            models.CheckConstraint(
                condition=Q(notice_days__range=(0, MOST_NOTICE_DAYS)), name="fund_notice_days_within_a_year"
            ),
            models.CheckConstraint(
                condition=Q(residual_limit__gte=0), name="fund_residual_limit_not_negative"
            ),
            *Checked.RAILS,
            models.CheckConstraint(
                condition=Q(partner_totals__in=["all", "percentages", "none"]),
                name="fund_partner_totals_are_known",
            ),
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self._take_code()
        super().save(*args, **kwargs)

    @property
    def has_contact(self) -> bool:
        """Whether it says whom its investors may ask."""
        return bool(self.contact_name or self.contact_email or self.contact_phone)

    @property
    def began_on(self):
        """No money of the fund counts before this day: the earlier of its agreement and its first closing."""
        return min(filter(None, (self.lpa_date, self.first_closing_on)))

    def totals_reveal_others(self) -> bool:
        """Whether letters show totals of so few partners with money, the GP too, that these tell what one has."""
        shows = self.partner_totals != self.PartnerTotals.NONE
        return shows and 1 < self._committing_partners() <= FEW_PARTNERS

    def _committing_partners(self) -> int:
        """How many promised money, as far as it matters; read with the fund where a page needs it."""
        if hasattr(self, "committing_count"):
            return self.committing_count
        return self.commitments.filter(amounts__committed__gt=0)[: FEW_PARTNERS + 1].count()

    def day_of(self, at: datetime) -> date:
        """The day of the fund on which a moment falls."""
        return local_day(at, self.time_zone)

    def clean(self):
        super().clean()
        self._take_code()

    def _take_code(self) -> None:
        """A new fund without a code gets one out of its name."""
        if self._state.adding and not self.code:
            self.code = fund_code(self.name, set(Fund.objects.values_list("code", flat=True)))


@known_choices
class FundTerms(models.Model):
    """One dated version of a fund's economic terms. Rates are fractions: 0.08 is eight per cent a year.

    A new version never changes an old one, so that what was computed under it can be computed again.
    """

    class Style(models.TextChoices):
        EUROPEAN = "european", "European (whole fund)"
        AMERICAN = "american", "American (deal by deal)"

    class Scope(models.TextChoices):
        PER_INVESTOR = "per_investor", "Per investor"
        AGGREGATE = "aggregate", "Aggregate"

    class Compounding(models.TextChoices):
        ANNUAL = "annual", "Annual"
        QUARTERLY = "quarterly", "Quarterly"
        SIMPLE = "simple", "Simple"

    class DayCount(models.TextChoices):
        ACT_365 = "act/365", "Actual/365"
        ACT_360 = "act/360", "Actual/360"
        THIRTY_360 = "30E/360", "30E/360"

    class Order(models.TextChoices):
        CAPITAL_FIRST = "capital_first", "Capital first, then preferred return"
        PREF_FIRST = "pref_first", "Preferred return first, then capital"

    class PrefStart(models.TextChoices):
        PAID = "paid", "The day paid"
        DUE = "due", "The due date"
        LATER = "later", "The later of the two"

    class FeeAllocation(models.TextChoices):
        PRO_RATA = "pro_rata", "In proportion to realised cost"
        NONE = "none", "Not at all"

    class FeeBase(models.TextChoices):
        INVESTED = "invested", "Of invested cost"
        COMMITMENT = "commitment", "Of commitments"

    class RecallableTreatment(models.TextChoices):
        ALL_IN = "all_in", "Counted as distributed"
        EXCLUDED = "excluded", "Netted out"

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="terms")
    version = models.PositiveIntegerField()
    effective_on = models.DateField()
    style = models.CharField(max_length=8, choices=Style, default=Style.EUROPEAN)
    scope = models.CharField(max_length=12, choices=Scope, default=Scope.PER_INVESTOR)
    hurdle_rate = RateField("preferred return", default=Decimal("0.08"))
    catch_up_rate = RateField("GP catch-up", default=Decimal("1"))
    carry_rate = RateField("carried interest", default=Decimal("0.20"))
    compounding = models.CharField(max_length=9, choices=Compounding, default=Compounding.ANNUAL)
    day_count = models.CharField(max_length=7, choices=DayCount, default=DayCount.ACT_365)
    management_fee_rate = RateField("management fee", default=Decimal("0.02"))
    order = models.CharField("what is paid first", max_length=13, choices=Order, default=Order.CAPITAL_FIRST)
    pref_start = models.CharField(
        "preferred return runs from", max_length=5, choices=PrefStart, default=PrefStart.PAID
    )
    loss_carryforward = models.BooleanField("losses stay due", default=True)
    fee_allocation = models.CharField(max_length=8, choices=FeeAllocation, default=FeeAllocation.PRO_RATA)
    fee_base = models.CharField(max_length=10, choices=FeeBase, default=FeeBase.INVESTED)
    recallable_treatment = models.CharField(
        "recallable distributions in multiples",
        max_length=8,
        choices=RecallableTreatment,
        default=RecallableTreatment.ALL_IN,
    )
    clawback_tax_rate = RateField("tax rate in a clawback", default=Decimal("0"))
    # Which of what goes out may be called again; unused money of a call always may.
    recall_capital = models.BooleanField("returned capital may be called again", default=True)
    recall_fees = models.BooleanField("amounts equal to fees may be called again", default=True)
    recall_gains = models.BooleanField("gains may be called again", default=False)
    recall_until = models.DateField("recallable until", null=True, blank=True)
    max_unfunded = MultipleField("most unfunded, of the commitment", default=Decimal("1"))
    max_cumulative = MultipleField("most called in all, of the commitment", null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = person(editable=False)

    class Meta:
        db_table = "fund_terms"
        verbose_name_plural = "fund terms"
        constraints = [
            models.UniqueConstraint(fields=["fund", "version"], name="fund_terms_version_once"),
            models.CheckConstraint(
                condition=Q(hurdle_rate__range=(0, 1))
                & Q(catch_up_rate__range=(0, 1))
                & Q(carry_rate__gte=0)
                & Q(carry_rate__lt=1)
                & Q(management_fee_rate__range=(0, 1)),
                name="fund_terms_rates_are_fractions",
            ),
            models.CheckConstraint(
                condition=Q(catch_up_rate=0) | Q(catch_up_rate__gte=F("carry_rate")),
                name="fund_terms_catch_up_reaches_carry",
            ),
            models.CheckConstraint(
                condition=Q(max_unfunded__range=(1, 10))
                & (Q(max_cumulative__isnull=True) | Q(max_cumulative__range=(1, 10))),
                name="fund_terms_recall_limits_at_least_the_commitment",
            ),
        ]

    def __str__(self):
        return f"{self.fund} terms v{self.version}"


class FundTermsTier(models.Model):
    """A further tier of a version of the terms, above the one on the terms themselves. Rates are fractions."""

    terms = models.ForeignKey(FundTerms, on_delete=models.PROTECT, related_name="further_tiers")
    position = models.PositiveSmallIntegerField()
    hurdle_rate = RateField("hurdle")
    catch_up_rate = RateField("GP catch-up")
    carry_rate = RateField("carried interest")

    class Meta:
        db_table = "fund_terms_tiers"
        constraints = [
            models.UniqueConstraint(fields=["terms", "position"], name="fund_terms_tier_position_once"),
            models.CheckConstraint(
                condition=Q(hurdle_rate__range=(0, 1))
                & Q(catch_up_rate__range=(0, 1))
                & Q(carry_rate__gte=0)
                & Q(carry_rate__lt=1),
                name="fund_terms_tier_rates_are_fractions",
            ),
            models.CheckConstraint(
                condition=Q(catch_up_rate=0) | Q(catch_up_rate__gte=F("carry_rate")),
                name="fund_terms_tier_catch_up_reaches_carry",
            ),
        ]

    def __str__(self):
        return f"tier {self.position} of {self.terms}"


class NavEntry(models.Model):
    """What a fund's net assets are worth on a day, in its currency. The newest entry of a day stands.

    It says whether money called and not yet paid is in it, and whether what was declared and not yet paid out has been
    taken off it already: what flows afterwards is then not counted twice.
    """

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="nav_entries")
    as_of = models.DateField()
    amount = MoneyField()
    receivables_included = models.BooleanField(
        "called and not yet paid is in it", default=False, db_default=False
    )
    payables_deducted = models.BooleanField(
        "declared and not yet paid out is off it", default=False, db_default=False
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = person(editable=False)

    class Meta:
        db_table = "nav_entries"
        verbose_name, verbose_name_plural = "net asset value", "net asset values"
        indexes = [models.Index(fields=["fund", "-as_of", "-id"], name="nav_entries_by_day")]
        constraints = [models.CheckConstraint(condition=Q(amount__gte=0), name="nav_not_negative")]

    def __str__(self):
        return f"NAV of {self.fund} on {self.as_of}"


class NavEntryDeal(models.Model):
    """What of an entry one deal is worth, in the fund's currency; what no deal is worth are other net assets."""

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    entry = models.ForeignKey(NavEntry, on_delete=models.PROTECT, related_name="deals", db_index=False)
    deal = models.ForeignKey("funds.Deal", on_delete=models.PROTECT, related_name="+", db_index=False)
    amount = MoneyField()

    class Meta:
        db_table = "nav_entry_deals"
        constraints = [
            models.UniqueConstraint(fields=["entry", "deal"], name="nav_entry_deal_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="nav_entry_deal_not_negative"),
        ]

    def __str__(self):
        return f"{self.deal} in {self.entry}"


@known_choices
class FundMembership(models.Model):
    """What a person may do in a fund."""

    class Role(models.TextChoices):
        MANAGER = "manager", "Manager"
        ANALYST = "analyst", "Analyst"
        AUDITOR = "auditor", "Auditor"

    fund = models.ForeignKey(Fund, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=7, choices=Role)

    class Meta:
        db_table = "fund_memberships"
        constraints = [models.UniqueConstraint(fields=["fund", "user"], name="one_role_per_fund_and_person")]

    def __str__(self):
        return f"{self.user}, {self.get_role_display().lower()} of {self.fund}"
