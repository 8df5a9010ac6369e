"""How much work a thing is, counted and not timed: calls of functions, statements, and bytes that are made of it."""

import gc
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import connection

#: What may come on top of twice the work: of the calls, and of bytes (a number with one more digit).
MOST, CALLS, BYTES = 2.2, 400, 400


@dataclass(frozen=True)
class Work:
    """Calls of functions of Python and of C, statements with the characters of what they were given, bytes answered."""

    calls: int
    statements: int = 0
    characters: int = 0
    bytes: int = 0

    @property
    def operations(self) -> int:
        return self.calls + self.statements


def work_of(act: Callable[[], object]) -> Work:
    """What `act()` takes. The length of what it answers is its `content`'s, where it has one."""
    calls, statements, characters = 0, 0, 0

    def count(frame, event, argument):
        nonlocal calls
        calls += event in ("call", "c_call")

    def execute(run, sql, given, many, context):
        nonlocal statements, characters
        statements += len(given) if many else 1
        characters += len(str(sql)) + len(str(given))
        return run(sql, given, many, context)

    gc.disable()
    with connection.execute_wrapper(execute):
        sys.setprofile(count)
        try:
            answer = act()
        finally:
            sys.setprofile(None)
            gc.enable()
    return Work(calls, statements, characters, len(getattr(answer, "content", b"")))


def excess(works: Sequence[Work]) -> str:
    """How the work at n, 2n and 4n grows by more than it should; empty where it is linear.

    From 2n to 4n twice as much is added as from n to 2n.
    """
    over = []
    for name, slack in (("calls", CALLS), ("statements", 1), ("characters", BYTES), ("bytes", BYTES)):
        once, twice, four = (getattr(one, name) for one in works)
        if four - twice > MOST * max(twice - once, 0) + slack:
            over.append(f"{name}: {once}, {twice}, {four}")
    return "; ".join(over)
