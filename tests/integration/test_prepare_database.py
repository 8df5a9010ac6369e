"""`manage.py prepare_database` makes roles and database on a server of one's own."""

from io import StringIO

import psycopg
import pytest
from django.core.management import CommandError, call_command
from psycopg import sql

from tests.plugin import CLUSTER
from tests.support.database import superuser_url

OWNER_URL = "postgres://other_owner:p%40ss@127.0.0.1:{}/other"
URL = "postgres://other_app:w%2Ford@127.0.0.1:{}/other"


@pytest.fixture
def server(django_db_setup, monkeypatch):
    """The tests' own server, with nothing of this test left on it."""
    monkeypatch.setenv("DATABASE_ADMIN_URL", superuser_url())
    monkeypatch.setenv("DATABASE_OWNER_URL", OWNER_URL.format(CLUSTER.port))
    monkeypatch.setenv("DATABASE_URL", URL.format(CLUSTER.port))
    yield
    with psycopg.connect(superuser_url(), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS other WITH (FORCE)")
        for role in ("other_owner", "other_app"):
            connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))


def who_owns(url):
    with psycopg.connect(url) as connection:
        query = (
            "SELECT current_user, pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
        )
        return connection.execute(query).fetchone()


def test_both_roles_can_connect_and_one_owns(server):
    for _twice in range(2):
        call_command("prepare_database", stdout=StringIO())
    assert who_owns(URL.format(CLUSTER.port)) == ("other_app", "other_owner")
    assert who_owns(OWNER_URL.format(CLUSTER.port)) == ("other_owner", "other_owner")


def test_one_role_for_both_is_refused(server, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", OWNER_URL.format(CLUSTER.port))
    with pytest.raises(CommandError, match="two roles"):
        call_command("prepare_database")


def test_a_missing_variable_is_named(server, monkeypatch):
    monkeypatch.delenv("DATABASE_ADMIN_URL")
    with pytest.raises(CommandError, match="DATABASE_ADMIN_URL is not set"):
        call_command("prepare_database")
