"""The ledger's page and files: narrowed, summed, sorted, and the same rows in each."""

import csv
import io
import re
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse

from capital.models import CapitalCallLine, FundCommitmentCapital
from funds.models import CapitalTransaction
from funds.queries.ledger import PURPOSES
from tests.factories import CommitmentFactory, FundFactory, UserFactory
from tests.integration.capital.story import Story
from tests.integration.distributions.story import ExitStory
from tests.support.pages import text_of
from tests.support.staging import staged

pytestmark = pytest.mark.django_db
LIST = "/transactions/"


@staged
def story():
    story = ExitStory()
    story.pay_out(story.issue_exit())
    return story


@pytest.fixture
def manager(client, story):
    client.force_login(story.manager)
    return client


def exported(client, query="") -> list[dict]:
    answer = client.get(f"{reverse('dashboard:transaction_export', args=['csv'])}{query}")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


def test_the_sums_are_those_of_the_roll_up(manager, story):
    total = manager.get(LIST).context["totals"]
    partners = FundCommitmentCapital.objects.get(pk=story.fund.pk)
    assert [(one.currency, one.contributed, one.distributed) for one in total] == [
        ("USD", partners.paid, partners.distributed)
    ]
    assert (total[0].other, total[0].net) == (0, partners.paid - partners.distributed)
    page = text_of(manager.get(LIST))
    assert "Contributions $350,000.00 Paid in by partners" in page
    assert "Distributions $500,000.00" in page
    assert "Net effect ($150,000.00)" in page


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?type=CONTRIBUTION",
        "?type=DISTRIBUTION&sort=-amount",
        "?type=MANAGEMENT_FEE",
        "?since=2026-01-15&until=2026-03-01",
        "?until=2025-10-01&sort=investor",
        "?investor={investor}",
        "?fund={fund}&investor={investor}&since=2027-06-30&sort=date",
    ],
)
def test_page_and_files_hold_the_same_rows_in_the_same_order(manager, story, query):
    query = query.format(fund=story.fund.pk, investor=story.partners[1].investor_id)
    page = manager.get(f"{LIST}{query}")
    assert page.status_code == 200
    shown = [row.pk for row in page.context["listing"].page]
    rows = exported(manager, query)
    assert [int(row["Ledger row"]) for row in rows] == shown
    sheet = manager.get(f"{reverse('dashboard:transaction_export', args=['xlsx'])}{query}")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(sheet.streaming_content)))
    assert [row[-1] for row in book.active.iter_rows(min_row=2, values_only=True)] == shown
    sums = page.context["totals"]
    for column, name in (
        ("Contribution", "contributed"),
        ("Distribution", "distributed"),
        ("Net effect", "net"),
    ):
        total = sum(Decimal(row[column] or 0) for row in rows)
        assert total == sum(getattr(one, name) for one in sums), column


def test_what_was_reversed_stands_twice_and_adds_up_to_nothing(manager, story):
    payout = story.fund.distributions.get().payouts.order_by("pk").first()
    story.take_back(payout)
    query = f"?type=DISTRIBUTION&investor={payout.commitment.investor_id}"
    assert [row["Description"] for row in exported(manager, query)] == [
        "Distribution #1 (reversed)",
        "Distribution #1",
    ]
    assert manager.get(f"{LIST}{query}").context["totals"][0].distributed == 0


def test_no_cell_is_a_formula_and_no_name_is_markup(manager, story):
    investor = story.partners[0].investor
    investor.name = '=HYPERLINK("http://x","y")'
    investor.save()
    names = {row["Investor"] for row in exported(manager)}
    assert '\'=HYPERLINK("http://x","y")' in names
    assert not any(name.startswith(("=", "+", "-", "@")) for name in names)
    sheet = manager.get(reverse("dashboard:transaction_export", args=["xlsx"]))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(sheet.streaming_content)))
    assert {cell.data_type for row in book.active for cell in row} <= {"s", "n", "d"}
    investor.name = '"><img src=x onerror=alert(1)>'
    investor.save()
    assert "<img src=x" not in manager.get(LIST).content.decode()


