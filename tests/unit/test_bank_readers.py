"""Readers of bank files: what is written is read back; what is broken is refused where it breaks, and nothing else."""

from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banking.readers import Account, Refused, read_statements
from banking.readers.form import LARGEST_FILE
from banking.readers.numbers import for_people
from banking.services.accounts import check_mapping
from blackgem.lib.errors import InvalidInput
from tests.support import bank_files
from tests.support.bank_files import MAPPING, Booking
from tests.support.examples import examples

FILES = Path(__file__).parents[1] / "files" / "bank"
ACCOUNT = Account(id=bank_files.NUMBER, currency="USD", bank="123456780")
EURO = Account(id="DE91000100010000123456", currency="EUR")
DAY = date(2026, 3, 2)

words = st.text(alphabet="ABCDEFGHIJ KLMNOPQRSTUVWXYZ0123456789", max_size=90).map(
    lambda text: " ".join(text.split())
)
bookings = st.lists(
    st.builds(
        Booking,
        day=st.just(DAY),
        amount=st.integers(-(10**12), 10**12).filter(bool).map(lambda cents: Decimal(cents) / 100),
        reference=st.integers(1, 10**9).map(lambda number: f"W{number}"),
        text=words.filter(bool),
        name=words.map(lambda text: text[:20].strip()),
    ),
    min_size=1,
    max_size=6,
)


def read(data, mapping=None, accounts=(ACCOUNT, EURO)):
    return read_statements(data, accounts=accounts, account=ACCOUNT.id if mapping else None, mapping=mapping)


def refused(data, mapping=None, accounts=(ACCOUNT, EURO)):
    """Code and line of the first refusal."""
    try:
        found = read(data, mapping, accounts)
    except Refused as refusal:
        return refusal.code, refusal.line
    assert not found.statements
    return found.refusals[0].code, found.refusals[0].line


def sample(name, *changes):
    data = (FILES / name).read_bytes()
    for before, after in changes:
        assert before in data
        data = data.replace(before, after, 1)
    return data


def line_of(data, part):
    return data[: data.index(part)].count(b"\n") + 1


@examples(60)
@given(bookings, st.integers(-(10**9), 10**9), st.booleans())
def test_what_is_written_in_any_format_is_read_back(rows, cents, newest_first):
    opening = Decimal(cents) / 100
    written = [
        (bank_files.camt(rows, opening), None),
        (bank_files.mt940(rows, opening), None),
        (bank_files.bai2(rows, opening), None),
        (bank_files.ofx(rows, opening), None),
        (bank_files.table(rows, opening, newest_first=newest_first), MAPPING),
    ]
    for place, (data, mapping) in enumerate(written):
        (statement,) = read(data, mapping).statements
        entries = statement.entries[::-1] if mapping and newest_first else statement.entries
        assert statement.closing.amount == bank_files.closing_of(opening, rows)
        assert [(one.booking_date, one.amount, one.reference) for one in entries] == [
            (row.day, row.amount, row.reference) for row in rows
        ]
        # MT940 cuts where a space may be lost; BAI2 has no field for a name.
        assert ["".join(one.text.split()) for one in entries] == ["".join(row.text.split()) for row in rows]
        if place != 2:
            assert [one.name or "" for one in entries] == [row.name for row in rows]


@examples(150)
@given(
    st.sampled_from(sorted(path.name for path in FILES.iterdir() if path.suffix != ".json")),
    st.lists(
        st.tuples(st.floats(0, 0.999), st.integers(0, 40), st.binary(max_size=6)), min_size=1, max_size=4
    ),
)
def test_a_damaged_file_is_read_or_refused_and_never_breaks_a_reader(name, damages):
    data = (FILES / name).read_bytes()
    for place, length, other in damages:
        at = int(place * len(data))
        data = data[:at] + other + data[at + length :]
    statements = []
    with suppress(Refused):
        statements = read_statements(data, mapping=MAPPING if name.endswith("csv") else None).statements
    for statement in statements:
        if statement.balance == "proved":
            booked = sum((one.amount for one in statement.entries if one.status == "booked"), Decimal(0))
            assert statement.opening.amount + booked == statement.closing.amount


