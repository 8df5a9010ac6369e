"""What can go wrong in the domain, said once: services raise these, pages and the API translate them once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Self


class Kind(Enum):
    """Whether a request could never be right (422), or is refused by the present state (409)."""

    INVALID = "invalid"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why something cannot proceed: a stable code, a sentence for people, the field, and its kind."""

    code: str
    message: str
    field: str | None = None
    kind: Kind = Kind.INVALID


class DomainError(Exception):
    """A rule of the domain refuses a request.

    `code` is stable and machine-readable ("payment.over_item"), `message` is fit for the user, `field` names
    its input, `extra` carries facts (amounts, names). `problems` always holds at least one entry, so that a
    caller can list every reason without asking how many there are.
    """

    status = 409
    kind = Kind.CONFLICT
    #: Whether a page that asked beforehand has a disabled button with the reason, rather than none.
    has_button = True

    def __init__(
        self,
        code: str,
        message: str,
        *,
        field: str | None = None,
        extra: Mapping[str, object] | None = None,
        problems: Sequence[Problem] = (),
    ) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.field = field
        self.extra = dict(extra or {})
        self.problems = tuple(problems) or (Problem(code, message, field, self.kind),)

    def __str__(self) -> str:
        return self.message

    @classmethod
    def from_problems(cls, problems: Sequence[Problem], *, extra: Mapping[str, object] | None = None) -> Self:
        """One error that carries all of `problems`; its code and field are those of the first."""
        first = problems[0]
        message = " ".join(problem.message for problem in problems)
        return cls(first.code, message, field=first.field, extra=extra, problems=problems)


class InvalidInput(DomainError, ValueError):
    """The input could never be right, whatever the state of the money (422).

    It is a ValueError as well, so that a schema validator that raises it keeps the path to the field.
    """

    status = 422
    kind = Kind.INVALID


class Conflict(DomainError):
    """The present state refuses the request (409)."""

    status = 409


#: What tells a person what to do otherwise, rather than that there is nothing for it here.
REFUSALS = (InvalidInput, Conflict)


class Forbidden(DomainError):
    """The person may see this and may not do it (403)."""

    status = 403


class NotFound(DomainError):
    """There is no such thing, or none that this person may see (404)."""

    status = 404
    has_button = False


class Gone(DomainError):
    """There was such a thing, and it is used up or over (410)."""

    status = 410


class Fault(DomainError):
    """What is stored or was worked out is wrong: a fault of ours, never of who asks (500), and an alarm."""

    status = 500


class Busy(DomainError):
    """Somebody else holds what is needed; the same request may succeed later (503)."""

    status = 503

    def __init__(self, code: str, message: str, *, retry_after: int = 3, **rest) -> None:
        """`retry_after` is in seconds."""
        super().__init__(code, message, **rest)
        self.retry_after = retry_after


class Away(Busy):
    """The database went away meanwhile (503): who asked for a change cannot know whether it was made, unless they ask
    again under the key that they sent."""


class TooManyRequests(DomainError):
    """Too many in too short a time (429); the next is let through in `retry_after` seconds."""

    status = 429

    def __init__(self, code: str, message: str, *, retry_after: int) -> None:
        super().__init__(code, message)
        self.retry_after = retry_after