def test_the_list_is_paged_in_sql_and_opens_within_ten_queries(
    manager, story, django_assert_max_num_queries, monkeypatch
):
    monkeypatch.setattr("funds.queries.ledger.TRANSACTIONS_PER_PAGE", 5)
    with django_assert_max_num_queries(10) as counted:
        response = manager.get(f"{LIST}?page=2")
    page = response.context["listing"].page
    assert (page.number, len(page.object_list)) == (2, 5)
    assert page.paginator.count == CapitalTransaction.objects.count()
    assert any("LIMIT 5 OFFSET 5" in query["sql"] for query in counted.captured_queries)
    assert "All pages" in text_of(response)
    html = response.content.decode()
    assert " style=" not in html
    assert not re.search(r"<script(?![^>]* src=)|\son[a-z]+=\"|javascript:", html)


def test_amounts_of_two_currencies_are_never_added(manager, story):
    other = Story()
    other.manager, other.fund = story.manager, FundFactory(manager=story.manager, currency="EUR")
    CommitmentFactory(fund=other.fund)
    call = other.issued("1000.00")
    other.pay(call, "1000.00")
    totals = {one.currency: one.contributed for one in manager.get(LIST).context["totals"]}
    assert totals == {"EUR": Decimal("1000.00"), "USD": Decimal("350000.00")}
    assert "Total in EUR" in text_of(manager.get(LIST))


@pytest.mark.parametrize(
    "query",
    [
        "type=THEFT",
        "since=2026-02-30",
        "since=31/04/2026",
        "fund=9223372036854775808",
        "investor=0",
        "sort=password",
        "sort=--date",
    ],
)
def test_what_cannot_be_read_is_refused_on_the_page_and_in_the_file(manager, story, query):
    assert manager.get(f"{LIST}?{query}").status_code == 400
    assert manager.get(f"{reverse('dashboard:transaction_export', args=['csv'])}?{query}").status_code in (
        400,
        422,
    )


def test_a_ledger_is_for_those_who_work_for_the_fund(client, story):
    stranger = UserFactory()
    FundFactory(manager=stranger)
    client.force_login(stranger)
    assert list(client.get(LIST).context["listing"].page) == []
    assert "No money has moved yet" in text_of(client.get(LIST))
    assert exported(client) == []
    assert client.get(f"{LIST}?fund={story.fund.pk}").status_code == 400
    assert client.get(f"{LIST}?investor={story.partners[0].investor_id}").status_code == 400
    assert client.get(reverse("dashboard:transaction_export", args=["exe"])).status_code == 404
    client.logout()
    for address in (LIST, reverse("dashboard:transaction_export", args=["csv"])):
        assert client.get(address).headers["Location"].startswith("/sign-in/")


def test_it_is_in_the_navigation_and_says_when_nothing_matches(manager, story):
    assert f'href="{LIST}" aria-current="page"' in manager.get(LIST).content.decode()
    nothing = manager.get(f"{LIST}?since={date(2050, 1, 1)}")
    assert "No transaction matches" in text_of(nothing)


def test_the_words_for_purposes_are_those_of_the_calls():
    assert dict(CapitalCallLine.Kind.choices) == PURPOSES


# ---------------------------------------------------------------- investors, as a file


def test_the_investors_file_holds_what_the_list_holds(manager, story):
    investor = story.partners[0].investor
    investor.name = "=1+1"
    investor.save()
    for query in ("", "?sort=-distributed", f"?q={story.partners[1].investor.name}", "?q=nobody"):
        page = manager.get(f"/investors/{query}").context["listing"].page.object_list
        answer = manager.get(f"{reverse('dashboard:investor_export', args=['csv'])}{query}")
        rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
        assert [row["Investor"].lstrip("'") for row in rows] == [one.name for one in page]
        for row, one in zip(rows, page, strict=True):
            assert Decimal(row["Distributed"]) == one.distributed
            assert Decimal(row["Unfunded"]) == one.unfunded
    sheet = manager.get(reverse("dashboard:investor_export", args=["xlsx"]))
    assert b"".join(sheet.streaming_content).startswith(b"PK")
    assert manager.get(reverse("dashboard:investor_export", args=["pdf"])).status_code == 404


def test_an_investors_page_shows_what_it_paid_and_got_and_its_multiples(
    manager, story, django_assert_max_num_queries
):
    partner = story.partners[0]
    with django_assert_max_num_queries(10):
        response = manager.get(f"/investors/{partner.investor_id}/")
    page = text_of(response)
    paid = sum(one.amount for one in response.context["payments"])
    assert (len(response.context["payments"]), paid) == (3, Decimal("168000.00"))
    assert "Capital Call #3 payment" in page
    assert "Distribution 1Exit proceeds" in page
    assert response.context["commitments"][0].multiples.dpi == Decimal("1.342857")
    assert "PIC0.28× DPI1.34×" in page
