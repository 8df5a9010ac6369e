"""Exports: text that cannot turn into a formula, numbers that stay numbers."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blackgem.lib import export
from blackgem.lib.export import Column, Kind, safe_text, write_csv, write_xlsx
from blackgem.lib.money import MoneyError

COLUMNS = [
    Column("Investor", width=30),
    Column("Paid", Kind.MONEY),
    Column("Share", Kind.RATE),
    Column("Calls", Kind.INTEGER),
    Column("Due", Kind.DATE),
]
ROWS = [
    ("John Anderson", Decimal("8000"), Decimal("0.08"), 3, date(2026, 3, 1)),
    ("=cmd|' /C calc'!A1", Decimal("-5.00"), None, 0, None),
]
AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def csv_text(rows, **options) -> str:
    return b"".join(write_csv(COLUMNS, rows, **options)).decode()


def xlsx_sheets(rows) -> list[list[tuple]]:
    book = openpyxl.load_workbook(io.BytesIO(b"".join(write_xlsx(COLUMNS, rows, sheet="Payments", at=AT))))
    return [list(page.iter_rows(values_only=True)) for page in book.worksheets]


@pytest.mark.parametrize(
    "text",
    [
        "=cmd|' /C calc'!A1",
        "+1",
        "-1+1",
        "@SUM(1)",
        "\t=1",
        "\r=1",
        "\n=1",
        ";=1",
        '"=1',
        "  =1",
        "＝1",
        "|x",
        "%x",
    ],
)
def test_dangerous_text_gets_an_apostrophe(text):
    assert safe_text(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Acme Ventures", "A-1", "1,000", "Smith & Sons", "'quoted'"])
def test_other_text_is_left_alone(text):
    assert safe_text(text) == text


def test_csv():
    assert csv_text(ROWS).splitlines() == [
        '"Investor","Paid","Share","Calls","Due"',
        '"John Anderson",8000.00,0.08,3,"2026-03-01"',
        '"\'=cmd|\' /C calc\'!A1",-5.00,"",0,""',
    ]
    assert csv_text([], bom=True).startswith("\ufeff")


def test_csv_comes_in_chunks(monkeypatch):
    monkeypatch.setattr(export, "ROWS_PER_CHUNK", 2)
    chunks = list(write_csv([Column("Number", Kind.INTEGER)], ([n] for n in range(5))))
    assert [chunk.count(b"\r\n") for chunk in chunks] == [3, 2, 1]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")))
def test_any_text_survives_csv(text):
    rows = list(csv.reader(io.StringIO(csv_text([(text, None, None, None, None)]), newline="")))
    assert rows[1][0] == safe_text(text)


def test_xlsx():
    (rows,) = xlsx_sheets(ROWS)
    assert rows[0] == ("Investor", "Paid", "Share", "Calls", "Due")
    assert rows[1] == ("John Anderson", 8000, 0.08, 3, datetime(2026, 3, 1))
    assert rows[2] == ("'=cmd|' /C calc'!A1", -5, None, 0, None)


@given(st.lists(st.integers(-(10**15) + 1, 10**15 - 1).map(lambda n: Decimal(n).scaleb(-2)), max_size=20))
def test_every_cent_survives_xlsx(amounts):
    (rows,) = xlsx_sheets([("x", amount, None, None, None) for amount in amounts])
    assert [Decimal(str(row[1])) for row in rows[1:]] == amounts


def test_a_long_export_runs_on_over_further_sheets(monkeypatch):
    monkeypatch.setattr(export, "ROWS_PER_SHEET", 3)
    sheets = xlsx_sheets(ROWS[:1] * 5)
    assert [len(rows) for rows in sheets] == [3, 3, 2]
    assert sheets[2][0] == ("Investor", "Paid", "Share", "Calls", "Due")


def test_half_cents_are_refused():
    row = ("x", Decimal("0.005"), None, None, None)
    with pytest.raises(MoneyError):
        csv_text([row])
    with pytest.raises(MoneyError):
        xlsx_sheets([row])
