"""What a person decides about a distribution."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from distributions.states import DistributionType


@dataclass(frozen=True)
class DistributionPlan:
    """Everything a person decides about a distribution, in the fund's currency.

    `withholding` overrides, per commitment, what would be withheld by the investor's rate. `given_back_lines` names the
    call lines that a recallable distribution gives back; none named: those of its deal, else all.
    """

    fund_id: int
    total_amount: Decimal
    date: date
    type: str = DistributionType.EXIT_PROCEEDS
    source: str = ""
    deal_id: int | None = None
    recallable: bool = False
    given_back_lines: tuple[int, ...] = ()
    withholding: Mapping[int, Decimal] = field(default_factory=dict)

    @property
    def is_excess(self) -> bool:
        """Whether unused money of calls goes back, outside the waterfall."""
        return self.type == DistributionType.RETURN_OF_EXCESS_CAPITAL
