"""What funds and partners agreed on: terms with their tiers, side letters; the NAV, and letterhead and words, through
the API."""

from base64 import b64encode
from datetime import timedelta

import pytest
from django.utils import timezone

from funds.models import NavEntry, SideLetter
from tests.integration.notices.test_letterhead import picture
from tests.support.api import problem, read

from .conftest import EXIT_ON

pytestmark = pytest.mark.django_db

TIER = {"hurdleRate": "0.12", "catchUpRate": 1, "carryRate": "0.25"}


def test_terms_have_as_many_tiers_as_were_agreed(api):
    body = {"name": "Search Fund", "lpaDate": "2025-09-01", "terms": {"tiers": [TIER]}}
    made = api.made("/funds", body)
    assert {name: str(rate) for name, rate in made["terms"]["tiers"][0].items()} == {
        "hurdleRate": "0.12",
        "catchUpRate": "1",
        "carryRate": "0.25",
    }
    path = f"/funds/{made['id']}"
    kept = read(api.patch(path, {"terms": {"carryRate": "0.15"}}))["terms"]
    assert (kept["version"], kept["tiers"]) == (2, made["terms"]["tiers"])
    assert read(api.patch(path, {"terms": {"tiers": []}}))["terms"]["tiers"] == []
    bad = {"terms": {"tiers": [{**TIER, "catchUpRate": "0.1"}]}}
    problem(api.patch(path, bad), 422, "catch_up_below_carry")


# ---------------------------------------------------------------- side letters


def test_a_side_letter_is_what_one_partner_pays_by(world, exit):
    partner = world.partners[1].pk
    path = f"/commitments/{partner}/side-letters"
    exit.api.patch(f"/funds/{world.fund.pk}", {"terms": {"scope": "per_investor"}})
    body = {"effectiveOn": "2025-01-01", "carryRate": 0, "catchUpRate": 0, "note": "Founder"}
    response = exit.api.post(path, body)
    made = read(response)
    assert (response.status_code, response["Location"]) == (201, f"/api{path}")
    assert (made["version"], made["carryRate"], made["hurdleRate"], made["note"]) == (1, 0, None, "Founder")
    shares = {one["commitmentId"]: one for one in exit.draft()["breakdown"]["items"]}
    assert shares[partner]["carryBorne"] == 0
    assert shares[world.partners[0].pk]["carryBorne"] > 0
    second = exit.api.made(path, {"effectiveOn": "2026-03-01", "carryRate": "0.1"})
    assert exit.api.read(path) == {"sideLetters": [second, made], "total": 2}
    assert str(second["carryRate"]) == "0.1"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"effectiveOn": None}, "effectiveOn"),
        ({"carryRate": 1}, "carryRate"),
        ({"carryRate": "1.1"}, "carryRate"),
        ({"hurdleRate": -1}, "hurdleRate"),
        ({"catchUpRate": "0.1"}, "catchUpRate"),
        ({"note": "x" * 501}, "note"),
        ({"version": 7}, "version"),
    ],
)
def test_side_letters_that_could_never_be_right(world, exit, change, field):
    body = {"effectiveOn": "2025-01-01", "carryRate": "0.2", **change}
    told = problem(exit.api.post(f"/commitments/{world.partners[0].pk}/side-letters", body), 422)
    assert [one["field"] for one in told["errors"]] == [field]
    assert not SideLetter.objects.exists()


# ---------------------------------------------------------------- net asset value


def test_a_later_entry_corrects_the_nav_of_a_day(world, api):
    path = f"/funds/{world.fund.pk}/nav-entries"
    response = api.post(path, {"asOf": "2026-01-31", "amount": "1000000.50"})
    first = read(response)
    assert (response.status_code, response["Location"]) == (201, f"/api{path}")
    assert str(first["amount"]) == "1000000.50"
    deal = world.deal.pk
    worth = {"deals": [{"dealId": deal, "amount": "7.25"}], "payablesDeducted": True}
    problem(api.post(path, {"asOf": "2026-01-31", "amount": 0, **worth}), 422, "deal.unknown")
    api.made("/allocations", {"fundId": world.fund.pk, "dealId": deal, "committed": 100})
    second = api.made(path, {"asOf": "2026-01-31", "amount": 0, **worth})
    assert [(one["dealId"], str(one["amount"])) for one in second["deals"]] == [(deal, "7.25")]
    twice = {"deals": worth["deals"] * 2}
    problem(api.post(path, {"asOf": "2026-01-31", "amount": 0, **twice}), 422, "nav.deal_twice")
    assert api.read(path) == {"navEntries": [second, first], "total": 2, "pendingChanges": []}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"asOf": (timezone.localdate() + timedelta(days=2)).isoformat()}, "asOf"),
        ({"asOf": "x"}, "asOf"),
        ({"amount": -1}, "amount"),
        ({"amount": "0.001"}, "amount"),
        ({"currency": "USD"}, "currency"),
    ],
)
def test_navs_that_could_never_be_right(world, api, change, field):
    body = {"asOf": "2026-01-31", "amount": 1, **change}
    told = problem(api.post(f"/funds/{world.fund.pk}/nav-entries", body), 422)
    assert [one["field"] for one in told["errors"]] == [field]
    assert not NavEntry.objects.exists()


