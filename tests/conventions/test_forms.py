"""No control of a form takes the place of a property of the form, wherever the form comes from.

Django's admin has names of its own, and scripts that know them.
"""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.test import Client

from blackgem.lib.forms import FORM_PROPERTIES, html_name
from tests.access.routes import routes
from tests.access.world import World

FOLDER = Path(__file__).resolve().parents[2] / "templates"
TEMPLATES = sorted(path for path in FOLDER.rglob("*.html") if "admin" not in path.relative_to(FOLDER).parts)
_CONTROL = re.compile(r"<(?:input|button|select|textarea|output|fieldset)\b[^>]*?\b(?:name|id)=\"([^\"{]+)\"")


class _Forms(HTMLParser):
    """The names and ids of the controls in the forms of a page."""

    def __init__(self, page: str):
        super().__init__()
        self.inside, self.found = 0, set()
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if tag == "form":
            self.inside += 1
        elif tag in ("input", "button", "select", "textarea", "output", "fieldset") and self.inside:
            self.found |= {value for name, value in attrs if name in ("name", "id") and value}

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside -= 1


def test_a_field_that_would_hide_a_property_has_another_name_in_html():
    assert {
        "method",
        "action",
        "submit",
        "name",
        "id",
        "target",
        "elements",
        "length",
        "style",
    } <= FORM_PROPERTIES
    assert (html_name("method"), html_name("amount")) == ("method_field", "amount")


@pytest.mark.django_db
def test_no_form_of_any_page_hides_its_own_properties():
    world = World.make()
    ids, hidden, forms = world.ids, {}, 0
    for who in ("anonymous", "manager", "lp_b"):
        client = Client()
        if user := world.people[who]:
            client.force_login(user)
        for route in routes():
            if route.verb != "GET" or route.path.startswith(("api/", "admin/")):
                continue
            response = client.get(route.address(ids))
            if response.status_code != 200 or not response["Content-Type"].startswith("text/html"):
                continue
            found = _Forms(response.content.decode()).found
            forms += bool(found)
            if bad := found & FORM_PROPERTIES:
                hidden[f"{who} {route}"] = bad
    assert hidden == {}
    assert forms > 50


def test_no_control_written_into_a_template_does():
    assert {
        (path.name, name)
        for path in TEMPLATES
        for name in _CONTROL.findall(path.read_text())
        if name in FORM_PROPERTIES
    } == set()
