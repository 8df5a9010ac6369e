"""Money called in: what a fund allocates to deals, what it calls, and what its investors pay."""

from .allocations import AllocationAmount, FundAllocation
from .calls import CapitalCall, CapitalCallItem, CapitalCallItemLine
from .line_changes import Excuse, HeldPart, LineChange
from .lines import CapitalCallLine
from .payments import Payment, PaymentReversal, Receipt, ReceiptReturn
from .rollups import (
    AllocationCapital,
    CallCapital,
    CallItemCapital,
    CallNoticeState,
    CashReturnNoticeState,
    CommitmentCapital,
    FundCapital,
    FundCash,
    FundCommitmentCapital,
    ReceiptCapital,
)
from .settlements import ResidualSettlement
from .taken_parts import TakenPart

__all__ = [
    "AllocationAmount",
    "AllocationCapital",
    "CallCapital",
    "CallItemCapital",
    "CallNoticeState",
    "CapitalCall",
    "CapitalCallItem",
    "CapitalCallItemLine",
    "CapitalCallLine",
    "CashReturnNoticeState",
    "CommitmentCapital",
    "Excuse",
    "FundAllocation",
    "FundCapital",
    "FundCash",
    "FundCommitmentCapital",
    "HeldPart",
    "LineChange",
    "Payment",
    "PaymentReversal",
    "Receipt",
    "ReceiptCapital",
    "ReceiptReturn",
    "ResidualSettlement",
    "TakenPart",
]
