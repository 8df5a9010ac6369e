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

from .everything import EVERYTHING, OWN_LETTERS, OWN_WRITES, STATEMENT_FILE, TRANSFER, WRITES, address, filled

pytestmark = pytest.mark.django_db

#: What the state of the money refuses: the bodies sent one after another, of which the last is answered 409.
BY_STATE = {
    "POST /funds/{fund}/fee-events": ({"kind": "fee_ended", "happenedOn": "2026-01-01"},) * 2,
    "POST /fee-events/{fee_event}/take-back": ({"reason": "mine"},) * 2,
    "POST /funds": ({"name": "Twice", "lpaDate": "2026-01-01"},) * 2,
    "PATCH /funds/{fund}": ({"currency": "EUR"},),
    "POST /investors/{investor}/contacts": ({"name": "Eve", "email": "eve@example.com"},) * 2,
    "POST /allocations/{allocation}/calls": ({"amount": 9_000_000, "dueDate": "2099-01-01"},),
    "POST /capital-calls": (
        {
            "fundId": "{fund}",
            "totalAmount": 9_000_000,
            "purpose": "x",
            "callDate": "2026-01-01",
            "dueDate": "2026-02-01",
        },
    ),
    "POST /capital-calls/{call}/payments": ({"amount": 9_000_000, "itemId": "{item}"},),
    "PATCH /capital-calls/{call}/items/{item}/payment": (
        {"paidAmount": 9_000_000, "paidDate": "2026-02-20", "paymentMethod": "wire"},
    ),
    "POST /commitments/{commitment}/events": (
        {"kind": "released", "amount": 9_000_000, "effectiveOn": "{today}", "reason": "mine"},
    ),
    "POST /allocations/{allocation}/amendments": (
        {"direction": "lower", "amount": 9_000_000, "effectiveOn": "{today}", "reason": "mine"},
    ),
    "POST /capital-calls/{call}/items/{item}/excuses": ({"lineId": "{line}", "reason": "Policy"},) * 2,
    "POST /payments/{payment}/reverse": ({"reason": "mine"},) * 2,
    "POST /funds/{fund}/receipts": tuple(
        {"amount": amount, "valueDate": "2026-02-20", "txRef": "FED-1"} for amount in (1, 2)
    ),
    "POST /receipts/{receipt}/apply": ({"splits": [{"itemId": "{item}", "amount": 9000}]},),
    "POST /receipts/{receipt}/return": ({"amount": 9000, "valueDate": "2026-02-20", "reason": "mine"},),
    "POST /distributions": (
        {"fundId": "{fund}", "totalAmount": 1, "date": "1990-06-30", "type": "EXIT_PROCEEDS"},
    ),
    "POST /distributions/{distribution}/payouts": ({"paidDate": "2026-02-20", "method": "wire"},) * 2,
    "POST /distributions/{distribution}/setoffs": (
        {
            "callId": "{call}",
            "reason": "mine",
            "parts": [{"commitmentId": "{commitment}", "amount": 9_000_000}],
        },
    ),
    # Excused by then.
    "POST /capital-calls/{call}/items/{item}/defaults": (
        {"cureBy": "2099-01-01", "reason": "mine", "rate": "0.1"},
    ),
    "POST /defaults/{default}/shortfall": ({"dueOn": "2099-01-01"},) * 2,
    "POST /closings": (
        {
            "fundId": "{closing_fund}",
            "heldOn": "2025-07-01",
            "payOn": "2025-07-20",
            "tranches": [
                {"investorId": "{investor_beside}", "amount": 1, "reference": "{closing_reference}"}
            ],
            "feeInterest": "none",
            "rate": "0.08",
        },
    ),
    "POST /transfers": (
        TRANSFER,
        TRANSFER | {"effectiveOn": "{before}"},
    ),
    "POST /funds/{fund}/fee-schedules": ({"effectiveOn": "2026-02-01", "frequency": "annual"},),
    "POST /bank-statements": (STATEMENT_FILE,) * 2,
    "POST /bank-entries/{entry}/undo": (None,) * 2,
    "POST /bank-rules/{rule}/retire": (None,) * 2,
    "POST /closings/{closing}/refund-payouts": ({"paidDate": "2025-07-21", "method": "wire"},) * 2,
    "POST /distributions/calculate-waterfall": (
        {"fundId": "{fund}", "totalAmount": 1, "distributionDate": "1990-06-30"},
    ),
}
#: What is asked of a reading that the state refuses.
REFUSED_BY = {"GET /funds/{fund}/returns": "?asOf=1990-01-01"}
#: Their right request is refused by 409 once the call or the distribution is cancelled.
WHEN_CANCELLED = {
    "POST /capital-calls/{call}/send-notices",
    "POST /distributions/{distribution}/send-notices",
    "POST /closings/{closing}/send-notices",
}
#: The right request is refused as it is: issued, paid, decided, there already.
AS_THEY_ARE = {
    "POST /funds/{fund}/commitments",
    "PATCH /commitments/{commitment}",
    "POST /allocations",
    "PUT /capital-calls/{call}",
    "DELETE /capital-calls/{call}",
    "POST /capital-calls/{call}/submit",
    "POST /capital-calls/{call}/approve",
    "POST /capital-calls/{call}/send-back",
    "POST /capital-calls/{call}/cancel",
    "POST /control-changes/{control_change}/approve",
    "POST /control-changes/{control_change}/reject",
    "POST /commitment-events/{event}/approve",
    "POST /commitment-events/{event}/reject",
    "POST /amendments/{amendment}/approve",
    "POST /amendments/{amendment}/reject",
    "POST /capital-calls/{call}/items/{item}/settlements",
    "POST /settlements/{settlement}/approve",
    "POST /settlements/{settlement}/reject",
    "POST /excuses/{excuse}/approve",
    "POST /excuses/{excuse}/reject",
    "POST /reversals/{reversal}/approve",
    "POST /reversals/{reversal}/reject",
    "PUT /distributions/{distribution}",
    "DELETE /distributions/{distribution}",
    "POST /distributions/{distribution}/submit",
    "POST /distributions/{distribution}/approve",
    "POST /distributions/{distribution}/send-back",
    "POST /distributions/{distribution}/return-to-draft",
    "POST /distributions/{distribution}/send",
    "POST /distributions/{distribution}/cancel",
    "POST /payouts/{payout}/reverse",
    "POST /payout-reversals/{payout_reversal}/approve",
    "POST /payout-reversals/{payout_reversal}/reject",
    "POST /defaults/{default}/interest",
    "POST /default-remedies/{remedy}/pay",
    "POST /defaults/{default}/approve",
    "POST /defaults/{default}/reject",
    "POST /defaults/{default}/forfeiture",
    "POST /defaults/{default}/sale",
    "POST /defaults/{default}/reduction",
    "POST /defaults/{default}/withdraw",
    "POST /default-withdrawals/{default_withdrawal}/approve",
    "POST /default-withdrawals/{default_withdrawal}/reject",
    "POST /default-remedies/{remedy}/approve",
    "POST /default-remedies/{remedy}/reject",
    "POST /setoffs/{setoff}/approve",
    "POST /setoffs/{setoff}/reject",
    "POST /setoff-parts/{setoff_part}/reverse",
    "POST /setoff-reversals/{setoff_reversal}/approve",
    "POST /setoff-reversals/{setoff_reversal}/reject",
    "POST /closings/{closing}/setoffs",
    "PUT /closings/{closing}",
    "POST /closings/{closing}/submit",
    "POST /closings/{closing}/settle",
    "POST /closings/{closing}/send-back",
    "POST /closings/{closing}/cancel",
    "POST /closings/{closing}/reverse",
    "POST /transfers/{transfer}/approve",
    "POST /transfers/{transfer}/reject",
    *(
        f"POST /{kind}/{verb}"
        for kind in (
            "fee-schedules/{fee_schedule}",
            "fee-letters/{fee_letter}",
            "fee-income/{fee_income}",
            "fee-events/{fee_event}",
            "fee-realisations/{fee_realisation}",
            "fee-runs/{fee_run}",
            "period-closes/{period_close}",
        )
        for verb in ("approve", "reject")
    ),
    "POST /funds/{fund}/fee-runs",
    "POST /funds/{fund}/period-closes",
    "POST /period-closes/{period_close}/reopen",
    "POST /closing-reversals/{closing_reversal}/approve",
    "POST /closing-reversals/{closing_reversal}/reject",
    "POST /refund-payouts/{refund_payout}/reverse",
    "POST /refund-payout-reversals/{refund_payout_reversal}/approve",
    "POST /refund-payout-reversals/{refund_payout_reversal}/reject",
    "POST /bank-statements/{statement}/post",
    *(f"POST /bank-entries/{{entry}}/{verb}" for verb in ("apply", "link", "classify", "ignore")),
    "POST /write-downs/{write_down}/approve",
    "POST /write-downs/{write_down}/reject",
}
#: Names, notes and histories, which no state of the money refuses. 409 says here that the key is still at work.
BY_NO_STATE = {
    "POST /deals",
    "PATCH /deals/{deal}",
    "POST /investors",
    "PATCH /investors/{investor}",
    "POST /funds/{fund}/nav-entries",
    "POST /commitments/{commitment}/side-letters",
    "POST /commitments/{commitment}/fee-letters",
    "POST /funds/{fund}/fee-income",
    "POST /funds/{fund}/fee-realisations",
    "POST /deals/{deal}/write-downs",
    "POST /funds/{fund}/bank-rules",
    "POST /questions/{question}/answers",
    *(f"{verb} {path}" for verb, path, _ in OWN_WRITES),
}
#: Of the investor's own.
ITS_OWN = {*OWN_LETTERS, *(path for _, path, _ in OWN_WRITES)}


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
def test_503_while_somebody_else_holds_what_is_needed(ids, api):
    with somebody_holds():
        for verb, path, body in stating(503):
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
