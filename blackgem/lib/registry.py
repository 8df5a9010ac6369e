"""What apps declare of what is theirs, kept in one place: each adds its own when it is ready."""

from collections.abc import Mapping
from typing import TypeVar

T = TypeVar("T")


def declare(known: dict[str, T], own: Mapping[str, T]) -> None:
    """Add what an app declares. Raises ValueError for a name that means something else already."""
    for name, meaning in own.items():
        if known.setdefault(name, meaning) != meaning:
            raise ValueError(f"{name} means {known[name]} already, not {meaning}")
