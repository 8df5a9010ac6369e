"""H. Files, PDF, export, mail: what is not tried elsewhere. docs/attacks.md says which rows are about no feature."""

import csv
import io
import re
from copy import deepcopy
from decimal import Decimal

import openpyxl
import pytest
from django import forms
from django.apps import apps
from django.db import models
from django.urls import get_resolver, reverse

from funds.models import Deal, Investor
from funds.services.rendering import letter_html
from tests.access.routes import routes
from tests.factories import UserFactory, set_by_two
from tests.integration.attacks.unchanged import nothing_written
from tests.integration.capital.story import Story
from tests.integration.notices.letters import notices, story
from tests.support import app_connection
from tests.support.api import problem, token_of
from tests.support.contract import document
from tests.support.staging import staged

from .pages import browser_of, open_all
from .test_amounts_in_forms import every_form

pytestmark = pytest.mark.django_db

FORMULAS = ("=cmd|' /C calc'!A1", "+1", "-1+1", "@SUM(1)", ";=1", '"=1')
BEGINS_ONE = re.compile(r"^[\s\"';]*[=+\-@\t\r|%]")
MONEY = re.compile(r"^-?\d+(\.\d+)?$")


# ---------------------------------------------------------------- exports


@staged
def site(two_investors):
    """Whoever and whatever has a name has a dangerous one; and money was taken back."""
    world = deepcopy(two_investors)
    set_by_two(world.story.fund, four_eyes=False)
    for number, row in enumerate([*Investor.objects.all(), *Deal.objects.all()]):
        row.name = f"{FORMULAS[number % len(FORMULAS)]} {number}"
        row.save()
    call = world.story.issued("1000.00")
    world.story.reverse(world.story.pay_item(call.items.order_by("pk").first(), "5.00"))
    return world


def exports(world, who, form):
    """The rows of every export that this person is given, by its address."""
    world.ids["form"] = form
    for route, response, content in open_all(world, browser_of(world, who), named="export."):
        if "attachment" in response.get("Content-Disposition", ""):
            assert response.streaming, f"{route} is written as it is sent"
            yield str(route), content


def test_no_cell_of_a_csv_is_a_formula_and_money_stays_a_number(site):
    seen, negative = 0, 0
    for who in ("manager", "lp_b"):
        for route, content in exports(site, who, "csv"):
            cells = [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))) for cell in row]
            wrong = [cell for cell in cells if BEGINS_ONE.match(cell) and not cell.startswith("'")]
            assert [cell for cell in wrong if not MONEY.match(cell)] == [], route
            negative += sum(1 for cell in wrong if Decimal(cell) == -5)
            seen += sum(1 for cell in cells if cell.startswith("'"))
    assert seen > 5
    assert negative >= 1, "the reversal is a number"


def test_no_cell_of_a_workbook_is_a_formula(site):
    seen = 0
    for who in ("manager", "lp_b"):
        for route, content in exports(site, who, "xlsx"):
            for sheet in openpyxl.load_workbook(io.BytesIO(content)).worksheets:
                for cell in (cell for row in sheet.iter_rows() for cell in row if cell.value is not None):
                    assert cell.data_type != "f", (route, cell.value)
                    seen += isinstance(cell.value, str) and cell.value.startswith("'")
    assert seen > 5


def test_no_formula_of_a_check_workbook_holds_what_somebody_typed(site):
    """Its formulas are ours: none holds a name."""
    books = list(open_all(site, browser_of(site, "manager"), named="check.xlsx"))
    assert books
    for _, response, content in books:
        assert response.status_code == 200
        book = openpyxl.load_workbook(io.BytesIO(content))
        written = [c.value for s in book.worksheets for r in s.iter_rows() for c in r if c.data_type == "f"]
        assert written
        assert not [one for one in written if "cmd|" in one or "calc" in one]


# ---------------------------------------------------------------- letters

TEMPLATES = (
    "{{ settings.SECRET_KEY }}",
    "{% debug %}",
    "{% load static %}",
    "{{ facts.bank }}",
    "{# gone #}",
)


