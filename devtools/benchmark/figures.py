"""What was measured, as rows of a table."""

import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One line: what, how much of it, beside what, their ratio, and the goal that the ratio or figure is held to."""

    what: str
    measured: str
    beside: str = ""
    ratio: float | None = None
    goal: str = ""
    met: bool | None = None

    def cells(self) -> tuple[str, ...]:
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}×"
        verdict = {None: "", True: "met", False: "MISSED"}[self.met]
        return (self.what, self.measured, self.beside, ratio, self.goal, verdict)


def at_most(limit: float, ratio: float) -> dict:
    return {"ratio": ratio, "goal": f"≤ {limit}×", "met": ratio <= limit}


def at_least(limit: float, ratio: float) -> dict:
    return {"ratio": ratio, "goal": f"≥ {limit}×", "met": ratio >= limit}


def table(headings: tuple[str, ...], figures: Iterable[Figure]) -> str:
    """Columns as wide as they need to be; figures to the right."""
    rows = [headings, *(figure.cells() for figure in figures)]
    used = [index for index in range(len(headings)) if any(row[index] for row in rows[1:])]
    widths = [max(len(row[index]) for row in rows) for index in used]
    lines = [
        "  ".join(_cell(row[index], width, index) for index, width in zip(used, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def _cell(text: str, width: int, index: int) -> str:
    return text.ljust(width) if index == 0 else text.rjust(width)


def medians(tasks: dict[str, Callable[[], object]], *, rounds: int, seconds: float) -> dict[str, float]:
    """The median duration of each task in seconds. The tasks take turns, so that a busy moment meets them all; at most
    `rounds` of them, five at least, within about `seconds`. The first round warms up and does not count."""
    taken: dict[str, list[float]] = {name: [] for name in tasks}
    until = time.perf_counter() + seconds
    for number in range(rounds + 1):
        for name, task in tasks.items():
            began = time.perf_counter()
            task()
            if number:
                taken[name].append(time.perf_counter() - began)
        if number >= 5 and time.perf_counter() > until:
            break
    return {name: statistics.median(durations) for name, durations in taken.items()}


def p95(task: Callable[[], object], rounds: int) -> float:
    """The time in seconds within which 95 of a hundred runs of a task end."""
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        task()
        taken.append(time.perf_counter() - began)
    return statistics.quantiles(taken, n=20)[-1]


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:,.2f} ms"
