"""Databases for one run of the benchmark, on the cluster that the application uses, and gone afterwards."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings
from django.db import connections
from psycopg import sql

from blackgem.lib import database_roles
from devtools.embedded import runtime
from devtools.embedded.postgres import SUPERUSER, Cluster

from .population import Shape, populate


@dataclass
class Scratch:
    """A migrated template and clones of it. `administrator` may create databases and, better, is a superuser."""

    administrator: str
    names: list[str] = field(default_factory=list)

    @property
    def template(self) -> str:
        return f"blackgem_benchmark_{os.getpid()}"

    def clone(self, name: str, of: str = "") -> str:
        """A database like the template, or like another clone; replaces an earlier one of the same name."""
        full_name = f"{self.template}_{name}"
        self.drop(full_name)
        self.names.append(full_name)
        clone = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY file_copy")
        parts = (full_name, of or self.template, settings.DATABASES["owner"]["USER"])
        with self.connect("postgres") as connection:
            connection.execute(clone.format(*map(sql.Identifier, parts)))
        return full_name

    def populated(self, name: str, shape: Shape, *, paid: bool) -> str:
        """A clone with funds, calls and payments in it, to which nobody is connected."""
        database = self.clone(name)
        use(database)
        with self.connect(database) as connection:
            populate(connection, shape, paid=paid)
        use(self.template)
        return database

    def drop(self, full_name: str) -> None:
        with self.connect("postgres") as connection:
            drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            connection.execute(drop.format(sql.Identifier(full_name)))
        self.names = [name for name in self.names if name != full_name]

    def connect(self, database: str) -> psycopg.Connection:
        """As the administrator, every statement its own transaction."""
        return psycopg.connect(
            with_database(self.administrator, database),
            autocommit=True,
            connect_timeout=10,
        )


@contextlib.contextmanager
def scratch(administrator: str = "") -> Iterator[Scratch]:
    """Create the template by the command that production migrates with; drop everything in the end."""
    made = Scratch(administrator or administrator_url())
    before = settings.DATABASES["default"]["NAME"]
    try:
        migrate(made)
        yield made
    finally:
        use(before)
        for name in [*made.names, made.template]:
            made.drop(name)


def administrator_url() -> str:
    """The embedded cluster's superuser, or the owner's URL where the database is somebody else's."""
    cluster = Cluster(runtime.folder())
    if settings.DATABASES["default"]["PORT"] == cluster.port:
        return cluster.url(SUPERUSER, "postgres")
    return settings.DATABASE_OWNER_URL


def migrate(made: Scratch) -> None:
    app, owner = settings.DATABASES["default"]["USER"], settings.DATABASES["owner"]["USER"]
    with made.connect("postgres") as connection:
        database_roles.ensure_database(connection, made.template, owner, app)
    environment = {
        **os.environ,
        "DATABASE_URL": with_database(settings.DATABASE_URL, made.template),
        "DATABASE_OWNER_URL": with_database(settings.DATABASE_OWNER_URL, made.template),
    }
    command = [sys.executable, str(runtime.CHECKOUT / "manage.py"), "migrate", "--verbosity=0"]
    subprocess.run(command, env=environment, check=True, timeout=300)


def use(database: str) -> None:
    """Point Django's connections, of this process and those it forks, at a database."""
    for alias in ("default", "owner"):
        connections[alias].close()
        if alias == "default" and settings.DATABASE_POOL_MAX:
            connections[alias].close_pool()
        connections.settings[alias]["NAME"] = database


def url_of(alias: str, database: str) -> str:
    """The URL of the application's role (`default`) or the schema's owner (`owner`)."""
    url = settings.DATABASE_URL if alias == "default" else settings.DATABASE_OWNER_URL
    return with_database(url, database)


def with_database(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))
