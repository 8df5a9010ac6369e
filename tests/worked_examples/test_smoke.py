"""The playbook's smoke test (spec/allocation-playbook.md §6): over the API, by its command, and in plain SQL."""

import json
import re
from decimal import Decimal
from io import StringIO

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from devtools import smoke
from tests.factories import UserFactory
from tests.support import app_connection
from tests.support.api import Api, token_of
from tests.support.trail import Call, Trail

#: step → state, called, funded of a commitment of 1,000,000
STEPS = {
    "committed": ("0.00", "0.00"),
    "partially_called": ("400000.00", "0.00"),
    "partially_funded": ("400000.00", "400000.00"),
    "called": ("1000000.00", "400000.00"),
    "funded": ("1000000.00", "1000000.00"),
}


def sender(api: Api) -> smoke.Send:
    def send(verb, path, body):
        response = api.send(verb, path.removeprefix("/api"), body)
        return response.status_code, json.loads(response.content, parse_float=Decimal)

    return send


@pytest.mark.django_db
def test_over_the_api():
    steps = list(
        smoke.run(sender(Api.of(UserFactory(opens_funds=True))), name="Smoke", today=timezone.localdate())
    )
    differing = [(step.title, figure) for step in steps for figure in step.figures if not figure.agrees]
    assert differing == []
    assert [step.figures[0].found for step in steps] == list(STEPS)
    assert [len(step.figures) for step in steps] == [11] * 5


@pytest.mark.django_db(transaction=True)
def test_by_its_command_against_a_running_server(live_server):
    out = StringIO()
    call_command("smoke_test", url=live_server.url, stdout=out)
    assert out.getvalue().count("  ok\n") == 55
    assert out.getvalue().endswith("Every figure agrees.\n")


@pytest.mark.django_db(transaction=True)
def test_the_command_says_what_differs(live_server, monkeypatch):
    real = smoke.Expected.figures

    def off_by_a_dollar(self, allocation, fund):
        return real(smoke.Expected(self.state, self.called, self.funded, "1000001.00"), allocation, fund)

    monkeypatch.setattr(smoke.Expected, "figures", off_by_a_dollar)
    out = StringIO()
    with pytest.raises(CommandError, match="20 figures differ"):
        call_command(
            "smoke_test", url=live_server.url, token=token_of(UserFactory(opens_funds=True)), stdout=out
        )
    assert re.search(r"allocation committed +1000000\.00  should be 1000001\.00", out.getvalue())


@pytest.mark.django_db(transaction=True)
def test_the_command_fails_where_nobody_answers(live_server):
    with pytest.raises(CommandError, match="does not answer"):
        call_command("smoke_test", url="http://127.0.0.1:9", token="x")
    with pytest.raises(CommandError, match="answered 401 instead of 201"):
        call_command("smoke_test", url=live_server.url, token="x")


ALLOCATION = """
    SELECT a.state, c.committed, c.called, c.uncalled, c.funded, c.outstanding
      FROM fund_allocations a JOIN allocation_capital c ON c.allocation_id = a.id WHERE a.id = %s
"""
FUND = """
    SELECT total_committed, total_called, uncalled_capital, total_funded, outstanding_calls
      FROM fund_capital WHERE fund_id = %s
"""


@pytest.mark.django_db(transaction=True)
def test_in_plain_sql():
    """The same rows, by somebody with psql and the application's own role; settle_states() before each commit."""
    with app_connection(autocommit=True) as connection:
        with connection.transaction():
            tell = Trail(connection)
            fund = tell.fund()
            partners = [tell.commitment(fund, amount) for _, amount in smoke.PARTNERS]
            allocation = tell.allocation(fund, "1000000.00")
        look(tell, fund, allocation, "committed")

        first = sql_call(tell, fund, allocation, partners, ["200000.00", "133333.33", "66666.67"])
        look(tell, fund, allocation, "partially_called")
        sql_pay(tell, first, ["200000.00", "133333.33", "66666.67"])
        look(tell, fund, allocation, "partially_funded")
        second = sql_call(tell, fund, allocation, partners, ["300000.00", "200000.00", "100000.00"])
        look(tell, fund, allocation, "called")
        sql_pay(tell, second, ["300000.00", "200000.00", "100000.00"])
        look(tell, fund, allocation, "funded")


@pytest.mark.django_db(transaction=True)
def test_in_plain_sql_a_step_that_is_not_settled_is_refused():
    with app_connection(autocommit=True) as connection:
        with connection.transaction():
            tell = Trail(connection)
            fund = tell.fund()
            partner = tell.commitment(fund, "1200000.00")
            allocation = tell.allocation(fund, "1000000.00")
        with pytest.raises(psycopg.errors.CheckViolation, match="settle_states"), connection.transaction():
            tell.call(fund, {partner: ["400000.00"]}, [allocation])
        look(tell, fund, allocation, "committed")


def sql_call(tell: Trail, fund: int, allocation: int, partners: list[int], amounts: list[str]) -> Call:
    with tell.connection.transaction():
        parts = {partner: [amount] for partner, amount in zip(partners, amounts, strict=True)}
        call = tell.call(fund, parts, [allocation])
        tell.settle()
    return call


def sql_pay(tell: Trail, call: Call, amounts: list[str]) -> None:
    with tell.connection.transaction():
        for partner, amount in zip(call.items, amounts, strict=True):
            tell.payment(call, partner, amount)
        tell.settle()


def look(tell: Trail, fund: int, allocation: int, state: str) -> None:
    """Every figure of the step that ends in `state`."""
    committed, (called, funded) = Decimal("1000000.00"), map(Decimal, STEPS[state])
    sums = (committed, called, committed - called, funded, called - funded)
    assert tell.one(ALLOCATION, allocation) == (state, *sums)
    assert tell.one(FUND, fund) == sums
