"""The database knows every currency's decimals, and holds every column of money to those of its row."""

import psycopg
import pytest

from blackgem.lib.currencies import CURRENCIES
from blackgem.lib.invariants import invariants
from blackgem.lib.money import cap_of, unit_of
from tests.support import app_connection, flush, superuser_connection
from tests.support.opened import open_raw
from tests.support.trail import Trail

MONEY = """
    SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
     WHERE a.atttypid = 'money_amount'::regtype AND c.relkind IN ('r', 'p') AND NOT a.attisdropped
"""
#: A setting of the fund itself, which guard_fund_currency holds: rails/residuals.py tries it.
OWN_RAIL = {("funds", "residual_limit"), ("funds", "looked_at_above")}
RAILS = """
    SELECT c.relname, t.tgtype::int & 4 <> 0, t.tgtype::int & 16 <> 0, t.tgargs
      FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
     WHERE t.tgfoid = 'guard_amounts'::regproc AND t.tgenabled = 'O' AND t.tgnewtable = 'new_rows'
"""


@pytest.fixture
def catalog(django_db_setup):
    with superuser_connection() as connection:
        yield connection


def test_every_column_of_money_has_its_rail(catalog):
    """A new table of money gets its rail from the catalogue; one that has none is named here."""
    money = set(catalog.execute(MONEY).fetchall())
    held = {"insert": set(), "update": set()}
    for table, on_insert, on_update, arguments in catalog.execute(RAILS).fetchall():
        columns = {(table, column) for column in bytes(arguments).decode().split("\0") if column}
        held["insert"] |= columns if on_insert else set()
        held["update"] |= columns if on_update else set()
    assert money
    assert (money - held["insert"], money - held["update"]) == (OWN_RAIL, OWN_RAIL)


def test_reconcile_reads_every_column_of_money(catalog):
    read = " ".join(one.query for one in invariants() if one.name.endswith("fit_their_currency"))
    unread = [
        f"{table}.{column}"
        for table, column in catalog.execute(MONEY).fetchall()
        if not any(f" {column} FROM {table}\n" in line + "\n" for line in _parts(read, table))
    ]
    assert unread == []


def _parts(query: str, table: str) -> list[str]:
    """Each SELECT on a table, its amount as the last column."""
    selects = query.replace("::numeric", "").replace(" AS amount", "").split("UNION ALL")
    return [part.split(f"FROM {table}")[0] + f"FROM {table}" for part in selects if f"FROM {table}" in part]


def test_the_decimals_are_the_same_in_sql(catalog):
    codes = list(CURRENCIES)
    known = catalog.execute("SELECT code, currency_decimals(code) FROM unnest(%s::text[]) code", [codes])
    assert dict(known.fetchall()) == {code: one.exponent for code, one in CURRENCIES.items()}
    assert catalog.execute("SELECT currency_decimals('XTS')").fetchone() == (None,)


@pytest.mark.parametrize("code", ["USD", "JPY", "KWD"])
def test_what_fits_is_the_same_in_sql(catalog, code):
    unit, cap = unit_of(code), cap_of(code)
    amounts = [unit, -unit, unit / 10, cap - unit, cap, None]
    fits = [
        catalog.execute("SELECT fits_currency(%s, %s)", [amount, code]).fetchone()[0] for amount in amounts
    ]
    assert fits == [True, True, False, True, False, True]


def test_a_currency_waits_for_money_that_is_being_written(django_db_setup):
    """Promised and not yet committed: the change of the currency waits for it, sees it, and is refused."""
    with app_connection() as writer, app_connection() as other:
        t = Trail(writer)
        fund = t.fund(currency="USD")
        writer.commit()
        t.commitment(fund, "100.50")
        other.execute("SET lock_timeout = '200ms'")
        open_raw(other)
        with pytest.raises(psycopg.errors.LockNotAvailable):
            other.execute("UPDATE funds SET currency = 'JPY' WHERE id = %s", [fund])
        other.rollback()
        writer.commit()
        open_raw(other)
        with pytest.raises(psycopg.errors.CheckViolation) as refused:
            other.execute("UPDATE funds SET currency = 'JPY' WHERE id = %s", [fund])
        assert refused.value.diag.constraint_name == "fund_currency_is_fixed"
        other.rollback()
    flush()
