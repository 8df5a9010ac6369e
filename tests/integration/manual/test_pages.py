"""The manual is everybody's who is signed in, in the frame that the reader knows, without scripts or styles."""

import json
import re

import pytest
from django.conf import settings
from django.urls import reverse

from blackgem.manual import contents
from tests.factories import AdminFactory, ContactFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client, story):
    client.force_login(story.manager)
    return story.manager


def test_a_page_stands_in_the_readers_own_frame(client, story):
    contact = ContactFactory(investor=story.partners[0].investor, user=UserFactory()).user
    for person, frame in ((story.manager, "manager-layout"), (contact, "investor-layout")):
        client.force_login(person)
        page = client.get("/help/glossary/").content.decode()
        assert f'<body class="{frame}">' in page
        assert "<h1>Glossary</h1>" in page


def test_each_reader_begins_at_a_chapter_of_its_own(client, story):
    contact = ContactFactory(investor=story.partners[0].investor, user=UserFactory()).user
    for person, chapter in (
        (story.manager, "managers"),
        (contact, "investors"),
        (AdminFactory(), "administrators"),
    ):
        client.force_login(person)
        assert f'href="/help/{chapter}/"' in client.get(reverse("account")).content.decode()


def test_an_investor_reads_how_to_use_the_site_and_not_how_it_is_kept(client, story):
    client.force_login(ContactFactory(investor=story.partners[0].investor, user=UserFactory()).user)
    assert client.get("/help/").headers["Location"] == "/help/investors/"
    for page in ("investors/letters", "glossary", "managers/read-the-waterfall", "developers/api"):
        assert client.get(f"/help/{page}/").status_code == 200, page
    for page in ("attacks", "operators", "operations", "rails", "columns", "decisions", "administrators"):
        assert client.get(f"/help/{page}/").status_code == 404, page


def test_nobody_reads_it_without_signing_in(client):
    for address in ("/help/", "/help/glossary/", "/help/_images/overview-1440-dark.png"):
        assert client.get(address).headers["Location"].startswith("/sign-in/")


def test_it_is_read_before_a_second_factor_is_set_up(client, manager, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    assert client.get("/calls/").status_code == 302
    assert client.get("/help/managers/your-account/").status_code == 200


@pytest.mark.parametrize(
    "address", ["nothing", "managers/nothing", "../settings", "contents.json", "manual/glossary"]
)
def test_nothing_else_is_there(client, manager, address):
    assert client.get(f"/help/{address}/").status_code == 404


@pytest.mark.parametrize("name", ["nothing.png", "..", "%2e%2e%2fcontents.json", "a%00.png"])
def test_no_other_file_is_a_picture(client, manager, name):
    assert client.get(f"/help/_images/{name}", follow=True).status_code == 404


def test_no_page_has_scripts_styles_or_addresses_of_other_hosts(client, manager):
    found = {}
    for page in contents().values():
        text = json.loads((settings.MANUAL_ROOT / page["file"]).read_text())["body"]
        wrong = re.findall(
            r"<(?:script|style|link|iframe)|<[^>]+\s(?:style|on\w+)=|src=\"(?:https?:)?//", text
        )
        found |= {page["file"]: wrong} if wrong else {}
    assert found == {}


def test_without_a_build_there_is_no_manual(client, manager, settings, tmp_path):
    settings.MANUAL_ROOT = tmp_path
    assert client.get("/help/").status_code == 404
    assert client.get("/calls/").status_code == 200


def test_it_is_searched_and_an_investor_finds_what_it_may_read(client, story):
    client.force_login(story.manager)
    found = client.get("/help/", {"q": "database roles guards owner"}).content.decode()
    assert "/help/decisions/" in found
    assert "No page has this" in client.get("/help/", {"q": "zebra crossing"}).content.decode()
    client.force_login(ContactFactory(investor=story.partners[0].investor, user=UserFactory()).user)
    found = client.get("/help/", {"q": "waterfall"}).content.decode()
    assert "/help/managers/read-the-waterfall/" in found
    assert re.findall(r"/help/(?:decisions|attacks|operations|rails)/", found) == []
