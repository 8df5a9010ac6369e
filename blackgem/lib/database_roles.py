"""The roles every BlackGem database has: one owns the schema, the lesser one is the application, and a third, which
cannot sign in, is what the application takes on to read for an investor."""

import contextlib
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg import sql

from blackgem.lib.privileges import PORTAL_ROLE

BUILTIN_LOCALES_SINCE = 170000
GRANTS_SAY_WHAT_FOR_SINCE = 160000


def ensure_role(connection: psycopg.Connection, role: str, password: str) -> None:
    """Create the role or renew its password. It is no superuser and may create no roles or databases."""
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    statement = "ALTER ROLE {} LOGIN PASSWORD {}" if known else "CREATE ROLE {} LOGIN PASSWORD {}"
    connection.execute(sql.SQL(statement).format(sql.Identifier(role), sql.Literal(password)))


def ensure_portal_role(connection: psycopg.Connection, application: str) -> None:
    """The role of the portal's readers, which the application may take on but has no right from.

    Were its rights inherited, the policies that narrow it would narrow the application everywhere.
    """
    names = {"portal": sql.Identifier(PORTAL_ROLE), "application": sql.Identifier(application)}
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [PORTAL_ROLE]).fetchone():
        connection.execute(sql.SQL("CREATE ROLE {portal} NOLOGIN").format(**names))
    if connection.info.server_version >= GRANTS_SAY_WHAT_FOR_SINCE:
        grant = "GRANT {portal} TO {application} WITH INHERIT FALSE, SET TRUE"
        connection.execute(sql.SQL(grant).format(**names))
    else:
        connection.execute(sql.SQL("ALTER ROLE {application} NOINHERIT").format(**names))
        connection.execute(sql.SQL("GRANT {portal} TO {application}").format(**names))
    # The policies let the application through, but PostgreSQL refuses COPY FROM to whom policies concern at all. An
    # administrator who may not give this attribute leaves it: then everything works but loading by COPY.
    with contextlib.suppress(psycopg.errors.InsufficientPrivilege), connection.transaction():
        connection.execute(sql.SQL("ALTER ROLE {application} BYPASSRLS").format(**names))


def ensure_database(connection: psycopg.Connection, database: str, owner: str, application: str) -> None:
    """Create the database, unless it exists, for these two roles and nobody else.

    Text sorts by code point in it, wherever the server runs.
    """
    name, role = sql.Identifier(database), sql.Identifier(owner)
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
        join_role(connection, role)
        create = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8' {}")
        connection.execute(create.format(name, role, locale(connection)))
    restrict(connection, database, owner, application)


def locale(connection: psycopg.Connection) -> sql.SQL:
    """C.UTF-8, built into newer servers, from the system's libraries in older ones."""
    if connection.info.server_version >= BUILTIN_LOCALES_SINCE:
        return sql.SQL("LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'")
    return sql.SQL("LOCALE 'C.UTF-8'")


def join_role(connection: psycopg.Connection, role: sql.Identifier) -> None:
    """A managed server's administrator is no superuser: to give a role a database it has to be its member."""
    row = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    if not row or not row[0]:
        connection.execute(sql.SQL("GRANT {} TO current_user").format(role))


def restrict(connection: psycopg.Connection, database: str, owner: str, application: str) -> None:
    """Only these two may connect; only the owner may create anything, temporary tables included."""
    names = map(sql.Identifier, (database, owner, application))
    database_name, owner_name, application_name = names
    for statement in (
        sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database_name),
        sql.SQL("GRANT ALL ON DATABASE {} TO {}").format(database_name, owner_name),
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database_name, application_name),
    ):
        connection.execute(statement)


def prepare_urls(administrator: str, owner: str, application: str) -> None:
    """Create the two roles and the database that two URLs name, as `administrator`. Safe to repeat.

    Raises ValueError when a URL lacks a name or a password, or when both name the same role.
    """
    owner_role, owner_password, database = parts(owner)
    application_role, application_password, same_database = parts(application)
    if owner_role == application_role or database != same_database:
        raise ValueError("The owner's URL and the application's must name one database and two roles.")
    with psycopg.connect(administrator, autocommit=True, connect_timeout=10) as connection:
        ensure_role(connection, owner_role, owner_password)
        ensure_role(connection, application_role, application_password)
        ensure_portal_role(connection, application_role)
        ensure_database(connection, database, owner_role, application_role)


def parts(url: str) -> tuple[str, str, str]:
    """Role, password and database of a URL. Raises ValueError when one is missing."""
    split = urlsplit(url)
    found = tuple(unquote(part or "") for part in (split.username, split.password, split.path.lstrip("/")))
    if not all(found):
        raise ValueError("A database URL has the form postgres://role:password@host:5432/database.")
    return found[0], found[1], found[2]
