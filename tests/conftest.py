"""Fixtures every test may use; `tests/plugin.py` chose the services before."""

import contextlib
import socket
import subprocess

import pytest
from django.core.cache import caches
from django.test import TransactionTestCase
from hypothesis import settings as hypothesis_settings
from whitenoise.middleware import WhiteNoiseMiddleware

from devtools import manual
from tests.access.staged import two_investors
from tests.plugin import CLUSTER
from tests.support import database, order
from tests.support.browser import browser, context, page
from tests.support.opened import open_import
from tests.support.quick_letters import quick
from tests.support.services import celery_worker_process, live_stack, mail_server, running_valkey, valkey
from tests.support.staging import STAGE, has_real_transactions, parts_of

__all__ = [
    "browser",
    "celery_worker_process",
    "context",
    "live_stack",
    "mail_server",
    "page",
    "quick",
    "running_valkey",
    "two_investors",
    "valkey",
]

hypothesis_settings.register_profile("blackgem", deadline=None, print_blob=True)
hypothesis_settings.load_profile("blackgem")


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker):
    """Instead of pytest-django's: a clone of the template, emptied by the superuser."""
    CLUSTER.acquire()
    database.create()
    STAGE.blocker = django_db_blocker
    patch = pytest.MonkeyPatch()
    patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: database.flush())
    yield
    patch.undo()
    with django_db_blocker.unblock():
        from django.db import connections

        STAGE.take_down()
        connections.close_all()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """A test without the transaction of tests has connections of its own, which must not wait for what is staged."""
    if not item.get_closest_marker("django_db") and not {"db", "transactional_db"} & set(item.fixturenames):
        STAGE.take_down()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_fixture_setup(fixturedef, request):
    """What a test starts from stands before pytest-django opens the transaction of the test, which may then write."""
    if fixturedef.argname != "_django_db_helper":
        return (yield)
    try:
        with request.getfixturevalue("django_db_blocker").unblock():
            STAGE.set_up(parts_of(request._pyfuncitem))
    except Exception as error:
        # As pytest itself does: a fixture that keeps no failure is never torn down, and fails all that follow.
        fixturedef.cached_result = (None, fixturedef.cache_key(request), (error, error.__traceback__))
        raise
    result = yield
    if not has_real_transactions(request._pyfuncitem):
        open_import()
    return result


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """Before any is deselected, those of the deep run are marked.

    Within a file, tests that start from the same rows follow one another; the longest files come first."""
    order.mark_deep(items)
    yield
    workers = getattr(config, "workerinput", {"workercount": 1})["workercount"]
    items[:] = order.in_shares(items, workers)


@pytest.fixture(autouse=True)
def nothing_is_remembered():
    """Tests find the database as it was, with the keys that it gave out before: no process remembers them."""
    caches["process"].clear()


@pytest.fixture(scope="session", autouse=True)
def manual_is_built():
    """Pages lead to it. What is wrong with it, tests/integration/manual says."""
    with contextlib.suppress(subprocess.CalledProcessError):
        manual.build()


@pytest.fixture(scope="session", autouse=True)
def static_files_are_found_once():
    """Every client of a test brings middleware of its own, which would look for all of them again."""
    find, found = WhiteNoiseMiddleware.add_files_from_finders, {}

    def add(self):
        if not found:
            find(self)
            found.update(self.files)
        self.files.update(found)

    patch = pytest.MonkeyPatch()
    patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", add)
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def no_network():
    """Connections leave this machine neither by intent nor by accident."""
    connect = socket.socket.connect

    def local_only(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in (
            "127.0.0.1",
            "::1",
            "localhost",
        ):
            raise RuntimeError(f"A test tried to reach {address}")
        return connect(self, address)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", local_only)
    yield
    patch.undo()
