"""Several at once: threads with their own connections, a gate where they meet, and locks that can be switched off."""

import re
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from django.db import connections

from tests.support.database import app_connection, superuser_connection

PATIENCE = 60


def together(doings: Iterable[Callable[[], object]]) -> list:
    """Start all at the same moment; what each answered, or the exception it raised, in their order."""
    doings = list(doings)
    start = threading.Barrier(len(doings))

    def run(doing):
        try:
            start.wait(PATIENCE)
            return doing()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(doings)) as pool:
        return list(pool.map(run, doings))


def failures(answers: list) -> list[Exception]:
    return [answer for answer in answers if isinstance(answer, Exception)]


class Gate:
    """Where racers meet. Whoever waits for one that a lock holds back goes on after `seconds`, and so do all later."""

    def __init__(self, racers: int, seconds: float = 0.4):
        self.barrier = threading.Barrier(racers)
        self.seconds = seconds

    def meet(self) -> None:
        try:
            self.barrier.wait(self.seconds)
        except threading.BrokenBarrierError:
            return


def raw(doing: Callable) -> Callable[[], object]:
    """`doing(connection)` in a transaction of its own, as the application's role."""

    def run():
        with app_connection() as connection:
            return doing(connection)

    return run


@contextmanager
def without_locks(*functions: str) -> Iterator[None]:
    """These SQL functions without their FOR NO KEY UPDATE and what they lock by name, in this worker's database, until
    the block ends."""
    with superuser_connection() as connection:
        found = connection.execute(
            "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname = ANY (%s)", [list(functions)]
        ).fetchall()
        assert len(found) == len(functions), functions
        for (text,) in found:
            loose = re.sub(r"\s+FOR NO KEY UPDATE", "", text)
            loose = re.sub(r"PERFORM pg_advisory_xact_lock\(.*\);", "NULL;", loose)
            assert loose != text, f"nothing is locked here: {text}"
            connection.execute(loose)
        try:
            yield
        finally:
            for (text,) in found:
                connection.execute(text)
