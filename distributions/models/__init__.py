"""Money paid out: distributions, what each partner gets of them, and the payouts."""

from .distributions import Distribution, DistributionItem, DistributionTier, GivenBack
from .payouts import Payout, PayoutReversal
from .releases import PayoutRelease
from .rollups import (
    CommitmentDistributions,
    DistributionCapital,
    DistributionItemCapital,
    DistributionNoticeState,
    FundDistributions,
)
from .taken_shares import TakenShare
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
    "GivenBack",
    "Payout",
    "PayoutRelease",
    "PayoutReversal",
    "TakenShare",
    "WriteDown",
]
