"""Distributions through the API: drafts, the preview, the states, what refuses them."""

import pytest

from distributions.models import Distribution
from tests.support.api import problem, read

from .conftest import EXIT_ON

pytestmark = pytest.mark.django_db

PARTS = ("returnOfCapital", "preferredReturn", "profitShare", "carriedInterest")


def preview_body(exit, **more) -> dict:
    return {
        "fundId": exit.world.fund.pk,
        "totalAmount": "100000",
        "distributionDate": EXIT_ON,
        **more,
    }


# ---------------------------------------------------------------- what a draft is made of


def test_a_draft_is_divided_by_the_waterfall(world, exit):
    response = exit.api.post("/distributions", exit.body(source="Sale of the company", dealId=world.deal.pk))
    made = read(response)
    assert response.status_code == 201, made
    assert response["Location"] == f"/api/distributions/{made['id']}"
    assert {
        "distributionNum": 1,
        "status": "DRAFT",
        "type": "EXIT_PROCEEDS",
        "source": "Sale of the company",
        "dealName": world.deal.name,
        "currency": "USD",
        "totalAmount": 100_000,
        "returnOfCapital": 60_000,
        "preferredReturn": 4_800,
        "profitShare": 27_200,
        "carriedInterest": 8_000,
        "paidOut": 0,
        "noticeSentAt": None,
    }.items() <= made.items()
    assert sum(item["grossAmount"] for item in made["items"]) == 100_000
    for item in made["items"]:
        assert sum(item[part] for part in PARTS) == item["grossAmount"]
        assert item["netAmount"] == item["grossAmount"] - item["withholdingTax"]
    [gp] = [item for item in made["items"] if item["commitmentId"] == exit.gp.pk]
    assert (gp["grossAmount"], gp["carriedInterest"], gp["status"]) == (8_000, 8_000, "PENDING")
    assert exit.api.read(f"/distributions/{made['id']}") == made
    assert exit.api.read("/distributions")["summary"]["totalDistributed"] == 0


def test_the_breakdown_traces_every_figure(exit):
    told = exit.draft()["breakdown"]
    assert {
        "returnOfCapital": 60_000,
        "preferredReturn": 4_800,
        "gpCatchUp": 1_200,
        "lpProfitShare": 27_200,
        "gpCarriedInterest": 6_800,
        "gpOwnShare": 0,
        "totalToLPs": 92_000,
        "totalToGP": 8_000,
    }.items() <= told.items()
    tiers = {tier["kind"]: tier for tier in told["tiers"]}
    assert list(tiers) == ["return_of_capital", "preferred_return", "catch_up", "split"]
    assert sum(tier["lpAmount"] + tier["gpAmount"] for tier in told["tiers"]) == 100_000
    preferred = tiers["preferred_return"]
    assert (preferred["owedBefore"], preferred["lpAmount"], preferred["owedAfter"]) == (4_800, 4_800, 0)
    assert str(preferred["terms"]["rate"]) == "0.08"
    assert {
        "compounding": "annual",
        "capital": 60_000,
        "since": "2025-02-01",
        "days": 365,
    }.items() <= preferred["terms"].items()
    assert tiers["split"]["owedBefore"] is None
    assert tiers["split"]["terms"]["caughtUp"] is True
    assert [item["weight"] for item in told["items"]] == [500_000, 300_000, 400_000, 0]
    assert str(told["terms"]["hurdleRate"]) == "0.08"


def test_each_on_its_own_account_has_its_own_working(exit):
    exit.api.patch(f"/funds/{exit.world.fund.pk}", {"terms": {"scope": "per_investor"}})
    first = exit.draft()["breakdown"]["items"][0]
    assert sum(tier["lpAmount"] for tier in first["tiers"]) == first["grossAmount"]
    assert sum(tier["gpAmount"] for tier in first["tiers"]) == first["carryBorne"]
    assert first["tiers"][0]["terms"]["contributed"] == 25_000


def test_amounts_have_two_decimals_to_the_last_cent(exit):
    text = exit.api.post("/distributions", exit.body(totalAmount="100000.01")).content.decode()
    assert '"totalAmount":100000.01' in text
    assert '"preferredReturn":4800.00' in text
    assert '"totalToLPs":92000.01' in text


def test_tax_is_withheld_by_hand(world, exit):
    investor = world.partners[1].investor_id
    made = exit.draft(withholding=[{"investorId": investor, "amount": "12.34"}])
    withheld = {item["investorId"]: item["withholdingTax"] for item in made["items"]}
    assert str(withheld.pop(investor)) == "12.34"
    assert set(withheld.values()) == {0}
    assert made["withholdingTax"] == made["totalAmount"] - made["netAmount"]
    other = [{"investorId": 999_999, "amount": 1}]
    told = problem(exit.api.post("/distributions", exit.body(withholding=other)), 422, "commitment.unknown")
    assert told["errors"][0]["field"] == "withholding.0.investorId"
    more = [{"investorId": investor, "amount": "99999"}]
    problem(exit.api.post("/distributions", exit.body(withholding=more)), 409, "withholding.over_gross")


