"""The states of a closing, and the sets of them that rules speak of."""

from django.db import models


class ClosingStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    PENDING_APPROVAL = "pending_approval", "Awaiting approval"
    SETTLED = "settled", "Settled"
    CANCELLED = "cancelled", "Cancelled"
    REVERSED = "reversed", "Reversed"


#: Its parts are posted; of one that was reversed they were given back since.
CLOSING_POSTED = (ClosingStatus.SETTLED, ClosingStatus.REVERSED)
#: What it says may still change, or waits.
CLOSING_OPEN = (ClosingStatus.DRAFT, ClosingStatus.PENDING_APPROVAL)
