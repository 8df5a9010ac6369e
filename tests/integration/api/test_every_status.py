"""Every refusal that the document states for an operation is provoked over HTTP, in every operation that states it.

None can be missed: the document is asked which operations state a status, and each of them is asked for it. What is
done with success, and by which status, stands in test_every_answer.py.
"""

from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from blackgem.http import limits
from blackgem.lib import idempotency
from funds.services.rendering import render_next
from tests.integration.attacks.unchanged import nothing_written
from tests.support import contract
from tests.support.api import Api, problem
from tests.support.database import superuser_connection, tables

from .everything import EVERYTHING, WRITES, address, filled
from .refused_requests import AS_THEY_ARE, BY_NO_STATE, BY_STATE, ITS_OWN, REFUSED_BY, WHEN_CANCELLED

pytestmark = pytest.mark.django_db


def stating(status: int):
    """(verb, path, body) of every operation whose description states this status."""
    described = contract.document()["paths"]
    requests = {(address(path), verb.lower()): (verb, path, body) for verb, path, body in EVERYTHING}
    return [
        requests[path, verb]
        for path, operations in described.items()
        for verb, operation in operations.items()
        if str(status) in operation["responses"]
    ]


def refused(status, response, code=None):
    told = problem(response, status, code)
    if status in (409, 429, 503) and code not in (None, "notice.not_ready"):
        assert int(response["Retry-After"]) >= 1
    return told


def is_write(verb) -> bool:
    return verb != "GET"


def test_every_operation_has_a_request_and_every_refusal_a_test():
    described = contract.document()["paths"]
    asked = {(address(path), verb.lower()) for verb, path, _ in EVERYTHING}
    assert asked == {(path, verb) for path, operations in described.items() for verb in operations}
    stated = {
        int(status)
        for operations in described.values()
        for operation in operations.values()
        for status in operation["responses"]
    }
    tested = {int(name.split("_")[1]) for name in globals() if name.startswith("test_4")}
    tested |= {int(name.split("_")[1]) for name in globals() if name.startswith("test_5")}
    assert {status for status in stated if status >= 400} == tested


def asking(world, **options):
    """By the path, who may ask for it: the fund's manager, or for the investor's own its contact."""
    manager, investor = world.api(**options), world.api("lp", **options)
    return lambda path: investor if path in ITS_OWN else manager


def test_400_what_cannot_be_read(world, ids):
    of = asking(world)
    with nothing_written():
        for verb, path, _ in stating(400):
            api = of(path)
            where = path.format(**ids)
            refused(400, api.send(verb, f"{where}?token=x"), "token.in_address")
            if is_write(verb):
                refused(400, api.send(verb, where, "{"), "json.invalid")
                refused(400, api.send(verb, where, "{}", key="x"), "idempotency.invalid")


def test_401_who_is_not_known(ids):
    with nothing_written():
        for verb, path, body in stating(401):
            where = path.format(**ids)
            refused(401, Api("bg_nobody").send(verb, where, filled(body, ids)), "credentials.invalid")
            refused(401, Client().generic(verb, f"/api{where}"), "credentials.missing")


def test_403_what_a_person_may_see_and_not_do(world, ids, settings):
    auditor, readers = world.api("auditor"), asking(world, scope="read")
    browser = Client()
    browser.force_login(world.people["manager"])
    settings.SECOND_FACTOR_REQUIRED = True
    with nothing_written():
        for verb, path, body in stating(403):
            where = path.format(**ids)
            if is_write(verb):
                if path not in ITS_OWN:
                    refused(403, auditor.send(verb, where, filled(body, ids)), "role.insufficient")
                refused(403, readers(path).send(verb, where, filled(body, ids)), "token.read_only")
            answer = browser.generic(verb, f"/api{where}")
            contract.hold(verb, where, answer)
            refused(403, answer, "second_factor.required")


def test_404_what_there_is_not(world, ids, api):
    stranger = world.api("stranger")
    with nothing_written():
        for verb, path, body in stating(404):
            if "{" in path:
                name = path.partition("{")[2].partition("}")[0]
                none = path.format(**{**ids, name: 999_999})
                nothing = refused(404, api.send(verb, none, filled(body, ids)), "not_found")
                assert refused(404, stranger.send(verb, path.format(**ids), filled(body, ids))) == nothing
            elif is_write(verb):
                refused(404, stranger.send(verb, path, filled(body, ids)), "not_found")
            else:
                refused(404, api.get(f"{path}?page=999999"), "not_found")


def test_409_what_the_money_refuses(trail, exit, joining, ids, api):
    cancelled = {
        **ids,
        "call": trail.draft()["id"],
        "distribution": exit.draft(totalAmount=1)["id"],
        "closing": api.made("/closings", joining.body())["id"],
    }
    for kind in ("capital-calls/{call}", "distributions/{distribution}", "closings/{closing}"):
        api.made(f"/{kind}/cancel".format(**cancelled), status=200)
    for verb, path, body in stating(409):
        name = f"{verb} {path}"
        if name in BY_NO_STATE:
            continue
        *before, last = BY_STATE.get(name, (body,))
        these = cancelled if name in WHEN_CANCELLED else ids
        for one in before:
            assert api.send(verb, path.format(**these), filled(one, these)).status_code < 300, name
        where = path.format(**these) + REFUSED_BY.get(name, "")
        with nothing_written():
            refused(409, api.send(verb, where, filled(last, these)))