# ---------------------------------------------------------------- returns and clawback


def test_what_a_fund_has_returned(world, exit):
    exit.pay_out(exit.issued())
    path = f"/funds/{world.fund.pk}/returns"
    told = exit.api.read(f"{path}?asOf={EXIT_ON}")
    assert {
        "committed": 1_200_000,
        "paidIn": 60_000,
        "distributed": 92_000,
    }.items() <= (told.items())
    assert {name: str(value) for name, value in told["multiples"].items() if value is not None} == {
        "pic": "0.050000",
        "dpi": "1.533333",
        "rvpi": "0.000000",
        "tvpi": "1.533333",
    }
    assert (told["nav"]["isRealised"], told["nav"]["amount"]) == (True, 0)
    assert {"received": 8_000, "profit": 40_000, "entitled": 8_000, "gross": 0, "payable": 0}.items() <= (
        told["clawback"].items()
    )
    exit.api.made(f"/funds/{world.fund.pk}/nav-entries", {"asOf": EXIT_ON, "amount": 6000})
    told = exit.api.read(f"{path}?asOf={EXIT_ON}")
    assert {"asOf": EXIT_ON, "daysOld": 0, "amount": 4800, "gross": 6000, "accruedCarry": 1200}.items() <= (
        told["nav"].items()
    )
    assert (str(told["multiples"]["rvpi"]), str(told["gross"]["rvpi"])) == ("0.080000", "0.100000")
    assert (str(told["gross"]["irr"])[:6], told["irr"]["reason"]) == ("0.6333", None)
    assert told["irr"]["irr"] < told["gross"]["irr"]
    assert exit.api.read(path)["asOf"] == timezone.localdate().isoformat()


def test_carry_that_the_fund_did_not_earn_is_owed_back(world, exit):
    exit.pay_out(exit.issued())
    call = exit.api.made(
        f"/allocations/{exit.call['allocation']['id']}/calls",
        {"amount": 30_000, "callDate": "2025-01-02", "dueDate": "2026-02-10"},
    )
    exit.api.made(f"/capital-calls/{call['id']}/payments", {"amount": 30_000, "valueDate": "2026-02-10"})
    told = exit.api.read(f"/funds/{world.fund.pk}/returns?asOf=2026-02-20")["clawback"]
    assert (told["profit"], told["entitled"], told["excessCarry"]) == (10_000, 2_000, 6_000)
    assert told["payable"] == told["gross"] >= 6_000


def test_returns_of_a_day_without_terms(world, exit):
    path = f"/funds/{world.fund.pk}/returns"
    problem(exit.api.get(f"{path}?asOf=2020-01-01"), 409, "terms.missing")
    problem(exit.api.get(f"{path}?asOf=x"), 422)


def test_a_side_letter_in_a_fund_without_terms(world, api):
    """Its rates are held against those that a fund usually has."""
    path = f"/commitments/{world.partners[0].pk}/side-letters"
    problem(api.post(path, {"effectiveOn": "2026-01-01", "carryRate": "0.3", "catchUpRate": "0.1"}), 422)
    api.made(path, {"effectiveOn": "2026-01-01", "carryRate": "0.1"})


# ---------------------------------------------------------------- letterhead and words


def test_letterhead_and_words_are_those_of_the_page(world, api):
    path = f"/funds/{world.fund.pk}/letter-wording"
    assert api.read(path)["version"] == 0
    words = [{"letter": "REFUND", "place": "CLOSING", "text": "Dear {partner},\nyours"}]
    logo = b64encode(picture("PNG", (600, 200))).decode()
    body = {"headLines": "Regulated", "paragraphs": words}
    made = read(api.put(path, body | {"logo": logo}))
    assert (made["version"], made["headLines"], made["paragraphs"]) == (1, "Regulated", words)
    assert (made["logo"]["width"], made["signature"]) == (600, None)
    kept = read(api.put(path, body | {"headLines": ""}))
    assert (kept["version"], kept["logo"]) == (2, made["logo"])
    assert read(api.put(path, body | {"withoutLogo": True}))["logo"] is None
    drawn = api.get(f"{path}/preview-pdf?letter=REFUND")
    assert (drawn.status_code, drawn.content[:5]) == (200, b"%PDF-")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"paragraphs": [{"letter": "REFUND", "place": "OPENING", "text": "{secret}"}]}, "paragraphs"),
        ({"paragraphs": [{"letter": "REFUND", "place": "OPENING", "text": "Dear"}] * 2}, "paragraphs"),
        ({"headLines": "line\n" * 7}, "headLines"),
        ({"logo": "bm8="}, "logo"),
        ({"signature": "not base64"}, "signature"),
    ],
)
def test_words_and_pictures_that_no_letter_prints(world, api, wrong, field):
    body = {"headLines": "", "paragraphs": []}
    told = problem(api.put(f"/funds/{world.fund.pk}/letter-wording", body | wrong), 422)
    assert [one["field"] for one in told["errors"]] == [field]
