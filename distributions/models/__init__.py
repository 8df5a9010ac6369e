"""Money paid out: distributions, what each partner gets of them, and the payouts."""

from .distributions import Distribution, DistributionItem, DistributionTier
from .payouts import Payout, PayoutReversal
from .rollups import (
    CommitmentDistributions,
    DistributionCapital,
    DistributionItemCapital,
    DistributionNoticeState,
    FundDistributions,
)
from .write_downs import WriteDown

__all__ = [
    "CommitmentDistributions",
    "Distribution",
    "DistributionCapital",
    "DistributionItem",
    "DistributionItemCapital",
    "DistributionNoticeState",
    "DistributionTier",
    "FundDistributions",
    "Payout",
    "PayoutReversal",
    "WriteDown",
]
