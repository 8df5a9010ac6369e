"""Every operation of the OpenAPI document is done with success, by every status it has for that, as it says.

The client of the tests holds every answer against the document; here none is left out. Whatever writes leaves in the
audit trail who did it, and in which request. With RECORD_ANSWERS=1 they are
written down as the document's examples.
"""

import json
import os
from decimal import Decimal

import pytest
from django.utils import timezone

from blackgem.http.examples import ANSWERS_FILE
from tests.support import contract
from tests.support.deeds import held_to_the_trail, writes

from .asking import PAID_ON, cancel_by_two, change, do, read_all, read_letters, take_back, two_must_agree
from .conftest import EXIT_ON
from .everything import OWN, OWN_STATEMENTS
from .later_answers import (
    bank,
    charge,
    close,
    close_the_books,
    default,
    lose,
    order,
    set_off,
    transfer,
    waive,
)

pytestmark = pytest.mark.django_db
#: A preview writes nothing.
SILENT = {"calculateWaterfall"}


def test_every_operation_answers_as_the_document_says(world, trail, exit, joining, quick, monkeypatch):
    held_before = set(contract.HELD)
    contract.HELD.clear()
    contract.ANSWERED.clear()
    told = held_to_the_trail(monkeypatch)
    set_up(world, trail.api)
    call_and_pay(world, trail)
    receive(world, trail)
    set_off(world, trail, exit)
    default(world, trail)
    lose()
    distribute(world, exit)
    close(world, joining)
    transfer(world, joining.api)
    charge(world)
    waive(world)
    close_the_books(trail.api)
    bank(world, trail)
    order(world, exit)
    read_own(world)
    stated = {
        (operation["operationId"], status)
        for operations in contract.document()["paths"].values()
        for operation in operations.values()
        for status in operation["responses"]
        if status < "300"
    }
    missed = stated - contract.HELD
    contract.HELD |= held_before
    assert missed == set()
    assert writes() - told == SILENT
    if "RECORD_ANSWERS" in os.environ:
        answers = {name: json.loads(content) for name, content in sorted(contract.ANSWERED.items())}
        ANSWERS_FILE.write_text(json.dumps(answers, indent=1, ensure_ascii=False) + "\n")


def read_own(world):
    """As an investor's contact."""
    api = world.api("lp")
    read_all(api, *OWN, OWN_STATEMENTS)
    letter = api.read("/portal/letters")["letters"][-1]["id"]
    assert api.get(f"/portal/letters/{letter}/pdf").status_code == 200
    ask_and_answer(world, api)


def ask_and_answer(world, api):
    for path, rows, part in (
        ("/portal/capital-calls", "capitalCalls", "itemId"),
        ("/portal/distributions", "distributions", "itemId"),
    ):
        item = api.read(path)[rows][0][part]
        api.made(f"{path}/{item}/questions", {"text": "May we pay later?"})
    manager = world.api("manager")
    question = manager.read("/questions")["questions"][0]["id"]
    manager.made(f"/questions/{question}/answers", {"text": "Yes, until Friday."})
    read_all(manager, f"/questions/{question}")
    read_all(api, "/portal/questions")


def set_up(world, api):
    fund = api.made("/funds", {"name": "Another Fund", "lpaDate": "2026-01-01"})
    deal, investor = api.made("/deals", {"name": "Deal"}), api.made("/investors", {"name": "LP"})
    promise = {"investorId": investor["id"], "amount": 1000, "closingDate": "2026-01-02"}
    commitment = api.made(f"/funds/{fund['id']}/commitments", promise)
    api.made(f"/investors/{investor['id']}/contacts", {"name": "Eve", "email": "eve@example.com"})
    api.made(f"/funds/{fund['id']}/nav-entries", {"asOf": "2026-01-31", "amount": 1000})
    letterhead = {"headLines": "Registered in Delaware", "paragraphs": []}
    assert api.put(f"/funds/{fund['id']}/letter-wording", letterhead).status_code == 200
    letter = {"effectiveOn": "2026-01-02", "carryRate": "0.1"}
    api.made(f"/commitments/{commitment['id']}/side-letters", letter)
    change(api, f"/funds/{fund['id']}", {"contactName": "Me", "terms": {"hurdleRate": "0.08"}})
    change(api, f"/deals/{deal['id']}", {"description": "Two\nlines"})
    change(api, f"/investors/{investor['id']}", {"country": "US"})
    change(api, f"/commitments/{commitment['id']}", {"amount": 2000})
    api.made("/allocations", {"fundId": fund["id"], "dealId": deal["id"], "committed": 1000})
    read_all(api, "/funds", "/deals", "/investors", "/allocations", "/capital-transactions", "/capital-calls")
    read_all(api, f"/deals/{deal['id']}", f"/investors/{investor['id']}", f"/commitments/{commitment['id']}")
    read_all(
        api, *(f"/funds/{fund['id']}{rest}" for rest in ("", "/commitments", "/nav-entries", "/capital"))
    )
    read_all(api, f"/commitments/{commitment['id']}/side-letters", "/distributions")
    read_all(api, f"/commitments/{commitment['id']}/payee-details")


