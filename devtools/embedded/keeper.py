"""Runs one command and never outlives its owner, however the owner ends.

A child of `manage.py demo` or of the tests would survive when its parent is killed with SIGKILL. So each
runs under a keeper, a small process that ends the command
  - when its own standard input closes, which the kernel does for a dead owner, or
  - with --lock FILE, when nobody holds that file's shared lock any more (several owners share one database).
It prints the command's process id, and exits as the command does. Standard library only: it starts in 20 ms.
"""

import argparse
import contextlib
import fcntl
import os
import select
import shutil
import signal
import subprocess
import sys
import time

POLL_SECONDS = 0.1


def parse(argv):
    """The keeper's own options, and after `--` the command."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--lock", help="stop when nobody holds this file")
    parser.add_argument("--signal", default="TERM", help="the polite signal")
    parser.add_argument(
        "--grace", type=float, default=15, help="seconds between the polite signal and SIGKILL"
    )
    parser.add_argument(
        "--leader-only", action="store_true", help="the polite signal goes to the command alone"
    )
    parser.add_argument("--log", help="where the command's output goes; unset: the keeper's own")
    parser.add_argument("--remove", action="append", default=[], help="a folder to remove in the end")
    parser.add_argument("--user", type=int)
    parser.add_argument("--group", type=int)
    parser.add_argument("command", nargs="+")
    return parser.parse_args(argv)


def start(options):
    """The command in a session of its own, so that Ctrl-C in a terminal reaches the owner only."""
    log = open(options.log, "ab") if options.log else None  # noqa: SIM115 - handed to the child
    identity = {}
    if options.user is not None:
        identity = {"user": options.user, "group": options.group, "extra_groups": [], "cwd": "/"}
    return subprocess.Popen(
        options.command,
        stdin=subprocess.DEVNULL,
        stdout=log or sys.stderr,
        stderr=subprocess.STDOUT if log else None,
        start_new_session=True,
        **identity,
    )


def owner_is_gone(lock):
    """Waits one poll, then tells whether anyone still wants the command."""
    if lock is None:
        readable, _, _ = select.select([0], [], [], POLL_SECONDS)
        return bool(readable) and not os.read(0, 4096)
    time.sleep(POLL_SECONDS)
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def group_lives(group):
    """Whether any process of the group is left. EPERM means that one is, of another user."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def wait_for_group(child, seconds):
    """True when the whole group ended within `seconds`."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        child.poll()
        if not group_lives(child.pid):
            return True
        time.sleep(0.02)
    return False


def stop(child, options):
    """Ask, wait, then kill the whole group."""
    polite = getattr(signal, "SIG" + options.signal)
    with contextlib.suppress(ProcessLookupError):
        (os.kill if options.leader_only else os.killpg)(child.pid, polite)
    if not wait_for_group(child, options.grace):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        wait_for_group(child, 5)
    return child.wait()


def main():
    options = parse(sys.argv[1:])
    asked = []
    # Handlers, because ignored signals would stay ignored in the command.
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        signal.signal(getattr(signal, name), lambda number, frame: asked.append(number))
    lock = open(options.lock, "a") if options.lock else None  # noqa: SIM115 - held for life
    child = start(options)
    print(child.pid, flush=True)
    os.close(1)
    while child.poll() is None and not asked and not owner_is_gone(lock):
        pass
    code = stop(child, options)
    for folder in options.remove:
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(code if code >= 0 else 128 - code)


if __name__ == "__main__":
    main()
