"""A broker, a real Celery worker that may be killed, and a mail server that remembers."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest

from blackgem.celery import worker_is_alive
from devtools.embedded import processes
from devtools.embedded import valkey as embedded_valkey
from tests.plugin import CLUSTER, WORKER
from tests.support.mail import RecordingMailServer

VAR = CLUSTER.var / WORKER


def wait_for(
    condition: Callable[[], object], seconds: float = 30, message: str = "It did not happen in time"
):
    """Polls until `condition()` is true and returns its value; fails the test after `seconds`."""
    until = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > until:
            pytest.fail(f"{message} ({seconds:g} s)")
        time.sleep(0.05)
    return value


@pytest.fixture(scope="session")
def running_valkey() -> Iterator[str]:
    kept = embedded_valkey.start(VAR)
    yield embedded_valkey.url(VAR)
    kept.stop()


@pytest.fixture
def valkey(running_valkey: str) -> str:
    """The broker's address, which is settings.REDIS_URL; empty at the start of each test."""
    import redis

    with redis.Redis.from_url(running_valkey) as client:
        client.flushall()
    return running_valkey


@pytest.fixture
def mail_server(settings) -> Iterator[RecordingMailServer]:
    """A mail server that stores what it accepts; this process and workers send to it."""
    server = RecordingMailServer(port=urlsplit(os.environ["EMAIL_URL"]).port)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    yield server
    server.stop()


@dataclass
class WorkerProcess:
    """A Celery worker as a process of its own, on this test's database, broker and mail server."""

    environment: dict[str, str] = field(default_factory=dict)
    concurrency: int = 1
    kept: processes.Kept | None = None

    def start(self, *, beat: bool = False, wait: bool = True) -> "WorkerProcess":
        """Start it; `beat` also sweeps, every NOTICE_SWEEP_SECONDS (1 here)."""
        command = [sys.executable, "-m", "celery", "-A", "blackgem", "worker", "--loglevel=WARNING"]
        command += [f"--concurrency={self.concurrency}", "--without-gossip", "--without-mingle"]
        command += ["--beat", "--scheduler=celery.beat:Scheduler"] if beat else []
        environment = {**os.environ, "NOTICE_SWEEP_SECONDS": "1", **self.environment}
        self.kept = processes.start("worker", command, environment=environment, options=[f"--log={self.log}"])
        if wait:
            processes.wait_until(
                lambda: worker_is_alive(environment["REDIS_URL"]), self.kept, seconds=60, log=self.log
            )
        return self

    @property
    def log(self):
        return VAR / "worker.log"

    @property
    def pid(self) -> int:
        return self.kept.pid

    def is_running(self) -> bool:
        return self.kept is not None and self.kept.is_running()

    def kill(self) -> None:
        """SIGKILL to the worker and its children, as a crash or the kernel's out-of-memory killer would."""
        os.killpg(self.pid, signal.SIGKILL)
        self.kept.stop()
        forget_heartbeat(self.environment.get("REDIS_URL") or os.environ["REDIS_URL"])

    def stop(self) -> None:
        if self.kept is not None:
            self.kept.stop()


def forget_heartbeat(url: str) -> None:
    """So that the next worker's own heartbeat is waited for."""
    import redis

    from blackgem.celery import HEARTBEAT_KEY, host_key

    with redis.Redis.from_url(url) as client:
        client.delete(HEARTBEAT_KEY, host_key())


@pytest.fixture
def celery_worker_process(valkey, mail_server, transactional_db) -> Iterator[WorkerProcess]:
    """Not started yet: a test calls start(), kill(), start(). Stopped before the database is emptied."""
    worker = WorkerProcess()
    yield worker
    worker.stop()


@dataclass
class LiveStack:
    """Web, worker and mail together."""

    url: str
    worker: WorkerProcess
    mail: RecordingMailServer


@pytest.fixture
def live_stack(live_server, celery_worker_process, mail_server) -> LiveStack:
    """The whole site, running: the web server in this process, a worker with its sweep in another."""
    return LiveStack(live_server.url, celery_worker_process.start(beat=True), mail_server)
