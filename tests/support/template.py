"""The migrated template as a dump, kept between runs: where nothing changed of what `migrate` reads, it is restored.

A machine that has no such dump migrates and keeps one. `BLACKGEM_TEMPLATE=migrated` always migrates.
"""

import os
import subprocess
import tempfile
from contextlib import suppress
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from devtools.embedded import placement, runtime
from tests.plugin import CLUSTER

#: Folders of an app of which `migrate` reads nothing.
_BESIDE = frozenset(("api", "forms", "queries", "services", "templates", "static", "views", "workbook"))
_NO_APPS = frozenset(("devtools", "tests"))
_KEPT = 5
#: What a run signs and encrypts by is its own.
_OF_ONE_RUN = ("write_keys", "data_keys")


def restore(url: str) -> bool:
    """Fill an empty database from the dump, as its superuser; False where there is none."""
    dump = _dump()
    if os.environ.get("BLACKGEM_TEMPLATE") == "migrated" or not dump.exists():
        return False
    dump.touch()
    _run(
        "psql",
        "--quiet",
        "--no-psqlrc",
        "--set=ON_ERROR_STOP=1",
        "--single-transaction",
        f"--file={dump}",
        url,
    )
    _restored().touch()
    return True


def was_restored() -> bool:
    """Whether this run's came out of a dump, which writes some expressions otherwise than the files of the SQL do."""
    return _restored().exists()


def _restored() -> Path:
    return CLUSTER.var / "template.restored"


def keep(url: str) -> None:
    """Write the dump, whole or not at all, and forget older ones. Where it cannot be, the next run migrates."""
    dump = _dump()
    with suppress(OSError):
        dump.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=dump.parent) as folder:
            draft = Path(folder, dump.name)
            _run(
                "pg_dump", *(f"--exclude-table-data={table}" for table in _OF_ONE_RUN), f"--file={draft}", url
            )
            draft.replace(dump)
        for old in sorted(dump.parent.glob("*.sql"), key=lambda path: path.stat().st_mtime)[:-_KEPT]:
            old.unlink()


def _run(program: str, *arguments: str) -> None:
    binaries = placement.binaries(placement.server_user())
    done = subprocess.run([binaries / program, *arguments], capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise RuntimeError(f"{program} on the template database failed:\n{done.stderr}")


def _dump() -> Path:
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return caches / "blackgem" / "templates" / f"{_checksum()}.sql"


def _checksum() -> str:
    """Over all code of the apps that `migrate` may read, and the locked packages."""
    found = sha256(version(placement.PACKAGE).encode())
    apps = [
        path.parent
        for path in runtime.CHECKOUT.glob("[a-z]*/__init__.py")
        if path.parent.name not in _NO_APPS
    ]
    for path in sorted(file for app in apps for file in app.rglob("*") if file.suffix in (".py", ".sql")):
        within = path.relative_to(runtime.CHECKOUT)
        if _BESIDE.intersection(within.parts):
            continue
        found.update(f"{within}\0".encode())
        found.update(path.read_bytes())
    found.update((runtime.CHECKOUT / "requirements.lock").read_bytes())
    return found.hexdigest()[:32]
