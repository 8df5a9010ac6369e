"""Gives any management command a database, without one variable being set."""

import atexit
import os

from devtools.embedded import runtime
from devtools.embedded.postgres import APPLICATION, OWNER, Cluster

# These need no database, or bring up their own.
WITHOUT_DATABASE = frozenset(
    {
        "help",
        "version",
        "demo",
        "chaos_drill",
        "prepare_database",
        "check",
        "collectstatic",
        "findstatic",
        "diffsettings",
    }
    | {"compilemessages", "makemessages", "startapp", "startproject", "worked_examples"}
)


def needs_database(arguments: list[str]) -> bool:
    """Whether this command line of manage.py reads or writes the database."""
    command = next((word for word in arguments[1:] if not word.startswith("-")), "help")
    asks_for_help = any(word in ("--help", "-h", "--version") for word in arguments[1:])
    return command not in WITHOUT_DATABASE and not asks_for_help


def provide_database(arguments: list[str]) -> None:
    """Start the embedded cluster for the length of this process, unless DATABASE_URL names another."""
    if os.environ.get("DATABASE_URL") or not needs_database(arguments):
        return
    cluster = Cluster(runtime.folder())
    cluster.acquire()
    atexit.register(cluster.release)
    os.environ.update(urls(cluster))


def urls(cluster: Cluster) -> dict[str, str]:
    """What the settings read."""
    return {"DATABASE_URL": cluster.url(APPLICATION), "DATABASE_OWNER_URL": cluster.url(OWNER)}
