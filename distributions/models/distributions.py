"""Distributions: what is paid out, how the waterfall divides it, and what each partner gets."""

from datetime import UTC, datetime
from types import SimpleNamespace

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Now
from django_fsm import GET_STATE, FSMField, FSMModelMixin, transition

from blackgem.lib.context import WriteContext
from blackgem.lib.decisions import Submission, at_with_by, cancelled_with_status, decided_by_another, person
from blackgem.lib.fields import MoneyField, SafeCharField
from blackgem.lib.known import known_choices
from blackgem.lib.public_ids import public_id
from distributions.calc.states import issued_distribution_status
from distributions.states import (
    DISTRIBUTION_CANCELLABLE,
    DISTRIBUTION_FROZEN,
    DISTRIBUTION_ISSUED,
    DISTRIBUTION_RETURNABLE,
    DistributionStatus,
    DistributionType,
)
from funds.models import Commitment, Deal, Fund, FundTerms


def _status_from_amounts(distribution, capital):
    return issued_distribution_status(capital.gross, capital.paid_out)


class DistributionQuerySet(models.QuerySet):
    def issued(self):
        return self.filter(status__in=DISTRIBUTION_ISSUED)

    def frozen(self):
        return self.filter(status__in=DISTRIBUTION_FROZEN)

    def approved_before(self, one):
        """Those that were approved earlier; the order of approval is the order in which they count for each other."""
        return self.filter(Q(approved_at__lt=one.approved_at) | Q(approved_at=one.approved_at, pk__lt=one.pk))

    def approved_after(self, one):
        return self.filter(Q(approved_at__gt=one.approved_at) | Q(approved_at=one.approved_at, pk__gt=one.pk))

    def with_turns(self):
        """Adds two numbers of other distributions: that which it `waits_for`, approved before it and to be issued
        first, and that which it is `counted_by`, the last that was issued on top of it."""
        own = SimpleNamespace(
            approved_at=Coalesce(OuterRef("approved_at"), Value(datetime.max.replace(tzinfo=UTC))),
            pk=OuterRef("pk"),
        )
        beside = Distribution.objects.filter(fund=OuterRef("fund"))
        waiting = beside.filter(status=DistributionStatus.APPROVED).approved_before(own)
        later = beside.issued().approved_after(own)
        return self.annotate(
            waits_for=Subquery(waiting.order_by("approved_at", "pk").values("number")[:1]),
            counted_by=Subquery(later.order_by("-approved_at", "-pk").values("number")[:1]),
        )

    def visible_to(self, user):
        return self.filter(fund__in=Fund.objects.visible_to(user))