@pytest.mark.parametrize("text", TEMPLATES)
def test_what_looks_like_a_template_is_printed_as_it_is(text):
    told = story(legal_name=f"Fund {text}")
    investor = told.partners[0].investor
    investor.name = f"Partner {text}"
    investor.save()
    [notice, *_] = notices(told.issued())
    letter = letter_html(notice)
    assert letter.count(text) >= 2


# ---------------------------------------------------------------- files that nobody may send


def test_no_form_takes_a_file(api):
    """Nothing is uploaded but what a bank sends, which readers of our own read, and pictures of a letterhead, which are
    drawn anew: no other field of a form holds a file, no field of a row does, and the API reads JSON only."""
    fields = {
        (form.__name__, name): field
        for form in every_form()
        for name, field in getattr(form, "base_fields", {}).items()
    }
    assert fields
    taking = {where for where, field in fields.items() if isinstance(field, forms.FileField)}
    assert taking == {("UploadForm", "file"), ("BankAnswerForm", "report")}
    stored = [field for model in apps.get_models() for field in model._meta.get_fields()]
    assert not [field for field in stored if isinstance(field, models.FileField)]
    with nothing_written():
        for name in ("x.pdf", "../../x", "x" * 300):
            body = (
                f'--x\r\nContent-Disposition: form-data; name="f"; filename="{name}"\r\n\r\nMZ\r\n--x--\r\n'
            )
            for path in ("/deals", "/investors", "/funds"):
                kind = "multipart/form-data; boundary=x"
                problem(api.post(path, body, content_type=kind), 415, "body.unsupported")


def test_nobody_gives_us_an_address_to_call():
    """No row holds an address to be called, no body takes one, no route waits for others' programs."""
    assert get_resolver()
    stored = [field for model in apps.get_models() for field in model._meta.get_fields()]
    assert not [field for field in stored if isinstance(field, models.URLField)]
    words = re.compile(r"url|webhook|callback", re.IGNORECASE)
    bodies = document()["components"]["schemas"].items()
    named = {f"{name}.{field}" for name, one in bodies for field in one.get("properties", {})}
    assert not [name for name in named if words.search(name)]
    pages = [route.path for route in routes() if not route.path.startswith("admin/")]
    assert not [path for path in pages if words.search(path)]


def test_one_person_is_sent_two_files_at_a_time(client):
    """Places are those of connections: another one tries for the second place, and holds both at last."""
    person = UserFactory()
    client.force_login(person)
    address = reverse("dashboard:transaction_export", args=["csv"])
    first, second = (f"export:{person.pk}:{number}" for number in (0, 1))

    def takes(connection, place):
        return connection.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [place]).fetchone()[
            0
        ]

    with app_connection() as elsewhere:
        assert takes(elsewhere, first)
        sent = client.get(address)
        assert (sent.status_code, takes(elsewhere, second)) == (200, False)
        assert b"".join(sent.streaming_content)
        assert takes(elsewhere, second)
        refused = client.get(address)
        assert (refused.status_code, refused["Retry-After"]) == (429, "10")
        assert "2 files are being made for you already" in refused.content.decode()
    last = client.get(address)
    assert last.status_code == 200
    assert b"".join(last.streaming_content)


def test_one_person_has_two_documents_made_at_a_time(client):
    """Sixteen statements of one person would be twenty seconds of everybody's waiting."""
    story = Story()
    call = story.issued("1000.00")
    item = call.items.first()
    client.force_login(story.manager)
    bearer = {"Authorization": f"Bearer {token_of(story.manager)}"}
    statement = reverse("portal:investor_statement_pdf", args=[item.commitment.investor_id])
    asked = {
        statement: {},
        reverse("capital:call_notices", args=[call.pk]): {},
        reverse("capital:item_preview", args=[call.pk, item.pk]): {},
        f"/api/capital-calls/{call.pk}/notice-pdf": bearer,
    }
    with app_connection() as elsewhere:
        for number in (0, 1):
            place = f"export:{story.manager.pk}:{number}"
            elsewhere.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [place])
        assert [client.get(address, headers=headers).status_code for address, headers in asked.items()] == [
            429
        ] * 4
    assert client.get(statement).status_code == 200
    assert client.get(statement).status_code == 200
    assert client.get(statement).status_code == 200
