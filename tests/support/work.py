"""How much work a thing is, counted and not timed: calls of functions, lines that run, statements, and bytes answered.

A loop in one line of the project's own code counts as a line each time round, also where it calls nothing.
"""

import gc
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.db import connection

from devtools.embedded import runtime

OWN = {"blackgem", "funds", "capital", "distributions", "closings", "dashboard", "portal"}
#: How much is added where twice as much is sent, and what may come on top (a number with one more digit).
MOST = 2.2
SLACK = {"calls": 400, "lines": 400, "statements": 1, "characters": 400, "bytes": 400}


@dataclass(frozen=True)
class Work:
    """Calls of functions of Python and of C, statements with the characters of what they were given, bytes answered,
    lines of the project's own code."""

    calls: int
    statements: int = 0
    characters: int = 0
    bytes: int = 0
    lines: int = 0

    @property
    def operations(self) -> int:
        return self.calls + self.lines + self.statements


def work_of(act: Callable[[], object]) -> Work:
    """What `act()` takes. The length of what it answers is its `content`'s, where it has one."""
    calls, statements, characters, lines = 0, 0, 0, 0

    def count(frame, event, argument):
        nonlocal calls
        calls += event in ("call", "c_call")

    def line(frame, event, argument):
        nonlocal lines
        lines += event == "line"
        return line

    def enter(frame, event, argument):
        return line if _is_own(frame.f_code.co_filename) else None

    def execute(run, sql, given, many, context):
        nonlocal statements, characters
        statements += len(given) if many else 1
        characters += len(str(sql)) + len(str(given))
        return run(sql, given, many, context)

    gc.disable()
    with connection.execute_wrapper(execute):
        sys.settrace(enter)
        sys.setprofile(count)
        try:
            answer = act()
        finally:
            sys.setprofile(None)
            sys.settrace(None)
            gc.enable()
    return Work(calls, statements, characters, len(getattr(answer, "content", b"")), lines)


@cache
def _is_own(file: str) -> bool:
    path = Path(file)
    return path.is_relative_to(runtime.CHECKOUT) and path.relative_to(runtime.CHECKOUT).parts[0] in OWN


def excess(works: Sequence[Work]) -> str:
    """How the work at n, 2n and 4n grows by more than it should; empty where it is linear.

    From 2n to 4n twice as much is added as from n to 2n.
    """
    over = []
    for name, slack in SLACK.items():
        once, twice, four = (getattr(one, name) for one in works)
        if four - twice > MOST * max(twice - once, 0) + slack:
            over.append(f"{name}: {once}, {twice}, {four}")
    return "; ".join(over)