def test_recallable_capital_and_excess_capital(exit):
    recallable = exit.draft(recallable=True)
    assert sum(item["recallableAmount"] for item in recallable["items"]) == 60_000
    excess = exit.draft(type="RETURN_OF_EXCESS_CAPITAL", totalAmount=6000)
    assert [item["grossAmount"] for item in excess["items"]] == [2500, 1500, 2000, 0]
    assert excess["items"][-1]["status"] is None
    assert [tier["kind"] for tier in excess["breakdown"]["tiers"]] == ["excess"]
    assert excess["breakdown"]["returnOfCapital"] == 6000


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"totalAmount": 0}, "totalAmount"),
        ({"totalAmount": -1}, "totalAmount"),
        ({"totalAmount": "1.001"}, "totalAmount"),
        ({"totalAmount": "NaN"}, "totalAmount"),
        ({"totalAmount": 10**13}, "totalAmount"),
        ({"date": "2026-02-30"}, "date"),
        ({"date": None}, "date"),
        ({"type": "LOTTERY"}, "type"),
        ({"type": "exit_proceeds"}, "type"),
        ({"source": "x" * 501}, "source"),
        ({"source": "a\u0000b"}, "source"),
        ({"dealId": 999_999}, "dealId"),
        ({"dealId": "x"}, "dealId"),
        ({"recallable": "yes"}, "recallable"),
        ({"withholding": {}}, "withholding"),
        ({"withholding": [{"investorId": 1}]}, "withholding.0.amount"),
        ({"withholding": [{"investorId": 1, "amount": -1}]}, "withholding.0.amount"),
        ({"withholding": [{"investorId": 1, "amount": 1}] * 2}, "body"),
        ({"status": "SENT"}, "status"),
        ({"items": []}, "items"),
    ],
)
def test_distributions_that_could_never_be_right(exit, change, field):
    told = problem(exit.api.post("/distributions", exit.body(**change)), 422)
    assert [one["field"] for one in told["errors"]] == [field]
    assert not Distribution.objects.exists()


@pytest.mark.parametrize("missing", ["fundId", "totalAmount", "date", "type"])
def test_what_a_distribution_needs(exit, missing):
    body = exit.body()
    del body[missing]
    told = problem(exit.api.post("/distributions", body), 422, "field.required")
    assert [one["field"] for one in told["errors"]] == [missing]


def test_what_the_state_of_the_money_refuses(exit):
    problem(exit.api.post("/distributions", exit.body(date="2024-01-01")), 409, "distribution.before_fund")
    body = exit.body(type="RETURN_OF_EXCESS_CAPITAL", totalAmount="60000.01")
    problem(exit.api.post("/distributions", body), 409, "distribution.more_than_paid_in")
    exit.issued()
    problem(exit.api.post("/distributions", exit.body(date="2026-01-31")), 409, "distribution.out_of_order")


def test_a_fund_that_nobody_sees(exit):
    problem(exit.api.post("/distributions", exit.body(fundId=2**63 - 1)), 404, "not_found")
    problem(exit.world.api("stranger").post("/distributions", exit.body()), 404, "not_found")


# ---------------------------------------------------------------- the preview


def test_the_preview_is_the_breakdown_and_writes_nothing(exit):
    told = exit.api.made("/distributions/calculate-waterfall", preview_body(exit), status=200)
    assert not Distribution.objects.exists()
    assert told == exit.draft()["breakdown"]
    kept = exit.api.made("/distributions/calculate-waterfall", preview_body(exit), key="p-1", status=200)
    assert kept == told


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"totalAmount": 0}, 422, "totalAmount"),
        ({"distributionDate": "soon"}, 422, "distributionDate"),
        ({"date": EXIT_ON}, 422, "date"),
        ({"dealId": 999_999}, 422, "dealId"),
        ({"type": "LOTTERY"}, 422, "type"),
        ({"distributionDate": "2024-01-01"}, 409, None),
    ],
)
def test_previews_that_are_refused(exit, change, status, field):
    told = problem(exit.api.post("/distributions/calculate-waterfall", preview_body(exit, **change)), status)
    assert field is None or [one["field"] for one in told["errors"]] == [field]


def test_a_preview_of_another_deal_and_of_excess_capital(world, exit):
    path = "/distributions/calculate-waterfall"
    told = exit.api.made(path, preview_body(exit, dealId=world.deal.pk), status=200)
    assert [item["weight"] for item in told["items"]] == [500_000, 300_000, 400_000, 0]
    told = exit.api.made(
        path, preview_body(exit, type="RETURN_OF_EXCESS_CAPITAL", totalAmount=60), status=200
    )
    assert told["totalToLPs"] == 60


# ---------------------------------------------------------------- drafts


def test_a_draft_is_worked_out_anew_under_its_number(exit):
    draft = exit.draft()
    path = f"/distributions/{draft['id']}"
    body = exit.body(totalAmount="50000", revision=draft["revision"])
    changed = read(exit.api.put(path, body))
    assert (changed["id"], changed["distributionNum"], changed["revision"]) == (draft["id"], 1, 2)
    assert (changed["returnOfCapital"], changed["breakdown"]["totalToGP"]) == (50_000, 0)
    problem(exit.api.put(path, body), 409, "stale_version")
    del body["revision"]
    assert exit.api.put(path, body).status_code == 200
    other = exit.api.made("/funds", {"name": "Other", "lpaDate": "2025-01-01"})
    problem(exit.api.put(path, exit.body(fundId=other["id"])), 422, "distribution.fund_fixed")


def test_a_draft_is_deleted_and_leaves_a_gap(exit):
    draft = exit.draft()
    path = f"/distributions/{draft['id']}"
    assert read(exit.api.delete(path)) == {"success": True}
    problem(exit.api.get(path), 404)
    problem(exit.api.delete(path), 404)
    assert exit.draft()["distributionNum"] == 2


def test_the_same_key_makes_one_draft(exit):
    first = exit.api.post("/distributions", exit.body(), key="k-1")
    again = exit.api.post("/distributions", exit.body(), key="k-1")
    assert first.content == again.content
    assert Distribution.objects.count() == 1
    problem(
        exit.api.post("/distributions", exit.body(totalAmount=1), key="k-1"), 422, "idempotency.key_reused"
    )
