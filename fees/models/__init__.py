"""Management fees: what the terms and side letters say, what happened, what income is offset, and what was worked out
and billed."""

from .asked import FeeIncome, FeeLetter, FeeSchedule
from .happened import FeeEvent, FeeRealisation
from .late import FeeCatchUp
from .runs import FeeBill, FeePayment, FeeRun, FeeRunCancellation, FeeRunLine, FeeStatement
from .waivers import FeeWaiverCall, FeeWaiverUse

__all__ = [
    "FeeBill",
    "FeeCatchUp",
    "FeeEvent",
    "FeeIncome",
    "FeeLetter",
    "FeePayment",
    "FeeRealisation",
    "FeeRun",
    "FeeRunCancellation",
    "FeeRunLine",
    "FeeSchedule",
    "FeeStatement",
    "FeeWaiverCall",
    "FeeWaiverUse",
]
