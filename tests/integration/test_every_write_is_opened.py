"""Out of the catalogue: what the application's role may write, it writes opened; who did something is who writes."""

import pytest

from tests.support import superuser_connection

#: Why these are written by whoever has the role.
FREE = {
    "cache_entries": "counts attempts, and is cleared at will",
    "django_session": "what it holds is signed under the site's key",
    "usersessions_usersession": "lists sessions for the person who has them, and opens none",
}
#: Functions that hold a person's column to who opened the write.
GUARDS = ["guard_deeds", "guard_entry"]


@pytest.fixture
def catalog(django_db_setup):
    with superuser_connection() as connection:
        yield connection


def test_whatever_may_be_written_is_written_opened(catalog):
    free = catalog.execute("""
        SELECT c.relname FROM pg_class c
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
           AND (has_any_column_privilege('blackgem_app', c.oid, 'INSERT, UPDATE')
                OR has_table_privilege('blackgem_app', c.oid, 'DELETE, TRUNCATE'))
           AND NOT EXISTS (SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
                            WHERE t.tgrelid = c.oid AND p.proname = 'guard_write' AND t.tgtype = 2 + 4 + 8 + 16)
    """)
    assert {name for (name,) in free} == set(FREE)


def test_who_did_something_is_who_writes(catalog):
    """Every column that names the person who did something: a new one is held without a line of its own."""
    columns = catalog.execute(
        """
        SELECT c.relname || '.' || a.attname,
               EXISTS (SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
                        WHERE t.tgrelid = c.oid AND p.proname = ANY (%s) AND t.tgtype & 1 > 0
                          AND position(convert_to(a.attname, 'UTF8') || '\\000' IN t.tgargs) > 0)
          FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
           AND (a.attname ~ '(^|_)by_id$' OR a.attname = 'actor_id')
        """,
        [GUARDS],
    ).fetchall()
    assert len(columns) > 40
    loose = {name for name, held in columns if not held}
    assert loose == {"opened_writes.actor_id"}, "the role cannot write that one"
