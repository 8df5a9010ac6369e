"""The check list of a period before it is closed. Each app registers what it asks: nobody names another's."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum

from funds.models import Fund
from funds.queries.periods import Span


class CheckState(StrEnum):
    DONE = "done"
    MISSING = "missing"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the list. `reason` says why it stands so, `link` leads to where it is done. What is `required` and
    missing keeps the period open; the rest is said to who closes it."""

    key: str
    label: str
    state: CheckState
    reason: str
    link: str = ""
    required: bool = True

    @property
    def blocks(self) -> bool:
        return self.required and self.state == CheckState.MISSING

    def kept(self) -> dict:
        """As it is kept with the close."""
        return asdict(self) | {"state": str(self.state)}


Asked = Callable[[Fund, Span], Check]
_CHECKS: dict[str, tuple[int, Asked]] = {}


def register_check(key: str, place: int, asked: Asked) -> None:
    """Add a line to the list."""
    _CHECKS[key] = (place, asked)


def checks_of(fund: Fund, span: Span) -> list[Check]:
    """The list as it stands."""
    return [asked(fund, span) for _, asked in sorted(_CHECKS.values(), key=lambda one: one[0])]
