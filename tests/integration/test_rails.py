"""Each rail is tried by plain SQL as the application's own role and refuses under its name; docs/rails.md lists all."""

import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import psycopg
import pytest
from django.apps import apps
from django.db import DatabaseError

from banking.payment_rails import PAYMENT_RAILS
from banking.rails import BANKING_RAILS
from blackgem.lib.known import KNOWN_RAILS
from blackgem.lib.sql import translated
from capital.rails import CAPITAL_RAILS
from closings.default_rails import DEFAULT_RAILS
from closings.rails import CLOSING_RAILS
from closings.setoff_rails import SETOFF_RAILS
from closings.share_rails import SHARE_RAILS
from closings.transfer_rails import TRANSFER_RAILS
from distributions.rails import DISTRIBUTION_RAILS
from evidence.rails import EVIDENCE_RAILS
from fees.rails import FEE_RAILS
from funds.payee_rails import PAYEE_RAILS
from funds.rails import FUNDS_RAILS
from portal.rails import PORTAL_RAILS
from tests.integration import rails
from tests.integration.rails.world import ALLOWED, ATTEMPTS, DENIED, World, build
from tests.support import app_connection, owner_connection, superuser_connection
from tests.support.opened import open_raw
from tests.support.staging import committed_rows

for one in iter_modules(rails.__path__):
    import_module(f"{rails.__name__}.{one.name}")  # each registers its attempts

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "rails.md"
APPS = ("blackgem", "funds", "capital", "distributions", "fees", "banking", "closings", "evidence")
TABLES = {model._meta.db_table for label in APPS for model in apps.get_app_config(label).get_models()}
OF_A_DOMAIN = "-"
MESSAGES = {
    **KNOWN_RAILS,
    **FUNDS_RAILS,
    **PAYEE_RAILS,
    **CAPITAL_RAILS,
    **DISTRIBUTION_RAILS,
    **FEE_RAILS,
    **BANKING_RAILS,
    **PAYMENT_RAILS,
    **CLOSING_RAILS,
    **TRANSFER_RAILS,
    **SETOFF_RAILS,
    **SHARE_RAILS,
    **DEFAULT_RAILS,
    **EVIDENCE_RAILS,
    **PORTAL_RAILS,
}
# Names that PostgreSQL or Django made up: primary keys, plain foreign keys, the range of a positive integer; and keys
# that only exist so that a composite foreign key can refer to them.
PLUMBING = re.compile(r"_[0-9a-f]{8}(_|$)|_(pkey|check|not_null|key)$")


@pytest.fixture(scope="module")
def base(django_db_setup, django_db_blocker):
    with committed_rows(django_db_blocker):
        with app_connection() as connection:
            built = build(connection)
        yield built


@pytest.fixture(scope="module")
def connections(base):
    """One of each role for all attempts: what a trigger runs is compiled once for each connection, and planned once.
    Whatever an attempt does ends with its transaction."""
    once = {"options": "-c plan_cache_mode=force_generic_plan"}
    with app_connection(**once) as app, owner_connection(**once) as owner:
        yield {"app": app, "owner": owner}


@pytest.fixture
def catalog(django_db_setup):
    with superuser_connection() as connection:
        yield connection


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=str)
def test_refused(attempt, base, connections):
    connection = connections["owner" if attempt.role == "owner" else "app"]
    try:
        with pytest.raises(psycopg.Error) as refused:
            make(attempt, base, connection)
    finally:
        connection.rollback()
    assert (refused.value.sqlstate, rail_of(refused.value)) == (attempt.sqlstate, attempt.rail)


@pytest.mark.parametrize("writes", ALLOWED, ids=lambda one: one.__name__)
def test_allowed(writes, base, connections):
    connection = connections["app"]
    try:
        t = World(connection, base)
        writes(t, base)
        t.whole()
    finally:
        connection.rollback()


def make(attempt, base, connection):
    connection.execute(f"SET TRANSACTION ISOLATION LEVEL {attempt.isolation}")
    connection.execute("SET LOCAL lock_timeout = '60s'")
    if attempt.opened:
        open_raw(connection)
    attempt.run(World(connection, base), base)
    connection.commit()


def rail_of(error):
    name = error.diag.constraint_name
    return None if name and PLUMBING.search(name) and name not in MESSAGES else name


