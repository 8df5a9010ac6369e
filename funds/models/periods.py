"""Closing the books: periods that are closed in order by two persons, and reopened by an administrator."""

from datetime import date

from django.db import models
from django.db.models import F, Q

from blackgem.lib.days import day_in_words
from blackgem.lib.decisions import ReversalQuerySet, at_with_by, decided_by_another, person
from blackgem.lib.fields import MoneyField, SafeCharField

from .fund import Fund
from .partners import Commitment


class PeriodCloseQuerySet(ReversalQuerySet):
    def standing(self):
        """Those that close their period now: approved, and not reopened since."""
        return self.filter(approved_at__isnull=False, reopening__isnull=True)


class PeriodClose(models.Model):
    """A request to close the books of [first_day, last_day], both days included, and its decision.

    A quarter of the calendar; the first of a fund may take in all quarters before it. Approved, it says what was known:
    figures of a day in it are as known at `known_at`. What was reopened stays as a row, and may be closed again by
    another. `checks` is the check list as it stood when the close was asked for.
    """

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="period_closes")
    first_day = models.DateField()
    last_day = models.DateField()
    checks = models.JSONField(default=list)
    reason = SafeCharField(max_length=500, blank=True)
    four_eyes = models.BooleanField(default=True)
    recorded_at = models.DateTimeField()
    recorded_by = person()
    approved_at = models.DateTimeField(null=True)
    approved_by = person(null=True)
    rejected_at = models.DateTimeField(null=True)
    rejected_by = person(null=True)
    known_at = models.DateTimeField(null=True)

    objects = PeriodCloseQuerySet.as_manager()

    class Meta:
        db_table = "period_closes"
        constraints = [
            models.UniqueConstraint(
                fields=["fund"],
                condition=Q(approved_at__isnull=True, rejected_at__isnull=True),
                name="one_period_close_waits",
            ),
            models.CheckConstraint(
                condition=Q(first_day__lt=F("last_day")), name="period_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True) | Q(rejected_at__isnull=True),
                name="period_close_is_decided_once",
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True, known_at__isnull=True)
                | Q(approved_at__isnull=False, known_at__isnull=False, known_at__lte=F("approved_at")),
                name="period_knows_what_was_known_when_it_closed",
            ),
            *at_with_by("period_close", "approved", "rejected"),
            decided_by_another("period_close_approver_is_another", first="recorded_by", second="approved_by"),
        ]
        indexes = [models.Index(fields=["fund", "last_day"], name="period_closes_by_day")]

    def __str__(self):
        return f"period to {day_in_words(self.last_day)}"

    @property
    def name(self) -> str:
        return name_of_period(self.first_day, self.last_day)

    @property
    def status(self) -> str:
        """pending, rejected, closed or reopened."""
        if self.approved_at is None:
            return "rejected" if self.rejected_at else "pending"
        return "reopened" if hasattr(self, "reopening") else "closed"


class PeriodReopening(models.Model):
    """An administrator opened a closed period again, and why: only the one that was closed last is opened."""

    close = models.OneToOneField(PeriodClose, on_delete=models.PROTECT, related_name="reopening")
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+", db_index=False)
    reason = SafeCharField(max_length=500)
    recorded_at = models.DateTimeField()
    recorded_by = person()

    class Meta:
        db_table = "period_reopenings"
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="period_reopening_has_reason"),
        ]

    def __str__(self):
        return f"reopening of the {self.close}"


class PeriodAccount(models.Model):
    """What a partner stood at when a period ended, as it was known when it was closed, in the fund's currency: the
    figures that were printed. They are the roll-up of that day and moment, then and ever after."""

    close = models.ForeignKey(PeriodClose, on_delete=models.PROTECT, related_name="accounts")
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+", db_index=False)
    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="+")
    committed = MoneyField()
    released = MoneyField()
    called = MoneyField()
    paid = MoneyField()
    outstanding = MoneyField()
    distributed = MoneyField()
    unfunded = MoneyField()

    class Meta:
        db_table = "period_accounts"
        constraints = [
            models.UniqueConstraint(fields=["close", "commitment"], name="one_account_per_period_and_partner")
        ]

    def __str__(self):
        return f"account of {self.commitment_id} in period {self.close_id}"


def name_of_period(first_day: date, last_day: date) -> str:
    """As pages call it: Q1 2026; with several quarters the days on which they begin and end."""
    if (last_day.year, last_day.month - first_day.month) == (first_day.year, 2):
        return f"Q{(last_day.month + 2) // 3} {last_day.year}"
    return f"{day_in_words(first_day)} to {day_in_words(last_day)}"
