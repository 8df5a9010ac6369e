"""Payment files as readers that are not ours read them: a published schema, and sums worked out from columns."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from lxml import etree

from banking.writers import Order, Payee, Payment, Unwritable, write
from banking.writers.latin import latin

SCHEMA = etree.XMLSchema(etree.parse(str(Path(__file__).parents[1] / "files/schemas/pain.001.001.09.xsd")))
PAIN = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}
IBAN = "DE89370400440532013000"
NACHA = {
    "destination": "021000021",
    "destination_name": "First Bank",
    "origin": "1234567890",
    "company_id": "1234567890",
    "description": "Distrib",
}
TABLE = {
    "columns": [["Beneficiary", "name"], ["Account", "account"], ["Amount", "amount"], ["Day", "pay_on"],
                ["Text", "text"], ["Id", "id"]],
    "delimiter": ";",
    "decimal": ",",
    "date": "DD.MM.YYYY",
}  # fmt: skip


def order(
    *payees,
    amounts=("8000.10",) * 9,
    currency="USD",
    decimals=2,
    layout=None,
    account="4400117730",
    bank="021000021",
):
    payments = tuple(
        Payment(n=n, end_to_end_id=f"BG1F1L{n}", uetr=str(UUID(int=n, version=4)), amount=Decimal(amount), payee=payee,
                text="GRAN Distribution 3 LP07")
        for n, (payee, amount) in enumerate(zip(payees, amounts, strict=False), start=1)
    )  # fmt: skip
    return Order(
        message_id="BG1F1", made_at=datetime(2026, 11, 30, 8, tzinfo=UTC), pay_on=date(2026, 12, 1), currency=currency,
        decimals=decimals, payer="Granite LP", account=account, bank=bank, payments=payments, layout=layout or {},
    )  # fmt: skip


def payee(name="Ann", routing="021000021", **more):
    facts = {"account_number": "000111222", "routing_number": routing, "town": "Zürich", "country": "CH"}
    return Payee(name=name, **facts | more)


def read_pain(content: bytes):
    document = etree.fromstring(content)
    SCHEMA.assertValid(document)
    return document


def codes(form, one) -> set[str]:
    with pytest.raises(Unwritable) as error:
        write(form, one)
    return {fault.code for fault in error.value.faults}


def test_an_ach_file_has_the_control_figures_of_its_entries():
    payees = [payee(routing=one) for one in ("021000021", "011401533", "091000019")]
    lines = write("nacha", order(*payees, layout=NACHA)).decode("ascii").split("\r\n")[:-1]
    assert (len(lines), {len(line) for line in lines}) == (10, {94})
    assert lines[7:] == ["9" * 94] * 3
    batch, end = lines[5], lines[6]
    assert (batch[10:20], end[21:31], end[1:7], end[7:13]) == ("0012340156", "0012340156", "000001", "000001")

    # Companies and people, worked out again from the columns of the entries.
    mixed = [payee(), payee("Bea", "011401533", is_person=True), *payees * 3]
    amounts = [f"{n}.{n:02}" for n in range(1, 12)]
    lines = write("nacha", order(*mixed, amounts=amounts, layout=NACHA)).decode("ascii").splitlines()
    entries = [line for line in lines if line[0] == "6"]
    assert len(lines) % 10 == 0
    assert [line[50:53] for line in lines if line[0] == "5"] == ["CCD", "PPD"]
    controls = [line for line in lines if line[0] in "89"][:3]
    assert (
        sum(int(line[29:39]) for line in entries)
        == int(controls[-1][43:55])
        == sum(Decimal(one) for one in amounts) * 100
    )
    assert sum(int(line[32:44]) for line in controls[:2]) == int(controls[-1][43:55])
    assert sum(int(line[3:11]) for line in entries) % 10**10 == int(controls[-1][21:31])
    assert int(controls[-1][13:21]) == len(entries) == len(mixed)
    assert len({line[79:94] for line in entries}) == len(entries)


def test_an_ach_file_refuses_what_it_cannot_say():
    assert codes("nacha", order(payee(), layout={})) >= {"layout.destination", "layout.origin"}
    assert codes("nacha", order(payee(), currency="EUR", layout=NACHA)) == {"payment.currency"}
    wrong = order(
        payee(routing="021000022"), payee("สมชาย"), payee(account_number="1" * 18), payee(), layout=NACHA,
        amounts=("1", "1", "1", "100000000.00"),
    )  # fmt: skip
    assert codes("nacha", wrong) == {
        "payment.no_bank", "payment.name_not_latin", "payment.account", "payment.too_much",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("currency", "decimals", "amount", "written"),
    [("JPY", 0, "1000", "1000"), ("KWD", 3, "0.125", "0.125"), ("USD", 2, "0.1", "0.10")],
)
def test_an_iso_file_fits_its_schema_in_any_currency(currency, decimals, amount, written):
    one = order(payee("Bo & <Co>", bic="CHASUS33"), amounts=[amount], currency=currency, decimals=decimals)
    document = read_pain(write("pain.001.001.09", one))
    assert document.findtext(".//p:InstdAmt", namespaces=PAIN) == written
    assert document.findtext(".//p:CtrlSum", namespaces=PAIN) == written
    assert document.find(".//p:InstdAmt", PAIN).get("Ccy") == currency
    assert document.findtext(".//p:Cdtr/p:Nm", namespaces=PAIN) == "Bo + Co"
    assert document.findtext(".//p:CdtrAgt//p:BICFI", namespaces=PAIN) == "CHASUS33"


def test_in_euro_an_iban_is_enough_and_elsewhere_a_place_is_needed():
    bare = {"routing": "", "account_number": "", "iban": IBAN, "town": "", "country": ""}
    document = read_pain(
        write("pain.001.001.09", order(payee(**bare), currency="EUR", account=IBAN, bank="COBADEFF"))
    )
    assert document.findtext(".//p:SvcLvl/p:Cd", namespaces=PAIN) == "SEPA"
    assert document.findtext(".//p:CdtrAcct//p:IBAN", namespaces=PAIN) == IBAN
    assert document.find(".//p:CdtrAgt", PAIN) is None
    assert codes("pain.001.001.09", order(payee(**bare), account=IBAN)) == {"payment.no_place"}
    names = order(payee("สมชาย", routing=""), payee("A" * 71), payee(town="東京"))
    assert codes("pain.001.001.09", names) == {
        "payment.name_not_latin", "payment.no_bank", "payment.name_too_long", "payment.no_place",
    }  # fmt: skip


def test_a_table_is_written_as_a_bank_asks_for_it_and_is_no_formula():
    names = ('=HYPERLINK("x")', "+1;2", "@SUM(A1)", "-\tO’Brien\r\nX", 'A "B"; C')
    content = write("csv", order(*[payee(name) for name in names], layout=TABLE))
    rows = list(csv.reader(io.StringIO(content.decode()), delimiter=";"))
    assert rows[0] == ["Beneficiary", "Account", "Amount", "Day", "Text", "Id"]
    assert [row[0] for row in rows[1:]] == ["HYPERLINK( x )", "1 2", "SUM(A1)", "O'Brien X", "A B C"]
    assert {tuple(row[1:4]) for row in rows[1:]} == {("000111222", "8000,10", "01.12.2026")}
    assert len(rows) == len(names) + 1
    assert codes("csv", order(payee(), layout={**TABLE, "columns": [["=x", "name"]]})) == {"layout.invalid"}
    assert codes("csv", order(payee(), layout={})) == {"layout.invalid"}


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Łódź Ærø Straße", "Lodz AEro Strasse"), ("Ⅻ ﬁn", "XII fin"), ("a//b", "a/b"), ("Пётр", None), ("١٢", None),
        ("==", None),
    ],
)  # fmt: skip
def test_names_in_the_letters_that_banks_carry(name, written):
    assert latin(name) == written
