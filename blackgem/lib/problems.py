"""Lists of reasons: pages show them, the API answers them, services raise them."""

from collections.abc import Iterable

from blackgem.lib.errors import Conflict, InvalidInput, Kind, Problem

__all__ = ["Kind", "Problem", "raise_if"]


def raise_if(problems: Iterable[Problem]) -> None:
    """Raise one error that carries all of `problems`; do nothing when there are none.

    InvalidInput where one of them could never be right, else Conflict.
    """
    found = tuple(problems)
    if found:
        invalid = any(problem.kind is Kind.INVALID for problem in found)
        raise (InvalidInput if invalid else Conflict).from_problems(found)
