"""The states of a closing, and the sets of them that rules speak of."""

from django.db import models


class ClosingStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    PENDING_APPROVAL = "pending_approval", "Awaiting approval"
    SETTLED = "settled", "Settled"
    CANCELLED = "cancelled", "Cancelled"
    REVERSED = "reversed", "Reversed"


#: What it says may still change, or waits.
CLOSING_OPEN = (ClosingStatus.DRAFT, ClosingStatus.PENDING_APPROVAL)
