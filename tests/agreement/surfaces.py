"""Every page, file and answer that shows a figure, and what each of its labels means."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

import openpyxl
from django.test import Client

from tests.agreement.facts import NOW, Said
from tests.agreement.life import Life
from tests.agreement.reading import Figure, amount, page_figures
from tests.support.api import token_of

#: What a label means, wherever it stands. A label that is not here is looked for under its place, in `PLACES`.
WORDS = {
    "committed": ("Commitment", "Commitments", "Committed"),
    "called": ("Called", "Called so far", "Total called", "Called from you"),
    "paid": ("Paid", "Funded", "Total funded", "Paid in"),
    "outstanding": ("Outstanding", "Due", "Still due"),
    "unfunded": ("Unfunded", "Unfunded commitment", "Unfunded commitments", "Not yet called"),
    "paid out": ("Distributed", "Distributed to you", "Paid out", "Distributions", "Paid out to you"),
    "nav": ("Their net asset value, net", "Net asset value, net", "Your net asset value, net"),
    "declared": ("Declared", "Total declared", "Declared to you"),
    "payable": ("Payable", "Payable to you"),
    "gross": ("Gross", "Gross amount"),
    "withheld": ("Withheld", "Tax withheld"),
    "net": ("Net", "Net amount"),
}
NAMES = {label: name for name, labels in WORDS.items() for label in labels}


class Reader:
    """One life, read by its manager and by each of its investors."""

    def __init__(self, life: Life):
        self.life, self.fund = life, life.fund
        self.manager = Client()
        self.manager.force_login(life.manager)
        self.token = token_of(life.manager)
        self.investors = {}
        for name, partner in life.partners.items():
            client = Client()
            client.force_login(partner.investor.contacts.get().user)
            self.investors[name] = client

    def page(self, client, url) -> list[Figure]:
        answer = client.get(url)
        assert answer.status_code == 200, (url, answer.status_code)
        return page_figures(answer.content.decode())

    def api(self, path) -> dict:
        answer = Client().get(f"/api{path}", HTTP_AUTHORIZATION=f"Bearer {self.token}")
        assert answer.status_code == 200, (path, answer.content)
        return json.loads(answer.content, parse_float=Decimal, parse_int=Decimal)

    # ------------------------------------------------------------ what a row is about

    def partner(self, row: str) -> tuple | None:
        """A row of partners: each by its name, or the sum over all."""
        named = next((one for name, one in self.life.partners.items() if row.startswith(name)), None)
        if named:
            return ("partner", named.pk)
        return ("fund", self.fund.pk) if row in ("Total", "All partners") else None

    def call(self, row: str) -> tuple | None:
        found = re.match(r"(?:Capital call|Call) (\d+)", row)
        return ("call", int(found[1])) if found else None

    def distribution(self, row: str) -> tuple | None:
        found = re.match(r"Distribution (\d+)", row)
        return ("distribution", int(found[1])) if found else None

    def deal(self, row: str) -> tuple | None:
        found = re.match(r"Deal (Alpha|Beta)", row)
        return ("deal", found[1]) if found else None

    def part_of(self, about: Callable, partner) -> Callable:
        """Rows of calls or distributions, of which the figures are one partner's part."""

        def part(row):
            whole = about(row)
            return (f"part of {whole[0]}", whole[1], partner.pk) if whole else None

        return part

    # ------------------------------------------------------------ figures of a page

    def listed(self, figures, about, where, *, place=None, day=NOW) -> Iterator[Said]:
        """The lists of terms: each term is a figure of `about`."""
        for one in figures:
            if not one.column and (place is None or one.place == place) and one.row in NAMES:
                yield from self.said(about, NAMES[one.row], day, one.text, where)

    def tabled(self, figures, about: Callable, where, *, place, day=NOW) -> Iterator[Said]:
        """A table: each row is about something, each column a figure of it."""
        for one in figures:
            if one.place == place and one.column in NAMES and (subject := about(one.row)):
                yield from self.said(subject, NAMES[one.column], day, one.text, where)

    def said(self, about, name, day, text, where) -> Iterator[Said]:
        try:
            value = amount(text)
        except ValueError:
            return
        if value is not None:
            yield Said(about, name, day, value, where)


def everything(reader: Reader, days: list[date]) -> Iterator[Said]:
    """All that anybody is told about the life, now and as of the days."""
    for source in (
        manager_pages,
        call_pages,
        distribution_pages,
        investor_pages,
        portal_pages,
        api_answers,
        exports,
    ):
        yield from source(reader)
    for day in [NOW, *days]:
        yield from statements(reader, day)
        yield from returns(reader, day)
        yield from ledger(reader, day)
    if not reader.life.deals:
        yield from liquidation(reader, max(days))


# ---------------------------------------------------------------- the manager's pages


