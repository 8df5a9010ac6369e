"""Starting commands under a keeper, so that none outlives its owner."""

import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from devtools.embedded import EmbeddedError

KEEPER = Path(__file__).with_name("keeper.py")


@dataclass
class Kept:
    """A command under a keeper. `pid` is the command's own, for those who mean to kill it."""

    name: str
    keeper: subprocess.Popen
    pid: int

    def is_running(self) -> bool:
        return self.keeper.poll() is None

    def ask_to_stop(self) -> None:
        """Closes the keeper's input, which begins the end without waiting for it."""
        if self.keeper.stdin and not self.keeper.stdin.closed:
            self.keeper.stdin.close()

    def disown(self) -> None:
        """Leave a detached command to its other owners: no wait, no warning when this object goes."""
        try:
            self.keeper.wait(0.2)
        except subprocess.TimeoutExpired:
            self.keeper.returncode = 0

    def stop(self, seconds: float = 30) -> int:
        """End the command and all it started, and wait for it."""
        self.ask_to_stop()
        return self.keeper.wait(seconds)


def start(
    name: str,
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str] | None = None,
    options: Sequence[str] = (),
    detached: bool = False,
) -> Kept:
    """Run `command` under a keeper. A detached one lives by its `--lock` option, not by this process."""
    keeper = subprocess.Popen(
        [sys.executable, "-S", "-E", str(KEEPER), *options, "--", *map(str, command)],
        stdin=subprocess.DEVNULL if detached else subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        start_new_session=True,
    )
    assert keeper.stdout is not None
    line = keeper.stdout.readline()
    keeper.stdout.close()
    if not line.strip().isdigit():
        raise EmbeddedError(f"{name} could not be started: {command[0]}")
    return Kept(name, keeper, int(line))


def wait_until(ready: Callable[[], bool], kept: Kept, *, seconds: float, log: Path | None = None) -> None:
    """Wait for `ready()`; raises EmbeddedError with the log's end when the command dies or takes too long."""
    until = time.monotonic() + seconds
    while not ready():
        if not kept.is_running():
            raise EmbeddedError(f"{kept.name} stopped while starting.{tail(log)}")
        if time.monotonic() > until:
            raise EmbeddedError(f"{kept.name} was not ready after {seconds:.0f} s.{tail(log)}")
        time.sleep(0.03)


def tail(log: Path | None, lines: int = 15) -> str:
    """The end of a log, to be shown with an error."""
    if not log or not log.exists():
        return ""
    return f" The end of {log}:\n" + "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
