"""Whether a refusal left anything behind."""

from contextlib import contextmanager

from django.db import connection

from tests.support.database import UNTOUCHED


def counts() -> dict[str, int]:
    """Rows by table."""
    names = [
        name for name in connection.introspection.table_names() if name not in (*UNTOUCHED, "pending_checks")
    ]
    probes = " UNION ALL ".join(
        f"SELECT '{name}', count(*) FROM {connection.ops.quote_name(name)}" for name in names
    )
    with connection.cursor() as cursor:
        cursor.execute(probes)
        return dict(cursor.fetchall())


@contextmanager
def nothing_written():
    before = counts()
    yield
    assert {name: (before[name], now) for name, now in counts().items() if now != before[name]} == {}
