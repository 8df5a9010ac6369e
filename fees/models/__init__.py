"""Management fees: what the terms and side letters say, what income is offset, and what was worked out and billed."""

from .asked import FeeIncome, FeeLetter, FeeSchedule
from .runs import FeeBill, FeeRun, FeeRunLine

__all__ = ["FeeBill", "FeeIncome", "FeeLetter", "FeeRun", "FeeRunLine", "FeeSchedule"]
