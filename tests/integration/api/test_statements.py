"""Statements through the API: the figures of the account, on any day, for those whom they are about."""

import pytest

from funds.models import Commitment, NavEntry
from tests.factories import CommitmentFactory, FundFactory
from tests.support.api import problem
from tests.support.opened import written

from .conftest import EXIT_ON

pytestmark = pytest.mark.django_db


@pytest.fixture
def statement(world, exit) -> str:
    """The path of the first partner's statement, 50,000 being distributed and paid out."""
    exit.pay_out(exit.issued(totalAmount=50_000, recallable=True))
    return f"/investors/{world.partners[0].investor_id}/statement"


def test_it_says_what_the_account_says(world, exit, statement):
    told = exit.api.read(statement)
    account = exit.api.read(f"/commitments/{world.partners[0].pk}")
    for name in ("called", "paid", "outstanding", "distributed", "recallable", "unfunded"):
        assert told[name] == account[name], name
    assert (told["committed"], told["currency"]) == (500_000, "USD")
    [call] = told["capitalCalls"]
    assert (call["callNumber"], call["calledAmount"], call["document"]) == (
        1,
        25_000,
        f"{world.fund.code}-CC1-0001",
    )
    [paid_out] = told["distributions"]
    assert (paid_out["grossAmount"], paid_out["paidOut"]) == (told["distributed"],) * 2
    assert [(one["kind"], one["date"]) for one in told["movements"]] == [
        ("contribution", "2025-02-01"),
        ("distribution", EXIT_ON),
    ]
    assert told["movements"][-1]["balance"] == told["balance"] == told["paid"] - told["distributed"]
    assert len(told["cashFlow"][0]["amounts"]) == len(told["periods"]) == 3
    assert (told["nav"], told["irr"], told["multiples"]["rvpi"]) == (None, None, None)
    assert str(told["multiples"]["pic"]) == "0.050000"


def test_with_a_nav_it_has_its_measures(world, exit, statement):
    with written():
        NavEntry.objects.create(
            fund=world.fund, as_of=EXIT_ON, amount="12000.00", created_by=world.people["manager"]
        )
    told = exit.api.read(f"{statement}?asOf={EXIT_ON}")
    assert (told["nav"]["asOf"], told["nav"]["gross"]) == (EXIT_ON, 5000)
    assert told["nav"]["amount"] + told["nav"]["accruedCarry"] == told["nav"]["gross"] == told["gross"]["nav"]
    assert told["multiples"]["tvpi"] == told["multiples"]["dpi"] + told["multiples"]["rvpi"]
    assert (told["irr"]["reason"], told["irr"]["roots"]) == (None, [told["irr"]["irr"]])


def test_on_an_earlier_day_it_says_what_was_then(exit, statement):
    told = exit.api.read(f"{statement}?asOf=2025-12-31")
    assert (told["paid"], told["distributed"], told["distributions"]) == (25_000, 0, [])
    for day, code in (("2199-01-01", "as_of.future"), ("1990-01-01", "as_of.too_early")):
        told = problem(exit.api.get(f"{statement}?asOf={day}"), 422, code)
        assert [one["field"] for one in told["errors"]] == ["asOf"]
    problem(exit.api.get(f"{statement}?asOf=yesterday"), 422)
    problem(exit.api.get(f"{statement}?page=1"), 422, "field.unknown")


def test_of_several_funds_one_is_named(world, exit, statement):
    other = FundFactory(manager=world.people["manager"])
    CommitmentFactory(fund=other, investor=world.partners[0].investor)
    problem(exit.api.get(statement), 422, "fund.ambiguous")
    assert exit.api.read(f"{statement}?fundId={other.pk}")["fundName"] == other.name
    assert exit.api.read(f"{statement}?fundId={world.fund.pk}")["paid"] == 25_000
    problem(exit.api.get(f"{statement}?fundId=999999"), 404)


def test_managers_see_their_own_funds_only(world, exit, statement):
    elsewhere = FundFactory(manager=world.people["stranger"])
    CommitmentFactory(fund=elsewhere, investor=world.partners[0].investor)
    assert exit.api.read(statement)["fundId"] == world.fund.pk
    problem(exit.api.get(f"{statement}?fundId={elsewhere.pk}"), 404)
    assert world.api("stranger").read(statement)["fundId"] == elsewhere.pk
    problem(world.api("stranger").get(f"{statement}?fundId={world.fund.pk}"), 404)


def without_ids(answer):
    """An answer but for the ids in it."""
    if isinstance(answer, list):
        return [without_ids(one) for one in answer]
    if isinstance(answer, dict):
        return {name: without_ids(value) for name, value in answer.items() if not name.endswith("Id")}
    return answer


def test_an_investor_sees_its_own_and_nobody_elses(world, exit, statement):
    lp, investor = world.api("lp"), world.partners[0].investor
    own = f"/investors/{investor.public_id}/statement"
    assert without_ids(lp.read(own)) == without_ids(exit.api.read(statement))
    assert lp.read(f"{own}?fundId={world.fund.public_id}") == lp.read(own)
    nothing = lp.get("/investors/999999/statement").content
    others = [one.investor for one in Commitment.objects.filter(fund=world.fund).exclude(investor=investor)]
    for address in (investor.pk, *(known for one in others for known in (one.pk, one.public_id))):
        for query in ("", f"?fundId={world.fund.pk}", "?nobodyKnows=1", "?asOf=x"):
            response = lp.get(f"/investors/{address}/statement{query}")
            assert response.content == nothing, query
            problem(response, 404, "not_found")
    problem(lp.get(f"{own}?fundId={world.fund.pk}"), 404, "not_found")
    problem(exit.api.get(own), 404, "not_found")
    text = lp.get(own).content.decode()
    for commitment in world.partners[1:]:
        assert commitment.investor.name not in text


def test_auditors_read_it_and_strangers_do_not(world, statement):
    assert world.api("auditor").get(statement).status_code == 200
    problem(world.api("stranger").get(statement), 404)