CAMT, MT940, BAI2 = "camt053-08-demo-batch.xml", "mt940-demo-structured.sta", "bai2-demo.bai"
PAGES, OFX1, FLIPPED = "mt940-demo-pages-free.sta", "ofx1-demo.ofx", "camt053-02-reversal-flipped.xml"
NOT_THERE = (
    (MT940, (b":62F:C260303USD87250,00\r\n", b""), "statement.closing_missing"),
    (MT940, (b":60F:C260302USD71250,00\r\n", b""), "statement.opening_missing"),
    (PAGES, (b":62F:", b":62M:"), "statement.page"),
    (CAMT, (b"<Cd>CLBD</Cd>", b"<Cd>CLAV</Cd>"), "statement.closing_missing"),
    (CAMT, (b"<Cd>OPBD</Cd>", b"<Cd>OPAV</Cd>"), "statement.opening_missing"),
    (BAI2, (b"USD,010,", b"USD,040,"), "statement.opening_missing"),
    (BAI2, (b"99,19472500,1,13/", b""), "bai2.count"),
    (OFX1, (b"LEDGERBAL", b"AVAILBAL"), "statement.closing_missing"),
)


@pytest.mark.parametrize(("name", "change", "code"), NOT_THERE)
def test_what_is_missing_is_reported_at_the_last_line(name, change, code):
    data = sample(name, change)
    assert refused(data) == (code, data.rstrip().count(b"\n") + 1)


BROKEN = (
    (MT940, b"C2000,00NTRF1498", b"C20.00,00NTRF1498", "entry.amount"),
    (MT940, b"2603030303C2000", b"2602300303C2000", "entry.date"),
    (MT940, b"2603030303C2000", b"2603030303X2000", "entry.direction"),
    (MT940, b"C2000,00NTRF1498", b"C2000,00!498", "mt940.field"),
    (MT940, b":62F:C260303USD", b":62F:C260303EUR", "entry.currency"),
    (MT940, b":62F:C260303USD87250,00", b":62F:C260303USD87250,01", "statement.balance"),
    (PAGES, b":60M:C260304USD77250,00", b":60M:C260304USD77250,01", "statement.page"),
    (BAI2, b"49,19472500,9/", b"49,19472501,9/", "bai2.control_total"),
    (BAI2, b"98,19472500,1,11/", b"98,19472500,2,11/", "bai2.count"),
    (BAI2, b"16,698,2500,Z", b"16,798,2500,Z", "entry.direction"),
    (CAMT, b'<Amt Ccy="USD">6400.00', b'<Amt Ccy="USD">6400,00', "entry.amount"),
    (CAMT, b'<Amt Ccy="USD">6400.00', b'<Amt Ccy="EUR">6400.00', "entry.currency"),
    (CAMT, b'<Amt Ccy="USD">6400.00', b'<Amt Ccy="USD">6400.001', "entry.amount"),
    (CAMT, b"2026-03-05T23:30:00-05:00", b"2026-02-30T23:30:00-05:00", "entry.date"),
    (CAMT, b"camt.053.001.08", b"camt.053.001.05", "xml.version"),
    (CAMT, b"camt.053.001.08", b"camt.052.001.08", "xml.message"),
    (CAMT, b"<Document ", b"<!DOCTYPE d [<!ENTITY a 'b'>]>\n<Document ", "xml.doctype"),
    (CAMT, b"Larkspur Search", b"Larkspur \xff Search", "file.encoding"),
    (CAMT, b"</GrpHdr>", b"</GrpHd>", "xml.malformed"),
    (OFX1, b"<TRNAMT>-25.00", b"<TRNAMT>-25,000", "entry.amount"),
    (OFX1, b"<TRNAMT>-25.00", b"<TRNAMT>NaN", "entry.amount"),
)


