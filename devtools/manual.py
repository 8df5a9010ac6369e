"""Builds the manual where what it is made of has changed: `python -m devtools.manual`.

Every warning is an error: a link that leads nowhere, a page that no chapter names, a word that the glossary lacks.
"""

import os
import subprocess
import sys
from pathlib import Path

from devtools.embedded.runtime import CHECKOUT, locked

DOCS, BUILT = CHECKOUT / "docs", CHECKOUT / "var/manual"


def build(to: Path = BUILT) -> None:
    """Build unless the last build is newer than every file and folder. Raises CalledProcessError with what Sphinx said."""
    to.mkdir(parents=True, exist_ok=True)
    with locked(to.parent / "manual.lock"):
        if not _is_current(to / "built"):
            run_sphinx(to)
            (to / "built").touch()


def _is_current(built: Path) -> bool:
    return built.exists() and built.stat().st_mtime > max(one.stat().st_mtime for one in _sources())


def _sources() -> list[Path]:
    return [DOCS, *(one for one in DOCS.rglob("*") if "__pycache__" not in one.parts)]


def run_sphinx(to: Path) -> None:
    """Build anew, whatever was built before."""
    command = [sys.executable, "-m", "sphinx", "-q", "-E", "-W", "--keep-going", "-n", "-b", "manual"]
    command += ["-c", DOCS / "manual", "-d", to.parent / "manual.read", DOCS, to]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run(command, check=True, env=environment, cwd=CHECKOUT)


if __name__ == "__main__":
    build()
