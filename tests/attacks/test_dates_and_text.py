"""B. Dates, text, identifiers. And of I and H what reaches the API."""

import time
from datetime import date

import pytest
from django.test import Client

from tests.integration.attacks.unchanged import nothing_written
from tests.support.api import problem, read

pytestmark = pytest.mark.django_db

NO_DAYS = [
    "2025-02-30",
    "0000-00-00",
    "99999-01-01",
    "31/04/2025",
    "2025-03-30T02:30",
    "2016-12-31T23:59:60Z",
]


@pytest.mark.parametrize("day", NO_DAYS, ids=[f"B1 {day}" for day in NO_DAYS[:4]] + ["B4 gap", "B4 leap"])
def test_what_is_no_day(trail, day):
    with nothing_written():
        told = problem(trail.api.post("/capital-calls", trail.draft_body(dueDate=day)), 422)
    assert [one["field"] for one in told["errors"]] == ["dueDate"]


def test_due_before_it_is_called(trail):
    for due in ("2026-02-15", "2026-02-14"):
        with nothing_written():
            problem(trail.api.post("/capital-calls", trail.draft_body(dueDate=due)), 422)


@pytest.mark.parametrize(
    "day", ["2199-12-31", "1999-12-31"], ids=["B3 future", "B3 before the first closing"]
)
def test_money_of_another_time(world, trail, day):
    world.fund.first_closing_on = date(2000, 1, 1)
    world.fund.save()
    call = trail.call()
    body = {"itemId": call["items"][0]["id"], "amount": 5, "valueDate": day}
    with nothing_written():
        problem(trail.api.post(f"/capital-calls/{call['id']}/payments", body), 422)


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{ settings.SECRET_KEY }}",
        "=cmd|' /C calc'!A1",
    ],
)
def test_text_is_kept_as_it_was_and_is_nothing_else(api, name):
    made = api.post("/deals", {"name": name})
    assert read(made)["name"] == name
    assert made["Content-Type"] == "application/json; charset=utf-8"
    assert made["X-Content-Type-Options"] == "nosniff"


HIDDEN = {"B6": "a\x00b", "B8-override": "a\u202eb", "B8-isolate": "a\u2066b", "B8-escape": "a\x1bb"}


@pytest.mark.parametrize("name", HIDDEN.values(), ids=HIDDEN)
@pytest.mark.parametrize("path", ["/deals", "/investors", "/funds"])
def test_hidden_characters(api, path, name):
    body = {"name": name, **({"lpaDate": "2026-01-01"} if path == "/funds" else {})}
    with nothing_written():
        problem(api.post(path, body), 422, "text.forbidden")


def test_long_text(api):
    with nothing_written():
        problem(api.post("/deals", {"name": "x" * 1_000_000}), 422, "field.max_length")
        problem(api.post("/deals", {"name": "x", "description": "line\n" * 100_000}), 422, "field.max_length")
        problem(api.post("/deals", {"name": "x", "description": "line\n" * 300_000}), 413, "body.too_large")


STRANGE = [
    "0",
    "-1",
    "9223372036854775808",
    "1e5",
    "1;DROP TABLE",
    "%00",
    "0b57f9a4-8f0c-4d6c-9a3f-0f3a2f1c9d11",
]
ROWS = ["funds", "deals", "investors", "commitments", "allocations", "capital-calls", "payments", "receipts"]
ROWS += ["distributions", "payouts"]


@pytest.mark.parametrize("strange", STRANGE)
def test_strange_ids(world, trail, strange):
    nothing = trail.api.get("/funds/999999").content
    for rows in ROWS:
        assert trail.api.get(f"/{rows}/{strange}").content == nothing, rows
    with nothing_written():
        for field in ("fundId", "allocationId"):
            told = problem(trail.api.post("/capital-calls", trail.draft_body(**{field: strange})), 422)
            assert [one["field"] for one in told["errors"]] == [field]


QUERIES = [
    "page=-1",
    "page_size=1000000",
    "limit=201",
    "ordering=password",
    "ordering=investor__user__password",
]
QUERIES += ["fields=__all__", "q=%25", "q=" + "x" * 10_000, "q=(a%2B)%2B$", "include=all", "expand=investor"]
QUERIES += ["format=api", "' OR 1=1--=1", "fundId=1' OR 1=1--", "fundId[]=1", "page=1&page=2"]


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: f"B12 B13 E4 I1 I12 {query[:30]}")
def test_parameters_that_no_list_has(api, query):
    began = time.monotonic()
    for path in ("/funds", "/capital-calls", "/distributions", "/capital-transactions"):
        problem(api.get(f"{path}?{query}"), 422)
    assert time.monotonic() - began < 4 * 2


def test_a_page_that_there_is_not(api):
    problem(api.get("/funds?page=999999999"), 404)


BODIES = {
    "B15-deep": ("[" * 10_000 + "]" * 10_000, {}, 400),
    "B15-five megabytes": ('{"name": "' + "x" * 5_000_000 + '"}', {}, 413),
    "B15-gzip": (b"\x1f\x8b\x08\x00", {"Content-Encoding": "gzip"}, 415),
    "B16-xml": ("<deal/>", {"content_type": "application/xml"}, 415),
    "B16-text": ('{"name": "x"}', {"content_type": "text/plain"}, 415),
    "B16-utf-16": (
        '{"name": "x"}'.encode("utf-16"),
        {"content_type": "application/json; charset=utf-16"},
        415,
    ),
    "B16-form": ("name=x", {"content_type": "application/x-www-form-urlencoded"}, 415),
}


@pytest.mark.parametrize(("body", "headers", "status"), BODIES.values(), ids=BODIES)
def test_bodies_that_are_not_read(api, body, headers, status):
    with nothing_written():
        problem(api.post("/deals", body, **headers), status)


@pytest.mark.parametrize(
    "more",
    [{"status": "approved"}, {"created_by": 1}, {"fund_id": 1}, {"fundId": 1}, {"id": 5}, {"__class__": "x"}],
)
def test_fields_that_are_not_the_clients(trail, more):
    call = trail.call()
    body = {"itemId": call["items"][0]["id"], "amount": 5, **more}
    with nothing_written():
        told = problem(trail.api.post(f"/capital-calls/{call['id']}/payments", body), 422, "field.unknown")
    assert [one["field"] for one in told["errors"]] == list(more)


ADDRESSES = ["a@b.c\nBcc: x@y.z", '"a b"@c', "x" * 308 + "@example.com", "LP <a@b.c>, d@e.f"]


@pytest.mark.parametrize("address", ADDRESSES, ids=["newline", "quoted", "long", "several"])
def test_one_address(world, api, address):
    contacts = f"/investors/{world.partners[0].investor_id}/contacts"
    with nothing_written():
        problem(api.post(contacts, {"name": "Eve", "email": address}), 422)


# ---------------------------------------------------------------- headers and addresses


def test_errors_are_json_for_nobody_elses_page(api):
    for accept in ("text/html", "application/xml", "*/*"):
        response = api.get("/funds/999999", Accept=accept, Origin="https://evil.example")
        problem(response, 404)
        assert "Access-Control-Allow-Origin" not in response


@pytest.mark.parametrize(
    "path", ["/api/schema/", "/api/funds/../admin/", "/api//funds", "/api/%2e%2e/admin", "/api/FUNDS"]
)
def test_addresses_that_there_are_not(path):
    assert Client().get(path).status_code == 404
