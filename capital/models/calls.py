"""Capital calls: what is called, for what, and from whom."""

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Now
from django_fsm import GET_STATE, FSMField, FSMModelMixin, transition

from blackgem.lib.context import WriteContext
from blackgem.lib.days import LocalDay
from blackgem.lib.decisions import Submission, at_with_by, cancelled_with_status, decided_by_another
from blackgem.lib.fields import MoneyField, PlainTextField, SafeCharField
from blackgem.lib.known import known_choices
from blackgem.lib.public_ids import public_id
from capital.calc.states import issued_call_status
from capital.states import CALL_CANCELLABLE, CALL_ISSUED, CALL_OPEN, CallStatus
from funds.models import BankDetails, Commitment, Fund

from .lines import CapitalCallLine


def _status_from_amounts(call, capital):
    return issued_call_status(capital.called, capital.paid)


class CapitalCallQuerySet(models.QuerySet):
    def issued(self):
        return self.filter(status__in=CALL_ISSUED)

    def open(self):
        return self.filter(status__in=CALL_OPEN)

    def overdue(self, *, at):
        """Issued calls on which something is owed after it was due: on their fund's day at this moment."""
        return self.open().filter(capital__due_on__lt=LocalDay(at, "fund__time_zone"))

    def visible_to(self, user):
        return self.filter(fund__in=Fund.objects.visible_to(user))


