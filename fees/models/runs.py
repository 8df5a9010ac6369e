"""Fee runs: one instalment of a fund's fee, worked out partner by partner, decided, and billed by a call."""

from datetime import date, timedelta
from decimal import Decimal

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Now

from blackgem.lib.dated_rows import DatedAmount, DatedAmountQuerySet, decided_rails
from blackgem.lib.days import day_in_words
from blackgem.lib.decisions import person
from blackgem.lib.fields import MoneyField, SafeCharField
from blackgem.lib.known import known_choices
from blackgem.lib.public_ids import public_id
from capital.models import CapitalCall
from capital.states import CallStatus
from fees.models.late import FeeCatchUp
from fees.states import FeeRunStatus
from funds.models import Commitment, Fund


def _cancelled() -> Exists:
    """Whether a run was cancelled by itself, not by its call."""
    return Exists(FeeRunCancellation.objects.approved().filter(run=OuterRef("pk")))


class FeeRunQuerySet(DatedAmountQuerySet):
    def counting(self):
        """Those that were approved, that were not cancelled, and whose call was not."""
        standing = self.approved().exclude(bill__call__status=CallStatus.CANCELLED)
        return standing.filter(~_cancelled())

    def with_paid(self):
        """Each with what the fund paid of it from cash on hand (`paid`), None where it paid nothing; whether it
        `is_cancelled` itself, not by its call; and whether a later run waits or counts, so that it `is_rested_on`."""
        rows = FeePayment.objects.filter(run=OuterRef("pk")).order_by().values("run")
        paid = Subquery(rows.annotate(paid=Sum("amount")).values("paid"))
        later = FeeRun.objects.filter(fund=OuterRef("fund"), starts_on__gte=OuterRef("ends_on"))
        rested_on = Exists(later.filter(approved_at=None, rejected_at=None)) | Exists(later.counting())
        return self.annotate(paid=paid, is_cancelled=_cancelled(), is_rested_on=rested_on)


@known_choices
class FeeRun(DatedAmount):
    """The fee of [starts_on, ends_on), which falls due on `effective_on`; its call asks for it by `due_on`. `waived` is
    what the manager waives of it, `recognised` the fee income that it recognises, `net` what its lines add up to,
    `tax` what comes on top. `inputs` are what it was worked out from, as text, and their SHA-256.

    Approved, it is billed. It counts until its call is cancelled, or the run itself where no call asks for it; then the
    same days are worked out anew. Where it is `paid_from` cash on hand, it is an expense of the fund, of which each
    line is a partner's share.
    """

    class PaidFrom(models.TextChoices):
        CALL = "call", "A call that asks each partner for its part"
        CASH = "cash", "Cash on hand of the fund"

    amount = None
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="fee_runs")
    number = models.PositiveIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    due_on = models.DateField()
    paid_from = models.CharField(
        max_length=4, choices=PaidFrom, default=PaidFrom.CALL, db_default=PaidFrom.CALL
    )
    waived = MoneyField(default=0)
    recognised = MoneyField()
    net = MoneyField()
    tax = MoneyField()
    inputs = models.JSONField()
    inputs_sha256 = models.CharField(max_length=64)
    public_id = public_id()

    objects = FeeRunQuerySet.as_manager()

    class Meta:
        db_table = "fee_runs"
        constraints = [
            models.UniqueConstraint(fields=["fund", "number"], name="fee_run_number_once_per_fund"),
            models.UniqueConstraint(
                fields=["fund"],
                condition=Q(approved_at__isnull=True, rejected_at__isnull=True),
                name="one_fee_run_waits_per_fund",
            ),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="fee_run_has_days"),
            models.CheckConstraint(
                condition=Q(waived__gte=0, recognised__gte=0, net__gte=0, tax__gte=0),
                name="fee_run_not_below_nothing",
            ),
            models.CheckConstraint(condition=~Q(inputs_sha256=""), name="fee_run_has_inputs"),
            *decided_rails("fee_run"),
        ]

    def __str__(self):
        return f"fee run #{self.number}, from {day_in_words(self.starts_on)}"

    @property
    def status(self) -> str:
        """Of a run that was read with its bill and call, and `with_paid`."""
        if self.rejected_at:
            return FeeRunStatus.REJECTED
        if self.approved_at is None:
            return FeeRunStatus.PENDING
        if self.is_cancelled:
            return FeeRunStatus.CANCELLED
        if not self.due:
            return FeeRunStatus.NOTHING_DUE
        if self.paid_from == self.PaidFrom.CASH:
            return FeeRunStatus.PAID if self.paid else FeeRunStatus.OWED
        bill = getattr(self, "bill", None)
        if bill is None:
            return FeeRunStatus.NOTHING_DUE
        is_cancelled = bill.call.status == CallStatus.CANCELLED
        return FeeRunStatus.CANCELLED if is_cancelled else FeeRunStatus.BILLED

    @property
    def due(self) -> Decimal:
        """The fee with the tax on it."""
        return self.net + self.tax

    @property
    def last_day(self) -> date:
        return self.ends_on - timedelta(1)


