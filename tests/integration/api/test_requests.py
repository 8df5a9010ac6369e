"""What may be sent at all: sizes, types, JSON, addresses, parameters; and what every answer looks like."""

import json
import logging

import pytest
from django.test import Client

from blackgem.lib.errors import Busy
from blackgem.models import AuditEvent
from tests.support.api import problem, read

from .asking import two_must_agree

pytestmark = pytest.mark.django_db


def nested(depth: int) -> str:
    return '{"name":' + "[" * depth + "]" * depth + "}"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("{", "json.invalid"),
        ("{'name': 'x'}", "json.invalid"),
        ('{"name": "x"} {}', "json.invalid"),
        ('{"name": NaN}', "json.invalid"),
        ('{"name": Infinity}', "json.invalid"),
        ('{"name": -Infinity}', "json.invalid"),
        ("\ufeff{}", "json.invalid"),
        (b'{"name": "\xff"}', "json.invalid"),
        (b"\x00", "json.invalid"),
        ('{"name": "a", "name": "b"}', "json.duplicate_key"),
        (nested(17), "json.too_deep"),
        (nested(10_000), "json.too_deep"),
        ("[" * 400_000, "json.too_deep"),
    ],
)
def test_what_is_not_json(api, body, code):
    problem(api.post("/deals", body), 400, code)


def test_brackets_in_text_do_not_nest(api):
    api.made("/deals", {"name": '[[[["{{{{' * 20})


@pytest.mark.parametrize("body", ["[]", "null", "1", '"x"', "true"])
def test_a_body_is_an_object(api, body):
    problem(api.post("/deals", body), 422)


def test_a_needed_body_is_missed(api):
    assert problem(api.post("/deals"), 422)["errors"] == [
        {"field": "body", "message": "This is needed.", "code": "field.required"}
    ]


def test_one_megabyte_is_enough(api):
    problem(api.post("/deals", {"name": "x", "description": "x" * 1024 * 1024}), 413, "body.too_large")
    problem(api.post("/deals", {"name": "x" * 1_000_000}), 422, "field.max_length")
    problem(api.post("/deals", "x" * 5 * 1024 * 1024), 413)


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/xml",
        "application/json; charset=utf-16",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        "application/jsonp",
        "",
        "text/html; application/json",
    ],
)
def test_other_content_types(api, content_type):
    problem(api.post("/deals", {"name": "x"}, content_type=content_type), 415, "body.unsupported")


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/json; charset=UTF-8", "Application/JSON;charset=utf8"]
)
def test_json_in_utf_8(api, content_type):
    assert api.post("/deals", {"name": "Zoë"}, content_type=content_type).status_code == 201


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "gzip, gzip"])
def test_no_compressed_body(api, encoding):
    problem(api.post("/deals", {"name": "x"}, **{"Content-Encoding": encoding}), 415)


def test_a_body_of_unknown_length(api):
    response = api.client.generic(
        "POST",
        "/api/deals",
        b"",
        content_type="application/json",
        headers={"Authorization": f"Bearer {api.token}", "Transfer-Encoding": "chunked"},
    )
    problem(response, 411)


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "name", "field.required"),
        ({"name": ""}, "name", "field.blank"),
        ({"name": "   "}, "name", "field.blank"),
        ({"name": None}, "name", "field.invalid"),
        ({"name": 7}, "name", "field.invalid"),
        ({"name": ["x"]}, "name", "field.invalid"),
        ({"name": "x" * 201}, "name", "field.max_length"),
        ({"name": "a\u0000b"}, "name", "text.forbidden"),
        ({"name": "a\u202eb"}, "name", "text.forbidden"),
        ({"name": "a\nb"}, "name", "text.forbidden"),
        ({"name": "x", "description": "a\u0000"}, "description", "text.forbidden"),
        ({"name": "x", "createdBy": 1}, "createdBy", "field.unknown"),
        ({"name": "x", "id": 5}, "id", "field.unknown"),
        ({"name": "x", "created_by_id": 5}, "created_by_id", "field.unknown"),
        ({"name": "x", "' OR 1=1--": 5}, "' OR 1=1--", "field.unknown"),
    ],
)
def test_every_wrong_field_is_named(api, body, field, code):
    told = problem(api.post("/deals", body), 422)
    assert [(one["field"], one["code"]) for one in told["errors"]] == [(field, code)]
    assert "At least one" not in told["detail"]  # as of a list


def test_a_lone_surrogate_is_no_text(api):
    problem(api.post("/deals", '{"name": "\\ud800"}'), 422, "text.forbidden")