def test_nothing_of_the_attempts_is_left(base):
    with app_connection() as connection:
        t = World(connection, base)
        assert t.one(
            "SELECT called, paid, outstanding FROM call_capital WHERE call_id = %s", base.open.id
        ) == (1000, 200, 800)
        assert t.one("SELECT unfunded FROM commitment_capital WHERE commitment_id = %s", base.a) == 99350
        assert (
            t.one("SELECT state FROM fund_allocations WHERE id = %s", base.allocation) == "partially_funded"
        )
        assert t.one("SELECT count(*) FROM payments") == 4
        assert t.one("SELECT count(*), sum(amount) FROM payouts") == (3, 805)
        assert t.one("SELECT unfunded FROM commitment_capital WHERE commitment_id = %s", base.out.x) == 40500


# ---------------------------------------------------------------- what waits is what was seen

#: Another value of each type.
OTHER = {
    "bool": "NOT {0}",
    "date": "{0} + 1",
    "timestamptz": "coalesce({0}, now()) + interval '1 day'",
    "jsonb": """'{{"partners": []}}'""",
    "_int8": "{0} || 1::bigint",
    "uuid": "gen_random_uuid()",
}
#: What becomes of it, and who says so.
DECISION = re.compile(r"status|(approved|sent|cancelled)_(at|by_id)|cancel_reason")


@pytest.mark.parametrize("table", ["capital_calls", "distributions"])
def test_every_column_of_what_waits_is_fixed(base, catalog, table):
    """Also the newest: only its decision is written on a call or a distribution that awaits approval."""
    waiting = base.waiting.id if table == "capital_calls" else base.out.strict_waiting.id
    columns = catalog.execute(
        "SELECT column_name, udt_name FROM information_schema.columns"
        " WHERE table_name = %s AND is_generated = 'NEVER'",
        [table],
    ).fetchall()
    fixed = [one for one in columns if not DECISION.fullmatch(one[0])]
    assert {"revision", "submitted_by_id", "four_eyes"} < {name for name, _ in fixed}
    for name, kind in fixed:
        is_number = kind in ("int4", "int8", "numeric")
        other = OTHER.get(kind, "coalesce({0}, 0) + 1" if is_number else "left({0}, 60) || '!'").format(name)
        with app_connection() as connection:
            open_raw(connection)
            with pytest.raises(psycopg.Error) as refused:
                connection.execute(f"UPDATE {table} SET {name} = {other} WHERE id = {waiting}")
        rail = f"submitted_{table.removeprefix('capital_')[:-1]}_is_fixed"
        assert refused.value.sqlstate == DENIED or rail_of(refused.value) == rail, (name, refused.value)


# ---------------------------------------------------------------- complete against the database


def rails_in(connection) -> set[str]:
    """Every name under which this database refuses something."""
    constraints = connection.execute(
        "SELECT conname, conrelid::regclass::text FROM pg_constraint "
        "WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f', 'u')"
    )
    indexes = connection.execute(
        "SELECT indexrelid::regclass::text, indrelid::regclass::text FROM pg_index i "
        "JOIN pg_class c ON c.oid = indrelid WHERE relnamespace = 'public'::regnamespace AND indisunique "
        "AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)"
    )
    named = {name for name, table in [*constraints, *indexes] if table in TABLES or table == OF_A_DOMAIN}
    return {name for name in named if not PLUMBING.search(name) or name in MESSAGES} | raised_in(connection)


def raised_in(connection) -> set[str]:
    """The names that functions raise, and those that triggers give to functions which raise what they are given."""
    sources = connection.execute("SELECT prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace")
    raised = {name for (source,) in sources for name in re.findall(r"refuse\('(\w+)'", source)}
    return raised | given_to(connection).keys()


def given_to(connection) -> dict[str, str]:
    """Names that triggers give to functions, with what such a trigger is called on the page."""
    triggers = connection.execute(
        "SELECT proname, prosrc, tgdeferrable, tgargs "
        "FROM pg_trigger t JOIN pg_proc p ON p.oid = tgfoid WHERE NOT tgisinternal ORDER BY proname DESC"
    )
    return {
        bytes(arguments).decode().split("\0")[int(place)]: "append-only trigger"
        if function == "append_only"
        else "deferred trigger"
        if deferred
        else "trigger"
        for function, source, deferred, arguments in triggers
        for place in re.findall(r"(?:refuse\(|CONSTRAINT = )TG_ARGV\[(\d)\]", source)
    }


