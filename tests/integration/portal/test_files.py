"""The lists of the portal as files: the rows of the list, in its order, each saying whose it is."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from funds.models import Fund
from tests.access.world import World
from tests.agreement.files import csv_rows, xlsx_rows
from tests.factories import CommitmentFactory, ContactFactory, FundFactory, UserFactory
from tests.integration.capital.story import Story
from tests.support.opened import written
from tests.support.staging import staged

pytestmark = pytest.mark.django_db
LISTS = ("calls", "payments", "distributions", "documents", "commitments")


@staged
def world():
    world = World.make()
    assert world.ids
    return world


@pytest.fixture
def investor(client, world):
    client.force_login(world.people["lp_a"])
    return client


def rows_of(client, name, form="csv", query=""):
    answer = client.get(f"/portal/{name}/export.{form}{query}")
    assert answer.status_code == 200, answer
    return (csv_rows if form == "csv" else xlsx_rows)(b"".join(answer.streaming_content))


def test_every_list_is_a_file_of_its_rows_that_says_whose_they_are(investor, world):
    partner = world.story.partners[0]
    for name in LISTS:
        rows, cells = rows_of(investor, name), rows_of(investor, name, "xlsx")
        assert len(rows) == len(cells) > 0, name
        for row, cell in zip(rows, cells, strict=True):
            whose = {"Fund": partner.fund.name, "Investor": partner.investor.name}
            assert whose | {"Commitment": partner.reference} == {
                key: row[key] for key in (*whose, "Commitment")
            }
            assert list(row) == list(cell)
            assert row.get("Currency", "USD") == "USD"
            for key, value in row.items():
                assert as_written(cell[key]) == as_written(value), (name, key)
    assert rows_of(investor, "calls")[0]["Call"] == "3"
    assert {type(one["Due"]) for one in rows_of(investor, "calls", "xlsx")} == {datetime}
    assert investor.get("/portal/calls/export.pdf").status_code == 404


def as_written(value):
    """A cell as the other kind of file has it too: days in ISO, amounts as numbers, nothing as nothing."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    try:
        return Decimal(str(value))
    except ArithmeticError:
        return value or ""


def test_a_file_has_what_the_list_is_narrowed_to_in_its_order(investor, world):
    every = rows_of(investor, "documents")
    assert [one["Date"] for one in every] == sorted((one["Date"] for one in every), reverse=True)
    first = every[-1]["Date"]
    early = rows_of(investor, "documents", query=f"?until={first}")
    assert early == [one for one in every if one["Date"] == first] != every
    page = investor.get(f"/portal/documents/?until={first}").content.decode()
    assert f"export.csv?until={first}" in page
    assert page.count('class="button button-small" href="/portal/documents/') == 2 + len(early)
    assert rows_of(investor, "calls", query="?since=2199-01-01") == []
    assert investor.get("/portal/calls/?since=2026-02-30").status_code == 422
    assert investor.get("/portal/calls/export.csv?since=2026-02-30").status_code == 400
    own, other = world.story.fund.public_id, FundFactory().public_id
    assert rows_of(investor, "calls", query=f"?fund={own}") == rows_of(investor, "calls")
    for fund in (other, world.story.fund.pk, "x"):
        assert investor.get("/portal/calls/", {"fund": fund}).status_code == 404
        assert investor.get("/portal/calls/export.csv", {"fund": fund}).status_code == 404


def test_of_several_funds_one_is_chosen(client, world):
    person = world.people["lp_a"]
    elsewhere = CommitmentFactory(
        fund=FundFactory(name="Elsewhere"), investor=world.story.partners[0].investor
    )
    ContactFactory(investor=elsewhere.investor, user=person)
    client.force_login(person)
    assert [one["Fund"] for one in rows_of(client, "commitments")] == ["Elsewhere", world.story.fund.name]
    assert '<option value="" selected>All funds</option>' in client.get("/portal/calls/").content.decode()
    assert rows_of(client, "calls", query=f"?fund={elsewhere.fund.public_id}") == []


def test_nothing_in_a_file_is_a_formula(investor, world):
    with written():
        Fund.objects.filter(pk=world.story.fund.pk).update(name="=HYPERLINK(1)")
    for name in LISTS:
        for form in ("csv", "xlsx"):
            assert {one["Fund"] for one in rows_of(investor, name, form)} == {"'=HYPERLINK(1)"}


@pytest.mark.parametrize(("currency", "amount"), [("JPY", "1200"), ("KWD", "1200.000"), ("USD", "1200.00")])
def test_amounts_have_the_digits_of_their_currency(client, currency, amount):
    story = Story(currency=currency, committed=("600000", "400000"))
    story.issued("2000", call_date=date(2026, 6, 1), due_date=date(2026, 7, 15))
    person = UserFactory()
    ContactFactory(investor=story.partners[0].investor, user=person)
    client.force_login(person)
    [row] = rows_of(client, "calls")
    assert (row["Currency"], row["Called"], row["Still due"]) == (currency, amount, amount)
    [account] = rows_of(client, "commitments")
    assert Decimal(account["Unfunded"]) == Decimal(account["Committed"]) - 1200
    [[whole]] = [one.rows for one in client.get("/portal/").context["accounts"]]
    assert {name: Decimal(account[name]) for name, _ in whole.figures} == dict(whole.figures)
    assert account["Outstanding"] == amount


def test_whoever_lost_its_right_takes_nothing(investor, world):
    for name in LISTS:
        assert rows_of(investor, name) != []
    with written():
        world.story.partners[0].investor.contacts.filter(user=world.people["lp_a"]).update(user=None)
    for name in LISTS:
        assert rows_of(investor, name) == []
    assert investor.get(reverse("portal:call_list")).status_code == 200
