"""The whole system in one terminal: database, broker, mail, web and worker, started and stopped together."""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

from devtools.embedded import EmbeddedError, demand, processes, runtime, valkey
from devtools.embedded.mail import MailCatcher
from devtools.embedded.postgres import Cluster

MANAGE = [sys.executable, str(runtime.CHECKOUT / "manage.py")]
STARTING_SECONDS = 120


@contextlib.contextmanager
def only_one(var: Path) -> Iterator[None]:
    """One demo per checkout; the kernel lets go of the lock whatever ends the process."""
    with (var / "demo.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            web = runtime.read(var).get("web", {})
            raise EmbeddedError(
                f"The demo of this checkout is already running: {web.get('url')} (process {web.get('pid')})."
            ) from None
        yield


@contextlib.contextmanager
def quiet_signals() -> Iterator[Callable[[], bool]]:
    """Ctrl-C, SIGTERM and a closed terminal end the demo in order; the function tells whether one arrived."""
    received: list[int] = []

    def note(number, frame):
        received.append(number)
        if len(received) == 1:
            raise KeyboardInterrupt

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, note) for number in numbers}
    try:
        yield lambda: bool(received)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def start_over(var: Path) -> None:
    """Remove the data of earlier runs. A database named by DATABASE_URL is not ours to remove."""
    if os.environ.get("DATABASE_URL"):
        raise EmbeddedError("RESET=1 removes the embedded database only; DATABASE_URL names another.")
    Cluster(var).destroy()
    for name in ("valkey", "mail"):
        shutil.rmtree(var / name, ignore_errors=True)


@contextlib.contextmanager
def services(var: Path, say: Callable[[str], None]) -> Iterator[dict[str, str]]:
    """Database, broker and mail, embedded unless the environment names others; yields what the rest reads."""
    environment = dict(os.environ)
    with contextlib.ExitStack() as stack:
        if not environment.get("DATABASE_URL"):
            environment |= demand.urls(stack.enter_context(Cluster(var).in_use()))
        if not environment.get("REDIS_URL"):
            stack.callback(valkey.start(var).stop)
            environment["REDIS_URL"] = valkey.url(var)
        if not environment.get("EMAIL_URL"):
            catcher = MailCatcher(var)
            catcher.start()
            stack.callback(catcher.stop)
            environment |= {"EMAIL_URL": catcher.smtp_url, "MAIL_PAGE": catcher.page_url}
        yield environment


def manage(environment: dict[str, str], *arguments: str) -> None:
    """Run a management command with the demo's services. Raises EmbeddedError when it fails."""
    done = subprocess.run([*MANAGE, *arguments], env=environment, start_new_session=True)
    if done.returncode:
        raise EmbeddedError(f"manage.py {' '.join(arguments)} failed.")


def start_web(environment: dict[str, str], port: int, log: Path) -> processes.Kept:
    """Gunicorn: two processes of thirty-two threads, each with a connection of its own at hand."""
    command = [sys.executable, "-m", "gunicorn", "blackgem.wsgi", f"--bind=127.0.0.1:{port}"]
    command += [
        "--worker-class=gthread",
        "--workers=2",
        "--threads=32",
        "--timeout=120",
        "--graceful-timeout=5",
        "--logger-class=blackgem.logs.ServerLogger",
    ]
    command += (
        ["--log-level=warning", "--no-control-socket"] if has_control_socket() else ["--log-level=warning"]
    )
    return processes.start(
        "web", command, environment=environment, options=[f"--log={log}", "--leader-only", "--grace=10"]
    )


def has_control_socket() -> bool:
    """Newer Gunicorns open a socket in the user's home, which a demo has no use for."""
    from gunicorn.config import KNOWN_SETTINGS

    return any(setting.name == "control_socket_disable" for setting in KNOWN_SETTINGS)


def start_worker(environment: dict[str, str], log: Path) -> processes.Kept:
    """Celery with its schedule inside, so that one process more is enough."""
    command = [sys.executable, "-m", "celery", "-A", "blackgem", "worker", "--beat"]
    command += [
        "--scheduler=celery.beat:Scheduler",
        "--without-gossip",
        "--without-mingle",
        "--loglevel=INFO",
    ]
    return processes.start(
        "worker", command, environment=environment, options=[f"--log={log}", "--leader-only", "--grace=10"]
    )


def health(url: str) -> dict:
    """What /healthz/ says, or an empty answer while nothing listens."""
    try:
        with urllib.request.urlopen(f"{url}/healthz/", timeout=5) as answer:  # noqa: S310 - our own address
            return json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return json.load(error) if error.code == 503 else {}
    except (OSError, ValueError):
        return {}


def wait_until_healthy(url: str, running: list[processes.Kept], log_of: Callable[[str], Path]) -> None:
    until = time.monotonic() + STARTING_SECONDS
    while True:
        found = health(url)
        if found and all(
            well for name, well in found.items() if name != "letters"
        ):  # those of the demo are old
            return
        for kept in running:
            if not kept.is_running():
                raise EmbeddedError(
                    f"The {kept.name} stopped while starting.{processes.tail(log_of(kept.name))}"
                )
        if time.monotonic() > until:
            raise EmbeddedError(f"Not healthy after {STARTING_SECONDS} s: {found or 'no answer'}.")
        time.sleep(0.1)


def stop_all(running: list[processes.Kept]) -> None:
    """All at once, then wait for each: web and worker do not depend on each other."""
    for kept in running:
        kept.ask_to_stop()
    for kept in running:
        kept.stop()
