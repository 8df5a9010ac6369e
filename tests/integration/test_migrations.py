"""An empty database is built in few steps; one that stopped on the way of old goes that way to its end. Afterwards both
are the same."""

import contextlib
import os
import re
import subprocess
import sys
from contextlib import contextmanager

import pytest
from django.db import connections, models
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ModelState, ProjectState
from psycopg import sql

from blackgem.lib import database_roles as roles
from blackgem.lib.encryption import decrypted
from blackgem.lib.migration_state import options_in_place
from devtools.embedded import placement, runtime
from devtools.embedded.postgres import APPLICATION, OWNER, SUPERUSER, connect
from tests.plugin import CLUSTER, WORKER
from tests.support import template
from tests.support.database import TEMPLATE
from tests.support.encrypted import Session

WAY, UPGRADED, BUILT = (f"blackgem_{name}_{WORKER}" for name in ("way", "upgraded", "built"))
#: How far each app is where a database stays for a while: as releases were, and on the way to a new one.
WAYS = {
    "released": [
        {"blackgem": 1, "funds": 2, "capital": 2},
        {"blackgem": 2, "funds": 4, "capital": 3, "distributions": 3},
        {"blackgem": 5, "funds": 6, "capital": 4, "distributions": 3, "portal": 1},
        {"blackgem": 6, "funds": 9, "capital": 8, "distributions": 6, "portal": 1},
        {"blackgem": 6, "funds": 13, "capital": 12, "distributions": 8, "portal": 1},
        {"blackgem": 8, "funds": 19, "capital": 13, "distributions": 9, "portal": 1},
        {"blackgem": 10, "funds": 23, "capital": 14, "distributions": 11, "portal": 1},
        {"blackgem": 12, "funds": 27, "capital": 15, "distributions": 13, "portal": 1},
        {"blackgem": 12, "funds": 31, "capital": 16, "distributions": 13, "portal": 2},
    ],
    "interrupted": [
        {"blackgem": 7},
        {"blackgem": 12, "funds": 13},
        {"blackgem": 12, "funds": 30},
        {"blackgem": 12, "funds": 30, "capital": 5},
        {"blackgem": 12, "funds": 30, "capital": 16, "distributions": 8},
        {"blackgem": 12, "funds": 30, "capital": 16, "distributions": 13},
    ],
}
#: What somebody entered in the first release, and what it has become.
FIRST_ROWS = """
    INSERT INTO users (id, password, is_superuser, email, full_name, is_staff, is_active)
        VALUES (1, '!', false, 'manager@fund.example', 'Manager', false, true);
    INSERT INTO funds (id, name, legal_name, currency, lpa_date, address, contact_name, contact_email, contact_phone,
                       signatory_name, signatory_title, paper_size, attach_notices, four_eyes, last_call_number,
                       created_by_id)
        VALUES (1, 'Old Fund', 'Old Fund LP', 'USD', '2024-01-01', '', '', '', '', '', '', 'a4', true, false, 0, 1);
    INSERT INTO investors (id, name, kind, email, attention, address, country, tax_reference, created_by_id)
        VALUES (1, 'Investor', 'company', '', '', '', '', '12-3456789', 1);
    INSERT INTO audit_events (happened_at, actor_id, verb, object_label, subjects, changes, reason, request_id)
        VALUES ('2024-01-01', 1, 'change_investor', 'Investor', '{funds.investor:1}',
                '{"tax_reference": ["", "12-3456789"]}', '', '');
    INSERT INTO bank_details (fund_id, version, bank_name, account_name, account_number, routing_number, swift, iban,
                              four_eyes, created_by_id)
        VALUES (1, 1, 'Bank', 'Old Fund LP', '000123456789', '', '', '', false, 1);
    INSERT INTO commitments (id, kind, amount, closing_date, reference, standing, created_by_id, fund_id, investor_id)
        VALUES (1, 'lp', 1000000, '2024-01-01', 'OF-1', 'good', 1, 1, 1);
    INSERT INTO deals (id, name, description, created_by_id) VALUES (1, 'Deal', '', 1);
    INSERT INTO fund_allocations (id, committed_amount, created_by_id, deal_id, fund_id, state)
        VALUES (1, 400000, 1, 1, 1, 'committed');
"""
SECRETS = """
    SELECT i.tax_reference, b.account_number, e.changes #>> '{tax_reference,1}'
      FROM investors i, bank_details b, audit_events e WHERE e.verb = 'change_investor'
"""
PLACES = ("investors.tax_reference", "bank_details.account_number", "audit_events.changes")
WHAT_BECAME_OF_THEM = """
    SELECT f.code, c.committed::int, sum(a.amount)::int
      FROM funds f JOIN commitments p ON p.fund_id = f.id JOIN commitment_amounts c ON c.commitment_id = p.id
      JOIN allocation_amounts a ON a.fund_id = f.id
     GROUP BY 1, 2
"""


