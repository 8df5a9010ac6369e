"""Funds, calls and payments in any number, the same every time."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import psycopg
from django.db import transaction
from django.utils import timezone
from psycopg import sql

from blackgem.lib.opened import open_import
from blackgem.models import User
from funds.models import Deal, Fund, FundMembership, Investor

FOUNDED = date(2015, 12, 1)
SCRIPT = Path(__file__).with_name("population.sql")


@dataclass(frozen=True)
class Shape:
    """How many of what; every partner has an item in every call of its fund."""

    funds: int
    calls: int
    partners: int

    @property
    def items(self) -> int:
        return self.funds * self.calls * self.partners


def populate(connection: psycopg.Connection, shape: Shape, *, paid: bool) -> None:
    """Fill an empty database, with every item paid or none, and bring statistics up to date.

    `connection` is an administrator's to the database that Django is pointed at: the money goes in past the rails.
    """
    _found(shape)
    states = {
        "paid": paid,
        "allocation_state": "partially_funded" if paid else "partially_called",
        "call_status": "fully_funded" if paid else "sent",
    }
    switch_rails(connection, on=False)
    # The script is several statements, so its values go in on this side.
    psycopg.ClientCursor(connection).execute(SCRIPT.read_text(), {**vars(shape), **states})
    for table in serial_tables(connection):
        continue_ids(connection, table)
    switch_rails(connection, on=True)
    connection.execute("VACUUM (ANALYZE)")


@transaction.atomic
def _found(shape: Shape) -> None:
    """Funds and their manager, deals and investors, numbered from 1."""
    open_import()
    named = {"email": "manager@benchmark.example", "full_name": "Manager of all funds"}
    manager = User.objects.create(pk=1, **named, opens_funds=True)
    numbers = range(1, shape.funds + 1)
    Fund.objects.bulk_create(
        Fund(
            pk=number,
            name=f"Fund {number}",
            legal_name=f"Fund {number}, L.P.",
            lpa_date=FOUNDED,
            last_call_number=shape.calls,
            created_by=manager,
            sender_admitted_by=manager,
            sender_admitted_at=timezone.now(),
        )
        for number in numbers
    )
    role = FundMembership.Role.MANAGER
    FundMembership.objects.bulk_create(
        FundMembership(fund_id=number, user=manager, role=role) for number in numbers
    )
    Deal.objects.bulk_create(
        Deal(pk=number, name=f"Deal {number}", created_by=manager) for number in range(1, 5)
    )
    Investor.objects.bulk_create(
        Investor(pk=number, name=f"Investor {number}", created_by=manager)
        for number in range(1, shape.partners + 1)
    )


def switch_rails(connection: psycopg.Connection, *, on: bool) -> None:
    """Triggers off and on again: all of them for a superuser, the rails alone for an owner, whose keys stay checked."""
    try:
        connection.execute(f"SET session_replication_role = {'origin' if on else 'replica'}")
    except psycopg.errors.InsufficientPrivilege:
        switch_triggers(connection, tables(connection), on=on)


def switch_triggers(connection: psycopg.Connection, names, *, on: bool) -> None:
    verb = sql.SQL("ENABLE" if on else "DISABLE")
    for name in names:
        statement = sql.SQL("ALTER TABLE {} {} TRIGGER USER")
        connection.execute(statement.format(sql.Identifier(name), verb))


def tables(connection: psycopg.Connection) -> list[str]:
    found = connection.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
    )
    return [name for (name,) in found]


def serial_tables(connection: psycopg.Connection) -> list[str]:
    """The tables whose ids the script set itself."""
    found = connection.execute(
        "SELECT table_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND column_name = 'id' AND is_identity = 'YES'"
    )
    return [name for (name,) in found]


def continue_ids(connection: psycopg.Connection, table: str) -> None:
    statement = sql.SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), coalesce(max(id), 1)) FROM {}")
    connection.execute(statement.format(sql.Literal(table), sql.Identifier(table)))
