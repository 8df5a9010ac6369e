"""What calls came of that were decided elsewhere: apps above say so, and where that is shown."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Exists


@dataclass(frozen=True, slots=True)
class Origin:
    """`name` is what a call is annotated with, `words` what it bills, `page` the key of the page that leads there by
    the call; `stands` is whether a call came of it."""

    name: str
    words: str
    page: str
    stands: Callable[[], Exists]


_ORIGINS: dict[str, Origin] = {}


def register(origin: Origin) -> None:
    _ORIGINS[origin.name] = origin


def origins() -> dict[str, Exists]:
    """For annotating calls."""
    return {name: one.stands() for name, one in _ORIGINS.items()}


def origins_of(call) -> list[Origin]:
    """Those of a call that was annotated."""
    return [one for name, one in _ORIGINS.items() if getattr(call, name)]
