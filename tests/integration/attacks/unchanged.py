"""Whether a refusal left anything behind."""

from contextlib import contextmanager

from django.db import connection

from tests.support.database import UNTOUCHED

#: That it was refused is itself an event.
BUT = {"audit_events": " WHERE verb NOT IN ('be_refused', 'fail_sign_in', 'fail_second_factor')"}


#: What the application's role cannot read.
OF_THE_OWNER = ("pending_checks", "write_keys", "opened_writes")


def counts() -> dict[str, int]:
    """Rows by table, but for events of refusals."""
    names = [
        name for name in connection.introspection.table_names() if name not in (*UNTOUCHED, *OF_THE_OWNER)
    ]
    probes = " UNION ALL ".join(
        f"SELECT '{name}', count(*) FROM {connection.ops.quote_name(name)}{BUT.get(name, '')}"
        for name in names
    )
    with connection.cursor() as cursor:
        cursor.execute(probes)
        return dict(cursor.fetchall())


@contextmanager
def nothing_written():
    before = counts()
    yield
    assert {name: (before[name], now) for name, now in counts().items() if now != before[name]} == {}
