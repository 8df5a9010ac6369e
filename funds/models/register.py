"""The register: what each partner promised, as dated events that are never edited or deleted."""

from django.db import models
from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce

from blackgem.lib.dated_rows import DatedAmount, DatedAmountQuerySet, decided_rails
from blackgem.lib.days import day_in_words
from blackgem.lib.fields import MoneyField
from blackgem.lib.rollups import RollUp, parent

from .fund import Fund
from .partners import Commitment


class CommitmentEventQuerySet(DatedAmountQuerySet):
    def with_revision(self):
        """Adds `revision`: how many events of the commitment count by now, which says what a further one adds to."""
        counted = Q(commitment__events__approved_at__isnull=False)
        return self.annotate(revision=Count("commitment__events", filter=counted))


class CommitmentEvent(DatedAmount):
    """What changed a commitment or what of it may still be called, from a day on: positive raises, negative lowers.

    `changes_commitment` is what views read, never the kind: a released or expired part may no longer be called, and
    still weighs in every split.
    """

    class Kind(models.TextChoices):
        ADMITTED = "admitted", "Admitted"
        CORRECTED = "corrected", "Corrected"
        INCREASED = "increased", "Increased"
        RELEASED = "released", "Released"
        EXPIRED = "expired", "Expired"
        DEFAULT_REDUCTION = "default_reduction", "Reduced by default"
        REVERSED = "reversed", "Closing reversed"
        TRANSFER_OUT = "transfer_out", "Transferred to another partner"
        TRANSFER_IN = "transfer_in", "Acquired by transfer"

    #: What lowers; of these the last ones leave the commitment as it is.
    LOWERING = (Kind.DEFAULT_REDUCTION, Kind.RELEASED, Kind.EXPIRED)
    UNFUNDED_ONLY = (Kind.RELEASED, Kind.EXPIRED)

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+")
    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=17, choices=Kind)
    changes_commitment = models.BooleanField()
    #: The transfer that moves it, which belongs to an app above. Its second pair of events moves what may no longer be
    #: called: that leaves the commitments as they are, and has the signs turned.
    transfer_id = models.BigIntegerField(null=True)

    objects = CommitmentEventQuerySet.as_manager()

    class Meta:
        db_table = "commitment_events"
        constraints = [
            models.UniqueConstraint(
                fields=["commitment"], condition=Q(kind="admitted"), name="one_admission_per_commitment"
            ),
            models.CheckConstraint(
                condition=Q(kind="admitted", amount__gte=0, changes_commitment=True)
                | Q(~Q(amount=0), kind="corrected", changes_commitment=True)
                | Q(kind="increased", amount__gt=0, changes_commitment=True)
                | Q(kind__in=["default_reduction", "reversed"], amount__lt=0, changes_commitment=True)
                | Q(kind__in=["released", "expired"], amount__lt=0, changes_commitment=False)
                | Q(kind="transfer_out", amount__lt=0, changes_commitment=True)
                | Q(kind="transfer_in", amount__gt=0, changes_commitment=True)
                | Q(kind="transfer_out", amount__gt=0, changes_commitment=False)
                | Q(kind="transfer_in", amount__lt=0, changes_commitment=False),
                name="commitment_event_does_what_its_kind_says",
            ),
            models.CheckConstraint(
                condition=Q(kind="admitted", four_eyes=False, approved_at__isnull=False)
                | Q(kind="corrected")
                | (~Q(kind__in=["admitted", "corrected"]) & ~Q(reason="")),
                name="commitment_event_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["transfer_out", "transfer_in"], transfer_id__isnull=False)
                | (~Q(kind__in=["transfer_out", "transfer_in"]) & Q(transfer_id__isnull=True)),
                name="commitment_event_of_a_transfer_names_it",
            ),
            models.UniqueConstraint(
                fields=["transfer_id", "kind", "changes_commitment"],
                name="one_event_per_transfer_and_side",
            ),
            *decided_rails("commitment_event"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} from {day_in_words(self.effective_on)}"


class CommitmentAmounts(RollUp):
    """What a partner promised by its events, up to now, in the fund's currency.

    Attributes:
        commitment: the commitment, and the key
        fund: its fund
        committed: what weighs in splits, ratios and fees
        released: what of it was released or expired: it may no longer be called
    """

    commitment = parent(Commitment, related_name="amounts")
    fund = models.ForeignKey(Fund, on_delete=models.DO_NOTHING, related_name="+")
    committed = MoneyField()
    released = MoneyField()

    class Meta(RollUp.Meta):
        db_table = "commitment_amounts"


def committed_by(day, known, *, of: str = "pk"):
    """The expression of what a commitment weighs on a day, as known at a time: zero before it was admitted. `of` leads
    to the commitment's id."""
    counted = known.recorded(
        CommitmentEvent.objects.filter(
            commitment=models.OuterRef(of), changes_commitment=True, effective_on__lte=day
        ).approved(),
        "approved_at",
    )
    summed = counted.order_by().values("commitment").annotate(total=Sum("amount")).values("total")
    return Coalesce(models.Subquery(summed), 0, output_field=MoneyField())
