"""Who may do what in the database: the application owns nothing."""

import psycopg
import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from tests.support import app_connection, owner_connection, superuser_connection

pytestmark = pytest.mark.django_db


def current_user(raw):
    with raw:
        return raw.execute("SELECT current_user").fetchone()[0]


def test_the_application_connects_as_the_lesser_role():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("blackgem_app",)


def test_each_helper_is_its_role():
    assert current_user(app_connection()) == "blackgem_app"
    assert current_user(owner_connection()) == "blackgem_owner"
    assert current_user(superuser_connection()) == "postgres"


def test_the_application_owns_nothing():
    with superuser_connection() as raw:
        owned = raw.execute("SELECT relname FROM pg_class WHERE relowner = 'blackgem_app'::regrole")
        assert owned.fetchall() == []


def test_no_role_has_an_attribute_beyond_signing_in():
    attributes = "rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication"
    with superuser_connection() as raw:
        found = raw.execute(f"SELECT {attributes} FROM pg_roles WHERE rolname LIKE 'blackgem%'")
        assert set(found.fetchall()) == {(False,)}


def test_policies_concern_the_portal_s_readers_alone():
    """They cannot sign in, the application inherits nothing from them, and no policy is asked about its own queries."""
    query = (
        "SELECT rolname, rolcanlogin, rolbypassrls FROM pg_roles WHERE rolname LIKE 'blackgem%' ORDER BY 1"
    )
    with superuser_connection() as raw:
        roles = raw.execute(query).fetchall()
        member = "SELECT inherit_option, set_option, admin_option FROM pg_auth_members WHERE roleid = 'blackgem_portal'"
        assert raw.execute(f"{member}::regrole AND member = 'blackgem_app'::regrole").fetchall() == [
            (False, True, False)
        ]
    assert roles == [
        ("blackgem_app", True, True),
        ("blackgem_owner", True, False),
        ("blackgem_portal", False, False),
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE django_session",
        "CREATE TABLE t (a int)",
        "CREATE TEMPORARY TABLE t (a int)",
        "DROP TABLE django_session",
        "DELETE FROM django_migrations",
        "ALTER TABLE django_session DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
    ],
)
def test_the_application_may_not(statement):
    with app_connection() as raw, pytest.raises(psycopg.errors.InsufficientPrivilege):
        raw.execute(statement)


@pytest.mark.parametrize("time", ["first", "second"])
@pytest.mark.django_db(transaction=True)
def test_a_transactional_test_leaves_no_row(time):
    users = get_user_model().objects
    assert users.count() == 0
    users.create(email="left.behind@demo.example")


@pytest.mark.django_db(transaction=True)
def test_flushing_keeps_what_migrations_wrote():
    with app_connection() as raw:
        assert raw.execute("SELECT count(*) FROM django_content_type").fetchone()[0] > 0
        assert raw.execute("SELECT count(*) FROM auth_permission").fetchone()[0] > 0
