"""Who runs a command of `manage.py`: nobody has signed in there."""

import getpass
import socket


def who_runs_this() -> str:
    """The account of the operating system, and its machine: "root on web-1". Whoever holds it may call itself anything,
    which is why a command never acts as a person."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "an account without a name"
    return f"{name} on {socket.gethostname()}"[:80]
