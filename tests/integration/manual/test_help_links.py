"""Every page of the site leads to what the manual says of it, and that is there."""

import re

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, get_resolver

from blackgem.lib.manual_pages import PAGES, page_of
from blackgem.manual import link_to
from tests.access.routes import Route, Visitor, routes
from tests.access.test_walk import read_table, row_of
from tests.access.world import PEOPLE, World
from tests.factories import AdminFactory
from tests.support.manual import leads_nowhere
from tests.support.staging import staged

pytestmark = pytest.mark.django_db
SEEN = ("manager", "investor", "person")
#: Parts of a page that it asks for by itself, files, the manual, and addresses that lead on to a page.
NO_PAGES = re.compile(
    r"\.(pdf|xlsx|txt)$|\.<form>$|^help/|/notices/$|^letters/now/$|^portal/documents/<notice_id>/$|^account/recovery-codes\.txt$"
)
_HELP = re.compile(r'class="help-link" href="([^"]+)"')


@staged
def world():
    world = World.make()
    assert world.ids
    return world


def named(resolver=None, prefix="", namespace=""):
    """(route as the table writes it, full name of the URL, view)."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield re.sub(r"<\w+:(\w+)>", r"<\1>", route), f"{namespace}{entry.name}", entry.callback
        else:
            inside = f"{entry.namespace}:" if entry.namespace else namespace
            yield from named(entry, route, inside)


def is_opened(route: str, view) -> bool:
    """Whether a person who is signed in opens a page there: it is looked at, and is no file."""
    if getattr(view, "audience", "") not in SEEN or NO_PAGES.search(route):
        return False
    answers = row_of(read_table(), Route(route, "GET")) or ()
    return bool(set(answers) - {"in", "404", "405"})


def test_every_page_has_a_page_of_the_manual():
    assert [name for route, name, view in named() if is_opened(route, view) and name not in PAGES] == []


def test_no_page_of_the_manual_is_named_for_an_address_that_is_not_there():
    known = {name for _, name, _ in named()}
    models = {f"admin:{one._meta.app_label}_{one._meta.model_name}" for one in admin.site._registry}
    assert set(PAGES) - known - models == {"admin:"}


def test_what_is_named_is_there():
    assert {name: page for name, page in PAGES.items() if leads_nowhere(link_to(page))} == {}


@pytest.mark.parametrize("who", ["manager", "analyst", "lp_b"])
def test_every_page_that_opens_shows_the_way(world, who):
    table, visitor, ids, wrong, seen = read_table(), Visitor(world, who), world.ids, {}, 0
    for route in routes():
        if route.verb != "GET" or route.path.startswith(("admin/", "api/", "help/")):
            continue
        if (row_of(table, route) or ["404"] * len(PEOPLE))[PEOPLE.index(who)] == "404":
            continue
        response = visitor.ask(route, ids)
        page = response.body.decode() if response["Content-Type"].startswith("text/html") else ""
        if response.status_code != 200 or 'id="main"' not in page or 'class="alone"' in page:
            continue
        found = _HELP.findall(page)
        seen += 1
        if not found or any(leads_nowhere(one) for one in found):
            wrong[str(route)] = found
    assert wrong == {}
    assert seen > 15


def test_the_administration_does_too():
    client = Client()
    client.force_login(AdminFactory())
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        assert not leads_nowhere(link_to(page_of(name)))
    page = client.get("/admin/blackgem/user/").content.decode()
    assert '<a href="/help/administrators/people/">Help</a>' in page
    assert '<a href="/help/administrators/">Help</a>' in client.get("/admin/").content.decode()


def test_a_dialog_shows_it_beside_the_way_out(world):
    client, ids = Client(), world.ids
    client.force_login(world.people["manager"])
    address = f"/calls/{ids['call_id']}/items/{ids['item_id']}/payments/new/"
    dialog = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<main" not in dialog
    assert _HELP.findall(dialog) == ["/help/managers/record-a-payment/#one-payment"]


@pytest.mark.parametrize(
    ("page", "is_wrong"),
    [
        ("managers/overview", False),
        ("managers/overview#what-the-figures-are-of", False),
        ("managers/overview#nothing", True),
        ("managers/nothing", True),
    ],
)
def test_what_leads_nowhere_is_noticed(page, is_wrong):
    assert leads_nowhere(link_to(page)) == is_wrong