@pytest.mark.parametrize(("name", "before", "after", "code"), BROKEN)
def test_what_is_broken_is_reported_on_its_line(name, before, after, code):
    data = sample(name, (before, after))
    found, line = refused(data)
    assert found == code
    place = line_of(data, b"<Document" if code in ("xml.version", "xml.message") else after)
    assert line == (line_of(data, b"<!DOCTYPE") if code == "xml.doctype" else place)


def test_a_table_is_refused_at_its_cell():
    table = bank_files.table([Booking(DAY, Decimal("6000.00"), "W1", "CC3-0003")], Decimal("1.00"))
    for before, after, code, column in (
        (b"6.000,00;", b"60.00,00;", "entry.amount", 6),
        (b"6.000,00;", b"6.000,005;", "entry.amount", 6),
        (b"02.03.2026;", b"31.02.2026;", "entry.date", 1),
        (b"6.001,00", b"6.001,01;", "csv.cells", 8),
        (b"Amount", b"Amounts", "csv.header", None),
    ):
        with pytest.raises(Refused) as error:
            read(table.replace(before, after, 1), MAPPING)
        assert (error.value.code, error.value.column) == (code, column)
    rows = [Booking(DAY, Decimal(day), f"W{day}", "x") for day in (1, 2, 3)]
    broken = bank_files.table(rows, Decimal(0)).replace(b"2,00;3,00", b"2,00;4,00")
    with pytest.raises(Refused) as error:
        read(broken, MAPPING)
    assert (error.value.code, error.value.line, error.value.element) == ("statement.balance", 3, "Balance")


@pytest.mark.parametrize(
    ("form", "text", "day"),
    [
        ("D.M.YY", "2.3.26", DAY),
        ("D. M. YYYY", "02. 3. 2026", DAY),
        ("YYYYMMDD", "20260302", DAY),
        ("DDMM.YYYY", "203.2026", date(2026, 3, 20)),
        ("DDMM.YYYY", "23.2026", DAY),
        ("DDMMYYYY", "232026", None),
        ("YYYY(MM)DD", "2026(03)02", DAY),
        ("YYYY(MM)DD", "2026 03 02", None),
        ("YYYY-MM-DD", "2026-03-02 ", DAY),
        ("YYYY-MM-DD", "2026-03-021", None),
        ("YYYY-MM-DD", "2026-03-0٢", None),
        ("YY-MM-DD-YY", "26-03-02-26", None),
    ],
)
def test_a_day_of_a_table_is_written_as_its_form_says(form, text, day):
    table = bank_files.table([Booking(DAY, Decimal(1), "W1", "x")], Decimal(0))
    data = table.replace(b"02.03.2026", text.encode())
    if day is None:
        assert refused(data, {**MAPPING, "date": form}) == ("entry.date", 2)
    else:
        (statement,) = read(data, {**MAPPING, "date": form}).statements
        assert statement.first_day == day


@pytest.mark.parametrize("form", ["YY-MM-DD-YY", "M/D/YYYY/M", "D.D.YYYY.M", "YYY-MM-DD", "YYYY-MM"])
def test_a_form_of_days_names_each_part_once(form):
    check_mapping({**MAPPING, "date": "D. M. YYYY"})
    with pytest.raises(InvalidInput):
        check_mapping({**MAPPING, "date": form})


@pytest.mark.parametrize(
    ("text", "mark", "amount"),
    [
        ("1,234.5", ".", "1234.50"),
        ("(1,234.50)", ".", "-1234.50"),
        ("-$5", ".", "-5.00"),
        ("1.234,56-", ",", "-1234.56"),
        ("1 234,56 €", ",", "1234.56"),
        ("+US$ 5 US$", ".", "5.00"),
        ("USD 5-", ".", "-5.00"),
        ("$$5", ".", None),
        (".", ".", None),
        ("1.٣", ".", None),
        (".50", ".", "0.50"),
        ("1,23.00", ".", None),
        ("1.234,56", ".", None),
        ("1,234,56", ",", None),
        ("1'234,567.00", ".", None),
        ("--5", ".", None),
        ("1e3", ".", None),
        ("٣", ".", None),
        ("NaN", ".", None),
        ("10000000000000", ".", None),
    ],
)
def test_an_amount_of_a_table_has_one_reading_or_none(text, mark, amount):
    assert for_people(text, "USD", mark) == (None if amount is None else Decimal(amount))


