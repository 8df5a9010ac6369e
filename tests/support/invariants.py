"""What `manage.py reconcile` would find wrong, asked after each step: in one statement that each session plans once, as
planning takes five times as long as asking."""

from collections.abc import Iterator

from django.db import connections

from blackgem.lib.invariants import Finding, invariants, sweep

#: What `differing_roll_ups()` goes through, planning each pair anew: views, and the functions that they are of no day.
_ROLL_UPS = """SELECT quote_ident(v.relname), quote_ident(f.proname)
                 FROM pg_class v JOIN pg_proc f ON f.proname = v.relname || '_at' AND f.proretset
                WHERE v.relkind = 'v' AND v.relnamespace = 'public'::regnamespace
                      AND f.pronamespace = v.relnamespace"""


def violations(*, using: str = "default") -> list[Finding]:
    """Only what contradicts something. Where transactions are real all is asked: emptied tables are planned anew."""
    if connections[using].in_atomic_block and not contradicted(using=using):
        return []
    return [finding for finding in sweep(using=using) if finding.count]


def contradicted(*, using: str = "default") -> list[str]:
    """The names of the sentences that the rows contradict."""
    with connections[using].cursor() as cursor:
        session = cursor.connection
        if not getattr(session, "sentences_are_planned", False):
            queries = [f"SELECT '{name}' WHERE EXISTS ({query})" for name, query in _queries(cursor)]
            cursor.execute(f"PREPARE sentences AS {' UNION ALL '.join(queries)}")
            session.sentences_are_planned = True
        cursor.execute("EXECUTE sentences")
        return [name for (name,) in cursor.fetchall()]


def _queries(cursor) -> Iterator[tuple[str, str]]:
    """Those of all sentences, by name; in place of `differing_roll_ups()`, what it asks."""
    for one in invariants():
        if "differing_roll_ups()" not in one.query:
            yield one.name, one.query
    cursor.execute(_ROLL_UPS)
    for view, function in cursor.fetchall():
        of_no_day = f"SELECT * FROM {function}('infinity', 'infinity')"
        yield f"{view} is its function", f"TABLE {view} EXCEPT {of_no_day}"
        yield f"{function} is its view", f"{of_no_day} EXCEPT TABLE {view}"