def call_and_pay(world, trail):
    api, draft = trail.api, trail.draft()
    path = f"/capital-calls/{draft['id']}"
    assert api.put(path, trail.draft_body(purpose="Changed")).status_code == 200
    for step in ("submit", "approve", "send-notices"):
        do(api, f"{path}/{step}", {"confirmed": True} if step == "send-notices" else None)
    withdrawn = trail.call()["id"]
    with two_must_agree(world):
        cancel_by_two(world, api, f"/capital-calls/{withdrawn}")
        waiting = {"amount": 1, "dueDate": PAID_ON, "callDate": "2026-02-15"}
        api.made(f"/allocations/{trail.allocation['id']}/calls", waiting, status=202)
        amended = f"/allocations/{trail.allocation['id']}/amendments"
        amendment = {
            "direction": "raise",
            "amount": 5,
            "effectiveOn": str(timezone.localdate()),
            "reason": "Costs rose",
        }
        for decision in ("approve", "reject"):
            asked = api.made(amended, amendment, status=202)["id"]
            do(world.api("second"), f"/amendments/{asked}/{decision}")
        events = f"/commitments/{world.partners[0].pk}/events"
        event = {
            "kind": "increased",
            "amount": 5,
            "effectiveOn": str(timezone.localdate()),
            "reason": "Signed more",
        }
        for decision in ("approve", "reject"):
            asked = api.made(events, event, status=202)["id"]
            do(world.api("second"), f"/commitment-events/{asked}/{decision}")
    api.made(amended, {**amendment, "direction": "lower"})
    api.made(events, {**event, "kind": "released"})
    read_all(api, amended)
    read_all(api, events)
    waiting = f"/capital-calls/{trail.draft()['id']}"
    do(api, f"{waiting}/submit")
    do(api, f"{waiting}/send-back", {"reason": "Too early"})
    do(api, f"{waiting}/cancel")
    assert api.delete(f"/capital-calls/{trail.draft()['id']}").status_code == 200
    call = trail.call()
    path, item = f"/capital-calls/{call['id']}", call["items"][0]["id"]
    change(
        api,
        f"{path}/items/{item}/payment",
        {"paidAmount": 5, "paidDate": PAID_ON, "paymentMethod": "wire"},
    )
    read_letters(api, path)
    settle(world, trail)
    excuse(world, trail)
    change_controls(world, api)
    for decision in ("approve", "reject"):
        made = api.made(f"{path}/payments", {"amount": 7, "itemId": item, "valueDate": PAID_ON})
        payment = made["payments"][0]["id"]
        reversal = take_back(world, api, f"/payments/{payment}")
        do(world.api("second"), f"/reversals/{reversal}/{decision}")
    do(api, f"/payments/{payment}/reverse", {"reason": "It did bounce"})
    read_all(api, path, f"{path}/items", f"{path}/payments", f"/payments/{payment}")
    read_all(api, f"/allocations/{trail.allocation['id']}", f"/funds/{world.fund.pk}/capital")
    investor = f"/investors/{world.partners[0].investor_id}"
    read_all(api, f"{investor}/capital-transactions", f"{investor}/statement")


def change_controls(world, api):
    """Of a fund in use: by two people."""
    path, letter = f"/funds/{world.fund.pk}", {"effectiveOn": "2026-01-02", "note": "Reports in April"}
    with two_must_agree(world):
        for decision in ("reject", "approve"):
            answer = api.patch(path, {"residualLimit": "2.00"})
            assert answer.status_code == 202, answer.content
            asked = answer.json()["pendingChanges"][0]["id"]
            do(world.api("second"), f"/control-changes/{asked}/{decision}")
        api.made(f"/commitments/{world.partners[0].pk}/side-letters", letter, status=202)
        api.made(f"{path}/nav-entries", {"asOf": "2026-01-31", "amount": 1000}, status=202)
        api.read(f"{path}/nav-entries")
        words = [{"letter": "CAPITAL_CALL", "place": "OPENING", "text": "Dear {partner},"}]
        letterhead = api.put(f"{path}/letter-wording", {"headLines": "Regulated", "paragraphs": words})
        assert letterhead.status_code == 202, letterhead.content
        read_all(api, f"{path}/letter-wording")
        assert api.get(f"{path}/letter-wording/preview-pdf").status_code == 200
        investor = f"/investors/{world.partners[0].investor_id}"
        api.made(f"{investor}/contacts", {"name": "Eve", "email": "eve@example.com"}, status=202)
        assert api.patch(investor, {"withholdingRate": "0.1"}).status_code == 202
    read_all(api, f"{path}/control-changes")


