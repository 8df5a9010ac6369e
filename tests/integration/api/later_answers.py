"""What is asked of defaults, set-offs, closings, transfers, fees, periods and banks: every operation answers."""

from base64 import b64encode
from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from banking.models import BankAccount
from banking.services.accounts import add_bank_account
from banking.services.payments import download_payment_file
from banking.services.reading import read_next
from blackgem.lib.context import WriteContext
from funds.models import Fund
from tests.factories import MembershipFactory, UserFactory, set_by_two
from tests.integration.closings.default_story import DefaultStory
from tests.integration.closings.test_bounced_after_transfer import BOUNCED_ON, bounce
from tests.integration.closings.transfer_story import TransferStory
from tests.integration.fees.story import BEGAN, FeeStory
from tests.support import bank_files
from tests.support.api import Api, problem

from .asking import PAID_ON, do, read_all, read_letters, two_must_agree
from .rows import transferred, verified_details


def default(world, trail):
    """Of three parts: one whose notice is turned down, one by two persons, and one whose interest is passed on."""
    api, second = trail.api, world.api("second")
    ahead = str(date.today() + timedelta(days=30))
    call = trail.call()
    paths = [f"/capital-calls/{call['id']}/items/{one['id']}/defaults" for one in call["items"]]
    body = {"cureBy": ahead, "reason": "Clause 6.6", "rate": "0.1"}
    with two_must_agree(world):
        for decision, path in (("reject", paths[0]), ("approve", paths[1])):
            asked = api.made(path, body, status=202)["id"]
            do(second, f"/defaults/{asked}/{decision}")
        for remedy, decision in (("interest", "reject"), ("shortfall", "reject"), ("shortfall", "approve")):
            more = {"amount": 1} if remedy == "shortfall" else {}
            waits = api.made(f"/defaults/{asked}/{remedy}", {"dueOn": ahead, **more}, status=202)
            do(second, f"/default-remedies/{waits['remedies'][-1]['id']}/{decision}")
    given = api.made(paths[2], body)["id"]
    api.made(f"/defaults/{given}/shortfall", {"dueOn": ahead, "amount": 1}, status=200)
    interest = api.made(f"/defaults/{given}/interest", {"dueOn": ahead}, status=200)["remedies"][-1]
    [item] = api.read(f"/capital-calls/{interest['callId']}/items")
    paid = {"amount": interest["amount"], "itemId": item["id"], "valueDate": str(date.today())}
    api.made(f"/capital-calls/{interest['callId']}/payments", paid)
    api.made(f"/default-remedies/{interest['id']}/pay", {"valueDate": str(date.today())}, status=200)
    read_all(api, f"/funds/{world.fund.pk}/defaults", f"/defaults/{given}")


def lose():
    """In a fund of its own: what moves rows by two, turned down, and at once; a notice that is withdrawn."""
    story = DefaultStory()
    story.call(date(2026, 5, 2), date(2026, 5, 16), ("D2", "3050000.00"))
    api, second = Api.of(story.manager), Api.of(story.second)
    path = f"/defaults/{story.notice().pk}"
    losses = {
        "reduction": {},
        "forfeiture": {"share": "0.5", "reason": "Clause 6.6.4.3"},
        "sale": {"buyerId": story.a.pk, "value": "400000.00"},
    }
    with two_must_agree(story):
        for kind, body in losses.items():
            waits = api.made(f"{path}/{kind}", body, status=202)
            do(second, f"/default-remedies/{waits['remedies'][-1]['id']}/reject")
    for kind, body in losses.items():
        lost = api.made(f"{path}/{kind}", body, status=200)
    assert lost["remedies"][-1]["net"] is not None
    late = story.call(date(2026, 5, 3), date(2026, 5, 17), ("D3", "122000.00"), paid=False)
    items = f"/capital-calls/{late.pk}/items/{late.items.get(commitment=story.b).pk}/defaults"
    given = {"cureBy": str(date.today()), "reason": "Clause 6.6", "rate": "0.1"}
    for decision in ("reject", "approve", None):
        if decision != "approve":
            path = f"/defaults/{api.made(items, given)['id']}/withdraw"
        if decision is None:
            api.made(path, {"reason": "Sent in error"}, status=200)
            continue
        with two_must_agree(story):
            waits = api.made(path, {"reason": "Sent in error"}, status=202)
        do(second, f"/default-withdrawals/{waits['withdrawal']['id']}/{decision}")


