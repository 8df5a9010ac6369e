"""What may be held back from distributions for a fee that a call asks for, and what was: an app above says so."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from capital.models import CapitalCall


@dataclass(frozen=True, slots=True)
class HoldBack:
    """`amount` of a fee that a distribution (`given`) may pay, of so many `partners`; or that it was agreed to pay, as
    the row at `address` says, whose `status` is a key of the shapes of `kind`. Proposed, it has neither."""

    given: str
    partners: int
    amount: Decimal
    address: str
    kind: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class HoldBacks:
    """Of one call: what is `proposed` now, and what was asked for and agreed, oldest first."""

    proposed: tuple[HoldBack, ...] = ()
    agreed: tuple[HoldBack, ...] = ()


_SOURCES: list[Callable[[CapitalCall], HoldBacks]] = []


def register_hold_backs(source: Callable[[CapitalCall], HoldBacks]) -> None:
    _SOURCES.append(source)


def hold_backs_of(call: CapitalCall) -> HoldBacks:
    found = [source(call) for source in _SOURCES]
    return HoldBacks(
        tuple(one for each in found for one in each.proposed),
        tuple(one for each in found for one in each.agreed),
    )
