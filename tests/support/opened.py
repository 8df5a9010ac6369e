"""Opens what a test writes past the services, as the application does before it writes."""

from contextlib import contextmanager

from django.db import transaction

from blackgem.lib.opened import open_import, signed


@contextmanager
def written():
    """Rows of anybody and any time, in a transaction that is opened for them. Also decorates."""
    with transaction.atomic(savepoint=False):
        open_import()
        yield


def open_raw(raw, person="import", moment="") -> None:
    """Open the transaction of a psycopg connection: for a person and a moment, or for whatever is brought in."""
    raw.execute(
        "SELECT open_write(%s, %s, %s, %s)",
        signed(raw.info.dbname, raw.info.backend_pid, str(person), moment),
    )


__all__ = ["open_import", "open_raw", "written"]
