"""The states of a distribution, its types, and the sets of them that rules speak of."""

from django.db import models


class DistributionStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    PENDING_APPROVAL = "pending_approval", "Awaiting approval"
    APPROVED = "approved", "Approved"
    ISSUED = "sent", "Issued"
    PAID = "paid", "Paid"
    CANCELLED = "cancelled", "Cancelled"


class DistributionType(models.TextChoices):
    EXIT_PROCEEDS = "EXIT_PROCEEDS", "Exit proceeds"
    OPERATING_DISTRIBUTION = "OPERATING_DISTRIBUTION", "Operating distribution"
    DIVIDEND = "DIVIDEND", "Dividend"
    RETURN_OF_CAPITAL = "RETURN_OF_CAPITAL", "Return of capital"
    RETURN_OF_EXCESS_CAPITAL = "RETURN_OF_EXCESS_CAPITAL", "Return of excess capital"
    INTERIM = "INTERIM", "Interim distribution"
    FINAL = "FINAL", "Final distribution"
    OTHER = "OTHER", "Other"


#: What its letters would say may still change, or wait for issue.
DISTRIBUTION_BEFORE_ISSUE = (
    DistributionStatus.DRAFT,
    DistributionStatus.PENDING_APPROVAL,
    DistributionStatus.APPROVED,
)
#: Distributions that bind the fund, and so count in every total.
DISTRIBUTION_ISSUED = (DistributionStatus.ISSUED, DistributionStatus.PAID)
#: Frozen with their inputs: what they say is computed no more.
DISTRIBUTION_FROZEN = (DistributionStatus.APPROVED, *DISTRIBUTION_ISSUED)
#: From where a distribution may go back to draft.
DISTRIBUTION_RETURNABLE = (DistributionStatus.PENDING_APPROVAL, DistributionStatus.APPROVED)
#: Distributions of which nothing has been paid out, which alone may be cancelled.
DISTRIBUTION_CANCELLABLE = (
    DistributionStatus.DRAFT,
    DistributionStatus.PENDING_APPROVAL,
    DistributionStatus.APPROVED,
    DistributionStatus.ISSUED,
)
