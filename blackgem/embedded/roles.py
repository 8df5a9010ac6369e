"""The two roles every BlackGem database has: one owns the schema, the lesser one is the application."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

if TYPE_CHECKING:
    from blackgem.embedded.postgres import Cluster


def ensure_role(connection: psycopg.Connection, role: str, password: str) -> None:
    """Create the role or renew its password. It is no superuser and may create no roles or databases."""
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    statement = "ALTER ROLE {} LOGIN PASSWORD {}" if known else "CREATE ROLE {} LOGIN PASSWORD {}"
    connection.execute(sql.SQL(statement).format(sql.Identifier(role), sql.Literal(password)))


def ensure_database(connection: psycopg.Connection, database: str, owner: str) -> None:
    """Create the database, owned by `owner`, unless it exists."""
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
        return
    name, role = sql.Identifier(database), sql.Identifier(owner)
    # A managed server's administrator owns nothing of a role it is no member of.
    administrator = connection.execute(
        "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    if not administrator or not administrator[0]:
        connection.execute(sql.SQL("GRANT {} TO current_user").format(role))
    connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, role))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))


def allow_connecting(connection: psycopg.Connection, database: str, *roles: str) -> None:
    for role in roles:
        statement = sql.SQL("GRANT CONNECT ON DATABASE {} TO {}")
        connection.execute(statement.format(sql.Identifier(database), sql.Identifier(role)))


def prepare(cluster: "Cluster") -> None:
    """Roles and database of an embedded cluster."""
    prepare_urls(
        cluster.url("postgres", "postgres"), cluster.url("blackgem_owner"), cluster.url("blackgem_app")
    )


def prepare_urls(administrator: str, owner: str, application: str) -> None:
    """Create the two roles and the database that two URLs name, as `administrator`. Safe to repeat."""
    own, app = urlsplit(owner), urlsplit(application)
    database = own.path.lstrip("/")
    with psycopg.connect(administrator, autocommit=True, connect_timeout=10) as connection:
        ensure_role(connection, own.username, own.password)
        ensure_role(connection, app.username, app.password)
        ensure_database(connection, database, own.username)
        allow_connecting(connection, database, own.username, app.username)
