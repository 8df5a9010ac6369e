"""Too many requests and too large bodies: refused with the moment to come back, and counted once for all processes."""

import os
import subprocess
import sys

import pytest
import redis
from django.test import Client, RequestFactory

from blackgem.http import limits
from blackgem.models import AuditEvent
from devtools.embedded import runtime
from tests.support.api import Api, problem, token_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def counts(valkey, monkeypatch):
    """An empty broker, and connections to it that end with the test."""
    monkeypatch.setattr(limits, "_away_until", 0.0)
    limits._script.cache_clear()
    yield valkey
    limits._script(valkey).registered_client.close()
    limits._script.cache_clear()


@pytest.fixture
def few(settings):
    """Three requests a minute: one every 20 s."""
    settings.API_REQUESTS_PER_MINUTE = 3


@pytest.fixture
def few_bad(settings):
    settings.API_BAD_TOKENS_PER_MINUTE = 3


def elapse(address: str, key: str, seconds: int) -> None:
    """As if so much time had gone by for this key."""
    with redis.Redis.from_url(address) as client:
        name = limits.PREFIX + key
        client.set(name, int(client.get(name)) - seconds * 1_000_000, keepttl=True)


def refused(response, code) -> int:
    """The seconds after which to come back."""
    told = problem(response, 429, code)
    seconds = int(response["Retry-After"])
    assert f"Come back in {seconds} s." in told["detail"]
    return seconds


def bad(address="127.0.0.1", **headers):
    headers = {"Authorization": "Bearer bg_guess", **headers}
    return Client(REMOTE_ADDR=address).get("/api/funds", headers=headers)


# ---------------------------------------------------------------- requests of a user


def test_a_minutes_requests_may_come_at_once_and_then_one_by_one(api, world, counts, few):
    assert [api.get("/funds").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert 0 < refused(api.get("/funds"), "rate.requests") <= 20
    elapse(counts, f"user:{world.people['manager'].pk}", 20)
    assert [api.get("/funds").status_code for _ in range(2)] == [200, 429]


def test_what_was_refused_is_not_counted(api, world, counts, few):
    for _ in range(30):
        last = api.get("/funds")
    assert refused(last, "rate.requests") <= 20


def test_all_tokens_of_a_user_and_its_browser_share_one_count(api, world, few):
    browser = Client()
    browser.force_login(world.people["manager"])
    assert api.get("/funds").status_code == 200
    assert Api(token_of(world.people["manager"])).get("/funds").status_code == 200
    assert browser.get("/api/funds").status_code == 200
    refused(browser.get("/api/funds"), "rate.requests")
    assert world.api("analyst").get("/funds").status_code == 200


def test_refusals_and_unreadable_requests_count_as_well(api, few):
    answers = [api.get("/funds/999"), api.post("/deals", "{"), api.post("/deals", {}), api.post("/deals", {})]
    assert [answer.status_code for answer in answers] == [404, 400, 422, 429]


def test_who_is_refused_has_done_nothing_and_its_key_is_good_later(api, world, counts, few):
    for _ in range(3):
        api.get("/funds")
    refused(api.post("/deals", {"name": "Later"}, key="k-1"), "rate.requests")
    elapse(counts, f"user:{world.people['manager'].pk}", 60)
    first = api.made("/deals", {"name": "Later"}, key="k-1")
    assert api.made("/deals", {"name": "Later"}, key="k-1") == first


def test_without_a_limit_the_broker_is_not_asked(api, settings):
    settings.REDIS_URL = f"redis://127.0.0.1:{runtime.free_port()}/0"
    assert api.get("/funds").status_code == 200
    assert limits._away_until == 0


def test_while_the_broker_is_away_money_goes_on(api, few, settings, caplog):
    settings.REDIS_URL = f"redis://127.0.0.1:{runtime.free_port()}/0"
    assert [api.get("/funds").status_code for _ in range(5)] == [200] * 5
    assert caplog.text.count("nothing is limited") == 1


COUNTING = """
import django
django.setup()
from blackgem.http import limits
waits = [limits._spend("user:0", 50) for _ in range(40)]
print(sum(wait == 0 for wait in waits))
"""


def test_processes_share_the_count(counts):
    """Two processes of forty requests each, at fifty a minute: fifty pass (and what the seconds themselves free)."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "blackgem.settings"}
    running = [
        subprocess.Popen([sys.executable, "-c", COUNTING], env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    passed = sum(int(process.communicate(timeout=60)[0]) for process in running)
    assert 50 <= passed <= 55


# ---------------------------------------------------------------- bad tokens of an address


def test_too_many_bad_tokens_end_an_addresss_tries(api, counts, few_bad):
    assert [bad().status_code for _ in range(4)] == [401, 401, 401, 429]
    assert 0 < refused(bad(), "rate.bad_tokens") <= 20
    assert api.get("/funds").status_code == 200  # nobody is locked out by somebody else
    assert bad("203.0.113.7").status_code == 401
    elapse(counts, "address:127.0.0.1", 60)
    assert bad().status_code == 401


def test_good_tokens_browsers_and_no_token_at_all_use_nothing_up(api, world, few_bad):
    browser = Client()
    browser.force_login(world.people["manager"])
    for _ in range(6):
        assert api.get("/funds").status_code == 200
        assert browser.get("/api/funds").status_code == 200
        assert Client().get("/api/funds").status_code == 401
    for _ in range(4):
        bad()
    assert browser.get("/api/funds").status_code == 200


def test_a_forged_address_neither_escapes_nor_locks_out(few_bad):
    for number in range(3):
        bad(**{"X-Forwarded-For": f"198.51.100.{number}"})
    refused(bad(**{"X-Forwarded-For": "198.51.100.9"}), "rate.bad_tokens")
    assert bad("203.0.113.7", **{"X-Forwarded-For": "127.0.0.1"}).status_code == 401


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, "198.51.100.1", "192.0.2.1"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "10.0.0.1, 198.51.100.1", "198.51.100.1"),
        (2, "10.0.0.1, 198.51.100.1, 192.0.2.9", "198.51.100.1"),
        (2, "198.51.100.1", "192.0.2.1"),
        (1, "", "192.0.2.1"),
        (1, "x" * 5000, "x" * 64),
    ],
)
def test_the_address_is_what_the_outermost_trusted_proxy_saw(settings, proxies, header, address):
    settings.TRUSTED_PROXY_COUNT = proxies
    request = RequestFactory().get("/api/funds", headers={"X-Forwarded-For": header}, REMOTE_ADDR="192.0.2.1")
    assert limits.address_of(request) == address


# ---------------------------------------------------------------- sizes


@pytest.mark.parametrize("length", [str(1024 * 1024 + 1), "9" * 18, "9" * 5000])
def test_a_body_that_says_it_is_too_large_is_not_read(api, length):
    response = api.client.generic(
        "POST",
        "/api/deals",
        b"{}",
        content_type="application/json",
        headers={"Authorization": f"Bearer {api.token}"},
        CONTENT_LENGTH=length,
    )
    problem(response, 413, "body.too_large")


def test_nobody_fills_the_audit_trail_with_refusals(client, monkeypatch):
    monkeypatch.setattr(limits, "REFUSALS_PER_MINUTE", 3)
    for _ in range(5):
        assert client.get("/api/funds", REMOTE_ADDR="198.51.100.99").status_code == 401
    assert AuditEvent.objects.filter(address="198.51.100.99").count() == 3
