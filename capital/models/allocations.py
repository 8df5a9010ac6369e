"""What a fund sets aside for a deal."""

from django.db import models
from django.db.models import Count, Q
from django.db.models.functions import Now
from django_fsm import GET_STATE, FSMField, FSMModelMixin, transition

from blackgem.lib.dated_rows import DatedAmount, DatedAmountQuerySet, dated_rails
from blackgem.lib.days import day_in_words
from blackgem.lib.decisions import person
from capital.calc.states import allocation_state
from capital.states import ALLOCATION_CALLABLE, ALLOCATION_PAYABLE, AllocationState
from funds.models import Deal, Fund


def _state_from_amounts(allocation, capital):
    return allocation_state(capital.committed, capital.called, capital.funded)


class FundAllocation(FSMModelMixin, models.Model):
    """A fund's commitment to a deal. What is committed is the sum of its dated rows; that, and what is called and
    funded of it, are views (`.capital`)."""

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="allocations")
    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="allocations")
    state = FSMField(choices=AllocationState, default=AllocationState.COMMITTED, protected=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = person(editable=False)

    class Meta:
        db_table = "fund_allocations"
        constraints = [
            models.UniqueConstraint(fields=["fund", "deal"], name="unique_fund_deal"),
            models.CheckConstraint(
                condition=Q(state__in=AllocationState.values), name="allocation_state_known"
            ),
        ]

    def __str__(self):
        return f"{self.fund} – {self.deal}"

    @transition(
        field=state,
        source=list(ALLOCATION_CALLABLE),
        target=GET_STATE(
            _state_from_amounts,
            states=[
                AllocationState.PARTIALLY_CALLED,
                AllocationState.CALLED,
                AllocationState.PARTIALLY_FUNDED,
            ],
        ),
        custom={
            "event": "CREATE_CALL",
            "refusal": "This allocation is called in full; nothing more can be called on it.",
        },
    )
    def create_call(self, capital):
        """A call on this allocation was issued; `capital` is its roll-up including that call."""

    @transition(
        field=state,
        source=list(ALLOCATION_PAYABLE),
        target=GET_STATE(
            _state_from_amounts,
            states=[AllocationState.CALLED, AllocationState.PARTIALLY_FUNDED, AllocationState.FUNDED],
        ),
        custom={"event": "PAYMENT_RECEIVED", "refusal": "Nothing is owed here that could be paid."},
    )
    def receive_payment(self, capital):
        """Money came in on a line of this allocation."""

    @transition(
        field=state,
        source=list(ALLOCATION_PAYABLE),
        target=GET_STATE(
            _state_from_amounts,
            states=[
                AllocationState.COMMITTED,
                AllocationState.PARTIALLY_CALLED,
                AllocationState.PARTIALLY_FUNDED,
            ],
        ),
        custom={"event": "CANCEL_CALL", "refusal": "There is no call on this allocation to cancel."},
    )
    def cancel_call(self, capital):
        """A call on which nothing was paid was cancelled: one of the two ways back."""

    @transition(
        field=state,
        source=[AllocationState.CALLED, AllocationState.PARTIALLY_FUNDED, AllocationState.FUNDED],
        target=GET_STATE(
            _state_from_amounts,
            states=[
                AllocationState.PARTIALLY_CALLED,
                AllocationState.CALLED,
                AllocationState.PARTIALLY_FUNDED,
            ],
        ),
        custom={"event": "PAYMENT_REVERSED", "refusal": "There is no payment here that could be reversed."},
    )
    def reverse_payment(self, capital):
        """A payment was reversed: the other way back."""

    @transition(
        field=state,
        source=list(ALLOCATION_PAYABLE),
        target=GET_STATE(
            _state_from_amounts,
            states=[
                AllocationState.PARTIALLY_CALLED,
                AllocationState.CALLED,
                AllocationState.PARTIALLY_FUNDED,
                AllocationState.FUNDED,
            ],
        ),
        custom={"event": "RESIDUAL_SETTLED", "refusal": "There is nothing here that is settled."},
    )
    def settle_residual(self, capital):
        """What a short payment left on a line of this allocation was settled."""

    @transition(
        field=state,
        source=AllocationState.values,
        target=GET_STATE(_state_from_amounts, states=list(AllocationState)),
        custom={"event": "CALL_REVISED"},
    )
    def revise(self, capital):
        """A partner was excused from a line of this allocation: others owe what was paid, or nobody does."""

    @transition(
        field=state,
        source=AllocationState.values,
        target=GET_STATE(_state_from_amounts, states=list(AllocationState)),
        custom={"event": "AMENDED"},
    )
    def amend(self, capital):
        """A dated row raised or lowered what is committed: the only way on from `funded`."""


#: A deal belongs to the funds that set something aside for it.
Deal.tie = "allocations"


class AllocationAmountQuerySet(DatedAmountQuerySet):
    def with_revision(self):
        """Adds `revision`: how many rows of the allocation count by now, which says what a further one adds to."""
        counted = Q(allocation__amounts__approved_at__isnull=False)
        return self.annotate(revision=Count("allocation__amounts", filter=counted))


class AllocationAmount(DatedAmount):
    """A dated row of what a fund commits to a deal: the allotment, and each later change with its reason."""

    class Kind(models.TextChoices):
        ALLOTMENT = "allotment", "Allotted"
        AMENDMENT = "amendment", "Amended"

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+")
    allocation = models.ForeignKey(FundAllocation, on_delete=models.PROTECT, related_name="amounts")
    kind = models.CharField(max_length=9, choices=Kind)

    objects = AllocationAmountQuerySet.as_manager()

    class Meta:
        db_table = "allocation_amounts"
        constraints = [
            models.UniqueConstraint(
                fields=["allocation"], condition=Q(kind="allotment"), name="one_allotment_per_allocation"
            ),
            models.CheckConstraint(
                condition=Q(kind="allotment", four_eyes=False, approved_at__isnull=False, amount__gt=0)
                | (Q(kind="amendment") & ~Q(reason="")),
                name="allocation_amendment_has_reason",
            ),
            *dated_rails("allocation_amount"),
        ]

    def __str__(self):
        return f"{self.amount:,} from {day_in_words(self.effective_on)}"