def set_off(world, trail, exit):
    api, second, call = trail.api, world.api("second"), trail.call()
    path = f"/distributions/{exit.issued(totalAmount=1000)['id']}/setoffs"
    first, other = ([{"commitmentId": one.pk, "amount": 1}] for one in world.partners[:2])
    body = {"callId": call["id"], "reason": "Clause 14.14"}
    made = api.made(path, {**body, "parts": first})
    with two_must_agree(world):
        for decision in ("reject", "approve"):
            asked = api.made(path, {**body, "parts": other}, status=202)["id"]
            decided = do(second, f"/setoffs/{asked}/{decision}")
        part = f"/setoff-parts/{made['parts'][0]['id']}"
        for decision in ("reject", "approve"):
            waits = api.made(f"{part}/reverse", {"reason": "Not agreed"}, status=202)["parts"][0]["reversal"][
                "id"
            ]
            do(second, f"/setoff-reversals/{waits}/{decision}")
    do(api, f"/setoff-parts/{decided['parts'][0]['id']}/reverse", {"reason": "Not agreed"})
    read_all(api, path, f"/setoffs/{made['id']}")


def close(world, joining):
    api, body = joining.api, joining.body()
    withdrawn = f"/closings/{api.made('/closings', body)['id']}"
    assert api.put(withdrawn, {**body, "rate": "0.09"}).status_code == 200
    do(api, f"{withdrawn}/cancel", {"reason": "Not now"})
    joining.fund.four_eyes = True
    joining.fund.save()
    path = f"/closings/{api.made('/closings', body)['id']}"
    do(api, f"{path}/submit")
    second = world.api("second")
    do(second, f"{path}/send-back", {"reason": "Look again"})
    do(api, f"{path}/submit")
    settled = do(second, f"{path}/settle")
    asked_back = api.made(f"{path}/reverse", {"reason": "Not signed"}, status=202)["reversal"]["id"]
    do(second, f"/closing-reversals/{asked_back}/reject")
    do(api, f"{path}/send-notices")
    read_letters(api, path)
    joining.pay(settled["callId"], "2025-06-15")
    for decision in ("approve", "reject"):
        joining.pay_back(settled)
        payout = f"/refund-payouts/{api.read(f'{path}/refund-payouts')['payouts'][-1]['id']}"
        reversal = api.made(f"{payout}/reverse", {"reason": "It came back"}, status=202)["reversal"]["id"]
        do(second, f"/refund-payout-reversals/{reversal}/{decision}")
    later = f"/closings/{api.made('/closings', joining.body(heldOn='2025-07-01', payOn='2025-07-15'))['id']}"
    do(api, f"{later}/submit")
    do(second, f"{later}/settle")
    asked_back = api.made(f"{later}/reverse", {"reason": "Not signed"}, status=202)["reversal"]["id"]
    do(second, f"/closing-reversals/{asked_back}/approve")
    set_by_two(joining.fund, four_eyes=False)
    do(api, f"{payout}/reverse", {"reason": "It did come back"})
    joining.reversed()
    set_off_refunds(world, joining, settled)
    read_all(api, "/closings", path, f"{path}/figures", f"{path}/refunds", f"{path}/refund-payouts", payout)


def set_off_refunds(world, joining, closing):
    """What came back once more pays a call: at once, and by two persons."""
    api, call = joining.api, joining.call()
    path = f"/closings/{closing['id']}/setoffs"
    refunds = api.read(f"/closings/{closing['id']}/refunds")["refunds"]
    [parts] = [[{"commitmentId": one["commitmentId"], "amount": 1}] for one in refunds if one["outstanding"]]
    body = {"callId": call["id"], "reason": "Clause 6.2", "parts": parts}
    api.made(path, body)
    set_by_two(joining.fund, four_eyes=True)
    api.made(path, body, status=202)
    read_all(api, path)