def manager_pages(reader: Reader) -> Iterator[Said]:
    fund = ("fund", reader.fund.pk)
    home = reader.page(reader.manager, "/")
    yield from reader.listed(home, fund, "overview", place="")
    yield from reader.tabled(
        home, lambda row: fund if row.startswith(reader.fund.name) else None, "overview", place="Funds"
    )
    page = reader.page(reader.manager, f"/funds/{reader.fund.pk}/")
    yield from reader.listed(page, fund, "fund page", place="")
    yield from reader.tabled(page, reader.partner, "fund page", place="Investor commitments")
    yield from reader.tabled(page, reader.deal, "fund page", place="Deals")
    yield from reader.tabled(
        page, lambda row: fund if row == "All calls" else None, "fund page", place="Deals"
    )
    for one in reader.fund.allocations.select_related("deal"):
        figures = reader.page(reader.manager, f"/allocations/{one.pk}/")
        yield from reader.listed(figures, reader.deal(one.deal.name), "allocation page", place="")


def call_pages(reader: Reader) -> Iterator[Said]:
    fund = ("fund", reader.fund.pk)
    figures = reader.page(reader.manager, "/calls/")
    yield from reader.listed(figures, fund, "list of calls", place="")
    yield from reader.tabled(figures, reader.call, "list of calls", place="All calls")
    for call in reader.fund.capital_calls.exclude(status__in=("draft", "cancelled")):
        page = reader.page(reader.manager, f"/calls/{call.pk}/")

        def about(row, call=call):
            whole = reader.partner(row)
            if whole is None:
                return None
            return ("call", call.number) if whole[0] == "fund" else ("part of call", call.number, whole[1])

        yield from reader.tabled(page, about, "call page", place="LP payments")
        for item in call.items.all():
            figures = reader.page(reader.manager, f"/calls/{call.pk}/items/{item.pk}/")
            part = ("part of call", call.number, item.commitment_id)
            own = [one for one in figures if one.row not in WORDS["unfunded"]]
            yield from reader.listed(own, part, "item page", place="")
            yield from reader.listed(
                [one for one in figures if one not in own],
                ("partner", item.commitment_id),
                "item page",
                place="",
            )


def distribution_pages(reader: Reader) -> Iterator[Said]:
    fund = ("fund", reader.fund.pk)
    figures = reader.page(reader.manager, "/distributions/")
    yield from reader.listed(figures, fund, "list of distributions", place="")
    yield from reader.tabled(figures, reader.distribution, "list of distributions", place="All distributions")
    for one in reader.fund.distributions.filter(sent_at__isnull=False).exclude(status="cancelled"):
        page = reader.page(reader.manager, f"/distributions/{one.pk}/")
        yield from reader.listed(page, ("distribution", one.number), "distribution page", place="")
        for item in one.items.all():
            part = ("part of distribution", one.number, item.commitment_id)
            row = next(
                name for name, partner in reader.life.partners.items() if partner.pk == item.commitment_id
            )
            yield from reader.tabled(
                page,
                lambda text, row=row, part=part: part if text.startswith(row) else None,
                "distribution page",
                place="LP allocation",
            )
            figures = reader.page(reader.manager, f"/distributions/{one.pk}/items/{item.pk}/")
            yield from reader.listed(figures, part, "paid item page", place="")


def investor_pages(reader: Reader) -> Iterator[Said]:
    figures = reader.page(reader.manager, "/investors/")
    yield from reader.listed(figures, ("fund", reader.fund.pk), "list of investors", place="")
    yield from reader.tabled(figures, reader.partner, "list of investors", place="All investors")
    for partner in reader.life.partners.values():
        page = reader.page(reader.manager, f"/investors/{partner.investor_id}/")
        own = ("partner", partner.pk)
        yield from reader.tabled(
            page,
            lambda row, own=own: own if row.startswith(reader.fund.name) else None,
            "investor page",
            place="Commitments",
        )
        yield from reader.tabled(
            page, reader.part_of(reader.call, partner), "investor page", place="Capital calls"
        )
        yield from reader.tabled(
            page, reader.part_of(reader.distribution, partner), "investor page", place="Distributions"
        )


# ---------------------------------------------------------------- the portal


def portal_pages(reader: Reader) -> Iterator[Said]:
    for name, client in reader.investors.items():
        partner = reader.life.partners[name]
        own, calls, out = (
            ("partner", partner.pk),
            reader.part_of(reader.call, partner),
            reader.part_of(reader.distribution, partner),
        )
        home = reader.page(client, "/portal/")
        yield from reader.listed(home, own, "portal home", place=reader.fund.name)
        yield from reader.tabled(home, calls, "portal home", place="Due from you")
        yield from reader.tabled(
            reader.page(client, "/portal/calls/"), calls, "portal calls", place="Every call to you"
        )
        yield from reader.tabled(
            reader.page(client, "/portal/payments/"), calls, "portal payments", place="Still to be paid"
        )
        yield from reader.tabled(
            reader.page(client, "/portal/distributions/"),
            out,
            "portal distributions",
            place="Every distribution to you",
        )


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
        about = f"fund={reader.fund.pk}&commitment={partner.pk}{page_day}"
        for who, url, where in (
            (reader.manager, f"/investors/{partner.investor_id}/statement/?{about}", "statement"),
            (reader.investors[name], f"/portal/statement/?{about}", "portal statement"),
        ):
            figures = reader.page(who, url)
            yield from reader.listed(figures, own, where, place="", day=day)
        answer = reader.api(f"/investors/{partner.investor_id}/statement?fundId={reader.fund.pk}{api_day}")
        yield from answered(answer, own, STATEMENT, "API statement", day)
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


