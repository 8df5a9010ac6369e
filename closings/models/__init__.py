"""Later closings: their terms and tranches, and what they move between partners."""

from .closings import (
    Closing,
    ClosingExclusion,
    ClosingExcuse,
    ClosingFee,
    ClosingRate,
    ClosingTranche,
    ClosingValue,
)
from .defaults import Default, DefaultCall, DefaultPart, DefaultRemedy, DefaultWithdrawal
from .equalisation import (
    EqualisationPart,
    Refund,
    RefundCapital,
    RefundNoticeState,
    RefundPayout,
    RefundPayoutReversal,
)
from .reversals import ClosingReversal
from .setoffs import Setoff, SetoffPart, SetoffReversal
from .shares import EqualisedRow, EqualisedShare
from .transfers import AssumedPart, Transfer, TransferRow

__all__ = [
    "AssumedPart",
    "Closing",
    "ClosingExclusion",
    "ClosingExcuse",
    "ClosingFee",
    "ClosingRate",
    "ClosingReversal",
    "ClosingTranche",
    "ClosingValue",
    "Default",
    "DefaultCall",
    "DefaultPart",
    "DefaultRemedy",
    "DefaultWithdrawal",
    "EqualisationPart",
    "EqualisedRow",
    "EqualisedShare",
    "Refund",
    "RefundCapital",
    "RefundNoticeState",
    "RefundPayout",
    "RefundPayoutReversal",
    "Setoff",
    "SetoffPart",
    "SetoffReversal",
    "Transfer",
    "TransferRow",
]