def test_every_rail_is_tried(catalog):
    assert rails_in(catalog) == {attempt.rail for attempt in ATTEMPTS if attempt.rail}


def test_every_message_belongs_to_a_rail(catalog):
    assert set(MESSAGES) <= rails_in(catalog)


def test_whatever_guards_money_has_words_for_people(catalog):
    """What a service lets through, the rail says in a sentence of its own. Letters and keys are internal matters."""
    internal = ("notice", "one_delivery", "idempotency", "user_email", "audit_events")
    assert {name for name in rails_in(catalog) - set(MESSAGES) if not name.startswith(internal)} == set()


# ---------------------------------------------------------------- the page


def rows_of_page() -> dict[str, tuple[str, str, str]]:
    """Constraint name → what it demands, how it is held, what a person reads."""
    lines = [line for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    rails = [row for row in cells if len(row) == 4 and row[2].startswith("`")]
    return {row[2].strip("`"): (row[0], row[1], row[3]) for row in rails}


def test_the_page_lists_every_rail_and_no_other(catalog):
    assert set(rows_of_page()) == rails_in(catalog)


def test_the_page_says_what_a_person_reads(catalog):
    assert {name: row[2] for name, row in rows_of_page().items()} == {
        name: said(name) for name in rails_in(catalog)
    }


def said(rail) -> str:
    """What reaches a person when this rail refuses."""

    class Refusal(Exception):
        sqlstate = "23514"
        diag = type("diag", (), {"constraint_name": rail})

    error = DatabaseError()
    error.__cause__ = Refusal()
    return str(translated(error))


def test_the_page_says_how_each_rail_is_held(catalog):
    wrong = {name: row[1] for name, row in rows_of_page().items() if row[1] != how(catalog, name)}
    assert wrong == {}


def how(connection, name) -> str:
    kinds = {"c": "check constraint", "u": "unique constraint", "f": "foreign key"}
    found = connection.execute(
        "SELECT contype, cardinality(conkey), contypid FROM pg_constraint WHERE conname = %s", [name]
    ).fetchone()
    if found and found[2]:
        return "domain"
    if found:
        return f"composite {kinds[found[0]]}" if found[0] == "f" and found[1] > 1 else kinds[found[0]]
    if connection.execute("SELECT to_regclass(%s) IS NOT NULL", [name]).fetchone()[0]:
        return "unique index"
    deferred = connection.execute(
        "SELECT bool_and(proname LIKE 'check\\_%%') FROM pg_proc WHERE prosrc LIKE %s", [f"%refuse('{name}'%"]
    ).fetchone()[0]
    return given_to(connection)[name] if deferred is None else "deferred trigger" if deferred else "trigger"


# ---------------------------------------------------------------- functions that run with their owner's rights


def test_nobody_borrows_a_rail(catalog):
    """A trigger function with its owner's rights, attached to a table of one's own, would believe that table's rows."""
    for_all = catalog.execute(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef "
        "AND has_function_privilege('blackgem_app', oid, 'EXECUTE')"
    )
    theirs = {"open_write", "settle_states", "states_to_move", "write_is_opened"}
    assert {name for (name,) in for_all.fetchall()} == theirs


def test_every_function_pins_where_it_looks(catalog):
    loose = catalog.execute(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prolang <> "
        "(SELECT oid FROM pg_language WHERE lanname = 'internal') AND (prosecdef OR prosqlbody IS NULL) "
        "AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = pg_proc.oid AND d.deptype = 'e') "
        "AND NOT coalesce(proconfig::text LIKE '%search_path=%', false)"
    )
    assert loose.fetchall() == []


def test_settling_touches_only_what_this_transaction_touched(base):
    """A state that somebody else left waiting is none of one's own."""
    with app_connection() as mine, app_connection() as theirs:
        t = World(theirs, base)
        t.payment(base.unpaid, base.a, "1.00")
        open_raw(mine)
        assert mine.execute("SELECT settle_states()").fetchone() == (0,)
        theirs.rollback()
