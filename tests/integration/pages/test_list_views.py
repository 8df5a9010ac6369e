"""What every list of managers does beside its rows: columns, chips, kept views, the file of exactly what is shown."""

import csv
from decimal import Decimal
from io import StringIO
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from blackgem.lib.lists import as_file, kind_of
from blackgem.models import SavedView
from blackgem.saved_views import MOST
from capital.queries import calls, cash, open_items
from dashboard.queries import deals, funds, investors, letter_work, trail
from dashboard.queries.transactions import TRANSACTIONS
from distributions.queries import distributions
from funds.queries import ledger, questions
from tests.factories import UserFactory
from tests.support.staging import staged

from ..capital.story import Story
from .test_lists import LISTS

pytestmark = pytest.mark.django_db
CALLS = "capital:call_list"


@staged
def story() -> Story:
    told = Story()
    told.issued(total="1000.00")
    told.issued(total="250.00")
    return told


@pytest.fixture
def manager(client, story):
    client.force_login(story.manager)
    return client


def rows_of(response) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(StringIO(text)))


def test_columns_are_chosen_in_the_address_and_the_first_one_stays(manager):
    heads = [column.name for column in manager.get(reverse(CALLS)).context["listing"].columns]
    assert "outstanding" not in heads
    page = manager.get(reverse(CALLS), {"columns": ["outstanding", "due", "no such column"]})
    assert [column.name for column in page.context["listing"].columns] == ["number", "due", "outstanding"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("name", LISTS)
def test_a_file_of_every_list(manager, name, form):
    kind = kind_of(name)
    response = manager.get(reverse(kind.export, args=[form]))
    assert response.status_code == 200
    assert b"".join(response.streaming_content)


@pytest.mark.parametrize("name", [name for name in LISTS if name != "dashboard:audit_trail"])
def test_an_order_that_no_list_has_is_refused_by_page_and_file(manager, name):
    """The trail has one order, and asks for none."""
    kind = kind_of(name)
    addresses = (reverse(name), reverse(kind.export, args=["csv"]), reverse(kind.export, args=["xlsx"]))
    found = [manager.get(address, {"sort": "no such column"}).status_code for address in addresses]
    assert found == [found[0]] * 3
    assert found[0] in (400, 422)


def test_the_file_has_the_columns_that_are_shown(manager):
    whole = rows_of(manager.get(reverse("capital:call_export", args=["csv"])))
    chosen = rows_of(manager.get(reverse("capital:call_export", args=["csv"]), {"columns": ["amount"]}))
    assert whole[0][:4] == ["Fund", "Call", "Call date", "Due date"]
    assert chosen == [["Call", "Currency", "Amount"], ["2", "USD", "250.00"], ["1", "USD", "1000.00"]]


@pytest.mark.parametrize("name", LISTS)
def test_every_column_of_a_list_goes_with_columns_of_its_file(name, rf):
    """No header is named that the file does not have, and none belongs to two columns."""
    files = {
        module_kind.page: module.EXPORT_COLUMNS
        for module, module_kind in (
            (calls, calls.CALLS),
            (cash, cash.RECEIPTS),
            (open_items, open_items.OPEN_ITEMS),
            (letter_work, letter_work.LETTERS),
            (questions, questions.QUESTIONS),
            (distributions, distributions.DISTRIBUTIONS),
            (funds, funds.FUNDS),
            (investors, investors.INVESTORS),
            (deals, deals.DEALS),
            (ledger, TRANSACTIONS),
            (trail, trail.TRAIL),
        )
    }
    kind, headers = kind_of(name), [column.header for column in files[name]]
    named = [header for column in kind.columns for header in column.files]
    assert len(named) == len(set(named))
    assert set(named) <= set(headers)
    shown, _ = as_file(rf.get("/", {"columns": kind.columns[0].name}), kind, files[name], [])
    assert {column.header for column in shown} >= {"Currency"} & set(headers)


def test_what_narrows_is_taken_away_one_by_one(manager, story):
    query = {"fund": story.fund.pk, "status": "sent", "since": "2020-01-01", "sort": "amount", "page": "1"}
    listing = manager.get(reverse(CALLS), query).context["listing"]
    assert [(chip.label, chip.value) for chip in listing.chips] == [
        ("Fund", story.fund.name),
        ("Status", "Issued"),
        ("Called from", "Jan 1, 2020"),
    ]
    left = [parse_qs(urlsplit(chip.without).query) for chip in listing.chips]
    assert [sorted(one) for one in left] == [
        ["since", "sort", "status"],
        ["fund", "since", "sort"],
        ["fund", "sort", "status"],
    ]


def test_for_a_script_only_the_list_is_drawn(manager):
    page = manager.get(reverse(CALLS), {"q": "zzz"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in page
    assert 'id="list-body"' in page
    assert "No call matches" in page


def test_the_totals_are_those_of_the_whole_filter(manager):
    funds = manager.get(reverse("dashboard:fund_list")).context["listing"].totals
    assert [(one.currency, one.called) for one in funds] == [("USD", Decimal("1250.00"))]


# ---------------------------------------------------------------- kept views


def keep(client, name, query="status=sent&page=3&q=", page=CALLS):
    return client.post(reverse("view_save"), {"page": page, "name": name, "query": query})


def test_a_view_is_kept_and_opened_and_removed(manager, story):
    answer = keep(manager, "Open ones")
    assert answer["Location"] == f"{reverse(CALLS)}?status=sent"
    page = manager.get(reverse(CALLS))
    assert f'href="{reverse(CALLS)}?status=sent">Open ones</a>' in page.content.decode()
    keep(manager, "Open ones", "status=overdue")
    (view,) = SavedView.objects.all()
    assert (view.user, view.query) == (story.manager, "status=overdue")
    assert manager.post(reverse("view_remove", args=[view.pk])).status_code == 302
    assert not SavedView.objects.exists()


def test_a_view_is_nobody_elses(manager, client, story):
    keep(manager, "Mine")
    (view,) = SavedView.objects.all()
    client.force_login(UserFactory())
    assert client.post(reverse("view_remove", args=[view.pk])).status_code == 404
    assert client.get(reverse("dashboard:fund_list")).context["listing"].views == []
    assert SavedView.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"name": ""}, 302),
        ({"name": "x" * 61}, 302),
        ({"name": "‮evil"}, 302),
        ({"query": "q=" + "x" * 2000}, 302),
        ({"page": "login"}, 404),
        ({"page": "https://evil.example/"}, 404),
    ],
)
def test_what_is_no_view_is_not_kept(manager, fields, status):
    given = {"page": CALLS, "name": "Mine", "query": "status=sent", **fields}
    answer = manager.post(reverse("view_save"), given)
    assert answer.status_code == status
    assert status == 404 or answer["Location"].startswith(reverse(CALLS))
    assert not SavedView.objects.exists()


def test_one_person_keeps_a_bounded_number(manager, story):
    views = [SavedView(user=story.manager, page=CALLS, name=f"V{n}") for n in range(MOST)]
    SavedView.objects.bulk_create(views)
    keep(manager, "One more")
    keep(manager, "V1", "status=draft")
    assert SavedView.objects.count() == MOST
    assert SavedView.objects.get(name="V1").query == "status=draft"
