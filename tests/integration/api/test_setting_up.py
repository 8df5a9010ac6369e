"""Funds, deals, investors, contacts, commitments: everything a batch tool needs before the first call."""

import pytest

from blackgem.models import AuditEvent
from funds.models import Fund
from tests.factories import admit
from tests.support.api import problem, read

pytestmark = pytest.mark.django_db

NO_DAYS = ["2025-02-30", "0000-00-00", "99999-01-01", "31/04/2025", "2025-1-1", "20250101", "2025-W01-1"]
NO_DAYS += ["1899-12-31", "2200-01-01", "", 20250101, None, "2025-01-01T00:00:00", "٢٠٢٥-01-01"]
NEW_FUND = {"name": "Harbor Search Fund", "lpaDate": "2025-09-01"}


def test_a_fund_with_everything(api):
    admit("ann@harbor.example")
    sent = {
        **NEW_FUND,
        "legalName": "Harbor Search Fund, L.P.",
        "currency": "EUR",
        "firstClosingOn": "2025-10-01",
        "address": "1 Harbor Way\nBoston",
        "contactName": "Ann",
        "contactEmail": "ann@harbor.example",
        "contactPhone": "+1 617 555 0100",
        "signatoryName": "Ann Harbor",
        "signatoryTitle": "Managing Partner",
        "paperSize": "a4",
        "attachNotices": False,
        "fourEyes": True,
        "calendar": "US-NY",
        "noticeDays": 15,
        "terms": {
            "effectiveOn": "2025-10-01",
            "style": "american",
            "scope": "aggregate",
            "compounding": "quarterly",
            "dayCount": "act/360",
        },
    }
    response = api.post("/funds", sent)
    made = read(response)
    assert response.status_code == 201
    assert response["Location"] == f"/api/funds/{made['id']}"
    assert {name: made[name] for name in sent if name != "terms"} == {
        k: v for k, v in sent.items() if k != "terms"
    }
    assert sent["terms"].items() <= made["terms"].items()
    assert made["terms"]["version"] == 1
    assert made["currentSize"] == 0
    assert read(api.get(f"/funds/{made['id']}")) == made
    assert made in api.read("/funds")["funds"]


def test_a_new_fund_has_its_gp_and_its_maker_as_manager(api):
    fund = api.made("/funds", NEW_FUND)
    [gp] = api.read(f"/funds/{fund['id']}/commitments")["commitments"]
    assert (gp["kind"], gp["amount"], gp["investorName"]) == ("gp", 0, "Harbor Search Fund GP")
    assert api.patch(f"/funds/{fund['id']}", {"contactName": "Ann"}).status_code == 200


def test_changing_a_fund_and_its_terms(api):
    fund = api.made("/funds", NEW_FUND)
    changed = read(api.patch(f"/funds/{fund['id']}", {"contactName": "Ann", "terms": {"hurdleRate": "0.07"}}))
    assert changed["contactName"] == "Ann"
    assert (changed["terms"]["version"], str(changed["terms"]["hurdleRate"])) == (2, "0.07")
    assert changed["terms"]["carryRate"] == fund["terms"]["carryRate"]
    assert read(api.patch(f"/funds/{fund['id']}", {})) == changed


def test_a_fund_and_its_terms_change_together_or_not_at_all(api):
    fund = api.made("/funds", NEW_FUND)
    body = {"contactName": "Ann", "terms": {"catchUpRate": "0.1"}}
    problem(api.patch(f"/funds/{fund['id']}", body), 422, "catch_up_below_carry")
    assert api.read(f"/funds/{fund['id']}") == fund
    assert not AuditEvent.objects.filter(verb="change_fund").exists()


def test_fund_names_are_taken_once(world, api):
    problem(api.post("/funds", {**NEW_FUND, "name": world.fund.name}), 409, "fund.name_taken")