def transfer(world, api):
    """One at once, one turned down, one approved by the second person."""
    found = transferred(world)
    body = {
        "fundId": found["transfer_fund"],
        "transferorId": found["transferor"],
        "reason": "Sale of the rest",
    }
    body |= {"transfereeId": found["transferee"], "numerator": 1, "denominator": 2, "price": "310000.00"}
    second = world.api("second")
    fund = Fund.objects.get(pk=found["transfer_fund"])
    fund.four_eyes = True
    fund.save()
    for decision in ("reject", "approve"):
        waits = api.made("/transfers", body, status=202)
        do(second, f"/transfers/{waits['id']}/{decision}")
    read_all(api, "/transfers", f"/transfers/{waits['id']}")
    came_back_since()


def came_back_since():
    """What the bank returned of what a transfer had moved: a payment and a payout."""
    story = TransferStory()
    story.call = story.paid_call(date(2026, 2, 16), ("investment", "100000.00", "D1"))
    story.paid_out(date(2026, 8, 31), "60000.00", "D1", recallable=True)
    transfer = story.transfer()
    story.payout_returned(BOUNCED_ON)
    bounce(story)
    read_all(Api.of(story.manager), f"/transfers/{transfer.pk}")


def close_the_books(api):
    """Of a fund in which no money moved: turned down once, closed, and opened again."""
    fund = Fund.objects.get(name="Another Fund")
    root = Api.of(UserFactory(is_superuser=True, is_staff=True))
    for decision in ("reject", "approve"):
        asked = api.made(f"/funds/{fund.pk}/period-closes", {"reason": "Reported"})["id"]
        do(root, f"/period-closes/{asked}/{decision}")
    [_, first] = api.read(f"/funds/{fund.pk}/periods")["periods"][-2:]
    assert (first["lastDay"], first["state"]) == ("2026-03-31", "CLOSED")
    shown = api.read(f"/period-closes/{asked}")
    assert [one["committed"] for one in shown["accounts"]] == [2000, 0]
    locked = api.post(f"/funds/{fund.pk}/nav-entries", {"asOf": "2026-03-31", "amount": 1})
    assert (locked.status_code, locked.json()["code"]) == (409, "period.locked")
    do(root, f"/period-closes/{asked}/reopen", {"reason": "Late papers"})


FEE_LISTS = (
    *("fee-schedules", "fee-letters", "fee-income", "fee-events", "fee-realisations"),
    "fee-runs/next",
)


def events(world):
    """A suspension, its end, and what did not happen: at once, and by two."""
    api, second, path = world.api("manager"), world.api("second"), f"/funds/{world.fund.pk}/fee-events"
    kinds = iter(("suspended", "resumed", "suspended"))
    for day in ("2026-01-01", "2026-01-02"):
        made = api.made(path, body := {"kind": next(kinds), "happenedOn": day})
    with two_must_agree(world):
        body = {"kind": next(kinds), "happenedOn": "2026-01-03"}
        for decision in ("reject", "approve"):
            waits = api.made(path, body, status=202)["id"]
            do(second, f"/fee-events/{waits}/{decision}")
        back = api.made(f"/fee-events/{waits}/take-back", {"reason": "mine"}, status=202)["id"]
        do(second, f"/fee-events/{back}/approve")
    api.made(f"/fee-events/{made['id']}/take-back", {"reason": "mine"})


def charge(world):
    """Everything about a fee at once, and by two: one turned down, one approved."""
    api, second, fund = world.api("manager"), world.api("second"), f"/funds/{world.fund.pk}"
    asks = (
        (f"{fund}/fee-schedules", "fee-schedules", {"effectiveOn": "2026-01-01", "rate": "0.02"}),
        (
            f"/commitments/{world.partners[0].pk}/fee-letters",
            "fee-letters",
            {"effectiveOn": "2026-01-01", "ownRate": "0.0175", "waived": "10.00"},
        ),
        (
            f"{fund}/fee-income",
            "fee-income",
            {"receivedOn": "2026-01-01", "category": "transaction", "amount": 100, "offsetRate": "0.8"},
        ),
        (
            f"{fund}/fee-realisations",
            "fee-realisations",
            {"dealId": world.deal.pk, "soldOn": "2026-01-01", "amount": 100},
        ),
        (f"{fund}/fee-runs", "fee-runs", {"dueOn": "2199-01-01", "waived": 1}),
    )
    events(world)
    for path, kind, body in asks:
        api.made(path, body)
        with two_must_agree(world):
            for decision in ("reject", "approve"):
                waits = api.made(path, body, status=202)["id"]
                do(second, f"/{kind}/{waits}/{decision}")
    read_all(
        api,
        *(f"{fund}/{kind}" for kind in FEE_LISTS),
        "/fee-runs",
        f"/fee-runs/{waits}",
    )
    read_letters(api, f"/fee-runs/{waits}")
    run = api.made(f"{fund}/fee-runs", {"dueOn": "2199-01-01", "paidFrom": "cash"})
    day = {"paidDate": run["approvedAt"][:10]}
    paid = api.made(f"/fee-runs/{run['id']}/payment", day)["payments"][0]["id"]
    do(api, f"/fee-payments/{paid}/reverse", {"reason": "Mistyped", "bounced": False})


