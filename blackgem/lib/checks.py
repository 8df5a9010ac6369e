"""Whether a thing may be done now. `check_x` raises with the reason, and a service runs it first; a button asks the
same check before anybody presses it, and says the reason where it would be refused."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django_fsm import can_proceed

from blackgem.lib.errors import Conflict, DomainError, Forbidden


def out_of_reach(code: str, message: str) -> Forbidden:
    """The person's role does not reach: it is offered no such thing."""
    return _without_button(Forbidden(code, message))


def out_of_state(code: str, message: str) -> Conflict:
    """The row is not where this is ever done from, whoever asks: a page that shows it offers no such thing."""
    return _without_button(Conflict(code, message))


def _without_button(error):
    error.has_button = False
    return error


@dataclass(frozen=True, slots=True)
class Offer:
    """What a check said beforehand: true where the thing may be done, else with the `refusal`."""

    refusal: DomainError | None = None

    def __bool__(self) -> bool:
        return self.refusal is None

    @property
    def is_shown(self) -> bool:
        """Whether there is a button: one that works, or one that is disabled and says the reason."""
        return self.refusal is None or self.refusal.has_button

    @property
    def needs_another(self) -> bool:
        """Whether only somebody else may do it: with another role, or as the second person."""
        return isinstance(self.refusal, Forbidden)

    @property
    def reason(self) -> str:
        """Why not, in words; empty where it may be done."""
        return str(self.refusal or "")


def offer(check: Callable, *args, **facts) -> Offer:
    """What `check(*args, **facts)` says now, without doing anything."""
    try:
        check(*args, **facts)
    except DomainError as error:
        return Offer(error)
    return Offer()


def offers(checks: Mapping[str, Callable], *args, **facts) -> dict[str, Offer]:
    """The same for several checks of one row, by the name of each."""
    return {name: offer(check, *args, **facts) for name, check in checks.items()}


def can(check: Callable, *args, **facts) -> bool:
    """Whether the check lets it pass."""
    return bool(offer(check, *args, **facts))


def check_transition(transition: Callable) -> None:
    """Raise Conflict unless the row may go through this transition from where it is, in the words that the transition
    has for it."""
    if not can_proceed(transition):
        moves = transition._django_fsm.transitions.values()
        raise out_of_state("transition.not_allowed", next(iter(moves)).custom["refusal"])


def fire(transition: Callable, *args, **kwargs):
    """Run a transition of a row; one that the state machine lacks is refused with the reason."""
    check_transition(transition)
    return transition(*args, **kwargs)
