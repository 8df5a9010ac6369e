"""`manage.py demo`, as a person at a terminal meets it: started, asked, stopped, killed, started again."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

import pytest

from devtools.embedded import demo, runtime
from devtools.embedded.postgres import Cluster, command_of
from tests.support.services import wait_for

CHOSEN_BY_THE_TESTS = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "REDIS_URL",
    "EMAIL_URL",
    "SITE_URL",
    "BLACKGEM_ENV",
)


@pytest.fixture
def checkout():
    """A run-time folder of its own, as a fresh clone would have."""
    folder = Path(tempfile.mkdtemp(prefix="blackgem-demo-"))
    folder.chmod(0o755)
    yield folder
    wait_for(lambda: not processes_of(folder), seconds=60, message="The demo left processes behind")
    Cluster(folder).destroy()
    subprocess.run(["rm", "-rf", str(folder)], check=True)


@pytest.fixture
def start(checkout):
    """Starts the demo; what a failing test leaves running is killed."""
    started = []
    yield lambda folder, port: started.append(run(folder, port)) or started[-1]
    for process in started:
        process.kill()
        process.communicate(timeout=60)


def run(folder, port):
    environment = {name: value for name, value in os.environ.items() if name not in CHOSEN_BY_THE_TESTS}
    return subprocess.Popen(
        [sys.executable, str(runtime.CHECKOUT / "manage.py"), "demo", "--empty", f"--port={port}"],
        env={**environment, "BLACKGEM_VAR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait_until_up(process, port):
    for line in process.stdout:
        if line.startswith("BlackGem is up"):
            break
    assert demo.health(f"http://127.0.0.1:{port}") == dict.fromkeys(
        ("web", "database", "worker", "letters", "seals", "reconcile"), True
    )


def end(process):
    """Its exit code and last words."""
    words, _ = process.communicate(timeout=60)
    return process.returncode, words


def processes_of(folder):
    """Process ids whose command line or environment names this run-time folder."""
    found = []
    for entry in Path("/proc").iterdir() if Path("/proc/self").exists() else []:
        if entry.name.isdecimal() and int(entry.name) != os.getpid():
            try:
                environment = (entry / "environ").read_bytes().decode(errors="replace")
            except OSError:
                environment = ""
            if str(folder) in environment + command_of(int(entry.name)):
                found.append(int(entry.name))
    return found


def workers_of(folder) -> set[int]:
    return {pid for pid in processes_of(folder) if " celery " in command_of(pid)}


def mail_page(folder):
    port = json.loads((folder / "runtime.json").read_text())["mail_page"]["port"]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
        return answer.read()


def test_it_survives_a_kill_and_stops_without_leaving_a_process(checkout, start):
    port = runtime.free_port()
    running = start(checkout, port)
    wait_until_up(running, port)
    assert "already running" in end(start(checkout, port + 1))[1]
    assert b"No mail yet" in mail_page(checkout)
    running.kill()
    end(running)
    wait_for(lambda: not processes_of(checkout), seconds=60)

    running = start(checkout, port)
    wait_until_up(running, port)
    workers = workers_of(checkout)
    for pid in workers:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    wait_for(lambda: workers_of(checkout) - workers, seconds=30)
    wait_for(lambda: all(demo.health(f"http://127.0.0.1:{port}").values()), seconds=30)
    running.send_signal(signal.SIGINT)
    code, words = end(running)
    assert (code, words.splitlines()[-1]) == (0, "Stopped.")
    assert words.count("The worker ended and is started again") == 1
    assert processes_of(checkout) == []


def test_a_taken_port_is_named_with_a_way_out(checkout, start, live_server):
    port = int(live_server.url.rsplit(":", 1)[1])
    code, words = end(start(checkout, port))
    assert code == 1
    assert f"Port {port} is taken" in words
    assert f"make demo PORT={port + 1}" in words