def test_several_wrong_fields_are_named_at_once(api):
    told = problem(api.post("/investors", {"kind": "robot", "email": "a@b", "x": 1}), 422)
    assert [one["field"] for one in told["errors"]] == ["name", "kind", "email", "x"] or {
        one["field"] for one in told["errors"]
    } == {"name", "kind", "email", "x"}


@pytest.mark.parametrize(
    "email",
    [
        "a@b.c\nBcc: x@y.z",
        '"a b"@c',
        "x" * 320 + "@example.com",
        "LP <a@b.example>, d@e.example",
        "a@",
        "a\u0000@b.example",
    ],
)
def test_one_address_and_nothing_else(world, api, email):
    contact = {"name": "Eve", "email": email}
    problem(api.post(f"/investors/{world.partners[0].investor_id}/contacts", contact), 422)
    problem(api.post("/investors", {"name": "Eve", "email": email}), 422)


# ---------------------------------------------------------------- addresses and parameters

STRANGE_IDS = [
    "0",
    "-1",
    "9223372036854775808",
    "99999999999999999999",
    "1e5",
    "1;DROP TABLE",
    "%00",
    "1.0",
    "01",
    "0b57f9a4-8f0c-4d6c-9a3f-0f3a2f1c9d11",
    "٣",
    "..",
]


@pytest.mark.parametrize("strange", STRANGE_IDS)
def test_strange_ids_in_addresses_do_not_exist(api, strange):
    nothing = api.get("/funds/999999").content
    for path in (
        "/funds/{}",
        "/capital-calls/{}",
        "/payments/{}",
        "/allocations/{}",
        "/investors/{}",
        "/receipts/{}",
    ):
        response = api.get(path.format(strange))
        assert problem(response, 404, "not_found")
        assert response.content == nothing
    problem(api.post(f"/allocations/{strange}/calls", {"amount": 1, "dueDate": "2026-01-01"}), 404)


@pytest.mark.parametrize(
    "strange", [0, -1, 2**63, "abc", "", "1e5", 1.5, True, None, [], {}, "1;DROP TABLE", "١", " 1"]
)
def test_strange_ids_in_bodies_are_invalid(world, api, strange):
    body = {"fundId": strange, "dealId": world.deal.pk, "committed": "1"}
    told = problem(api.post("/allocations", body), 422)
    assert told["errors"][0]["field"] == "fundId"


def test_ids_in_bodies_may_be_text(world, api):
    body = {"fundId": str(world.fund.pk), "dealId": str(world.deal.pk), "committed": "1"}
    assert api.made("/allocations", body)["fundId"] == world.fund.pk


def test_ids_that_nobody_has(world, api):
    problem(api.post("/allocations", {"fundId": 2**63 - 1, "dealId": world.deal.pk, "committed": 1}), 404)
    problem(
        api.post("/allocations", {"fundId": world.fund.pk, "dealId": 2**63 - 1, "committed": 1}),
        422,
        "deal.unknown",
    )


def test_unknown_parameters_are_refused_everywhere(world, api):
    for path in ("/funds", "/deals", "/capital-calls", f"/funds/{world.fund.pk}", "/capital-transactions"):
        for query in (
            "ordering=password",
            "fields=__all__",
            "page_size=1000000",
            "format=api",
            "q=x",
            "investor=1",
        ):
            told = problem(api.get(f"{path}?{query}"), 422, "field.unknown")
            assert told["errors"][0]["field"] == query.partition("=")[0]
    problem(api.post("/deals?force=1", {"name": "x"}), 422)


@pytest.mark.parametrize(
    "query",
    [
        "page=-1",
        "page=0",
        "page=",
        "page=x",
        "page=1e3",
        "page=1.0",
        "limit=0",
        "limit=201",
        "limit=1000000",
        "limit=-5",
        "page=1&page=2",
        "fundId=abc",
        "fundId=-1",
        "fundId=0",
        "status=sent",
        "status=nonsense",
        "status=",
    ],
)
def test_parameters_that_could_never_be_right(api, query):
    problem(api.get(f"/capital-calls?{query}"), 422)


def test_a_list_has_an_end(api, world):
    assert api.read("/capital-calls?page=1")["capitalCalls"] == []
    problem(api.get("/capital-calls?page=2"), 404)
    problem(api.get("/funds?page=999999999"), 404)


def test_pages_of_a_list(world, api):
    made = [api.made("/deals", {"name": f"Deal {n:02}"})["id"] for n in range(5)]
    first, last = api.read("/deals?limit=4"), api.read("/deals?limit=4&page=2")
    assert (first["total"], last["total"]) == (6, 6)
    assert len(first["deals"]) == 4
    assert set(made) < {deal["id"] for deal in first["deals"] + last["deals"]}


