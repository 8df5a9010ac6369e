"""What `manage.py reconcile` would find wrong."""

from weakref import WeakSet

from django.db import connections

from blackgem.lib.invariants import Finding, invariants, sweep

#: Sessions that have planned whether anything contradicts anything, which takes ten times as long as to ask it.
_PLANNED = WeakSet()
#: What `differing_roll_ups()` goes through, planning each pair anew: views, and the functions that they are of no day.
_ROLL_UPS = """SELECT quote_ident(v.relname), quote_ident(f.proname)
                 FROM pg_class v JOIN pg_proc f ON f.proname = v.relname || '_at' AND f.proretset
                WHERE v.relkind = 'v' AND v.relnamespace = 'public'::regnamespace
                      AND f.pronamespace = v.relnamespace"""


def violations(*, using: str = "default") -> list[Finding]:
    """Only what contradicts something. Where transactions are real all is asked: emptied tables are planned anew."""
    if connections[using].in_atomic_block and not _are_any(using):
        return []
    return [finding for finding in sweep(using=using) if finding.count]


def _are_any(using: str) -> bool:
    with connections[using].cursor() as cursor:
        session = cursor.connection
        if session not in _PLANNED:
            rows = " UNION ALL ".join(f"SELECT FROM ({query}) of_one" for query in _queries(cursor))
            cursor.execute(f"PREPARE violations AS SELECT EXISTS ({rows})")
            _PLANNED.add(session)
        cursor.execute("EXECUTE violations")
        return cursor.fetchone()[0]


def _queries(cursor) -> list[str]:
    """Those of all sentences; in place of the one that plans anew each time, what it asks."""
    queries = [one.query for one in invariants() if "differing_roll_ups()" not in one.query]
    cursor.execute(_ROLL_UPS)
    for view, function in cursor.fetchall():
        of_no_day = f"SELECT * FROM {function}('infinity', 'infinity')"
        queries += [f"TABLE {view} EXCEPT {of_no_day}", f"{of_no_day} EXCEPT TABLE {view}"]
    return queries
