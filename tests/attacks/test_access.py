"""E. Access. Where another test tries a row already, it is named here and not tried twice.

E1 E2 E3  tests/access/test_walk.py, every address by everybody; test_workflow_over_the_api.py for the API
E4   tests/access/test_apart.py
E6   here
E7   here: no address is signed; what opens a document is who asks, at every request
E8   tests/access/test_row_security.py: the portal's pages without their filters
E9   test_row_security.py: with nobody named there is nothing, and no error
E10  test_row_security.py: a pool of one connection, and errors in the middle
E12  test_row_security.py for views, tables and functions; COPY here
E13  here
E14  here, test_workflow_over_the_api.py for the API, test_invitations.py for the invitation
E15  tests/integration/identity/test_invitations.py: another mailbox, twice, too late
E16  test_walk.py, test_workflow_over_the_api.py
E19  test_workflow_over_the_api.py; here for the portal's pages
E20  here
"""

import re

import pytest
from django.db import DataError, connection, transaction
from django.test import Client
from django.urls import reverse

from blackgem.lib.privileges import PORTAL_PRIVILEGES
from funds.models import InvestorContact
from portal.reader import own_reader
from tests.access.routes import Visitor
from tests.access.test_row_security import PAGES
from tests.access.world import World
from tests.factories import PASSWORD, UserFactory
from tests.integration.attacks.unchanged import nothing_written
from tests.support.staging import staged

pytestmark = pytest.mark.django_db
MEMO = "The LP in Basel is slow and may default"


@staged
def told():
    """The fund of two investors; what its people write about them is nobody else's business."""
    world = World.make()
    for number, name in enumerate(("Ardent Capital of Oslo", "Zephyr Holdings of Basel", "Third of Turin")):
        world.story.partners[number].investor.name = name
        world.story.partners[number].investor.save()
    world.story.receive("70.00", note=MEMO)
    assert world.ids
    return world


@pytest.fixture
def investor(client, told):
    client.force_login(told.people["lp_a"])
    return client


# ---------------------------------------------------------------- E6: what an investor may know of a fund


def figure(amount) -> str:
    """As a page writes it, without its cents."""
    return f"{amount:,.2f}".split(".")[0]


def test_no_page_tells_of_other_investors(told):
    visitor, ids = Visitor(told, "lp_a"), told.ids_of("lp_a")
    mine, *others = told.story.partners
    known = {figure(getattr(mine.capital, name)) for name in ("committed", "called", "paid", "distributed")}
    for route in PAGES:
        text = re.sub(r"<[^>]+>", "", visitor.ask(route, ids).body.decode(errors="replace"))
        assert MEMO not in text, route
        for other in others:
            assert other.investor.name not in text, route
            for name in ("committed", "distributed"):  # what B paid is also a balance that A once had
                amount = figure(getattr(other.capital, name))
                assert amount in known or f"${amount}." not in text, (route, name)


def test_no_page_says_how_many_investors_there_are(investor, told):
    page = re.sub(r"<[^>]+>", " ", investor.get("/portal/").content.decode())
    assert not re.search(r"\b\d+ (investors|partners|LPs)\b", page)


# ---------------------------------------------------------------- E7: documents


def test_a_link_to_a_document_opens_for_its_investor_alone(investor, told):
    link = reverse("portal:document_pdf", args=[told.ids_of("lp_a")["notice"]])
    assert investor.get(link).status_code == 200
    assert investor.get(link).status_code == 200
    assert investor.get(f"{link}?signature=x&expires=9999999999").status_code == 200
    assert Client().get(link)["Location"].startswith("/sign-in/")
    other = Client()
    other.force_login(told.people["lp_b"])
    assert other.get(link).status_code == 404
    InvestorContact.objects.filter(user=told.people["lp_a"]).update(user=None)
    assert investor.get(link).status_code == 404


# ---------------------------------------------------------------- E12, E13: round row-level security in SQL


def run(sql, params=()):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def copied(table) -> list[str]:
    with connection.cursor() as cursor, cursor.copy(f"COPY (SELECT * FROM {table}) TO STDOUT") as rows:
        return [bytes(row).decode() for row in rows]


def test_a_copy_holds_ones_own_rows_too(told):
    everything = len(copied("commitments"))
    with own_reader(told.people["lp_a"]).own_rows():
        rows = copied("commitments")
    assert (len(rows), everything) == (1, 5)
    assert rows[0].startswith(f"{told.story.partners[0].pk}\t")


LEAKS = {
    "commitment_events": "1 / (amount - %s)",
    "commitment_capital": "1 / (committed - %s)",
}


@pytest.mark.parametrize("name", LEAKS)
def test_an_error_tells_no_value_of_another(told, name):
    """A division by zero on B's row alone would prove B's amount; row-level security comes before it."""
    sql, theirs = f"SELECT count(*) FROM {name} WHERE {LEAKS[name]} IS NULL", told.story.partners[1].amount
    with pytest.raises(DataError, match="division by zero"), transaction.atomic():
        run(sql, [theirs])
    assert name in PORTAL_PRIVILEGES
    with own_reader(told.people["lp_a"]).own_rows():
        assert run(sql, [theirs]) == [(0,)]
        with pytest.raises(DataError, match="division by zero"), transaction.atomic():
            run(sql, [told.story.partners[0].amount])


# ---------------------------------------------------------------- E14: nobody raises itself

RAISED = {
    "is_staff": "1",
    "is_superuser": "1",
    "role": "manager",
    "investor": "2",
    "investor_id": "2",
    "fund": "1",
    "user_id": "1",
    "email": "root@evil.example",
}


def test_an_investor_stays_what_it_is(client, told):
    person = told.people["lp_a"]
    client.post(reverse("login"), {"login": person.email, "password": PASSWORD, **RAISED})
    cleaned = {
        "oldpassword": PASSWORD,
        "password1": "four-horses-running",
        "password2": "four-horses-running",
    }
    client.post(reverse("account_change_password"), cleaned | RAISED)
    client.post(reverse("tokens"), {"name_field": "x", "scope": "read", "days": "1"} | RAISED)
    with nothing_written():
        assert client.post(reverse("portal:profile"), RAISED).status_code == 405
        assert client.post("/account/", RAISED).status_code == 405
    before = (person.email, [one.investor_id for one in person.investor_contacts.all()])
    person.refresh_from_db()
    after = (person.email, [one.investor_id for one in person.investor_contacts.all()])
    assert (before, person.is_staff, person.is_superuser) == (after, False, False)
    assert not person.memberships.exists()
    assert client.get("/portal/").status_code == 200
    assert client.get("/funds/").status_code == 404


# ---------------------------------------------------------------- E19, E20


def test_no_page_of_the_portal_is_kept(told):
    visitor, ids = Visitor(told, "lp_a"), told.ids_of("lp_a")
    for route in PAGES:
        response = visitor.ask(route, ids)
        assert "no-store" in response["Cache-Control"], route
        assert "private" in response["Cache-Control"], route
        assert "Cookie" in response["Vary"], route


@pytest.mark.parametrize("path", ["/ws/", "/events/", "/api/events", "/webhooks/bank", "/hooks/", "/stream/"])
def test_nothing_listens_beside_the_pages(client, path):
    client.force_login(UserFactory())
    for verb in ("get", "post"):
        upgrade = {"Connection": "Upgrade", "Upgrade": "websocket"}
        assert getattr(client, verb)(path, headers=upgrade).status_code == 404
        assert getattr(Client(), verb)(path).status_code == 404
