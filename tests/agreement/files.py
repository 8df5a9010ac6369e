"""Answers of the API and exported lists, the same rows spelled for machines."""

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from functools import partial

import openpyxl

from tests.agreement.facts import NOW, Said
from tests.agreement.reader import NAMES, Reader, answered

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
        yield Said(call, "called", NOW, one["totalAmount"] - one["waivedAmount"], "API calls")
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


def _as_it_is(about: tuple, row: str) -> tuple:
    """Whatever a row says, it is about this."""
    return about


def portal_files(reader: Reader) -> Iterator[Said]:
    """What each investor takes along: its lists as files."""
    for name, client in reader.investors.items():
        partner = reader.life.partners[name]
        calls, out = reader.part_of(reader.call, partner), reader.part_of(reader.distribution, partner)
        own = {"commitments": partial(_as_it_is, ("partner", partner.pk))}
        for path, about in ({"calls": calls, "distributions": out} | own).items():
            for form, read in (("csv", csv_rows), ("xlsx", xlsx_rows)):
                answer = client.get(f"/portal/{path}/export.{form}")
                assert answer.status_code == 200, (path, form)
                for row in read(b"".join(answer.streaming_content)):
                    row.pop("Commitment")  # its reference
                    if path == "calls":
                        row.pop("Due")
                    yield from exported(row, path, about, f"portal {path}.{form}")


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