def waive(world):
    """In a fund of its own, by two and at once: waived fees that the general partner uses; runs that are cancelled."""
    story = FeeStory()
    owed = story.uses_what_was_waived(BEGAN, "10.00").item
    MembershipFactory(fund=story.fund, user=world.people["second"], role="manager")
    api, second, fund = Api.of(story.manager), world.api("second"), f"/funds/{story.fund.pk}"
    body = {"itemId": owed.pk, "dueOn": "2199-01-01", "amount": 10}
    run = api.made(f"{fund}/fee-runs", {"dueOn": "2199-01-01", "paidFrom": "cash"})["id"]
    with two_must_agree(story):
        for decision in ("reject", "approve"):
            waits = api.made(f"{fund}/waived-fees", body, status=202)["id"]
            do(second, f"/fee-waiver-uses/{waits}/{decision}")
            waits = api.made(f"/fee-runs/{run}/cancel", {"reason": "mine"}, status=202)["id"]
            do(second, f"/fee-cancellations/{waits}/{decision}")
    api.made(f"{fund}/waived-fees", body)
    run = api.made(f"{fund}/fee-runs", {"dueOn": "2199-01-01", "paidFrom": "cash"})["id"]
    api.made(f"/fee-runs/{run}/cancel", {"reason": "mine"})
    read_all(api, f"{fund}/waived-fees")


def bank(world, trail):
    """One wire that is certain, one that somebody else sent, one that is less than owed."""
    api, call = trail.api, trail.call()
    number = api.read(f"/capital-calls/{call['id']}")["callNumber"]
    names = {one.pk: one for one in world.partners}
    items = api.read(f"/capital-calls/{call['id']}/items")
    wires = []
    for n, (item, less, payer) in enumerate(
        zip(items, (0, 0, 100), (None, "Somebody Else", None), strict=True)
    ):
        partner = names[item["commitmentId"]]
        text = f"CC{number}-{partner.reference} capital call"
        amount = Decimal(item["calledAmount"]) - less
        name = payer or partner.investor.name
        wires.append(bank_files.Booking(date.fromisoformat(PAID_ON), amount, f"BANK-{n}", text, name))
    ctx = WriteContext(world.people["manager"], timezone.now())
    add_bank_account(fund_id=world.fund.pk, number=bank_files.NUMBER, ctx=ctx)
    content = bank_files.camt(wires, Decimal("1000.00"))
    body = {"fundId": world.fund.pk, "name": "february.xml", "content": b64encode(content).decode()}
    file = api.made("/bank-statements", body, key="february")
    assert api.made("/bank-statements", body, key="february") == file
    assert file["status"] == "WAITING"
    assert read_next(at=timezone.now())
    read = api.read(f"/bank-statement-files/{file['id']}")
    assert read["status"] == "WHOLE"
    path = f"/bank-statements/{read['statements'][0]['id']}"
    shown = api.read(path)
    assert [one["state"] for one in shown["entries"]] == ["EXACT", "EXACT", "PARTIAL"]
    assert [one["match"]["certain"] for one in shown["entries"]] == [True, False, False]
    assert (shown["certain"], shown["total"]) == (1, 3)
    assert [one["line"] for one in api.read(f"{path}?page=2&limit=2")["entries"]] == [3]
    posted = do(api, f"{path}/post")
    assert [one["amount"] for one in posted["posted"]] == [wires[0].amount]
    assert [one["entryId"] for one in posted["left"]] == [shown["entries"][1]["id"]]
    assert do(api, f"{path}/post")["posted"] == []
    after = api.read(path)["entries"][0]
    assert (after["state"], after["receiptId"]) == ("POSTED", posted["posted"][0]["receiptId"])
    assert api.read(f"/bank-statements?fundId={world.fund.pk}")["total"] == 1
    settle_entries(world, api, [one["id"] for one in shown["entries"]], items)


