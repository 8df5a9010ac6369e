"""A fund's net asset value: carried forward from the day it was entered for, and what of it is whose."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

ZERO = Decimal("0.00")
#: A value is asked for once a quarter: one that is older than the longest quarter is an old one.
OLD_AFTER_DAYS = 92


@dataclass(frozen=True, slots=True)
class Nav:
    """What a part of a fund's net asset value is worth on a day, in the fund's currency.

    `on` is the day of the valuation that it rests on, `day` that of the amounts. `amount` is net: what the fund's own
    waterfall would pay if everything were sold at its value on that day. `gross` is the same before that carried
    interest. `estimate`: nobody said how the value is divided between the deals. `revalue`: more was paid out since
    than the value was. `realised`: nothing is left by the books, so that no valuation is needed.
    """

    on: date
    day: date
    amount: Decimal
    gross: Decimal
    estimate: bool = False
    revalue: bool = False
    realised: bool = False

    @property
    def carry(self) -> Decimal:
        """The carried interest that it has accrued."""
        return self.gross - self.amount

    @property
    def days_old(self) -> int:
        return (self.day - self.on).days

    @property
    def is_old(self) -> bool:
        """Whether a newer valuation was to be expected."""
        return self.days_old > OLD_AFTER_DAYS


def roll_forward(entered: Decimal, *, became_assets: Decimal, paid_out: Decimal) -> tuple[Decimal, bool]:
    """A value with what flowed since: + contributions that became assets − what was paid out of it, never below zero.

    The second says that it would have been: the fund was worth more than was entered.
    """
    rolled = entered + became_assets - paid_out
    return max(ZERO, rolled), rolled < 0