def settle(world, trail):
    items = trail.call()["items"]
    waived = {"kind": "waived", "reason": "Bank charges"}
    with two_must_agree(world):
        path = trail.short_by_one(items[0])
        for decision in ("reject", "approve"):
            asked = trail.api.made(path, waived, status=202)["id"]
            do(world.api("second"), f"/settlements/{asked}/{decision}")
    trail.api.made(trail.short_by_one(items[1]), waived)
    read_all(trail.api, path)


def excuse(world, trail):
    call = trail.call()
    line, items = call["lines"][0]["id"], call["items"]
    trail.api.made(f"/capital-calls/{call['id']}/payments", {"amount": 10, "itemId": items[1]["id"]})
    path = f"/capital-calls/{call['id']}/items/{items[0]['id']}/excuses"
    with two_must_agree(world):
        for decision in ("reject", "approve"):
            asked = trail.api.made(path, {"lineId": line, "amount": "1", "reason": "Policy"}, status=202)[
                "id"
            ]
            do(world.api("second"), f"/excuses/{asked}/{decision}")
    other = f"/capital-calls/{call['id']}/items/{items[1]['id']}/excuses"
    # Of all but one: who is excused in full is not asked for more of the deal.
    most = str(Decimal(items[1]["calledAmount"]) - 1)
    trail.api.made(other, {"lineId": line, "amount": most, "limit": "0.25", "reason": "Policy"})
    read_all(trail.api, path, f"/capital-calls/{call['id']}/payments")


def receive(world, trail):
    api, first = trail.api, trail.call()["items"][0]
    item, investor = first["id"], first["investorId"]
    receipts = f"/funds/{world.fund.pk}/receipts"
    receipt = f"/receipts/{api.made(receipts, {'amount': 10, 'valueDate': PAID_ON})['id']}"
    do(api, f"{receipt}/apply", {"splits": [{"itemId": item, "amount": 4}]})
    too_much = {"amount": 6, "valueDate": PAID_ON, "reason": "Too much", "investorId": investor}
    back = f"/cash-returns/{do(api, f'{receipt}/return', too_much)['returns'][0]['id']}"
    read_letters(api, back)
    read_all(api, back)
    do(api, f"{back}/send-notices")
    do(api, f"{back}/take-back", {"valueDate": PAID_ON, "reason": "It bounced"})
    read_all(api, receipts, receipt)


def distribute(world, exit):
    api, fund = exit.api, {"fundId": world.fund.pk, "totalAmount": 1000}
    do(api, "/distributions/calculate-waterfall", {**fund, "distributionDate": EXIT_ON})
    draft = exit.draft(totalAmount=1000)
    assert api.put(f"/distributions/{draft['id']}", exit.body(totalAmount=900)).status_code == 200
    assert api.delete(f"/distributions/{draft['id']}").status_code == 200
    waiting = f"/distributions/{exit.draft(totalAmount=1)['id']}"
    for verb in ("submit", "return-to-draft", "submit"):
        do(api, f"{waiting}/{verb}")
    do(api, f"{waiting}/send-back", {"reason": "Too early"})
    do(api, f"{waiting}/cancel")
    withdrawn = f"/distributions/{exit.draft(totalAmount=1)['id']}"
    for verb in ("submit", "approve"):
        do(api, f"{withdrawn}/{verb}")
    with two_must_agree(world):
        cancel_by_two(world, api, withdrawn)
    path = f"/distributions/{exit.issued(totalAmount=1000)['id']}"
    do(api, f"{path}/send-notices")
    read_letters(api, path)
    for decision in ("approve", "reject"):
        item = next(one for one in api.read(path)["items"] if one["status"] == "PENDING")
        paid = exit.pay_out({"id": path.rpartition("/")[2]}, itemId=item["id"])
        payout = next(one["payoutId"] for one in paid["items"] if one["id"] == item["id"])
        reversal = take_back(world, api, f"/payouts/{payout}")
        do(world.api("second"), f"/payout-reversals/{reversal}/{decision}")
    do(api, f"/payouts/{payout}/reverse", {"reason": "It did come back"})
    write_downs = f"/deals/{world.deal.pk}/write-downs"
    loss = {"fundId": world.fund.pk, "date": EXIT_ON, "amount": 1}
    with two_must_agree(world):
        for decision in ("approve", "reject"):
            asked = api.made(write_downs, loss, status=202)["id"]
            do(world.api("second"), f"/write-downs/{asked}/{decision}")
    api.made(write_downs, loss)
    read_all(
        api,
        path,
        f"{path}/payouts",
        f"/payouts/{payout}",
        write_downs,
        f"/funds/{world.fund.pk}/returns",
        f"/funds/{world.fund.pk}/position",
    )