class FeeRunLine(models.Model):
    """What one partner owes of a run: net = gross − discount + true-up − credit + credit carried − waiver − offset
    applied. `parts` are its days with base and rates, as text. `charged` is what counts against later true-ups: gross
    less the discount of the whole fee, and the true-up. `let_off`: what of the waiver is by its own side letter. A
    general partner's line has offsets alone. `true_ups` are the earlier periods that the true-up is of, with what was
    charged for each, what it comes to now, and why."""

    run = models.ForeignKey(FeeRun, on_delete=models.PROTECT, related_name="lines", db_index=False)
    fund = models.ForeignKey(
        Fund, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    commitment = models.ForeignKey(
        Commitment, on_delete=models.PROTECT, related_name="fee_lines", db_constraint=False
    )
    parts = models.JSONField(default=list)
    true_ups = models.JSONField(default=list, db_default=[])
    gross = MoneyField()
    discount = MoneyField()
    true_up = MoneyField()
    charged = MoneyField()
    credit = MoneyField()
    waiver = MoneyField()
    let_off = MoneyField()
    offset_opening = MoneyField()
    recognised = MoneyField()
    offset_applied = MoneyField()
    net = MoneyField()
    tax = MoneyField()
    offset_carried = MoneyField()
    credit_carried = MoneyField()

    class Meta:
        db_table = "fee_run_lines"
        constraints = [
            models.UniqueConstraint(fields=["run", "commitment"], name="one_line_per_fee_run_and_partner"),
            models.CheckConstraint(
                condition=Q(
                    net=F("gross")
                    - F("discount")
                    + F("true_up")
                    - F("credit")
                    + F("credit_carried")
                    - F("waiver")
                    - F("offset_applied")
                ),
                name="fee_line_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(offset_carried=F("offset_opening") + F("recognised") - F("offset_applied")),
                name="fee_offset_is_carried_forward",
            ),
            models.CheckConstraint(
                condition=Q(
                    gross__gte=0,
                    net__gte=0,
                    tax__gte=0,
                    waiver__gte=0,
                    let_off__gte=0,
                    let_off__lte=F("waiver"),
                    credit__gte=0,
                    credit_carried__gte=0,
                    offset_carried__gte=0,
                ),
                name="fee_line_not_below_nothing",
            ),
        ]

    def __str__(self):
        return f"{self.net} of run {self.run_id}"

    @property
    def earlier(self) -> Decimal:
        """What it owes of earlier periods, or less of them: true-up and credits."""
        return self.true_up - self.credit + self.credit_carried


class FeeBill(models.Model):
    """The call that bills a run: each run at most once, each call at most one run."""

    run = models.OneToOneField(FeeRun, on_delete=models.PROTECT, related_name="bill")
    fund = models.ForeignKey(
        Fund, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    call = models.OneToOneField(
        CapitalCall, on_delete=models.PROTECT, related_name="fee_bill", db_constraint=False
    )

    class Meta:
        db_table = "fee_bills"

    def __str__(self):
        return f"bill of run {self.run_id}"


class FeeStatement(models.Model):
    """How one partner's fee was worked out, as it may read it: `facts` are those of its letter. Of a run, written as it
    is approved, for everybody who pays a fee, also where offsets take it up and no call asks for anything; or of what a
    late closer was charged for the time before (`catch_up`), written with it. `withdrawn_at`: its call was cancelled,
    the run was, or the closing was taken back."""

    run = models.ForeignKey(
        FeeRun, on_delete=models.PROTECT, related_name="statements", db_index=False, null=True
    )
    catch_up = models.OneToOneField(
        FeeCatchUp, on_delete=models.PROTECT, related_name="statement", null=True, db_constraint=False
    )
    fund = models.ForeignKey(
        Fund, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    commitment = models.ForeignKey(
        Commitment, on_delete=models.PROTECT, related_name="fee_statements", db_constraint=False
    )
    effective_on = models.DateField()
    facts = models.JSONField()
    withdrawn_at = models.DateTimeField(null=True)
    public_id = public_id()

    class Meta:
        db_table = "fee_statements"
        constraints = [
            models.UniqueConstraint(
                fields=["run", "commitment"], name="one_fee_statement_per_run_and_partner"
            ),
            models.CheckConstraint(
                condition=Q(run__isnull=True, catch_up__isnull=False)
                | Q(run__isnull=False, catch_up__isnull=True),
                name="fee_statement_of_a_run_or_of_a_catch_up",
            ),
        ]

    def __str__(self):
        return f"fee statement of {self.commitment_id}, {self.effective_on}"


class FeePayment(models.Model):
    """The fee of a run, with the tax on it, left the fund's account on `value_date`.

    Append-only: a row that `reverses` one has its amount below zero and its day; `cash_on` is the day on which the wire
    came back, empty where nothing had left.
    """

    run = models.ForeignKey(FeeRun, on_delete=models.PROTECT, related_name="payments")
    fund = models.ForeignKey(
        Fund, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    amount = MoneyField()
    value_date = models.DateField()
    reference = SafeCharField(max_length=100, blank=True, default="")
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversed_by")
    cash_on = models.DateField(null=True)
    reason = SafeCharField(max_length=500, blank=True, default="")
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by = person()

    class Meta:
        db_table = "fee_payments"
        constraints = [
            models.CheckConstraint(
                condition=Q(reverses__isnull=True, amount__gt=0, cash_on__isnull=True, reason="")
                | (Q(reverses__isnull=False, amount__lt=0) & ~Q(reason="")),
                name="fee_payment_positive_or_taken_back_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(cash_on__isnull=True) | Q(cash_on__gte=F("value_date")),
                name="fee_payment_came_back_after_it_left",
            ),
        ]

    def __str__(self):
        return f"{self.amount} of fee run {self.run_id}"


class FeeRunCancellation(DatedAmount):
    """That a run which no call asks for counts no longer, from `effective_on` on: one that is paid from cash on hand
    and of which no payment stands, or of which nothing is due. The same days are worked out anew."""

    amount = None
    run = models.ForeignKey(FeeRun, on_delete=models.PROTECT, related_name="cancellations")
    fund = models.ForeignKey(
        Fund, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        db_table = "fee_run_cancellations"
        constraints = [
            models.UniqueConstraint(
                fields=["run"], condition=Q(rejected_at__isnull=True), name="fee_run_cancelled_once"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="fee_cancellation_has_reason"),
            *decided_rails("fee_cancellation"),
        ]

    def __str__(self):
        return f"cancellation of fee run {self.run_id}"

    @property
    def said(self) -> str:
        """What became of its run, and why."""
        return f"{self.reason.rstrip('.')}. It counts no longer: the same days are worked out anew."
