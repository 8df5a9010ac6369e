"""Statements on screen, on paper and as files: the same figures, for those whose they are."""

import csv
import io
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from pypdf import PdfReader

from blackgem.lib.pdf import identifier_of
from funds.models import NavEntry
from tests.factories import CommitmentFactory, ContactFactory, FundFactory, UserFactory
from tests.integration.capital.story import Story
from tests.integration.distributions.story import ExitStory
from tests.integration.funds.reading import text_of
from tests.support.opened import written
from tests.support.staging import staged

pytestmark = pytest.mark.django_db
TODAY = date(2027, 7, 15)
NOON = datetime(2027, 7, 15, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def today(monkeypatch):
    """The day on which these stories are read."""
    monkeypatch.setattr("portal.views.statements.timezone.now", lambda: NOON)


@staged
def story():
    story = ExitStory()
    story.pay_out(story.issue_exit())
    return story


@pytest.fixture
def manager(client, story):
    client.force_login(story.manager)
    return client


@pytest.fixture
def investor(client, story):
    """A browser of the first partner's contact."""
    person = UserFactory()
    ContactFactory(investor=story.partners[0].investor, user=person)
    client.force_login(person)
    return client


def words(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def test_a_manager_reads_it_on_screen_on_paper_and_as_files(manager, story):
    partner = story.partners[0]
    base = f"/investors/{partner.investor_id}/statement"
    page = text_of(manager.get(f"{base}/?as_of=2027-07-15"))
    assert "as of Jul 15, 2027" in page
    assert "Opening balance ($57,600.00) $168,000.00 $0.00" in page
    answer = manager.get(f"{base}.pdf?as_of=2027-07-15")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"] == (
        f'inline; filename="{partner.fund.code}-statement-0001-2027-07-15.pdf"'
    )
    assert identifier_of(answer.content) == f"statement commitment={partner.public_id} as_of=2027-07-15"
    printed = words(answer.content)
    assert "Commitment and cash-flow statement" in printed
    for figure in ("$168,000.00", "$225,600.00", "$432,000.00", "DN1-0001", "CC3-0001", "1.34×"):
        assert figure in printed, figure
        assert figure in page, figure
    rows = b"".join(manager.get(f"{base}/export.csv").streaming_content).decode("utf-8-sig")
    table = list(csv.DictReader(io.StringIO(rows)))
    assert [row["Line"] for row in table].count("Payment") == 3
    assert table[-2]["Balance"] == "-57600.00"
    assert (table[-1]["Line"], table[-1]["What"]) == ("Share of NAV", "Fully realised")
    sheet = b"".join(manager.get(f"{base}/export.xlsx").streaming_content)
    assert openpyxl.load_workbook(BytesIO(sheet)).active.max_row == len(table) + 1
    assert manager.get(f"{base}/export.exe").status_code == 404


def test_the_account_over_time_is_drawn_from_the_same_movements(investor, story):
    shown = investor.get("/portal/statement/?as_of=2027-07-15").context
    columns, statement = shown["charts"][0].columns, shown["statement"]
    assert sum(one.paid_in for one in columns) == statement.paid == Decimal("168000.00")
    assert sum(one.paid_out for one in columns) == statement.distributed
    assert columns[-1].net == -statement.balance
    assert (columns[0].label, columns[-1].label, len(columns)) == ("Q4 2025", "Q2 2027", 7)
    assert investor.get("/portal/statement/?as_of=2025-09-30").context["charts"] == ()


def test_the_pdf_is_tagged_titled_and_in_one_language(manager, story):
    partner = story.partners[0]
    content = manager.get(f"/investors/{partner.investor_id}/statement.pdf").content
    document = PdfReader(BytesIO(content))
    assert document.metadata.title.startswith("Commitment and cash-flow statement as of July 15, 2027")
    assert document.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert document.trailer["/Root"]["/Lang"] == "en"
    assert document.outline


def test_an_earlier_day_states_less(manager, story):
    address = f"/investors/{story.partners[0].investor_id}/statement/"
    statement = manager.get(f"{address}?as_of=2026-01-31").context["statement"]
    assert (len(statement.calls), statement.distributed) == (3, 0)
    assert statement.paid == 120_000


@pytest.mark.parametrize(
    ("as_of", "said"),
    [
        ("2026-02-30", "Enter a day of the calendar"),
        ("0000-00-00", "Enter a day of the calendar"),
        ("99999-01-01", "Enter a day of the calendar"),
        ("31/04/2025", "Enter a day of the calendar"),
        ("yesterday", "Enter a day of the calendar"),
        ("", "Enter the day as of which to state"),
        ("2027-07-16", "The date lies in the future"),
        ("2020-01-01", "Nothing was committed before"),
    ],
)
def test_a_day_that_cannot_be_stated_is_refused_beside_its_field(manager, story, as_of, said):
    base = f"/investors/{story.partners[0].investor_id}/statement"
    for address in (f"{base}/", f"{base}.pdf", f"{base}/export.csv"):
        response = manager.get(address, {"as_of": as_of})
        assert response.status_code == 422
        assert response["Content-Type"].startswith("text/html")
        assert said in text_of(response)
        assert 'id="id_as_of_error"' in response.content.decode()
        assert response.context["statement"] is None


def test_an_investor_reads_its_own_and_nobody_elses(investor, story, client):
    mine, other = story.partners[0], story.partners[1]
    for address in ("/portal/statement/", f"/portal/statement/?commitment={mine.public_id}"):
        page = text_of(investor.get(address))
        assert mine.investor.name in page
        assert other.investor.name not in page
        assert "$432,000.00" in page
    assert investor.get("/portal/statement.pdf").status_code == 200
    lines = b"".join(investor.get("/portal/statement/export.xlsx").streaming_content)
    assert lines.startswith(b"PK")
    for address in ("/portal/statement/", "/portal/statement.pdf", "/portal/statement/export.csv"):
        for number in (other.public_id, story.gp.public_id, mine.pk, other.pk, 0, "x", "9" * 30, "1 OR 1=1"):
            assert investor.get(address, {"commitment": number}).status_code == 404, (address, number)
    for who in (mine, other):
        for end in ("/", ".pdf", "/export.csv"):
            assert client.get(f"/investors/{who.investor_id}/statement{end}").status_code == 404


@pytest.mark.parametrize(("currency", "amount"), [("USD", "$1,200.00"), ("JPY", "¥1,200")])
def test_what_is_called_and_not_yet_due_bridges_to_the_unfunded_by_due_date(client, currency, amount):
    """Of 2,000 called in June of two partners, the first owes 1,200 a year later."""
    story = Story(currency=currency, committed=("600000", "400000"))
    story.issued("2000", call_date=date(2026, 6, 1), due_date=TODAY)
    partner = story.partners[0]
    client.force_login(story.manager)
    day = {"as_of": "2026-06-30"}
    base = f"/investors/{partner.investor_id}/statement"
    page, paper = text_of(client.get(f"{base}/", day)), words(client.get(f"{base}.pdf", day).content)
    for said in (page, paper):
        assert f"{amount} " in said
        assert "Called, not yet due" in said
        assert "Unfunded commitment, by due date" in said
    rows = b"".join(client.get(f"{base}/export.csv", day).streaming_content).decode("utf-8-sig")
    [line] = csv.DictReader(io.StringIO(rows))
    assert (line["Due"], Decimal(line["Called, not yet due"])) == ("2027-07-15", 1200)
    answer = client.get(f"/api{base}", {"asOf": "2026-06-30"}).json()
    assert answer["calledNotYetDue"] == answer["unfundedByDueDate"] - answer["unfunded"] == 1200


def test_whoever_stands_for_nobody_is_told_what_will_stand_here(client, story):
    client.force_login(UserFactory())
    response = client.get("/portal/statement/")
    assert response.status_code == 200
    assert "No commitment yet" in text_of(response)
    assert client.get("/portal/statement.pdf").status_code == 200


def test_a_person_of_two_investors_chooses(investor, story):
    person = story.partners[0].investor.contacts.get(user__isnull=False).user
    ContactFactory(investor=story.partners[1].investor, user=person)
    page = investor.get("/portal/statement/", {"commitment": story.partners[1].public_id})
    assert page.context["chosen"] == story.partners[1]
    assert len(page.context["commitments"]) == 2
    assert f"{story.fund.name} · {story.partners[1].investor.name}" in text_of(page)


def test_a_manager_reads_the_funds_it_works_for_only(manager, story):
    partner = story.partners[0]
    elsewhere = CommitmentFactory(fund=FundFactory(name="Elsewhere"), investor=partner.investor)
    address = f"/investors/{partner.investor_id}/statement/"
    assert [one.pk for one in manager.get(address).context["commitments"]] == [partner.pk]
    assert manager.get(address, {"commitment": elsewhere.pk}).status_code == 404
    assert manager.get("/investors/0/statement/").status_code == 404
    manager.logout()
    assert manager.get(address).headers["Location"].startswith("/sign-in/")


def test_the_pages_open_within_few_queries_and_hold_no_inline_code(
    client, story, django_assert_max_num_queries
):
    person = UserFactory()
    ContactFactory(investor=story.partners[0].investor, user=person)
    with written():
        NavEntry.objects.create(
            fund=story.fund,
            as_of=date(2027, 7, 1),
            amount=100_000,
            created_at=NOON,
            created_by=story.manager,
        )
    for who, address in (
        (story.manager, f"/investors/{story.partners[0].investor_id}/statement/"),
        (person, "/portal/statement/"),
    ):
        client.force_login(who)
        # Six more for an investor: its role is set and down, and steps aside for what all partners paid in.
        with django_assert_max_num_queries(10 if who == story.manager else 16):
            response = client.get(address)
        html = response.content.decode()
        assert "TVPI" in html
        assert " style=" not in html
        assert not re.search(r"<script(?![^>]* src=)|\son[a-z]+=\"|javascript:", html)
        assert response["Cache-Control"] == "no-store, private"


def test_names_are_escaped_on_screen_and_on_paper(manager, story):
    investor = story.partners[0].investor
    investor.name = "<script>alert(1)</script> & Söhne"
    investor.save()
    base = f"/investors/{investor.pk}/statement"
    assert "<script>alert" not in manager.get(f"{base}/").content.decode()
    assert "<script>alert(1)</script> & Söhne" in words(manager.get(f"{base}.pdf").content)
