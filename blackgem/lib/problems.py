"""Lists of reasons: pages show them, the API answers them, services raise them."""

from collections.abc import Iterable

from blackgem.lib.errors import Conflict, DomainError, Problem

__all__ = ["Problem", "raise_if"]


def raise_if(problems: Iterable[Problem], *, error: type[DomainError] = Conflict) -> None:
    """Raise one `error` that carries all of `problems`; do nothing when there are none."""
    found = tuple(problems)
    if found:
        raise error.from_problems(found)