class Distribution(FSMModelMixin, Submission):
    """A payment by a fund to its partners, in the fund's currency. `sent` means issued: it counts.

    `inputs` are the facts that its waterfall was worked out from, as text, and their SHA-256: frozen on approval.
    """

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="distributions")
    number = models.PositiveIntegerField()
    date = models.DateField()
    total_amount = MoneyField()
    type = models.CharField(max_length=24, choices=DistributionType, default=DistributionType.EXIT_PROCEEDS)
    source = SafeCharField(max_length=500, blank=True)
    deal = models.ForeignKey(
        Deal, null=True, blank=True, on_delete=models.PROTECT, related_name="distributions"
    )
    recallable = models.BooleanField("recallable return of capital", default=False)
    #: The call lines that it gives back, where a person named them; empty: those of its deal, else all.
    given_back_lines = ArrayField(models.BigIntegerField(), default=list, blank=True)
    status = FSMField(choices=DistributionStatus, default=DistributionStatus.DRAFT, protected=True)
    terms = models.ForeignKey(FundTerms, on_delete=models.PROTECT, related_name="+")
    inputs = models.JSONField()
    inputs_sha256 = models.CharField(max_length=64)
    revision = models.PositiveIntegerField(default=1)
    public_id = public_id()
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    sent_at = models.DateTimeField(null=True)
    sent_by = person(null=True)

    objects = DistributionQuerySet.as_manager()

    class Meta:
        db_table = "distributions"
        constraints = [
            models.UniqueConstraint(fields=["fund", "number"], name="distribution_number_once_per_fund"),
            models.CheckConstraint(condition=Q(total_amount__gt=0), name="distribution_positive"),
            models.CheckConstraint(
                condition=Q(status__in=DistributionStatus.values), name="distribution_status_known"
            ),
            models.CheckConstraint(
                condition=Q(type__in=DistributionType.values), name="distribution_type_known"
            ),
            *at_with_by("distribution", "submitted", "approved", "sent", "cancelled"),
            models.CheckConstraint(
                condition=~Q(status__in=DISTRIBUTION_FROZEN)
                | Q(approved_at__isnull=False, submitted_at__isnull=False),
                name="distribution_frozen_was_approved",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=DISTRIBUTION_ISSUED) | Q(sent_at__isnull=False),
                name="distribution_issued_was_sent",
            ),
            cancelled_with_status("distribution_cancelled_at_with_status"),
            decided_by_another(
                "distribution_approver_is_another", first="submitted_by", second="approved_by"
            ),
        ]

    def __str__(self):
        return f"Distribution #{self.number}"

    @transition(
        field=status,
        source=DistributionStatus.DRAFT,
        target=DistributionStatus.PENDING_APPROVAL,
        custom={"refusal": "Only a draft can be submitted for approval."},
    )
    def submit(self, *, ctx: WriteContext):
        """Ask for approval. From here on its contents cannot change."""
        self.submitted_by, self.submitted_at, self.four_eyes = ctx.by, ctx.at, self.fund.four_eyes

    @transition(
        field=status,
        source=DistributionStatus.PENDING_APPROVAL,
        target=DistributionStatus.APPROVED,
        custom={"refusal": "Only a distribution that awaits approval can be approved."},
    )
    def approve(self, *, ctx: WriteContext):
        """Freeze it with its inputs."""
        self.approved_by, self.approved_at = ctx.by, ctx.at

    @transition(
        field=status,
        source=list(DISTRIBUTION_RETURNABLE),
        target=DistributionStatus.DRAFT,
        custom={"refusal": "Only a distribution that awaits approval or issue can go back to draft."},
    )
    def return_to_draft(self):
        """Take submission and approval back, so that it can be computed anew."""
        self.submitted_by = self.submitted_at = self.approved_by = self.approved_at = None
        self.four_eyes = False

    @transition(
        field=status,
        source=DistributionStatus.PENDING_APPROVAL,
        target=DistributionStatus.DRAFT,
        custom={"refusal": "Only a distribution that awaits approval can be sent back."},
    )
    def send_back(self):
        """Refuse approval for now: it can be changed, and submitted again."""
        self.submitted_by = self.submitted_at = None
        self.four_eyes = False

    @transition(
        field=status,
        source=DistributionStatus.APPROVED,
        target=DistributionStatus.ISSUED,
        custom={"refusal": "Only an approved distribution can be issued."},
    )
    def issue(self, *, ctx: WriteContext):
        """Issue it: it counts from now on."""
        self.sent_by, self.sent_at = ctx.by, ctx.at

    @transition(
        field=status,
        source=DistributionStatus.ISSUED,
        target=GET_STATE(_status_from_amounts, states=[DistributionStatus.ISSUED, DistributionStatus.PAID]),
        custom={"refusal": "Only an issued distribution that is not paid out yet can be paid out."},
    )
    def pay_out(self, capital):
        """Money went out; `capital` is the roll-up including it."""

    @transition(
        field=status,
        source=list(DISTRIBUTION_ISSUED),
        target=GET_STATE(_status_from_amounts, states=[DistributionStatus.ISSUED]),
        custom={"refusal": "There is no payout here that could be reversed."},
    )
    def reverse_payout(self, capital):
        """A payout came back."""

    @transition(
        field=status,
        source=list(DISTRIBUTION_CANCELLABLE),
        target=DistributionStatus.CANCELLED,
        custom={
            "refusal": "A distribution that was paid out cannot be cancelled; reverse its payouts first."
        },
    )
    def cancel(self, *, ctx: WriteContext, reason):
        """Withdraw a distribution of which nothing was paid out."""
        self.cancelled_by, self.cancelled_at, self.cancel_reason = ctx.by, ctx.at, reason


