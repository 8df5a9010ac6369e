"""What is said as of a day: statements, returns, the ledger, and what a liquidation would pay."""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.test import Client

from tests.agreement.facts import NOW, Said
from tests.agreement.ratios import assert_fits, of_returns, stated, told
from tests.agreement.reader import Reader, answered

# ---------------------------------------------------------------- as of a day


def query(reader, day, **more) -> str:
    asked = {**more, **({} if day == NOW else {"as_of": day, "asOf": day})}
    return "&".join(f"{name}={value}" for name, value in asked.items())


def statements(reader: Reader, day) -> Iterator[Said]:
    """A partner's statement, on the manager's screen, in the portal, as a file and from the API."""
    page_day = "" if day == NOW else f"&as_of={day}"
    api_day = "" if day == NOW else f"&asOf={day}"
    for name, partner in reader.life.partners.items():
        own = ("partner", partner.pk)
        number, public_id = (f"commitment={known}{page_day}" for known in (partner.pk, partner.public_id))
        for who, url, where in (
            (reader.manager, f"/investors/{partner.investor_id}/statement/?{number}", "statement"),
            (reader.investors[name], f"/portal/statement/?{public_id}", "portal statement"),
        ):
            figures = reader.page(who, url)
            yield from reader.listed(figures, own, where, place="", day=day)
            yield from stated(figures, own, day, where)
        answer = reader.api(f"/investors/{partner.investor_id}/statement?fundId={reader.fund.pk}{api_day}")
        yield from answered(answer, own, STATEMENT, "API statement", day)
        yield from told(own, answer, day, "API statement")
        assert_fits(answer, day)
        if answer["nav"]:
            yield Said(own, "nav", day, answer["nav"]["amount"], "API statement")


#: A statement's fields and what they are called elsewhere.
STATEMENT = {
    "committed": "committed",
    "called": "called",
    "paid": "paid",
    "outstanding": "outstanding",
    "unfunded": "unfunded",
    "declared": "declared",
    "distributed": "paid out",
    "payable": "payable",
}


def returns(reader: Reader, day) -> Iterator[Said]:
    """What the limited partners got back: together, beside the sum of their statements."""
    lps = ("limited partners", reader.fund.pk)
    figures = reader.page(reader.manager, f"/funds/{reader.fund.pk}/returns/?{query(reader, day)}")
    yield from reader.listed(figures, lps, "returns", place="", day=day)
    yield from of_returns(figures, lps, day)
    answer = reader.api(f"/funds/{reader.fund.pk}/returns" + ("" if day == NOW else f"?asOf={day}"))
    yield from answered(
        answer,
        lps,
        {"committed": "committed", "paidIn": "paid", "distributed": "paid out"},
        "API returns",
        day,
    )
    yield from told(lps, answer, day, "API returns")
    if answer["nav"]:
        yield Said(lps, "nav", day, answer["nav"]["amount"], "API returns")


def ledger(reader: Reader, day) -> Iterator[Said]:
    """The ledger up to the day, added up: what was paid in and paid out, by partner and in all."""
    until = "" if day == NOW else f"&endDate={day}"
    rows = ledger_rows(reader, until)
    for partner in reader.life.partners.values():
        own = [one for one in rows if one["commitmentId"] == partner.pk]
        yield Said(("partner", partner.pk), "paid", day, total(own, "CONTRIBUTION"), "API ledger")
        yield Said(("partner", partner.pk), "paid out", day, -total(own, "DISTRIBUTION"), "API ledger")
    yield Said(("fund", reader.fund.pk), "paid", day, total(rows, "CONTRIBUTION"), "API ledger")
    yield Said(("fund", reader.fund.pk), "paid out", day, -total(rows, "DISTRIBUTION"), "API ledger")
    until = "" if day == NOW else f"&until={day}"
    figures = reader.page(reader.manager, f"/transactions/?fund={reader.fund.pk}{until}")
    for one in figures:
        if one.row == "Contributions" and not one.column:
            yield from reader.said(("fund", reader.fund.pk), "paid", day, one.text, "ledger page")
        if one.row == "Distributions" and not one.column:
            yield from reader.said(("fund", reader.fund.pk), "paid out", day, one.text, "ledger page")


def ledger_rows(reader, until) -> list[dict]:
    rows, total, page = [], 1, 1
    while len(rows) < total:
        answer = reader.api(f"/capital-transactions?fundId={reader.fund.pk}&limit=200&page={page}{until}")
        rows, total, page = rows + answer["transactions"], answer["total"], page + 1
    return rows


def liquidation(reader: Reader, day: date) -> Iterator[Said]:
    """What the preview of a waterfall would pay each partner of all that the fund is worth: the value entered last,
    and what the ledger says has flowed since. Of a fund without deals, where nothing declared waits to be paid."""
    entries = reader.api(f"/funds/{reader.fund.pk}/nav-entries?limit=200")["navEntries"]
    if not entries or reader.fund.distributions.filter(status="sent").exists():
        return
    last = max(entries, key=lambda one: (one["asOf"], one["id"]))
    rows = [one for one in ledger_rows(reader, f"&endDate={day}") if one["date"] > last["asOf"]]
    worth = last["amount"] + sum((one["amount"] for one in rows), Decimal(0))
    if worth <= 0:
        return
    body = {"fundId": reader.fund.pk, "totalAmount": str(worth), "distributionDate": str(day)}
    answer = Client().post(
        "/api/distributions/calculate-waterfall",
        json.dumps(body),
        content_type="application/json",
        HTTP_AUTHORIZATION=f"Bearer {reader.token}",
    )
    assert answer.status_code == 200, answer.content
    items = json.loads(answer.content, parse_float=Decimal, parse_int=Decimal)["items"]
    for item in items:
        partner = next(one for one in reader.life.partners.values() if one.investor_id == item["investorId"])
        own = item["grossAmount"] - item["carriedInterest"]
        yield Said(("partner", partner.pk), "nav", day, own, "preview of a liquidation")


def total(rows, kind) -> Decimal:
    return sum((one["amount"] for one in rows if one["type"] == kind), Decimal(0))
