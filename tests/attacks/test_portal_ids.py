"""K. The portal: no id that an investor sees counts what others have. docs/attacks.md leads here."""

import re
from io import BytesIO
from uuid import uuid4

import pytest
from django.apps import apps
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from funds.models import Notice, NoticeDelivery
from funds.services.letters import compose
from funds.services.rendering import identity, letter_html
from tests.access.routes import Route, Visitor, routes
from tests.access.world import World
from tests.attacks.test_http import fenced
from tests.factories import FundFactory
from tests.support import superuser_connection
from tests.support.opened import written
from tests.support.staging import staged

pytestmark = pytest.mark.django_db

#: Where every table of money and partners counts from here, so that its numbers are known for what they are.
FAR = 700_000_000
NUMBER = re.compile(r"(?<![\da-f])700\d{6}(?![\da-f])")
RANDOM = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
COUNTED = [
    model._meta.db_table
    for label in ("funds", "capital", "distributions")
    for model in apps.get_app_config(label).get_models()
    if model._meta.managed
]
COUNT_FROM_FAR = """
    SELECT setval(pg_get_serial_sequence(table_name, 'id'), %s) FROM information_schema.columns
     WHERE column_name = 'id' AND table_schema = 'public' AND table_name = ANY (%s)"""


@staged
def world():
    with superuser_connection() as raw:
        raw.execute(COUNT_FROM_FAR, [FAR, COUNTED])
    world = World.make()
    assert world.ids
    return world


def read(response) -> str:
    """All that a client gets: headers, and the body as it is; of a PDF its words and what it says of itself, of a
    workbook its cells, of a picture nothing."""
    kind = response.headers.get("Content-Type", "").partition(";")[0]
    said = [f"{name}: {value}" for name, value in response.headers.items()]
    if kind == "application/pdf":
        pdf = PdfReader(BytesIO(response.body))
        said += [page.extract_text() for page in pdf.pages] + [str(pdf.metadata), str(pdf.trailer.get("/ID"))]
    elif kind.endswith("sheet"):
        said += [str(cell) for row in load_workbook(BytesIO(response.body)).active.values for cell in row]
    elif not kind.startswith("image/"):
        said.append(response.body.decode())
    return "\n".join(said)


def walk(world, who) -> dict[str, str]:
    """Every address of the project that answers this investor, with its own ids, and every link found on the way. Each
    fences itself in as every page does."""
    visitor, ids, told = Visitor(world, who), world.ids_of(who), {}
    waiting = [route for route in routes() if route.verb == "GET" and not route.path.startswith("admin/")]
    waiting.append(Route("api/investors/<investor>/statement", "GET"))
    while waiting:
        route = waiting.pop()
        address = route.address(ids)
        if address in told:
            continue
        answer = visitor.ask(route, ids)
        assert list(fenced([(route, answer, answer.body)])) == [route]
        told[address] = read(answer) if answer.status_code < 400 else ""
        found = re.findall(r'(?:href|action|src)="(/portal/[^"#]*)"', told[address])
        waiting += [Route(link[1:].replace("&amp;", "&"), "GET") for link in found if link not in told]
    return {address: said for address, said in told.items() if said}


@pytest.mark.parametrize("who", ["lp_a", "lp_b"])
def test_nothing_that_an_investor_reads_holds_a_number_of_a_table(world, who):
    told = walk(world, who)
    assert len([one for one in told if one.startswith("/portal/")]) > 12
    assert any(one.startswith("/api/investors/") for one in told)
    assert {address: NUMBER.findall(said) for address, said in told.items() if NUMBER.search(said)} == {}
    own = {str(one) for one in world.ids_of(who).values()}
    assert own & set(RANDOM.findall("".join(told.values())))


def test_no_letter_and_no_mail_holds_a_number_of_a_table(world):
    for delivery in NoticeDelivery.objects.select_related("notice__fund", "notice__commitment"):
        notice = delivery.notice
        mail = compose(delivery)
        mail.extra_headers.pop("Message-ID")  # the world's own
        parts = [
            mail.body,
            *(one.content for one in mail.alternatives),
            *(one[0] for one in mail.attachments),
        ]
        said = [*parts, str(mail.message().items()), letter_html(notice), identity(notice)]
        assert not NUMBER.search("\n".join(said))
        assert str(notice.public_id) in mail.body


def test_the_control_a_manager_keeps_numbers(world):
    visitor, ids = Visitor(world, "manager"), world.ids
    for path in ("investors/<investor_id>/statement/", "api/investors/<investor_id>/statement"):
        assert NUMBER.search(read(visitor.ask(Route(path, "GET"), ids)))


def test_neighbours_and_ids_of_others_are_not_there(world):
    """A number, the id of another investor and one that nobody has: the same answer."""
    visitor, own, theirs = Visitor(world, "lp_a"), world.ids_of("lp_a"), world.ids
    for path, name, number in (
        ("portal/calls/<x>/", "call_item", "item_id"),
        ("portal/distributions/<x>/", "distribution_item", "distribution_item_id"),
        ("portal/documents/<x>/", "notice", "notice_id"),
        ("portal/documents/<x>.pdf", "notice", "notice_id"),
        ("portal/statement/?commitment=<x>", "commitment", "commitment_id"),
        ("api/investors/<x>/statement", "investor", "investor_id"),
    ):
        asked = [theirs[name], uuid4(), own[number], own[number] + 1, theirs[number]]
        answers = [visitor.ask(Route(path, "GET"), {"x": one}) for one in asked]
        assert [one.status_code for one in answers] == [404] * len(asked), path
        assert len({one.body for one in answers}) == 1, path
        assert visitor.ask(Route(path, "GET"), {"x": own[name]}).status_code == 200, path


def test_a_link_of_an_old_mail_leads_its_reader_to_its_letter_and_nobody_else(world):
    partner = world.story.partners[0]
    newest = Notice.objects.filter(commitment=partner, kind="capital_call").latest("pk")
    with written():
        old = Notice.objects.create(
            **{
                name: getattr(newest, name)
                for name in (
                    "fund",
                    "commitment",
                    "kind",
                    "subject_id",
                    "item_id",
                    "number",
                    "facts",
                    "created_by",
                )
            },
            dated_on=newest.dated_on,
            version=newest.version + 1,
            known_by_number=True,
        )
    world.render_one(old)
    address, new = f"portal/documents/{old.pk}/", reverse("portal:document", args=[old.public_id])
    answers = {who: Visitor(world, who).ask(Route(address, "GET"), {}) for who in ("lp_a", "lp_b")}
    assert answers["lp_a"]["Location"] == new
    assert answers["lp_b"].status_code == 404
    assert Visitor(world, "lp_a").ask(Route(f"portal/documents/{newest.pk}/", "GET"), {}).status_code == 404
    assert identity(old).startswith(f"notice={old.pk} ")


def test_the_database_draws_the_id_whatever_is_given():
    given = uuid4()
    fund = FundFactory(public_id=given)
    fund.refresh_from_db()
    assert fund.public_id != given
