"""No process outlives its owner."""

import os
import signal
import subprocess
import sys
import time

from devtools.embedded import processes
from devtools.embedded.postgres import is_alive
from tests.support.services import wait_for

OWNER = """
import sys, time
from devtools.embedded import processes
kept = processes.start("sleeper", ["sleep", "600"])
print(kept.pid, flush=True)
time.sleep(600)
"""


def test_a_command_ends_with_its_killed_owner():
    owner = subprocess.Popen([sys.executable, "-c", OWNER], stdout=subprocess.PIPE, text=True)
    pid = int(owner.stdout.readline())
    owner.stdout.close()
    assert is_alive(pid)
    owner.kill()
    owner.wait()
    wait_for(lambda: not is_alive(pid), seconds=10)


def test_stopping_takes_the_whole_group():
    kept = processes.start("family", ["sh", "-c", "sleep 600 & sleep 600"])
    kept.stop()
    assert not is_alive(kept.pid)
    assert group_is_empty(kept.pid)


def test_a_command_deaf_to_the_polite_signal_is_killed(tmp_path):
    ready = tmp_path / "ready"
    command = ["sh", "-c", f"trap '' TERM; touch {ready}; while :; do sleep 0.1; done"]
    kept = processes.start("deaf", command, options=["--grace=0.5"])
    wait_for(ready.exists)
    began = time.monotonic()
    assert kept.stop() == 128 + signal.SIGKILL
    assert 0.5 <= time.monotonic() - began < 5


def test_the_exit_code_is_the_command_s():
    kept = processes.start("failing", ["sh", "-c", "exit 7"])
    assert kept.keeper.wait(10) == 7
    assert not kept.is_running()
    kept.ask_to_stop()


def test_the_output_goes_to_the_log_and_ends_an_error_message(tmp_path):
    log = tmp_path / "log"
    kept = processes.start("talking", ["sh", "-c", "echo words"], options=[f"--log={log}"])
    kept.keeper.wait(10)
    kept.stop()
    assert processes.tail(log).endswith("words")


def group_is_empty(group):
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False