class CapitalCall(FSMModelMixin, Submission):
    """A demand by a fund on its partners for part of what they committed. `sent` means issued: it binds.

    Once issued, its amounts stay as they were issued; only the wording of the purpose and a later due date may change.
    What is waived of it, or moves between partners as one is excused, counts in its roll-up, from a day on.
    """

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="capital_calls")
    number = models.PositiveIntegerField()
    call_date = models.DateField()
    due_date = models.DateField()
    total_amount = MoneyField()
    purpose = SafeCharField(max_length=200)
    purpose_detail = PlainTextField(max_length=2000, blank=True)
    status = FSMField(choices=CallStatus, default=CallStatus.DRAFT, protected=True)
    revision = models.PositiveIntegerField(default=1)
    bank_details = models.ForeignKey(BankDetails, null=True, on_delete=models.PROTECT, related_name="+")
    public_id = public_id()
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = CapitalCallQuerySet.as_manager()

    class Meta:
        db_table = "capital_calls"
        constraints = [
            models.UniqueConstraint(fields=["fund", "number"], name="call_number_once_per_fund"),
            models.CheckConstraint(condition=Q(total_amount__gt=0), name="call_positive"),
            models.CheckConstraint(condition=Q(due_date__gt=F("call_date")), name="call_due_after_call_date"),
            models.CheckConstraint(condition=~Q(purpose=""), name="call_has_purpose"),
            models.CheckConstraint(condition=Q(status__in=CallStatus.values), name="call_status_known"),
            *at_with_by("call", "submitted", "approved", "cancelled"),
            models.CheckConstraint(
                condition=~Q(status__in=CALL_ISSUED)
                | Q(approved_at__isnull=False, submitted_at__isnull=False),
                name="call_issued_was_approved",
            ),
            cancelled_with_status("call_cancelled_at_with_status"),
            decided_by_another("call_approver_is_another", first="submitted_by", second="approved_by"),
        ]

    def __str__(self):
        return f"Capital Call #{self.number}"

    @property
    def amount_called(self):
        """Its total with what was changed of it since (with its roll-up fetched)."""
        return self.total_amount + self.capital.changed

    @property
    def shown_status(self):
        """Its status as a page says it (with its roll-up fetched): of a call all of which was taken back nothing is
        due, and nothing was funded."""
        nothing_is_due = self.status == CallStatus.FULLY_FUNDED and not self.amount_called
        return "nothing" if nothing_is_due else self.status

    def item_lines_of_draft(self):
        """The parts of this call's items, which go first when a draft is written anew or deleted."""
        return CapitalCallItemLine.objects.filter(call=self)

    @transition(
        field=status,
        source=CallStatus.DRAFT,
        target=CallStatus.PENDING_APPROVAL,
        custom={"refusal": "Only a draft can be submitted for approval."},
    )
    def submit(self, *, ctx: WriteContext):
        """Ask for approval. From here on its contents cannot change."""
        self.submitted_by, self.submitted_at, self.four_eyes = ctx.by, ctx.at, self.fund.four_eyes

    @transition(
        field=status,
        source=CallStatus.PENDING_APPROVAL,
        target=CallStatus.ISSUED,
        custom={"refusal": "Only a call that awaits approval can be approved."},
    )
    def approve(self, *, ctx: WriteContext):
        """Issue the call: it binds from now on, even before its notices go out."""
        self.approved_by, self.approved_at = ctx.by, ctx.at

    @transition(
        field=status,
        source=CallStatus.PENDING_APPROVAL,
        target=CallStatus.DRAFT,
        custom={"refusal": "Only a call that awaits approval can be sent back."},
    )
    def send_back(self):
        """Refuse approval for now: it can be changed, and submitted again."""
        self.submitted_by = self.submitted_at = None
        self.four_eyes = False

    @transition(
        field=status,
        source=list(CALL_OPEN),
        target=GET_STATE(_status_from_amounts, states=[CallStatus.PARTIALLY_FUNDED, CallStatus.FULLY_FUNDED]),
        custom={"refusal": "Nothing is owed here that could be paid."},
    )
    def receive_payment(self, capital):
        """Money came in; `capital` is the call's roll-up including it."""

    @transition(
        field=status,
        source=[CallStatus.PARTIALLY_FUNDED, CallStatus.FULLY_FUNDED],
        target=GET_STATE(_status_from_amounts, states=[CallStatus.ISSUED, CallStatus.PARTIALLY_FUNDED]),
        custom={"refusal": "There is no payment here that could be reversed."},
    )
    def reverse_payment(self, capital):
        """A payment was reversed."""

    @transition(
        field=status,
        source=list(CALL_OPEN),
        target=GET_STATE(_status_from_amounts, states=[CallStatus.PARTIALLY_FUNDED, CallStatus.FULLY_FUNDED]),
        custom={"refusal": "There is nothing here that is settled."},
    )
    def settle_residual(self, capital):
        """What a short payment left was settled; `capital` is the call's roll-up after it."""

    @transition(
        field=status,
        source=list(CALL_ISSUED),
        target=GET_STATE(_status_from_amounts, states=list(CALL_ISSUED)),
        custom={"refusal": "Only an issued call can be revised."},
    )
    def revise(self, capital):
        """A partner was excused from it, or later ones took parts of it over; `capital` is its roll-up after that."""

    @transition(
        field=status,
        source=list(CALL_CANCELLABLE),
        target=CallStatus.CANCELLED,
        custom={
            "refusal": "A call on which something was paid cannot be cancelled; reverse its payments first."
        },
    )
    def cancel(self, *, ctx: WriteContext, reason):
        """Withdraw a call on which nothing was paid."""
        self.cancelled_by, self.cancelled_at, self.cancel_reason = ctx.by, ctx.at, reason


class CapitalCallItemQuerySet(models.QuerySet):
    def with_within(self):
        """Adds `within`, the part of the item that draws on the commitment, and `between_partners`, the part that the
        fund passes on as interest."""

        def total(**which):
            lines = CapitalCallItemLine.objects.filter(item=OuterRef("pk"), **which).order_by()
            sums = lines.values("item").annotate(total=Sum("amount")).values("total")
            return Coalesce(Subquery(sums), Value(0), output_field=MoneyField())

        return self.annotate(
            within=total(reduces_unfunded=True), between_partners=total(counts_as_called=False)
        )


