"""The run-time folder: where data, ports, passwords and locks of the embedded services live."""

import contextlib
import fcntl
import json
import os
import secrets
import socket
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


def folder() -> Path:
    """The run-time folder, `var/` of this checkout unless BLACKGEM_VAR names another; made when missing."""
    path = Path(os.environ.get("BLACKGEM_VAR") or CHECKOUT / "var").resolve()
    path.mkdir(parents=True, exist_ok=True)
    return path


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold `path` exclusively, waiting for it; the kernel lets go when the process dies."""
    with path.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def read(var: Path | None = None) -> dict:
    """What is written down about this checkout's services; empty on a fresh one."""
    try:
        return json.loads(((var or folder()) / "runtime.json").read_text())
    except FileNotFoundError:
        return {}


def update(section: str, values: dict, var: Path | None = None) -> dict:
    """Merge `values` into one section of runtime.json, readable by its owner only; returns the section."""
    var = var or folder()
    with locked(var / "runtime.lock"):
        facts = read(var)
        facts[section] = {**facts.get(section, {}), **values}
        draft = var / "runtime.json.new"
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(facts, indent=2))
        draft.replace(var / "runtime.json")
    return facts[section]


def secret(name: str, var: Path | None = None) -> str:
    """A password of this checkout, drawn once and then kept."""
    known = read(var).get("secrets", {}).get(name)
    return known or update("secrets", {name: secrets.token_urlsafe(32)}, var)[name]


def is_free(port: int) -> bool:
    """Whether nothing listens on this local port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port(wanted: int | None = None) -> int:
    """`wanted` when it is free, else any free local port."""
    if wanted and is_free(wanted):
        return wanted
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def kept_port(section: str, var: Path | None = None) -> int:
    """The port a service had last time when it is still free, else a new one, written down."""
    port = free_port(read(var).get(section, {}).get("port"))
    return update(section, {"port": port}, var)["port"]