def test_unknown_addresses_and_verbs(api):
    problem(api.get("/nothing"), 404)
    problem(api.get("/"), 404)
    problem(api.get("/funds/"), 404)
    problem(api.get("//funds"), 404)
    problem(Client().get("/api/schema/"), 404)
    for verb, path, allowed in (
        ("DELETE", "/payments/1", "GET"),
        ("PUT", "/payments/1", "GET"),
        ("DELETE", "/funds/1", "GET, PATCH"),
        ("TRACE", "/funds", "GET, POST"),
        ("POST", "/capital-transactions", "GET"),
        ("DELETE", "/capital-transactions", "GET"),
    ):
        response = api.send(verb, path)
        problem(response, 405, "method.not_allowed")
        assert sorted(response["Allow"].split(", ")) == sorted(allowed.split(", "))


def test_head_is_a_get_without_a_body(api):
    response = api.send("HEAD", "/funds")
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json; charset=utf-8"


def test_nothing_is_cached_and_nobody_else_may_ask(api):
    for response in (api.get("/funds"), api.get("/funds/999"), Client().get("/api/funds")):
        assert response["Cache-Control"] == "no-store, private"
        assert {"Authorization", "Cookie"} <= set(response["Vary"].split(", "))
        assert "Access-Control-Allow-Origin" not in response


def test_html_is_not_to_be_had(api):
    assert api.get("/funds", Accept="text/html")["Content-Type"].startswith("application/json")
    problem(api.get("/funds/999", Accept="text/html"), 404)


def test_what_nobody_foresaw_is_a_bare_500(api, monkeypatch, caplog):
    def broken(*args, **kwargs):
        raise RuntimeError("secret of the inside")

    monkeypatch.setattr("funds.api.deals.create_deal", broken)
    with caplog.at_level(logging.ERROR, logger="blackgem.api"):
        response = api.post("/deals", {"name": "x"})
    assert "secret" not in response.content.decode()
    assert problem(response, 500, "internal")["requestId"] == response["X-Request-ID"]
    assert "secret of the inside" in caplog.text


def test_who_finds_the_row_locked_is_told_to_come_again(api, monkeypatch):
    def locked(*args, **kwargs):
        raise Busy("busy", "Somebody else is changing this right now.")

    monkeypatch.setattr("funds.api.deals.create_deal", locked)
    response = api.post("/deals", {"name": "x"}, key="k-1")
    problem(response, 503, "busy")
    assert response["Retry-After"] == "3"
    monkeypatch.undo()
    assert api.post("/deals", {"name": "x"}, key="k-1").status_code == 201


def test_json_keys_are_camel_case(world, api, trail):
    def keys(value):
        if isinstance(value, dict):
            for name, one in value.items():
                yield name
                yield from keys(one)
        elif isinstance(value, list):
            for one in value:
                yield from keys(one)

    call = trail.call()
    for path in (
        "/funds",
        f"/capital-calls/{call['id']}",
        f"/funds/{world.fund.pk}/commitments",
        "/allocations",
    ):
        assert [name for name in keys(api.read(path)) if "_" in name] == []


def test_problem_json_reads_back(api):
    response = api.post("/deals", {})
    assert json.loads(response.content) == {
        "type": "urn:blackgem:field.required",
        "title": "Unprocessable Entity",
        "status": 422,
        "detail": "This is needed.",
        "code": "field.required",
        "errors": [{"field": "name", "message": "This is needed.", "code": "field.required"}],
    }
    assert read(response)["status"] == 422


def test_whoever_turns_down_says_why(world, trail):
    """In any script; who takes back what it asked for itself may leave it out."""
    call, other = trail.call(), world.api("second")
    excuses = f"/capital-calls/{call['id']}/items/{call['items'][0]['id']}/excuses"
    asked = {"lineId": call["lines"][0]["id"], "reason": "Policy", "amount": 1}

    def waits() -> str:
        with two_must_agree(world):
            return f"/excuses/{trail.api.made(excuses, asked, status=202)['id']}/reject"

    first = waits()
    for nothing in (None, {"reason": ""}, {"reason": "  "}):
        told = problem(other.post(first, nothing), 422, "reason.required")
        assert [one["field"] for one in told["errors"]] == ["reason"]
    assert read(other.post(first, {"reason": "لا نوافق على ذلك"}))["status"] == "REJECTED"
    assert AuditEvent.objects.get(verb="reject_excuse").reason == "لا نوافق على ذلك"
    assert read(trail.api.post(waits()))["status"] == "REJECTED"
