"""The parts that serve the clients, as processes that are killed with SIGKILL and started again."""

import contextlib
import math
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from devtools.embedded import EmbeddedError, demand, demo, processes, runtime, valkey
from devtools.embedded.postgres import Cluster, answers

#: Seconds that a part stays dead, at most, and that pass between two deaths.
LONGEST_DEATH = 6.0
BETWEEN_DEATHS = (1.5, 8.0)
PATIENCE = 90
#: Seconds in which a part replaces a process of its own that was killed.
MENDING = 15.0


@dataclass
class Part:
    """One process group. `start` answers what runs; `ready` is asked until it says so."""

    name: str
    start: Callable[[], processes.Kept]
    ready: Callable[[], bool] = lambda: True
    kept: processes.Kept | None = None
    #: When it died, when it was begun to be started again, and when it was known to serve.
    deaths: list[tuple[float, float, float]] = field(default_factory=list)
    #: When one of its processes was killed, and it should have mended itself.
    troubles: list[tuple[float, float]] = field(default_factory=list)
    kills: int = 0
    died_at: float | None = None
    begun_at: float = math.inf

    def bring_up(self) -> None:
        self.begun_at = time.monotonic()
        until = self.begun_at + PATIENCE
        while True:
            try:
                self.kept = self.start()
            except EmbeddedError:
                # A port or a lock of the dead one may be held for a moment.
                if time.monotonic() > until:
                    raise
                time.sleep(0.3)
            else:
                break
        processes.wait_until(self.ready, self.kept, seconds=PATIENCE)
        if self.died_at is not None:
            self.deaths.append((self.died_at, self.begun_at, time.monotonic()))
            self.died_at = None

    def kill(self) -> None:
        self.kills += 1
        self.died_at, self.begun_at = time.monotonic(), math.inf
        kill_group(self.kept.pid)
        with contextlib.suppress(Exception):
            self.kept.stop(10)

    def was_up(self, since: float, until: float) -> bool:
        """Whether it was whole all of that time."""
        died_at = self.died_at
        dead = [(died, back) for died, _, back in list(self.deaths)]
        bad = [*dead, *self.troubles, *([(died_at, until)] if died_at is not None else [])]
        return not any(died < until and back > since for died, back in bad)

    def was_down(self, since: float, until: float) -> bool:
        """Whether it was dead all of that time; once it is being started it may serve at any moment."""
        now = [(self.died_at, self.begun_at)] if self.died_at is not None else []
        past = [(died, begun) for died, begun, _ in list(self.deaths)]
        return any(died < since and begun > until for died, begun in [*past, *now])


def kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def children_of(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@dataclass
class House:
    """All parts, in a folder of its own, and the environment in which commands find them."""

    var: Path
    port: int = field(default_factory=runtime.free_port)
    environment: dict[str, str] = field(default_factory=dict)
    parts: dict[str, Part] = field(default_factory=dict)

    def __post_init__(self):
        self.cluster = Cluster(self.var)
        self.relay_log = self.var / "relay.log"
        self.relay_log.touch()
        self.smtp_port = runtime.free_port()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def open(self) -> None:
        """Bring everything up, on an empty database with the people and funds of the demonstration."""
        self._part("database", self._start_database)
        self._part("broker", lambda: valkey.start(self.var))
        self.environment = {
            **os.environ,
            **demand.urls(self.cluster),
            "BLACKGEM_VAR": str(self.var),
            "REDIS_URL": valkey.url(self.var),
            "EMAIL_URL": f"smtp://127.0.0.1:{self.smtp_port}",
            "SITE_URL": self.url,
            "API_REQUESTS_PER_MINUTE": "100000",
            "NOTICE_SWEEP_SECONDS": "2",
            "NOTICE_LEASE_SECONDS": "10",
        }
        self._part("relay", self._start_relay, lambda: not runtime.is_free(self.smtp_port))
        demo.manage(self.environment, "migrate", "--verbosity=0")
        demo.manage(self.environment, "load_demo", "--only=search", "--no-documents")
        self._part("web", self._start_web, lambda: bool(demo.health(self.url)))
        self._part("worker", lambda: demo.start_worker(self.environment, self.var / "worker.log"))

    def _part(self, name: str, start, ready=lambda: True) -> None:
        self.parts[name] = Part(name, start, ready)
        self.parts[name].bring_up()

    def _start_database(self) -> processes.Kept:
        self.cluster.acquire()
        return self.cluster.kept

    def _start_relay(self) -> processes.Kept:
        command = [sys.executable, "-m", "devtools.chaos.relay", str(self.smtp_port), str(self.relay_log)]
        return processes.start("relay", command, options=[f"--log={self.var / 'smtp.log'}"])

    def _start_web(self) -> processes.Kept:
        return demo.start_web(self.environment, self.port, self.var / "web.log")

    def close(self) -> None:
        served = [part.kept for part in self.parts.values() if part.name != "database" and part.kept]
        demo.stop_all(list(reversed(served)))
        self.cluster.release()


class Killer(threading.Thread):
    """Kills one part after the other at odd moments, and brings each up again, until told to stop."""

    def __init__(self, house: House, seed: int):
        super().__init__(name="killer", daemon=True)
        self.house, self.done = house, threading.Event()
        self.odd = random.Random(seed)  # noqa: S311 - what to kill, and when
        self.children_killed = 0
        self.fault: Exception | None = None

    def run(self) -> None:
        try:
            while not self.done.wait(self.odd.uniform(*BETWEEN_DEATHS)):
                self._kill_one()
        except Exception as error:
            self.fault = error

    def _kill_one(self) -> None:
        part = self.house.parts[self.odd.choice(list(self.house.parts))]
        if part.name in ("web", "worker", "database") and self.odd.random() < 1 / 2:
            self._kill_child(part)
        else:
            part.kill()
            time.sleep(self.odd.uniform(0.1, LONGEST_DEATH))
            part.bring_up()

    def _kill_child(self, part: Part) -> None:
        """One of its processes; the part itself starts another."""
        children = children_of(part.kept.pid)
        if children:
            part.kills += 1
            self.children_killed += 1
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.odd.choice(children), signal.SIGKILL)
            part.troubles.append((time.monotonic(), time.monotonic() + MENDING))
        if part.name == "database":
            processes.wait_until(lambda: _recovered(self.house.cluster), part.kept, seconds=PATIENCE)


def _recovered(cluster: Cluster) -> bool:
    with contextlib.suppress(psycopg.Error):
        return answers(cluster)
    return False
