"""Rows that many tests start from, written once.

A fixture made by `@staged` is built ahead of the test, in a savepoint that stays open while tests ask for it; what a
test does is rolled back to there. Staged fixtures may rest on one another, as others do: their savepoints are a stack.
Each test gets its own copies of what they returned. A test with real transactions finds the stack empty, and its
fixtures are built for it alone.
"""

import copy
import functools
import inspect
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from django.core.cache import caches
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction

from tests.support.database import flush
from tests.support.opened import open_import


def staged(build: Callable):
    """A fixture of rows. It takes staged fixtures alone, and `param` where tests give it one."""
    rests_on = [name for name in inspect.signature(build).parameters if name != "param"]

    @functools.wraps(build)
    def fixture(request, db, **others):
        if request.fixturename in STAGE.copies:
            return STAGE.copies[request.fixturename]
        given = {"param": request.param} if hasattr(request, "param") else {}
        return build(**others, **given)

    named = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in ("request", "db", *rests_on)]
    fixture.__signature__ = inspect.Signature(named)
    fixture.build, fixture.rests_on = build, rests_on
    return pytest.fixture(fixture)


@dataclass(frozen=True)
class Part:
    """A staged fixture, as a test asks for it."""

    name: str
    build: Callable
    rests_on: tuple[str, ...] = field(compare=False)
    given: tuple = ()

    @property
    def label(self) -> str:
        return f"{self.build.__module__}.{self.name}{self.given}"


def parts_of(item) -> list[Part]:
    """What a test starts from, lowest first; nothing where its transactions are real."""
    if has_real_transactions(item):
        return []
    parts: dict[str, Part] = {}

    def add(name):
        [*_, found] = item._fixtureinfo.name2fixturedefs.get(name, [None])
        if name in parts or not hasattr(found and found.func, "rests_on"):
            return
        for below in found.func.rests_on:
            add(below)
        params = getattr(item, "callspec", None) and item.callspec.params
        given = (params[name],) if params and name in params else ()
        parts[name] = Part(name, found.func.build, tuple(found.func.rests_on), given)

    for name in sorted(item.fixturenames):
        add(name)
    return list(parts.values())


def has_real_transactions(item) -> bool:
    marker = item.get_closest_marker("django_db")
    asked = {"transactional_db", "live_server"} & set(item.fixturenames)
    return bool(asked or (marker and marker.kwargs.get("transaction")))


class Stage:
    """The stack: each part with its savepoint, and what building it returned."""

    def __init__(self):
        self.blocker = None  # pytest-django's, once the database is set up
        self.parts, self.savepoints, self.made = [], [], {}
        self.copies = {}
        self.held = None  # the connection of psycopg that all of it is written on

    def set_up(self, wanted: list[Part]) -> None:
        """Take down what this test does not start from, and build what it lacks."""
        kept = 0 if self._is_broken() else _common(self.parts, wanted)
        self.take_down(kept)
        for part in wanted[kept:]:
            self._build(part)
        self.copies = copy.deepcopy(self.made)

    def take_down(self, kept: int = 0) -> None:
        if len(self.parts) <= kept:
            return
        if (
            not connection.in_atomic_block
        ):  # the connection is a new one: what is left of the other goes with it
            if self.held is not None and not self.held.closed:
                self.held.close()
            self.parts, self.savepoints, self.made = [], [], {}
        while len(self.parts) > kept:
            del self.made[self.parts.pop().name]
            with self.blocker.unblock():
                transaction.set_rollback(True)
                self.savepoints.pop().__exit__(None, None, None)

    def _build(self, part: Part) -> None:
        caches["process"].clear()
        savepoint = transaction.atomic()
        savepoint._from_testcase = True  # the rows' services may ask for a transaction of their own
        savepoint.__enter__()
        self.held = connections[DEFAULT_DB_ALIAS].connection
        self.parts.append(part)
        self.savepoints.append(savepoint)
        self.made[part.name] = None
        given = {"param": part.given[0]} if part.given else {}
        try:
            open_import()
            self.made[part.name] = part.build(**{name: self.made[name] for name in part.rests_on}, **given)
            connection.check_constraints()
        except BaseException:
            self.take_down(len(self.parts) - 1)
            raise

    def _is_broken(self) -> bool:
        """Whether a test closed the connection, or left it in a failed transaction."""
        lost = connection.closed_in_transaction or not connection.in_atomic_block
        return bool(self.parts) and (lost or connection.needs_rollback)


def _common(left: list, right: list) -> int:
    """How many parts the two have in common at the bottom."""
    pairs = zip(left, right, strict=False)
    return next((n for n, (one, other) in enumerate(pairs) if one != other), min(len(left), len(right)))


STAGE = Stage()


@contextmanager
def committed_rows(blocker):
    """Rows that a whole module reads, written for good and emptied afterwards, also where writing them failed half-way:
    the modules after it find nothing of them. Nothing staged lies beneath them."""
    with blocker.unblock():
        STAGE.take_down()
        try:
            yield
        finally:
            flush()