def test_the_money_has_its_say_about_every_write():
    """Each is refused by a state, or said to be refused by none."""
    writes = {f"{verb} {path}" for verb, path, _ in EVERYTHING if is_write(verb)}
    kinds = (set(BY_STATE), WHEN_CANCELLED, AS_THEY_ARE, BY_NO_STATE)
    assert sum(map(len, kinds)) == len(writes)
    assert set().union(*kinds) == writes


def test_409_while_the_first_with_this_key_is_at_work(world, ids, monkeypatch):
    monkeypatch.setattr(idempotency, "PATIENCE", "20ms")
    of = asking(world)
    with superuser_connection() as other:
        for who in ("manager", "lp"):
            name = f"idempotency:{world.people[who].pk}:busy"
            other.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [name])
        with nothing_written():
            for verb, path, body in stating(409):
                if is_write(verb):
                    answer = of(path).send(verb, path.format(**ids), filled(body, ids), key="busy")
                    refused(409, answer, "idempotency.in_progress")


def test_411_a_body_of_unknown_length(world, ids):
    of = asking(world)
    with nothing_written():
        for verb, path, _ in stating(411):
            answer = of(path).send(verb, path.format(**ids), "", **{"Transfer-Encoding": "chunked"})
            refused(411, answer, "body.length_required")


def test_413_a_body_of_more_than_a_megabyte(world, ids):
    of = asking(world)
    with nothing_written():
        for verb, path, _ in stating(413):
            refused(
                413,
                of(path).send(verb, path.format(**ids), "x" * (1024 * 1024 + 1)),
                "body.too_large",
            )


def test_415_a_body_that_is_not_json(world, ids):
    of = asking(world)
    with nothing_written():
        for verb, path, _ in stating(415):
            answer = of(path).send(verb, path.format(**ids), "<x/>", content_type="application/xml")
            refused(415, answer, "body.unsupported")


def test_422_what_no_operation_takes(world, ids, api, quick):
    investor, of = world.api("lp"), asking(world)
    assert api.post(f"/capital-calls/{ids['call']}/send-notices", {"confirmed": True}).status_code == 200
    while render_next(at=timezone.now()):
        pass
    ids = ids | {"letter": investor.read("/portal/letters")["letters"][0]["id"]}
    with nothing_written():
        for verb, path, body in stating(422):
            where = path.format(**ids)
            asks = of(path)
            told = refused(422, asks.send(verb, f"{where}?nobodyKnows=1", filled(body, ids)), "field.unknown")
            assert told["errors"][0]["field"] == "nobodyKnows"
            if is_write(verb) and verb != "DELETE":
                refused(422, asks.send(verb, where, {**(filled(body, ids) or {}), "nobodyKnows": 1}))


def test_429_too_many(ids, api, settings, monkeypatch, valkey):
    monkeypatch.setattr(limits, "_away_until", 0.0)
    limits._script.cache_clear()
    settings.API_REQUESTS_PER_MINUTE = 1
    assert api.get("/funds").status_code == 200
    with nothing_written():
        for verb, path, body in stating(429):
            refused(429, api.send(verb, path.format(**ids), filled(body, ids)), "rate.requests")
    limits._script(valkey).registered_client.close()
    limits._script.cache_clear()


@contextmanager
def somebody_holds(*names: str):
    """Another session holds these tables, or all but those that say who asks; ours waits for 30 ms at most."""
    with superuser_connection() as other, other.transaction(), connection.cursor() as cursor:
        free = ("users", "api_tokens", "django_session")
        held = names or [name for name in tables(other) if name not in free]
        other.execute(f"LOCK TABLE {', '.join(held)} IN ACCESS EXCLUSIVE MODE")
        cursor.execute("SET lock_timeout = '30ms'")
        yield
        cursor.execute("RESET lock_timeout")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("share", [0, *(pytest.param(share, marks=pytest.mark.deep) for share in (1, 2))])
def test_503_while_somebody_else_holds_what_is_needed(ids, api, share):
    """Every third operation in turn."""
    with somebody_holds():
        for verb, path, body in list(stating(503))[share::3]:
            refused(503, api.send(verb, path.format(**ids), filled(body, ids)), "busy")


@pytest.mark.django_db(transaction=True)
def test_503_after_half_was_done_leaves_nothing_behind(ids, api):
    """Everything that changes anything is written down at its end: there it is stopped."""
    with nothing_written(), somebody_holds("audit_events"):
        for verb, path, body in WRITES:
            answer = api.send(verb, path.format(**ids), filled(body, ids))
            if f"{verb} {path}" in AS_THEY_ARE or path.endswith("calculate-waterfall"):
                assert answer.status_code in (200, 409)
            else:
                refused(503, answer, "busy")
