"""Draws how the work of each endpoint grows with what it is sent: a line each, both axes doubling.

The counts are those of the tests, which write the picture anew:

    RECORD_WORK=1 .venv/bin/python -m pytest -n0 -m deep tests/attacks/test_work.py
"""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from math import log2

#: What a line stands for, and its colour.
COLOURS = {"API": "#3b5bdb", "page": "#0f766e", "not signed in": "#b45309"}
WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 960, 620, 84, 62, 24, 56
#: Bytes sent and operations at the corners, as powers of two.
FROM, TO = (6, 11), (20, 22)

Counts = Sequence[tuple[int, int]]


def svg(lines: Mapping[tuple[str, str], Counts]) -> str:
    """The picture of `lines`: what kind of endpoint and its name, with bytes sent and operations that they took."""
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="Helvetica, sans-serif" '
        'font-size="12" fill="#334155" role="img" aria-label="Operations against bytes sent, per endpoint">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        *_grid(),
        *_slope_of_one(),
        *(_line(kind, name, counts) for (kind, name), counts in lines.items()),
        *_words(lines),
        "</svg>",
    ]
    return "\n".join(drawn) + "\n"


def _place(size: float, operations: float) -> tuple[float, float]:
    across = (log2(size) - FROM[0]) / (TO[0] - FROM[0])
    up = (log2(operations) - FROM[1]) / (TO[1] - FROM[1])
    return LEFT + across * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM)


def _grid() -> Iterator[str]:
    for power in range(FROM[0], TO[0] + 1, 2):
        x, bottom = _place(2**power, 2 ** FROM[1])
        yield f'<path d="M{x:.1f} {TOP}V{bottom:.1f}" stroke="#e2e8f0"/>'
        yield f'<text x="{x:.1f}" y="{bottom + 18:.1f}" text-anchor="middle">{_short(2**power)}B</text>'
    for power in range(FROM[1], TO[1] + 1):
        left, y = _place(2 ** FROM[0], 2**power)
        yield f'<path d="M{left:.1f} {y:.1f}H{WIDTH - RIGHT}" stroke="#e2e8f0"/>'
        yield f'<text x="{left - 8:.1f}" y="{y + 4:.1f}" text-anchor="end">{_short(2**power)}</text>'


def _short(number: int) -> str:
    """1024 is "1 k"."""
    for size, letter in ((2**20, " M"), (2**10, " k")):
        if number >= size:
            return f"{number // size}{letter}"
    return f"{number} "


def _slope_of_one() -> Iterator[str]:
    """Twice as much for twice as much, and beside it four times, which no endpoint may reach."""
    steps = TO[1] - FROM[1]
    begins = TO[0] - steps
    for slope, text, colour in ((1, "linear", "#0f172a"), (2, "quadratic", "#dc2626")):
        far = steps / slope
        start, end = _place(2**begins, 2 ** FROM[1]), _place(2 ** (begins + far), 2 ** TO[1])
        path = f"M{start[0]:.1f} {start[1]:.1f}L{end[0]:.1f} {end[1]:.1f}"
        yield f'<path d="{path}" stroke="{colour}" stroke-width="1.5" stroke-dasharray="7 5" fill="none"/>'
        yield f'<text x="{end[0]:.1f}" y="{TOP - 6}" text-anchor="end" fill="{colour}">{text}</text>'


def _line(kind: str, name: str, counts: Counts) -> str:
    points = " ".join("{:.1f},{:.1f}".format(*_place(*one)) for one in counts)
    return (
        f'<polyline points="{points}" fill="none" stroke="{COLOURS[kind]}" stroke-opacity="0.55" stroke-width="1.2">'
        f"<title>{escape(name)}</title></polyline>"
    )


def _words(lines) -> Iterator[str]:
    title = "Operations of each endpoint against bytes sent"
    yield f'<text x="{LEFT}" y="22" font-size="15" font-weight="bold">{title}</text>'
    at = LEFT
    for kind, colour in COLOURS.items():
        count = sum(one == kind for one, _ in lines)
        yield f'<path d="M{at} 40h18" stroke="{colour}" stroke-width="3"/>'
        yield f'<text x="{at + 24}" y="44">{kind} ({count})</text>'
        at += 150
    yield f'<text x="{WIDTH / 2}" y="{HEIGHT - 12}" text-anchor="middle">bytes sent, doubling</text>'
    yield (
        f'<text transform="translate(20 {HEIGHT / 2}) rotate(-90)" text-anchor="middle">'
        "calls of functions, lines and statements, doubling</text>"
    )