def steps() -> list[tuple[str, str]]:
    """The way of old: every migration but those that replace others, in the order in which `migrate` ran them."""
    graph = MigrationLoader(None, replace_migrations=False).graph
    replacing = {key for key in graph.nodes if graph.nodes[key].replaces}
    found = dict.fromkeys(key for leaf in graph.leaf_nodes() for key in graph.forwards_plan(leaf))
    return [key for key in found if key not in replacing]


def test_wherever_a_database_stopped_it_goes_on(monkeypatch):
    """An app that has begun goes on step by step, one that has not is built at once."""
    way = steps()
    disk = MigrationLoader(None).disk_migrations
    squashed = {key[0]: (key, set(one.replaces)) for key, one in disk.items() if one.replaces}
    assert set(squashed) == {"blackgem", "funds", "capital", "distributions", "portal"}
    for number in range(len(way) + 1):
        applied = set(way[:number])
        monkeypatch.setattr(
            MigrationRecorder, "applied_migrations", lambda self, those=applied: dict.fromkeys(those)
        )
        executor = MigrationExecutor(connections["owner"])
        executor.loader.check_consistent_history(executor.connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        ahead = {(one.app_label, one.name) for one, _ in plan}
        expected = set(way) - applied
        for at_once, replaced in squashed.values():
            if not replaced & applied:
                expected = expected - replaced | {at_once}
        assert ahead == expected, way[number - 1 : number]


@pytest.mark.parametrize("anew", [False, True], ids=["in place", "anew"])
def test_a_migration_sees_the_constraints_so_far(anew):
    """Also where models are not rendered for each; whether they are, the classes tell."""
    state = ProjectState()
    state.add_model(ModelState("funds", "Part", [("id", models.AutoField(primary_key=True))]))
    first = state.apps.get_model("funds", "part")
    with contextlib.nullcontext() if anew else options_in_place():
        for name in ("one", "other"):
            state.add_constraint("funds", "part", models.UniqueConstraint(fields=["id"], name=name))
        state.remove_constraint("funds", "part", "one")
        state.add_index("funds", "part", models.Index(fields=["id"], name="third"))
    model = state.apps.get_model("funds", "part")
    assert (model is first) == (not anew)
    assert [one.name for one in (*model._meta.constraints, *model._meta.indexes)] == ["other", "third"]
    assert [one.name for one in model._meta.total_unique_constraints] == ["other"]
    options = state.models["funds", "part"].options
    assert [one.name for kind in ("constraints", "indexes") for one in options[kind]] == ["other", "third"]


# ---------------------------------------------------------------- the database itself


def dump(name: str) -> list[str]:
    """Everything but rows, statement by statement: tables with the order of their columns, keys, indexes, functions,
    triggers, policies and privileges."""
    command = [placement.binaries(None) / "pg_dump", "--schema-only", CLUSTER.url(SUPERUSER, name)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    statements = re.split(r"\n\n+", done.stdout)
    return sorted(one for one in statements if not one.startswith(("--", "\\")))


def rows_of_migrations(name: str) -> dict[str, list[tuple]]:
    """What `migrate` leaves in tables: rights by name, groups, who may send."""
    queries = {
        "rights": "SELECT t.app_label, t.model, codename, name FROM auth_permission p"
        " JOIN django_content_type t ON t.id = content_type_id",
        "groups": "SELECT g.name, codename FROM auth_group g JOIN auth_group_permissions ON group_id = g.id"
        " JOIN auth_permission p ON p.id = permission_id",
        "domains": "SELECT name FROM mail_domains",
        "migrations": "SELECT app, name FROM django_migrations",
    }
    with connect(CLUSTER, name) as raw:
        return {kind: sorted(raw.execute(query).fetchall()) for kind, query in queries.items()}


@contextmanager
def database(name: str, of: str | None = None):
    """One of the owner's, empty or a clone."""
    with connect(CLUSTER) as raw:
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        if of:
            clone = "CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY file_copy"
            raw.execute(sql.SQL(clone).format(*map(sql.Identifier, (name, of, OWNER))))
            roles.restrict(raw, name, OWNER, APPLICATION)
        else:
            roles.ensure_database(raw, name, OWNER, APPLICATION)
        try:
            yield
        finally:
            raw.execute(drop)


@pytest.fixture
def owner(django_db_setup, django_db_blocker, monkeypatch):
    """The owner's connection, into the database that goes the way of old."""
    with database(WAY), django_db_blocker.unblock():
        connections["owner"].close()
        monkeypatch.setitem(connections["owner"].settings_dict, "NAME", WAY)
        yield connections["owner"]
        connections["owner"].close()


def walk(owner, stop: dict[str, int]) -> None:
    """Go the way of old as far as `stop`."""
    executor = MigrationExecutor(owner)
    executor.loader = MigrationLoader(owner, replace_migrations=False)
    graph = executor.loader.graph
    wanted = {
        before
        for key in steps()
        if key[0] in stop and int(key[1][:4]) <= stop[key[0]]
        for before in graph.forwards_plan(key)
    }
    ahead = [key for key in steps() if key in wanted - set(executor.loader.applied_migrations)]
    executor.migrate(None, [(graph.nodes[key], False) for key in ahead])
    owner.close()


def migrate(name: str) -> None:
    """As an administrator does."""
    environment = {
        **os.environ,
        "DATABASE_URL": CLUSTER.url(APPLICATION, name),
        "DATABASE_OWNER_URL": CLUSTER.url(OWNER, name),
    }
    command = [
        sys.executable,
        str(runtime.CHECKOUT / "manage.py"),
        "migrate",
        "--verbosity=0",
        "--skip-checks",
    ]
    subprocess.run(command, env=environment, check=True, timeout=300)


def opened(raw, row) -> tuple[str, ...]:
    """What was encrypted on the way."""
    return tuple(decrypted(stored, place, Session(raw)) for stored, place in zip(row, PLACES, strict=True))


@pytest.fixture
def migrated(owner):
    """One that was built from nothing at once."""
    if not template.was_restored():
        yield TEMPLATE
        return
    with database(BUILT):
        migrate(BUILT)
        yield BUILT


@pytest.mark.deep
@pytest.mark.parametrize("way", WAYS)
def test_from_wherever_it_stopped_a_database_becomes_the_same(owner, migrated, way):
    built, left = dump(migrated), rows_of_migrations(migrated)
    for number, stop in enumerate(WAYS[way]):
        walk(owner, stop)
        if way == "released" and not number:
            with connect(CLUSTER, WAY) as raw:
                raw.execute(FIRST_ROWS)
        with database(UPGRADED, WAY):
            migrate(UPGRADED)
            assert dump(UPGRADED) == built, stop
            assert rows_of_migrations(UPGRADED) == left, stop
            with connect(CLUSTER, UPGRADED) as raw:
                entered = [("OF", 1000000, 400000)] if way == "released" else []
                assert raw.execute(WHAT_BECAME_OF_THEM).fetchall() == entered, stop
                kept = [("12-3456789", "000123456789", "12-3456789")] if way == "released" else []
                assert [opened(raw, row) for row in raw.execute(SECRETS).fetchall()] == kept, stop
