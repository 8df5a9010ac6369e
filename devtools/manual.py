"""Builds the manual where what it is made of has changed: `python -m devtools.manual`.

Every warning is an error: a link that leads nowhere, a page that no chapter names, a word that the glossary lacks.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from devtools.embedded.runtime import CHECKOUT, locked

DOCS, BUILT = CHECKOUT / "docs", CHECKOUT / "var/manual"


def build(to: Path = BUILT) -> None:
    """Build unless the last build is newer than every file and folder. Raises CalledProcessError, and leaves what was
    built before, where something is wrong with it."""
    to.parent.mkdir(parents=True, exist_ok=True)
    with locked(to.parent / "manual.lock"):
        if not _is_current(to / "contents.json"):
            with TemporaryDirectory(dir=to.parent) as folder:
                run_sphinx(Path(folder, "built"))
                shutil.rmtree(to, ignore_errors=True)
                Path(folder, "built").rename(to)


def _is_current(built: Path) -> bool:
    return built.exists() and built.stat().st_mtime > max(one.stat().st_mtime for one in _sources())


def _sources() -> list[Path]:
    return [DOCS, *(one for one in DOCS.rglob("*") if "__pycache__" not in one.parts)]


def run_sphinx(to: Path) -> None:
    """Build into a folder that is not there yet. Raises CalledProcessError; Sphinx has said why."""
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-n", "-b", "manual"]
    command += ["-c", DOCS / "manual", "-d", to.with_name("read"), DOCS, to]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run(command, check=True, env=environment, cwd=CHECKOUT)


if __name__ == "__main__":
    build()
