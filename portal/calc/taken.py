"""What a partner has no more of what it holds by transfer alone, since a later partner came in."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What a closing took, below zero, of a partner's part of a call that it holds by transfer alone; above zero where
    that was taken back. `within` of it draws on the commitment."""

    on: date
    amount: Decimal
    within: Decimal
    call_number: int