class CapitalCallItem(models.Model):
    """One partner's part of a call. Its amount is fixed with the call; what is waived and paid of it is a view
    (`.capital`)."""

    call = models.ForeignKey(
        CapitalCall, on_delete=models.CASCADE, related_name="items", db_index=False, db_constraint=False
    )
    fund = models.ForeignKey(
        Fund, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    commitment = models.ForeignKey(
        Commitment, on_delete=models.PROTECT, related_name="call_items", db_index=False, db_constraint=False
    )
    amount = MoneyField()
    public_id = public_id()

    objects = CapitalCallItemQuerySet.as_manager()

    class Meta:
        db_table = "capital_call_items"
        constraints = [
            models.UniqueConstraint(fields=["call", "commitment"], name="one_item_per_call_and_commitment"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="call_item_not_negative"),
        ]
        indexes = [
            models.Index(fields=["commitment", "call"], include=["amount"], name="call_items_by_commitment"),
            models.Index(fields=["amount"], name="call_items_by_amount"),
        ]

    def __str__(self):
        return f"item {self.pk} of call {self.call_id}"

    @property
    def amount_called(self):
        """Its amount with what was changed of it since (with its roll-up fetched)."""
        return self.amount + self.capital.changed


@known_choices
class CapitalCallItemLine(models.Model):
    """One partner's part of one line, and how it came about. `weight` is what it was worked out from, by the key of the
    line: kept because that changes later and the rounding of this call must not. `included_reason` says why a partner
    that was excused from the line's deal takes part in it after all."""

    class Basis(models.TextChoices):
        PRO_RATA = "pro_rata", "Pro rata"
        EDITED = "edited", "Set by hand"
        CAPPED = "capped", "Limited to the unfunded commitment"
        EXCUSED = "excused", "Excused"

    item = models.ForeignKey(
        CapitalCallItem,
        on_delete=models.CASCADE,
        related_name="item_lines",
        db_index=False,
        db_constraint=False,
    )
    line = models.ForeignKey(
        CapitalCallLine,
        on_delete=models.CASCADE,
        related_name="item_lines",
        db_index=False,
        db_constraint=False,
    )
    call = models.ForeignKey(
        CapitalCall, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    fund = models.ForeignKey(
        Fund, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    commitment = models.ForeignKey(
        Commitment, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    reduces_unfunded = models.BooleanField()
    counts_as_called = models.BooleanField(default=True, db_default=True)
    amount = MoneyField()
    weight = MoneyField()
    basis = models.CharField(max_length=8, choices=Basis, default=Basis.PRO_RATA)
    excuse_reason = SafeCharField(max_length=500, blank=True)
    included_reason = SafeCharField(max_length=500, blank=True, db_default="")

    class Meta:
        db_table = "capital_call_item_lines"
        constraints = [
            models.UniqueConstraint(fields=["item", "line"], name="one_item_line_per_item_and_line"),
            models.CheckConstraint(
                condition=Q(amount__gte=0, weight__gte=0), name="call_item_line_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(weight__gt=0) | Q(amount=0) | Q(basis="edited"),
                name="call_item_line_has_a_share",
            ),
            models.CheckConstraint(
                condition=(~Q(basis="excused") & Q(excuse_reason=""))
                | (Q(basis="excused", amount=0) & ~Q(excuse_reason="")),
                name="excused_is_zero_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(included_reason="") | ~Q(basis="excused"), name="included_is_not_excused"
            ),
        ]
        indexes = [
            models.Index(fields=["call", "line"], include=["amount"], name="call_item_lines_by_line"),
            models.Index(
                fields=["commitment", "call"],
                include=["amount", "reduces_unfunded", "counts_as_called"],
                name="call_item_lines_by_partner",
            ),
            models.Index(
                fields=["fund"],
                condition=Q(basis="excused") | ~Q(included_reason=""),
                name="call_item_lines_of_excuses",
            ),
        ]

    def __str__(self):
        return f"{self.amount} of line {self.line_id}"
