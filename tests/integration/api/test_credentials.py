"""Who may call: tokens, sessions, scopes; and what each person sees of a fund."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.test import Client
from django.utils import timezone

from blackgem.http.tokens import create_token, revoke_token, sha256_of
from blackgem.lib.context import WriteContext
from blackgem.models import ApiToken, AuditEvent
from funds.models import Fund
from tests.factories import UserFactory
from tests.support.api import Api, problem, read, token_of

from .everything import LISTS, READS, WRITES, filled

pytestmark = pytest.mark.django_db


def test_without_credentials_nobody_gets_in():
    for path in ("/funds", "/capital-calls", "/funds/1", "/capital-transactions"):
        response = Client().get(f"/api{path}")
        problem(response, 401, "credentials.missing")
        assert response["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "header", ["Bearer bg_nobody", "Bearer ", "Bearer", "Basic YTpi", "", "Bearer ä", "bg_x"]
)
def test_bad_credentials(header):
    problem(Client().get("/api/funds", headers={"Authorization": header}), 401, "credentials.invalid")


def test_a_bad_token_is_not_rescued_by_a_session(world, client):
    client.force_login(world.people["manager"])
    problem(client.get("/api/funds", headers={"Authorization": "Bearer no"}), 401, "credentials.invalid")


def test_a_token_ends(world):
    at, user = timezone.now(), world.people["manager"]
    expired = token_of(user, days=1, at=at - timedelta(days=2))
    problem(Api(expired).get("/funds"), 401, "credentials.invalid")
    token = token_of(user)
    assert Api(token).get("/funds").status_code == 200
    revoke_token(token=token, at=at)
    problem(Api(token).get("/funds"), 401, "credentials.invalid")


def test_a_disabled_user_is_out_at_once(world, api):
    world.people["manager"].is_active = False
    world.people["manager"].save()
    problem(api.get("/funds"), 401, "credentials.invalid")


def test_only_a_hash_of_the_token_is_kept(world):
    token = token_of(world.people["manager"])
    row = ApiToken.objects.get(user=world.people["manager"])
    assert row.token_sha256 == sha256_of(token)
    assert token not in str(AuditEvent.objects.filter(verb="create_token").values())


@pytest.mark.parametrize("name", ["access_token", "token", "api_key"])
def test_a_token_does_not_belong_into_the_address(world, name):
    token = token_of(world.people["manager"])
    problem(Client().get(f"/api/funds?{name}={token}"), 400, "token.in_address")


def test_a_reading_token_reads(world):
    reader = world.api(scope="read")
    assert reader.get("/funds").status_code == 200
    problem(reader.post("/deals", {"name": "A Deal"}), 403, "token.read_only")


def test_the_browsers_session_reads_and_with_its_csrf_token_writes(world):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.people["manager"])
    assert browser.get("/api/funds").status_code == 200
    new_deal = {"data": {"name": "A Deal"}, "content_type": "application/json"}
    problem(browser.post("/api/deals", **new_deal), 403, "csrf.failed")
    secret = get_token(HttpRequest())
    browser.cookies["csrftoken"] = secret
    made = browser.post("/api/deals", **new_deal, headers={"X-CSRFToken": secret})
    assert made.status_code == 201


# ---------------------------------------------------------------- the command


def test_api_token_prints_a_token_that_writes(world):
    out = StringIO()
    call_command("api_token", "Manager@Example.com", stdout=out)
    [token] = out.getvalue().splitlines()
    assert Api(token).post("/deals", {"name": "A Deal"}).status_code == 201
    left = ApiToken.objects.get(token_sha256=sha256_of(token)).expires_at - timezone.now()
    assert timedelta(days=89) < left <= timedelta(days=90)


def test_api_token_is_made_by_who_knows_the_password_of_its_person_in_production(
    world, settings, monkeypatch
):
    settings.PRODUCTION = True
    monkeypatch.setattr("getpass.getpass", lambda prompt: "not-the-password")
    with pytest.raises(CommandError, match="not the password"):
        call_command("api_token", "manager@example.com", stdout=StringIO())


def test_api_token_reads_where_it_shall_only_read(world):
    out = StringIO()
    call_command("api_token", "manager@example.com", "--scope=read", "--days=1", stdout=out)
    problem(Api(out.getvalue().strip()).post("/deals", {"name": "A Deal"}), 403, "token.read_only")


@pytest.mark.parametrize(
    "arguments",
    [["nobody@example.com"], ["manager@example.com", "--days=0"], ["manager@example.com", "--days=9999"]],
)
def test_api_token_refuses(world, arguments):
    with pytest.raises(CommandError):
        call_command("api_token", *arguments, stdout=StringIO())


# ---------------------------------------------------------------- what each person sees


@pytest.mark.parametrize("who", ["stranger", "lp"])
def test_what_is_not_theirs_does_not_exist(world, ids, who):
    api = world.api(who)
    nothing = api.get("/capital-calls/999999").content
    for path in READS:
        response = api.get(path.format(**ids))
        problem(response, 404, "not_found")
        assert response.content == nothing
    for verb, path, body in WRITES:
        response = api.send(verb, path.format(**ids), filled(body, ids))
        assert (response.status_code, response.content) == (404, nothing), (verb, path, response.content)


OF_A_FUND = ("/allocations", "/capital-calls", "/distributions", "/capital-transactions")


def test_an_lp_sees_empty_lists(world, ids):
    api = world.api("lp")
    for path in LISTS:
        for query in ("", f"?fundId={ids['fund']}" if path in OF_A_FUND else ""):
            told = api.read(path + query)
            assert told["total"] == 0, path
            assert next(rows for rows in told.values() if isinstance(rows, list)) == []
    assert api.read("/capital-calls")["summary"]["totalCalled"] == 0
    assert api.read("/distributions")["summary"]["totalDistributed"] == 0
    problem(api.post("/funds", {"name": "Mine", "lpaDate": "2026-01-01"}), 403)
    problem(api.post("/deals", {"name": "Mine"}), 403)
    problem(api.post("/investors", {"name": "Mine"}), 403)


def test_a_stranger_sees_only_its_own(world, ids):
    api = world.api("stranger")
    assert [fund["id"] for fund in api.read("/funds")["funds"]] != [ids["fund"]]
    assert api.read(f"/capital-calls?fundId={ids['fund']}")["total"] == 0
    assert api.read(f"/distributions?fundId={ids['fund']}")["distributions"] == []
    assert api.read("/investors")["total"] == 0
    assert api.read(f"/capital-transactions?investorId={ids['investor']}")["total"] == 0


def test_an_auditor_reads_everything_and_changes_nothing(world, ids):
    api = world.api("auditor")
    for path in READS:
        assert api.get(path.format(**ids)).status_code == 200, path
    for verb, path, body in WRITES:
        response = api.send(verb, path.format(**ids), filled(body, ids))
        assert problem(response, 403), (verb, path)


def test_an_analyst_drafts_and_does_not_bind(world, trail):
    api = world.api("analyst")
    draft = api.made("/capital-calls", trail.draft_body())
    problem(api.post(f"/capital-calls/{draft['id']}/approve"), 403, "role.insufficient")
    problem(api.post(f"/capital-calls/{draft['id']}/send-notices"), 403, "role.insufficient")
    submitted = api.post(f"/capital-calls/{draft['id']}/submit")
    assert read(submitted)["status"] == "PENDING_APPROVAL"
    problem(api.post("/allocations", {"fundId": world.fund.pk, "dealId": world.deal.pk, "committed": 1}), 403)


def test_a_superuser_manages_every_fund(world, ids):
    boss = Api.of(UserFactory(is_superuser=True))
    assert boss.read("/funds")["total"] == Fund.objects.count() > 2
    assert boss.get(f"/capital-calls/{ids['call']}").status_code == 200


def test_tokens_are_good_for_a_year_at_most():
    user = UserFactory()
    assert create_token(
        user=user, scope="write", days=90, name="x", ctx=WriteContext(user, timezone.now())
    ).startswith("bg_")
