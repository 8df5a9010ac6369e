"""What the application's role may do is what `blackgem.lib.privileges` declares, no more and no less."""

import pytest
from psycopg import sql

from blackgem.lib.privileges import TABLE_PRIVILEGES, one_privilege, privileges_of
from tests.support import superuser_connection

pytestmark = pytest.mark.django_db

RELATIONS = """
    SELECT relname, relkind IN ('v', 'm') FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm') ORDER BY relname
"""
HELD = """
    SELECT table_name, privilege_type FROM information_schema.role_table_grants
    WHERE grantee = 'blackgem_app' AND table_schema = 'public'
"""
HELD_ON_COLUMNS = """
    SELECT c.table_name, c.privilege_type, c.column_name FROM information_schema.role_column_grants c
    WHERE c.grantee = 'blackgem_app' AND c.table_schema = 'public' AND NOT EXISTS (
        SELECT FROM information_schema.role_table_grants t WHERE t.grantee = c.grantee
        AND t.table_schema = 'public' AND t.table_name = c.table_name AND t.privilege_type = c.privilege_type)
"""


@pytest.fixture
def catalogue():
    with superuser_connection() as connection:
        yield connection


def declared(catalogue):
    return {name: privileges_of(name, is_view) for name, is_view in catalogue.execute(RELATIONS)}


def test_every_declared_table_exists(catalogue):
    assert set(TABLE_PRIVILEGES) - set(declared(catalogue)) == set()


def test_the_role_holds_exactly_what_is_declared(catalogue):
    held = set(catalogue.execute(HELD).fetchall())
    wanted = {(name, one) for name, rights in declared(catalogue).items() for one in rights if "(" not in one}
    assert held == wanted


def test_columns_are_granted_exactly_as_declared(catalogue):
    held = {(table, f"{verb} ({column})") for table, verb, column in catalogue.execute(HELD_ON_COLUMNS)}
    wanted = {
        (name, f"{verb} ({column})")
        for name, rights in declared(catalogue).items()
        for verb, columns in (one.rstrip(")").split(" (") for one in rights if "(" in one)
        for column in columns.split(", ")
    }
    assert held == wanted


def test_no_function_of_the_application_s_own_is_needed_to_read(catalogue):
    """The role has no right on schemas but public, and may create nothing there."""
    query = sql.SQL("SELECT has_schema_privilege('blackgem_app', 'public', 'CREATE')")
    assert catalogue.execute(query).fetchone() == (False,)


def test_what_is_no_privilege_is_refused():
    with pytest.raises(ValueError, match="no table privilege"):
        one_privilege("TRUNCATE")
