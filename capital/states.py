"""The states of allocations, calls and items, and the sets of them that rules speak of."""

from django.db import models


class AllocationState(models.TextChoices):
    COMMITTED = "committed", "Committed"
    PARTIALLY_CALLED = "partially_called", "Partially called"
    CALLED = "called", "Called"
    PARTIALLY_FUNDED = "partially_funded", "Partially funded"
    FUNDED = "funded", "Funded"


class CallStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    PENDING_APPROVAL = "pending_approval", "Awaiting approval"
    ISSUED = "sent", "Issued"
    PARTIALLY_FUNDED = "partially_funded", "Partially funded"
    FULLY_FUNDED = "fully_funded", "Funded"
    CANCELLED = "cancelled", "Cancelled"


#: An allocation on which more may be called: its committed amount is not yet called in full.
ALLOCATION_CALLABLE = (
    AllocationState.COMMITTED,
    AllocationState.PARTIALLY_CALLED,
    AllocationState.PARTIALLY_FUNDED,
)
#: An allocation on which a call is out, so that money may come in.
ALLOCATION_PAYABLE = (
    AllocationState.PARTIALLY_CALLED,
    AllocationState.CALLED,
    AllocationState.PARTIALLY_FUNDED,
)

#: Calls that bind nobody yet.
CALL_BEFORE_ISSUE = (CallStatus.DRAFT, CallStatus.PENDING_APPROVAL)
#: Calls that bind the investors, and so count in every total.
CALL_ISSUED = (CallStatus.ISSUED, CallStatus.PARTIALLY_FUNDED, CallStatus.FULLY_FUNDED)
#: Calls on which something was paid.
CALL_PAID_ON = (CallStatus.PARTIALLY_FUNDED, CallStatus.FULLY_FUNDED)
#: Issued calls on which something is still owed.
CALL_OPEN = (CallStatus.ISSUED, CallStatus.PARTIALLY_FUNDED)
#: Calls on which nothing has been paid, which alone may be cancelled.
CALL_CANCELLABLE = (CallStatus.DRAFT, CallStatus.PENDING_APPROVAL, CallStatus.ISSUED)