@pytest.mark.parametrize("day", NO_DAYS)
def test_what_is_no_day(api, day):
    told = problem(api.post("/funds", {**NEW_FUND, "lpaDate": day}), 422)
    assert told["errors"][0]["field"] == "lpaDate"


def test_text_is_stored_as_it_is_and_means_nothing(api):
    name = '<script>alert(1)</script>"><img src=x onerror=alert(1)>{{ settings.SECRET_KEY }}'
    assert api.made("/funds", {**NEW_FUND, "name": name})["name"] == name


def test_a_deal(api):
    response = api.post("/deals", {"name": "  ABC Manufacturing ", "description": "Parts\nfor pumps"})
    deal = read(response)
    assert response["Location"] == f"/api/deals/{deal['id']}"
    assert (deal["name"], deal["description"]) == ("ABC Manufacturing", "Parts\nfor pumps")
    assert read(api.patch(f"/deals/{deal['id']}", {"name": "ABC"}))["name"] == "ABC"
    assert api.read(f"/deals/{deal['id']}")["description"] == "Parts\nfor pumps"


def test_an_investor_and_its_contacts(api):
    sent = {"name": "Smith Family Office", "kind": "trust", "email": "office@smith.example"}
    response = api.post("/investors", sent)
    investor = read(response)
    assert response["Location"] == f"/api/investors/{investor['id']}"
    assert sent.items() <= investor.items()
    contact = {"name": "Sue Smith", "email": "sue@smith.example"}
    told = api.made(f"/investors/{investor['id']}/contacts", contact)
    assert {**contact, "takesNotices": True}.items() <= told["contacts"][-1].items()
    problem(api.post(f"/investors/{investor['id']}/contacts", contact), 409, "contact.duplicate")
    problem(api.post(f"/investors/{investor['id']}/contacts", {**contact, "email": ""}), 422)
    assert read(api.patch(f"/investors/{investor['id']}", {"country": "Norway"}))["country"] == "Norway"


def test_a_commitment(api):
    fund = api.made("/funds", NEW_FUND)
    investor = api.made("/investors", {"name": "Smith Family Office"})
    promise = {"investorId": investor["id"], "amount": "200000.00", "closingDate": "2025-10-01"}
    response = api.post(f"/funds/{fund['id']}/commitments", promise)
    made = read(response)
    assert response.status_code == 201
    assert read(api.get(response["Location"].removeprefix("/api"))) == made
    assert (made["kind"], made["investorName"], made["reference"]) == ("lp", "Smith Family Office", "0001")
    assert (made["called"], made["paid"], made["unfunded"]) == (0, 0, 200000)
    told = problem(api.post(f"/funds/{fund['id']}/commitments", promise), 409, "commitment.duplicate")
    assert "errors" not in told
    told = problem(api.post(f"/funds/{fund['id']}/commitments", {**promise, "investorId": 999}), 422)
    assert told["errors"][0]["field"] == "investorId"
    problem(api.post(f"/funds/{fund['id']}/commitments", {**promise, "kind": "GP"}), 422)


def test_a_commitment_that_was_called_keeps_its_amount(world, trail):
    trail.call("600000")
    told = trail.api.patch(f"/commitments/{world.partners[0].pk}", {"amount": "99999999"})
    problem(told, 409, "commitment.called")


def test_the_list_of_commitments_is_summed_over_all_of_them(world, api):
    told = api.read(f"/funds/{world.fund.pk}/commitments?limit=1&page=2")
    assert (told["total"], len(told["commitments"])) == (3, 1)
    assert told["summary"]["committed"] == 1_200_000


def test_what_was_sent_besides_is_not_taken(world, api):
    told = problem(api.patch(f"/funds/{world.fund.pk}", {"id": 1, "createdBy": 2, "memberships": []}), 422)
    assert [one["field"] for one in told["errors"]] == ["id", "createdBy", "memberships"]
    assert Fund.objects.get(pk=world.fund.pk).created_by == world.fund.created_by