def answered(answer: dict, about, fields: dict[str, str], where, day=NOW) -> Iterator[Said]:
    for field, name in fields.items():
        if answer.get(field) is not None:
            yield Said(about, name, day, answer[field], where)


def returns(reader: Reader, day) -> Iterator[Said]:
    """What the limited partners got back: together, beside the sum of their statements."""
    lps = ("limited partners", reader.fund.pk)
    figures = reader.page(reader.manager, f"/funds/{reader.fund.pk}/returns/?{query(reader, day)}")
    yield from reader.listed(figures, lps, "returns", place="", day=day)
    answer = reader.api(f"/funds/{reader.fund.pk}/returns" + ("" if day == NOW else f"?asOf={day}"))
    yield from answered(
        answer,
        lps,
        {"committed": "committed", "paidIn": "paid", "distributed": "paid out"},
        "API returns",
        day,
    )
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


# ---------------------------------------------------------------- the API, and files


def api_answers(reader: Reader) -> Iterator[Said]:
    fund = ("fund", reader.fund.pk)
    names = {
        "committed": "committed",
        "called": "called",
        "paid": "paid",
        "outstanding": "outstanding",
        "unfunded": "unfunded",
    }
    for one in reader.api(f"/funds/{reader.fund.pk}/commitments?limit=200")["commitments"]:
        partner = next(p for p in reader.life.partners.values() if str(p.pk) == str(one["id"]))
        yield from answered(
            one,
            ("partner", partner.pk),
            {**names, "amount": "committed", "distributed": "paid out"},
            "API commitments",
        )
    summary = reader.api(f"/capital-calls?fundId={reader.fund.pk}")["summary"]
    fields = {
        "totalCalled": "called",
        "totalFunded": "paid",
        "outstanding": "outstanding",
        "unfundedCommitments": "unfunded",
    }
    yield from answered(summary, fund, fields, "API calls")
    for one in reader.api(f"/capital-calls?fundId={reader.fund.pk}&limit=200")["capitalCalls"]:
        if one["status"] in ("DRAFT", "CANCELLED"):
            continue
        call = ("call", int(one["callNumber"]))
        yield Said(call, "called", NOW, one["totalAmount"], "API calls")
        for item in reader.api(f"/capital-calls/{one['id']}/items"):
            partner = next(p for p in reader.life.partners.values() if p.investor_id == item["investorId"])
            yield from answered(
                item,
                ("part of call", call[1], partner.pk),
                {"calledAmount": "called", "paidAmount": "paid"},
                "API items",
            )
    listed = reader.api(f"/distributions?fundId={reader.fund.pk}&limit=200")
    fields = {"declared": "declared", "paidOut": "paid out", "payable": "payable"}
    yield from answered(listed["summary"], fund, fields, "API distributions")
    for one in listed["distributions"]:
        if one["status"] not in ("SENT", "PAID"):
            continue
        detail = reader.api(f"/distributions/{one['id']}")
        for item in detail["items"]:
            partner = next(p for p in reader.life.partners.values() if p.investor_id == item["investorId"])
            part = ("part of distribution", int(one["distributionNum"]), partner.pk)
            yield from answered(
                item,
                part,
                {"grossAmount": "gross", "withholdingTax": "withheld", "netAmount": "net"},
                "API distribution",
            )


def exports(reader: Reader) -> Iterator[Said]:
    """The lists as files: the same rows, spelled for machines."""
    for path, about in (
        ("calls", reader.call),
        ("distributions", reader.distribution),
        ("investors", reader.partner),
    ):
        for form, read in (("csv", csv_rows), ("xlsx", xlsx_rows)):
            answer = reader.manager.get(f"/{path}/export.{form}?fund={reader.fund.pk}")
            assert answer.status_code == 200, (path, form)
            for row in read(b"".join(answer) if answer.streaming else answer.content):
                yield from exported(row, path, about, f"{path}.{form}")


def csv_rows(content: bytes) -> list[dict]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def xlsx_rows(content: bytes) -> list[dict]:
    rows = openpyxl.load_workbook(io.BytesIO(content), read_only=True).active.iter_rows(values_only=True)
    heads = next(rows)
    return [dict(zip(heads, row, strict=True)) for row in rows]


def exported(row: dict, path, about, where) -> Iterator[Said]:
    if str(row.get("Status", "")).lower() in ("draft", "cancelled", "pending approval"):
        return
    number = row.get("Call") or row.get("Number") or row.get("Distribution") or row.get("Investor") or ""
    name = {"calls": f"Call {number}", "distributions": f"Distribution {number}"}.get(path, str(number))
    subject = about(name)
    for label, value in row.items():
        if subject and label in NAMES and value not in (None, ""):
            with_value = Decimal(str(value))
            yield Said(subject, NAMES[label], NOW, with_value, where)
