"""Every sentence of `manage.py reconcile`, asked of the rows after each step."""

from django.db import connection

from blackgem.lib.invariants import invariants


def contradicted() -> list[str]:
    """The names of the sentences that the rows contradict, asked in one prepared statement."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXECUTE {prepared()}")
        return [name for (name,) in cursor.fetchall()]


def prepared() -> str:
    """Prepared once per connection: planning two dozen queries takes longer than asking them."""
    raw = connection.connection
    if not getattr(raw, "sweep_is_prepared", False):
        queries = [f"SELECT '{one.name}' WHERE EXISTS ({one.query})" for one in invariants()]
        raw.execute(f"PREPARE sweep AS {' UNION ALL '.join(queries)}")
        raw.sweep_is_prepared = True
    return "sweep"