def settle_entries(world, api, entries, items):
    """What one person sent for another is applied, what is less than owed left aside and taken back; a rule."""
    splits = [{"itemId": items[1]["id"], "amount": items[1]["calledAmount"]}]
    applied = do(api, f"/bank-entries/{entries[1]}/apply", {"splits": splits})
    assert applied["state"] == "POSTED"
    last = f"/bank-entries/{entries[2]}"
    assert do(api, f"{last}/classify", {"entryClass": "OTHER"})["entryClass"] == "OTHER"
    assert do(api, f"{last}/undo")["state"] == "WAITING"
    assert do(api, f"{last}/ignore", {"reason": "Not ours"})["state"] == "IGNORED"
    do(api, f"{last}/undo")
    receipts = f"/funds/{world.fund.pk}/receipts"
    amount = items[2]["calledAmount"] - 100
    typed = api.made(receipts, {"amount": amount, "valueDate": PAID_ON})
    assert do(api, f"{last}/link", {"kind": "RECEIPT", "ids": [typed["id"]]})["receiptId"] == typed["id"]
    rules = f"/funds/{world.fund.pk}/bank-rules"
    rule = do(api, rules, {"side": "OUT", "textHolds": "charge", "entryClass": "BANK_CHARGE"})
    assert api.read(rules)["rules"] == [rule]
    assert do(api, f"/bank-rules/{rule['id']}/retire")["retired"]
    asked = f"first={PAID_ON}&last={PAID_ON}"
    found = api.read(f"/funds/{world.fund.pk}/bank-reconciliation?{asked}")
    assert [len(one["days"]) for one in found["accounts"]] == [1]


def order(world, exit):
    """Payment files of what an exit owes to a partner: turned down, withdrawn, and accepted by the bank."""
    api, second, partner = exit.api, world.api("second"), world.partners[0]
    verified_details(world, partner)
    exit.issued(totalAmount=700)
    payables = api.read(f"/funds/{world.fund.pk}/payables")["payables"]
    owed = [one for one in payables if one["commitmentId"] == partner.pk and not one["whyNot"]][-1:]
    body = {"fundId": world.fund.pk, "accountId": BankAccount.objects.get(fund=world.fund).pk}
    body |= {"format": "PAIN.001.001.09", "payOn": str(date.today() + timedelta(days=2))}
    body |= {"payments": [{"kind": one["kind"], "id": one["id"]} for one in owed]}
    first = api.made("/payment-files", body, key="order")
    assert api.made("/payment-files", body, key="order") == first
    assert (first["state"], first["total"]) == ("WAITING", owed[0]["amount"])
    problem(api.post("/payment-files", body), 409, "payment.in_a_file")
    problem(api.post(f"/payment-files/{first['id']}/approve"), 403, "four_eyes")
    assert do(second, f"/payment-files/{first['id']}/reject")["state"] == "REJECTED"
    path = f"/payment-files/{api.made('/payment-files', body)['id']}"
    assert do(second, f"{path}/approve")["state"] == "APPROVED"
    assert do(api, f"{path}/withdraw", {"reason": "Another day"})["payments"][0]["state"] == "WITHDRAWN"
    last = api.made("/payment-files", body)["id"]
    do(second, f"/payment-files/{last}/approve")
    download_payment_file(payment_file_id=last, ctx=WriteContext(world.people["manager"], timezone.now()))
    report = f"/payment-files/{last}/status-report"
    problem(api.post(report, reported("BG9F9", "ACTC")), 422, "status_report.of_another")
    said = do(api, report, reported(api.read(f"/payment-files/{last}")["messageId"], "PDNG"))
    assert said["state"] == "HANDED_OVER"
    answered = do(api, f"/payment-files/{last}/answer", {"accepted": True})
    assert (answered["state"], answered["payments"][0]["state"]) == ("ACCEPTED", "TO_BE_PAID")
    read_all(api, "/payment-files", f"/payment-files/{last}")


def reported(message_id: str, status: str) -> dict:
    """What a bank reports of a message."""
    return {"content": b64encode(bank_files.pain002(message_id, status)).decode()}
