"""What happened in a fund that its fee follows: events that change base or rate, and cost that was realised."""

from django.db import models
from django.db.models import Exists, OuterRef, Q

from blackgem.lib.dated_rows import DatedAmountQuerySet, dated_rails, decided_rails
from blackgem.lib.days import day_in_words
from blackgem.lib.known import known_choices
from fees.calc.schedule import EventKind
from fees.models.asked import Asked
from funds.models import Deal, Fund


class FeeEventQuerySet(DatedAmountQuerySet):
    def standing(self):
        """The events that were approved and that no approved row took back."""
        taken_back = FeeEvent.objects.approved().filter(takes_back=OuterRef("pk"))
        return self.approved().filter(~Exists(taken_back), takes_back=None)


@known_choices
class FeeEvent(Asked):
    """What changes the fee of a fund from a day on, as its schedule says. A row that `takes_back` another says that it
    did not happen."""

    class Kind(models.TextChoices):
        INVESTMENT_PERIOD_ENDED = EventKind.INVESTMENT_PERIOD_ENDED.value, "End of the investment period"
        SUCCESSOR_FEE_STARTED = EventKind.SUCCESSOR_FEE_STARTED.value, "Fee of a successor fund"
        SUSPENDED = EventKind.SUSPENDED.value, "Investment period suspended"
        RESUMED = EventKind.RESUMED.value, "Investment period resumed"
        FEE_ENDED = EventKind.FEE_ENDED.value, "End of the fee"

    amount = None
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="fee_events")
    kind = models.CharField(max_length=23, choices=Kind)
    takes_back = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="taken_back_by")

    objects = FeeEventQuerySet.as_manager()

    class Meta:
        db_table = "fee_events"
        constraints = [
            models.UniqueConstraint(
                fields=["takes_back"],
                condition=Q(takes_back__isnull=False, rejected_at__isnull=True),
                name="fee_event_taken_back_once",
            ),
            *decided_rails("fee_event"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} on {day_in_words(self.effective_on)}"


class FeeRealisation(Asked):
    """Cost of a deal that was sold on a day, in whole or in part, in the fund's currency: the fee is no longer taken of
    it. A negative amount corrects an earlier one, with its reason."""

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="fee_realisations")
    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "fee_realisations"
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0) | ~Q(reason=""), name="fee_realisation_corrected_with_reason"
            ),
            *dated_rails("fee_realisation"),
        ]

    def __str__(self):
        return f"cost of {self.amount:,} sold on {day_in_words(self.effective_on)}"