def test_units_of_a_currency_bound_its_amounts():
    assert for_people("1,000.5", "JPY", ".") is None
    assert for_people("1,000.00", "JPY", ".") == Decimal(1000)
    data = sample(BAI2).replace(b"USD", b"JPY")
    (statement,) = read(data, accounts=[Account(id=ACCOUNT.id, currency="JPY")]).statements
    assert statement.closing.amount == Decimal(8862500)


def test_a_statement_of_another_account_leaves_the_others():
    both = sample(MT940) + b"\r\n" + sample("mt940-eur-year-end.sta")
    found = read(both, accounts=[EURO])
    assert [statement.account_id for statement in found.statements] == [EURO.id]
    assert [(one.code, one.line) for one in found.refusals] == [("statement.account", 2)]
    assert refused(sample(MT940), accounts=[Account(id=ACCOUNT.id, currency="EUR")]) == ("entry.currency", 4)


@pytest.mark.parametrize(
    ("change", "reading"),
    [
        ((b"2575.25", b"2575.25"), "flipped"),
        ((b"<RvslInd>true</RvslInd>", b""), None),
    ],
)
def test_a_reversal_is_read_as_the_balances_demand(change, reading):
    if reading is None:
        assert refused(sample(FLIPPED, change), accounts=None)[0] == "statement.balance"
    else:
        assert read(sample(FLIPPED, change), accounts=None).statements[0].reversal_reading == reading


def test_two_readings_that_both_balance_are_undecided():
    """A debit taken back and a credit of the same amount taken back: either reading gives the same sum."""
    data = sample(FLIPPED, (b"2575.25", b"3395.25"))
    for before, after in ((b"180.00", b"1000.00"), (b"2500.00", b"3320.00")):
        data = data.replace(before, after)
    (statement,) = read(data, accounts=None).statements
    assert statement.reversal_reading == "undecided"
    assert [one.amount for one in statement.entries if one.reversal] == [Decimal(-1000), Decimal(1000)]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file.empty"),
        (b"\xef\xbb\xbf \r\n", "file.empty"),
        (b"PK\x03\x04statement.xml", "file.archive"),
        (b"\x1f\x8b\x08statement.xml", "file.archive"),
        (b"%PDF-1.7", "file.format"),
        (b"<!DOCTYPE html><html></html>", "file.format"),
        (b"<?xml version='1.0'?><note/>", "file.format"),
        (b"x" * (LARGEST_FILE + 1), "file.too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_statement_is_refused_by_how_it_begins(data, code):
    assert refused(data)[0] == code


def test_characters_that_nobody_sees_are_taken_out_and_it_is_said():
    hidden = "CC3-00\u200b07\u202e".encode()
    (statement,) = read(sample(CAMT, (b"<Ustrd>CC3-0007", b"<Ustrd>" + hidden))).statements
    assert (statement.entries[0].text, statement.entries[0].cleaned) == ("CC3-0007", True)
    assert not statement.entries[1].cleaned


def test_texts_of_other_banks_are_understood():
    details = (
        (
            b"/TRTP/SEPA OVERBOEKING/IBAN/NL45DEMO0987654321/BIC/DEMONL2A/NAME/Lotte V/REMI/CC3-0003 / 2/EREF/X1",
            "X1",
        ),
        (b"/EREF/X1//CNTP/NL45DEMO0987654321/DEMONL2A/Lotte V///REMI/USTD//CC3-0003 / 2/", "X1"),
    )
    for text, end_to_end_id in details:
        change = (b":86:CC3-0003\n", b":86:" + text + b"\n")
        data = sample("refused-mt940-closing.sta", change, (b"83250", b"71250"))
        entry = read(data).statements[0].entries[0]
        assert (entry.name, entry.account, entry.text) == ("Lotte V", "NL45DEMO0987654321", "CC3-0003 / 2")
        assert entry.end_to_end_id == end_to_end_id
