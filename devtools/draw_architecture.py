"""Draws which app imports which, and which names another one's pages, with Graphviz:

    python -m devtools.draw_architecture CHECKOUT > docs/architecture.svg

A solid arrow is imports, with how many lines they are; a dashed one is names of pages in code and templates. What
points at an app above is red. Needs `dot` on the path.
"""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

FLOORS = (
    ("portal", "dashboard"),
    ("evidence",),
    ("closings", "banking"),
    ("fees",),
    ("capital", "distributions"),
    ("funds",),
    ("blackgem",),
)
FLOOR_OF = {app: floor for floor, apps in enumerate(FLOORS) for app in apps}
_IMPORT = re.compile(rf"^\s*(?:from|import) ({'|'.join(FLOOR_OF)})\b", re.MULTILINE)
_PAGE = re.compile(rf"""(?:\breverse\(|\bredirect\(|\{{% url )["']({"|".join(FLOOR_OF)}):""")


def main(checkout: str) -> None:
    """Print the picture of a checkout as SVG."""
    root = Path(checkout)
    drawn = subprocess.run(["dot", "-Tsvg"], input=dot(root), capture_output=True, text=True, check=True)
    sys.stdout.write(drawn.stdout)


def dot(root: Path) -> str:
    """The graph in Graphviz's language: a rank per floor, boxes with their lines of code."""
    lines = Counter({app: sum(text.count("\n") for _, text in files(root, app)) for app in FLOOR_OF})
    imports = Counter(
        (app, to) for app in FLOOR_OF for _, text in files(root, app) for to in _IMPORT.findall(text)
    )
    names = Counter(
        (app, to) for app in FLOOR_OF for _, text in files(root, app, "html") for to in _PAGE.findall(text)
    )
    names.update((app, to) for app in FLOOR_OF for _, text in files(root, app) for to in _PAGE.findall(text))
    return "\n".join(
        [
            "digraph {",
            'node [shape=box style="rounded,filled" fillcolor="#eef2ff" color="#3b5bdb" fontname="Helvetica"]',
            'edge [fontname="Helvetica" fontsize=10 color="#475569"]',
            *(f"{{rank=same; {' '.join(app for app in floor if lines[app])}}}" for floor in FLOORS),
            *(f'{app} [label="{app}\\n{count:,} lines"]' for app, count in lines.items() if count),
            *(_edge(pair, count, "solid") for pair, count in imports.items() if pair[0] != pair[1]),
            *(_edge(pair, count, "dashed") for pair, count in names.items() if pair[0] != pair[1]),
            "}",
        ]
    )


def files(root: Path, app: str, kind: str = "py") -> Iterator[tuple[Path, str]]:
    """The code or the templates of an app, without migrations and what wires the apps together."""
    folder = root / "templates" / app if kind == "html" else root / app
    for path in sorted(folder.rglob(f"*.{kind}")):
        wires = app == "blackgem" and path.parent == folder
        if "migrations" not in path.parts and not wires:
            yield path, path.read_text()


def _edge(pair: tuple[str, str], count: int, style: str) -> str:
    rises = FLOOR_OF[pair[1]] < FLOOR_OF[pair[0]]
    beside = FLOOR_OF[pair[1]] == FLOOR_OF[pair[0]]
    colour = ' color="#dc2626" fontcolor="#dc2626" constraint=false' if rises or beside else ""
    return f'{pair[0]} -> {pair[1]} [label="{count}" style={style}{colour}]'


if __name__ == "__main__":
    main(*sys.argv[1:])
