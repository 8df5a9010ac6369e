"""Funds in yen and in dinars: money in, money out, letters, files and the portal, all in the unit of the currency."""

import io
import re
from decimal import Decimal

import openpyxl
import pytest
from django.test import Client

from blackgem.lib.currencies import CURRENCIES
from blackgem.lib.invariants import sweep
from blackgem.lib.money import format_money, unit_of
from capital.models import FundCommitmentCapital
from funds.models import Notice
from funds.services.rendering import make_pdf
from tests.integration.api.conftest import EXIT_ON, PAID_IN_ON
from tests.support.api import problem
from tests.support.recalculated import Recalculated

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.parametrize("world", ["JPY", "KWD"], indirect=True),
]
#: Shares of 5:3:4 of it never come out even.
CALLED = {"JPY": Decimal("100001"), "KWD": Decimal("100000.001")}
EXIT = {"JPY": Decimal("150007"), "KWD": Decimal("150000.007")}
LISTS = ("calls", "distributions", "investors", "transactions")


def test_a_life_in_another_currency(world, trail, exit, tmp_path):
    """Every split adds up in whole units, every page, letter, file and answer is there and says the same."""
    code = world.fund.currency
    unit = unit_of(code)
    call = trail.call(str(CALLED[code]))
    parts = [Decimal(str(item["calledAmount"])) for item in call["items"]]
    assert sum(parts) == CALLED[code]
    assert all(part % unit == 0 for part in parts)
    assert (
        max(abs(part - CALLED[code] * share / 12) for part, share in zip(parts, (5, 3, 4), strict=False))
        < 2 * unit
    )
    paid = {"amount": str(CALLED[code]), "valueDate": "2026-02-20"}
    trail.api.made(f"/capital-calls/{call['id']}/payments", paid)
    trail.api.made(f"/funds/{world.fund.pk}/nav-entries", {"asOf": EXIT_ON, "amount": str(EXIT[code])})
    out = exit.issued(totalAmount=str(EXIT[code]), date="2026-02-21")
    assert sum(Decimal(str(item["grossAmount"])) for item in out["items"]) == EXIT[code]
    exit.pay_out(out, paidDate="2026-02-21")
    assert [one.invariant.name for one in sweep() if one.count] == []
    _answers_have_the_decimals_of(code, world, call, out)
    _pages_are_there(world, call, out)
    _files_have_the_decimals_of(code, world, call, out)
    _the_workbook_agrees(world, out, tmp_path / "check.xlsx")
    for notice in Notice.objects.filter(fund=world.fund):
        assert make_pdf(notice).page_count


def _answers_have_the_decimals_of(code, world, call, out):
    places = {CURRENCIES[code].exponent} - {0}
    paths = (
        f"/funds/{world.fund.pk}",
        f"/funds/{world.fund.pk}/capital",
        f"/funds/{world.fund.pk}/commitments",
        f"/funds/{world.fund.pk}/receipts",
        f"/capital-calls/{call['id']}",
        f"/capital-calls/{call['id']}/payments",
        "/allocations",
        "/capital-transactions",
    )
    for path in paths:
        text = world.api().get(path).content.decode()
        amounts = re.findall(r'"(?!\w*[rR]ate")\w+":-?\d+\.(\d+)[,}]', text)
        assert {len(found) for found in amounts} == places, path


def _pages_are_there(world, call, out):
    manager, lp, fund = _client(world, "manager"), _client(world, "lp"), world.fund
    call_page, out_page = f"/calls/{call['id']}/", f"/distributions/{out['id']}/"
    pages = (
        "/",
        f"/funds/{fund.pk}/",
        f"/funds/{fund.pk}/returns/",
        f"/funds/{fund.pk}/clawback/",
        call_page,
        f"{call_page}items/{call['items'][0]['id']}/",
        out_page,
        f"{out_page}items/{out['items'][0]['id']}/",
        f"/investors/{world.partners[0].investor_id}/",
        f"/investors/{world.partners[0].investor_id}/statement/",
        f"/investors/{world.partners[0].investor_id}/statement.pdf",
        *(f"/{name}/" for name in LISTS),
        "/cash/",
    )
    portal = ("/portal/", "/portal/statement/", "/portal/statement.pdf", "/portal/documents/")
    for person, paths in ((manager, pages), (lp, portal)):
        for path in paths:
            assert person.get(path).status_code == 200, path
    shown = manager.get(call_page).content.decode()
    assert format_money(CALLED[fund.currency], fund.currency) in re.sub(r"</?span[^>]*>", "", shown)


def _files_have_the_decimals_of(code, world, call, out):
    manager, places = _client(world, "manager"), CURRENCIES[code].exponent
    for name in LISTS:
        path = f"/{name}/export"
        text = b"".join(manager.get(f"{path}.csv?fund={world.fund.pk}")).decode("utf-8-sig")
        amounts = re.findall(r"(?<=,)-?\d+\.(\d+)(?=[,\r])", text)
        assert {len(one) for one in amounts} == ({places} - {0}), name
        answer = manager.get(f"{path}.xlsx?fund={world.fund.pk}")
        assert f'filename="{world.fund.code}-' in answer["Content-Disposition"]
        book = openpyxl.load_workbook(io.BytesIO(b"".join(answer)))
        formats = {cell.number_format for row in book.active.iter_rows(min_row=2) for cell in row}
        zeros = f"#,##0.{'0' * places}" if places else "#,##0"
        assert f"{zeros}_);({zeros})" in formats


def _the_workbook_agrees(world, out, path):
    path.write_bytes(_client(world, "manager").get(f"/distributions/{out['id']}/check.xlsx").content)
    assert Recalculated(path).verdict == "OK"


def _client(world, name) -> Client:
    client = Client()
    client.force_login(world.people[name])
    return client


def test_a_stored_amount_that_is_no_money_is_a_fault_of_ours(world, monkeypatch):
    monkeypatch.setattr(FundCommitmentCapital, "committed", property(lambda row: Decimal("0.0001")))
    for path in (f"/funds/{world.fund.pk}", f"/funds/{world.fund.pk}/commitments"):
        problem(world.api().get(path), 500, "internal")
    client = _client(world, "manager")
    client.raise_request_exception = False
    assert client.get(f"/funds/{world.fund.pk}/").status_code == 500


def test_what_is_finer_is_refused_everywhere(world, trail, exit):
    code = world.fund.currency
    finer = str(Decimal(1000) + unit_of(code) / 10)
    wrong = "amount.max_decimal_places"
    problem(trail.api.post("/distributions", exit.body(totalAmount=finer)), 422, wrong)
    deal, fund = world.deal.pk, world.fund.pk
    write_down = {"fundId": fund, "date": PAID_IN_ON, "amount": finer}
    problem(trail.api.post(f"/deals/{deal}/write-downs", write_down), 422, wrong)
    problem(trail.api.post(f"/funds/{fund}/nav-entries", {"asOf": EXIT_ON, "amount": finer}), 422, wrong)
    problem(trail.api.post("/capital-calls", trail.draft_body(totalAmount=finer)), 422, wrong)
    problem(trail.api.patch(f"/funds/{fund}", {"currency": "USD"}), 409, "fund.currency_fixed")
