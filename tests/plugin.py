"""Loaded before pytest-django reads the settings: decides on the tests' database, broker and mail server.

One temporary PostgreSQL serves all xdist workers. The controller chooses its folder and port and holds its
lock, so it ends with the run, however that ends; the first test that wants a database starts it. The owner
migrates a template database, each worker clones it, and tests connect as the application's lesser role.
"""

import gc
import os
import shutil
import sys
import tempfile
from pathlib import Path

from devtools.embedded import runtime
from devtools.embedded.postgres import APPLICATION, OWNER, Cluster

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
IS_CONTROLLER = WORKER == "main"


def choose_services() -> Path:
    """Everything a worker inherits: the run-time folder, made by the controller, and the PostgreSQL port."""
    if IS_CONTROLLER:
        var = Path(tempfile.mkdtemp(prefix="blackgem-tests-"))
        var.chmod(0o711)  # PostgreSQL may run as another user, who has to pass through
        os.environ["BLACKGEM_VAR"] = str(var)
        runtime.kept_port("postgres", var)
    return Path(os.environ["BLACKGEM_VAR"])


def set_environment(cluster: Cluster) -> None:
    """What the settings read. Ports are fixed now, services start when a test asks for them."""
    own = cluster.var / WORKER
    own.mkdir(exist_ok=True)
    valkey_port, mail_port = runtime.kept_port("valkey", own), runtime.kept_port("mail", own)
    os.environ.update(
        BLACKGEM_ENV="test",
        DATABASE_URL=cluster.url(APPLICATION, f"blackgem_{WORKER}"),
        DATABASE_OWNER_URL=cluster.url(OWNER, f"blackgem_{WORKER}"),
        DATABASE_POOL_MAX="0",
        REDIS_URL=f"redis://:{runtime.secret('valkey', own)}@127.0.0.1:{valkey_port}/0",
        EMAIL_URL=f"smtp://127.0.0.1:{mail_port}",
        SITE_URL="http://testserver",
        DEFAULT_FROM_EMAIL="capital@demo.example",
        # Playwright's synchronous interface runs an event loop in the test's thread.
        DJANGO_ALLOW_ASYNC_UNSAFE="true",
    )
    for name in ("DEBUG", "SECRET_KEY", "DATA_KEYS", "ALLOWED_HOSTS", "DJANGO_SETTINGS_MODULE"):
        os.environ.pop(name, None)


# The workers and every process that tests start run what another of them compiled.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Collected after each 700 new objects, as Python does by itself, a run looks through them for a twentieth of its time.
gc.set_threshold(20_000, 20, 20)

# jsonschema would read its grammar for seconds, for a format (`iri`) that nothing here has.
sys.modules["rfc3987_syntax"] = None

CLUSTER = Cluster(choose_services(), temporary=True)
set_environment(CLUSTER)


def pytest_configure(config):
    if IS_CONTROLLER:
        CLUSTER.reserve()


def pytest_collection_finish(session):
    """What is loaded by now stays: the collector need not look through it again and again."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure(config):
    CLUSTER.release()
    if IS_CONTROLLER:
        shutil.rmtree(CLUSTER.var, ignore_errors=True)
