"""How a fee run stands."""

from django.db import models


class FeeRunStatus(models.TextChoices):
    """`NOTHING_DUE`: approved, and taken up by offsets, waivers and credits, so that no call asks for it. `CANCELLED`:
    its call was, or it was itself, and the same days are worked out anew. `OWED`: the fund pays it from cash on hand;
    `PAID`: it did."""

    PENDING = "pending", "Awaiting approval"
    BILLED = "billed", "Billed"
    OWED = "owed", "To be paid from cash"
    PAID = "paid", "Paid from cash"
    NOTHING_DUE = "nothing_due", "Nothing due"
    CANCELLED = "cancelled", "Cancelled"
    REJECTED = "rejected", "Turned down"