@known_choices
class DistributionTier(models.Model):
    """One step of the waterfall over all partners, with its working: owed before, paid, owed after, inputs as text."""

    class Kind(models.TextChoices):
        RETURN_OF_CAPITAL = "return_of_capital", "Return of capital"
        PREFERRED_RETURN = "preferred_return", "Preferred return"
        CATCH_UP = "catch_up", "GP catch-up"
        SPLIT = "split", "Profit split"
        GP_OWN = "gp_own", "GP’s own commitment"
        EXCESS = "excess", "Return of excess capital"

    distribution = models.ForeignKey(
        Distribution, on_delete=models.CASCADE, related_name="tiers", db_index=False, db_constraint=False
    )
    fund = models.ForeignKey(
        Fund, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=17, choices=Kind)
    tier = models.PositiveSmallIntegerField(default=1)
    owed_before = MoneyField(null=True)
    lp_amount = MoneyField()
    gp_amount = MoneyField()
    owed_after = MoneyField(null=True)
    inputs = models.JSONField(default=dict)

    class Meta:
        db_table = "distribution_tiers"
        constraints = [
            models.UniqueConstraint(
                fields=["distribution", "position"], name="distribution_tier_position_once"
            ),
            models.CheckConstraint(
                condition=Q(lp_amount__gte=0, gp_amount__gte=0), name="distribution_tier_not_negative"
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} of distribution {self.distribution_id}"


class DistributionItem(models.Model):
    """What one partner gets of a distribution. Its parts add up to `gross_amount`; net = gross − withholding.

    `tiers` is what each tier of the waterfall paid on this partner's share, as text: catch-up to the LP and to the GP,
    split to the LP and to the GP. The GP parts go to the GP's item, as `carried_interest`. `weight` is what its share
    was measured by.
    """

    distribution = models.ForeignKey(
        Distribution, on_delete=models.CASCADE, related_name="items", db_index=False, db_constraint=False
    )
    fund = models.ForeignKey(
        Fund, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    commitment = models.ForeignKey(
        Commitment,
        on_delete=models.PROTECT,
        related_name="distribution_items",
        db_index=False,
        db_constraint=False,
    )
    weight = MoneyField()
    gross_amount = MoneyField()
    return_of_capital = MoneyField()
    preferred_return = MoneyField()
    profit_share = MoneyField()
    carried_interest = MoneyField()
    recallable_amount = MoneyField()
    withholding_tax = MoneyField()
    net_amount = MoneyField()
    tiers = models.JSONField(default=list)
    working = models.JSONField(default=list)
    public_id = public_id()

    class Meta:
        db_table = "distribution_items"
        constraints = [
            models.UniqueConstraint(
                fields=["distribution", "commitment"], name="one_item_per_distribution_and_commitment"
            ),
            models.CheckConstraint(
                condition=Q(
                    gross_amount=F("return_of_capital")
                    + F("preferred_return")
                    + F("profit_share")
                    + F("carried_interest")
                ),
                name="distribution_item_parts_sum_to_gross",
            ),
            models.CheckConstraint(
                condition=Q(net_amount=F("gross_amount") - F("withholding_tax")),
                name="distribution_net_is_gross_less_withholding",
            ),
            models.CheckConstraint(
                condition=Q(
                    return_of_capital__gte=0,
                    preferred_return__gte=0,
                    profit_share__gte=0,
                    carried_interest__gte=0,
                    recallable_amount__gte=0,
                    withholding_tax__gte=0,
                    net_amount__gte=0,
                    weight__gte=0,
                )
                & Q(recallable_amount__lte=F("gross_amount")),
                name="distribution_item_not_negative",
            ),
        ]
        indexes = [
            models.Index(
                fields=["commitment", "distribution"],
                include=["gross_amount"],
                name="distribution_items_by_partner",
            ),
            models.Index(fields=["fund", "distribution"], name="distribution_items_by_fund"),
            models.Index(fields=["gross_amount"], name="distribution_items_by_gross"),
            models.Index(fields=["net_amount"], name="distribution_items_by_net"),
        ]

    def __str__(self):
        return f"item {self.pk} of distribution {self.distribution_id}"


class GivenBack(models.Model):
    """What one partner's part of a distribution gives back of one call line: `amount` of what was paid on it, of which
    `restores` may be called again. In the fund's currency.

    The line belongs to the app that calls money in: a plain number here, with its foreign key in the database.
    """

    item = models.ForeignKey(
        DistributionItem, on_delete=models.CASCADE, related_name="given_back", db_constraint=False
    )
    distribution_id = models.BigIntegerField()
    fund = models.ForeignKey(
        Fund, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    commitment_id = models.BigIntegerField()
    call_line_id = models.BigIntegerField()
    amount = MoneyField()
    restores = MoneyField()

    class Meta:
        db_table = "distribution_given_back"
        constraints = [
            models.UniqueConstraint(fields=["item", "call_line_id"], name="given_back_line_once_per_item"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, restores__gte=0, restores__lte=F("amount")),
                name="given_back_within_bounds",
            ),
        ]
        indexes = [
            models.Index(
                fields=["commitment_id", "call_line_id"], include=["amount"], name="given_back_by_line"
            )
        ]

    def __str__(self):
        return f"{self.amount} of call line {self.call_line_id}"
