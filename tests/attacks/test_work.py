"""The work of every endpoint against the size of what it is sent: linear, whoever sends it. Counted, never timed.

Each is sent n, 2n and 4n of everything that can be many or long in it. What is added grows with what is sent.
"""

import json
import os
import unicodedata
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from html import unescape
from urllib.parse import quote

import pytest
from django.db import transaction
from django.test import Client

from blackgem.http.validation import MOST_PROBLEMS
from devtools import draw_work
from devtools.embedded import runtime
from tests.access.routes import Route, routes
from tests.access.world import World
from tests.factories import CommitmentFactory, DealFactory, FundFactory, UserFactory
from tests.support.api import Api
from tests.support.staging import staged
from tests.support.work import Work, excess, work_of

from .growing import Grow, Sent, bodies, example, forms, grown, operations
from .pages import browser_of

pytestmark = pytest.mark.django_db
TIMES = (50, 100, 200)
PICTURE = runtime.CHECKOUT / "docs/work.svg"


@pytest.fixture
def site(two_investors):
    return two_investors


@dataclass
class Sender:
    """Somebody's browser, or program, which sends growing requests; what a request did is undone."""

    site: World
    who: str

    def __post_init__(self):
        self.browser = browser_of(self.site, self.who)
        self.cookies = self.browser.cookies.copy()
        self.program = Client()

    def ask(self, route: Route, sent: Sent, query: str = ""):
        headers = {"X-Request-ID": "the-same-for-all"}
        is_api = route.path.startswith("api/")
        if is_api and self.who in self.site.tokens:
            headers["Authorization"] = f"Bearer {self.site.tokens[self.who]}"
        client = self.program if is_api else self.browser
        address = route.address(self.site.ids) + query
        with transaction.atomic():
            try:
                return client.generic(
                    route.verb, address, sent.content, content_type=sent.content_type, headers=headers
                )
            finally:
                transaction.set_rollback(True)
                self.browser.cookies = self.cookies.copy()

    def works(self, route: Route, sents) -> list[Work]:
        """The work of each; what is read once and kept is read before."""
        self.ask(route, sents[0])
        return [work_of(partial(self.ask, route, sent)) for sent in sents]

    def excess(self, route: Route, grow: Grow, as_sent) -> str:
        """How the work grows by more than what is sent; empty where it is linear. Where a field gets longer than it may
        be, other work is done at once: then what is sent four times as large says."""
        for times in (TIMES, [4 * one for one in TIMES]):
            found = excess(self.works(route, [as_sent(grow(one)) for one in times]))
            if not found:
                break
        return found

    def page(self, route: Route) -> str:
        """The page that a form stands on; nothing where there is none."""
        shown = self.ask(replace(route, verb="GET"), Sent.form({}))
        is_page = shown.status_code == 200 and shown.headers["Content-Type"].startswith("text/html")
        return shown.content.decode() if is_page else ""


#: Pages whose forms have rows, or are read by hand: the others are tried where there is time.
FIRST = (
    "calls/new/",
    "distributions/new/",
    "cash/<receipt_id>/apply/",
    "investors/new/",
    "calls/<call_id>/approve/",
)
#: What anybody may send to.
PUBLIC = ("sign-in/", "sign-in/code/", "sign-in/passkey/", "password/forgotten/", "theme/", "calls/new/")


def posts(*paths: str) -> list[Route]:
    """Every address that a form is posted to, but for administrators' own; or those alone."""
    found = [one for one in routes() if one.verb == "POST" and not one.path.startswith(("api/", "admin/"))]
    return [one for one in found if not paths or one.path in paths]


@pytest.mark.parametrize(
    "is_every", [False, pytest.param(True, marks=pytest.mark.deep)], ids=["lists", "every"]
)
def test_the_api(site, is_every):
    """Bodies with lists; all others too where there is time."""
    sender = Sender(site, "manager")
    over = {
        f"{route} {way}": sender.excess(route, grow, Sent.json)
        for route, schema in operations()
        for way, grow in bodies(schema, site.ids).items()
        if is_every or way != "all"
    }
    assert {name: found for name, found in over.items() if found} == {}
    assert len(over) > (60 if is_every else 12)


@pytest.mark.parametrize("paths", [FIRST, pytest.param((), marks=pytest.mark.deep)], ids=["some", "every"])
def test_the_forms_of_pages(site, paths):
    sender = Sender(site, "manager")
    over = {
        f"{route} {way}": sender.excess(route, grow, Sent.form)
        for route in posts(*paths)
        if sender.ask(route, Sent.form({})).status_code not in (404, 405)
        for way, grow in forms(sender.page(route)).items()
    }
    assert {name: found for name, found in over.items() if found} == {}
    assert len(over) >= len(paths or posts()) / 2


def test_what_anybody_may_send(site):
    sender = Sender(site, "anonymous")
    over = {
        f"{route} {way}": sender.excess(route, grow, Sent.form)
        for route in posts(*PUBLIC)
        for way, grow in forms(sender.page(route)).items()
    }
    grow = partial(grown, {"name": "a"})
    over |= {str(route): sender.excess(route, grow, Sent.json) for route, _ in list(operations())[:3]}
    assert {name: found for name, found in over.items() if found} == {}
    assert len(over) >= len(PUBLIC)


def lists() -> list[Route]:
    """Every address that shows something and names no row, but for administrators' own and for PDFs."""
    found = [one for one in routes() if one.verb == "GET" and not one.arguments]
    return [one for one in found if not one.path.startswith("admin/") and not one.path.endswith(".pdf")]


#: Lists, of a program and of a person, and what anybody may ask for; every other one where there is time.
ASKED = ("api/investors", "investors/", "sign-in/")


@pytest.mark.parametrize("paths", [ASKED, pytest.param((), marks=pytest.mark.deep)], ids=["some", "every"])
@pytest.mark.parametrize("who", ["manager", "anonymous"])
def test_what_stands_in_an_address(site, who, paths):
    """A parameter that is given again and again, many that there are not, one that never ends: up to what the server
    reads of one line, and beyond."""
    sender, over = Sender(site, who), {}
    ways = {
        "again": lambda times: "?" + "page=1&" * times,
        "unknown": lambda times: "?" + "&".join(f"k{number}=1" for number in range(times)),
        "long": lambda times: "?q=" + "a1%20" * times,
    }
    for route in [one for one in lists() if not paths or one.path in paths]:
        for way, grow in ways.items():
            for times in (TIMES, [4 * one for one in TIMES]):  # a text that is refused gets another page
                asks = [partial(sender.ask, route, Sent.form({}), grow(one)) for one in (times[0], *times)]
                asks[0]()
                found = over[f"{route} {way}"] = excess([work_of(ask) for ask in asks[1:]])
                if not found:
                    break
    assert {name: found for name, found in over.items() if found} == {}


def test_more_than_is_read_is_refused_before_it_is_looked_at(site):
    """More fields than a form has, more brackets in brackets, more than a megabyte, more parameters."""
    sender = Sender(site, "manager")
    for route in (Route("api/deals", "POST"), Route("deals/new/", "POST")):
        few = work_of(partial(sender.ask, route, Sent.form({"name": "a"}))).calls
        many = Sent.form({f"k{number}": "1" for number in range(30_000)})
        assert sender.ask(route, many).status_code in (400, 415)
        assert work_of(partial(sender.ask, route, many)).calls < 2 * few + 5_000
    route = Route("api/deals", "POST")
    assert sender.ask(route, Sent.json("[" * 1_000_000)).status_code == 400
    assert sender.ask(route, Sent.json({"name": "a" * 2**20})).status_code == 413
    assert work_of(partial(sender.ask, route, Sent.json({"name": "a" * 2**20}))).calls < 20_000
    assert sender.ask(Route("api/deals", "GET"), Sent.form({}), "?" + "a=1&" * 2_000).status_code == 400


def test_a_refusal_names_some_of_what_is_wrong_and_never_all_of_a_long_list(site):
    sender, route = Sender(site, "manager"), Route("api/deals", "POST")
    few, many = (
        sender.ask(route, Sent.json({f"k{number}": 1 for number in range(count)})) for count in (9, 9_000)
    )
    assert len(json.loads(few.content)["errors"]) == 10  # and the name, which is needed
    assert len(json.loads(many.content)["errors"]) == MOST_PROBLEMS
    assert len(many.content) < 20_000


def test_text_is_put_into_its_normal_form_only_where_it_is_short(site, monkeypatch):
    """Python sorts the marks of a letter one by one: of a thousand of them each is moved past a thousand others."""
    lengths, normal = [], unicodedata.normalize
    monkeypatch.setattr(
        unicodedata, "normalize", lambda form, text: lengths.append(len(text)) or normal(form, text)
    )
    marks = "a" + "\u0301\u0316" * 2_000
    for who in ("manager", "anonymous"):
        sender = Sender(site, who)
        for route in posts(*FIRST, *PUBLIC, "funds/new/", "deals/new/"):
            values = dict.fromkeys([*forms(sender.page(route))["all"](1), "next"], f"//{marks}")
            sender.ask(route, Sent.form(values))
        for route in (Route("investors/", "GET"), Route("calls/", "GET"), Route("sign-in/", "GET")):
            sender.ask(route, Sent.form({}), f"?q={quote(marks)}&next={quote(f'//{marks}')}")
    sender = Sender(site, "manager")
    for route, schema in operations():
        sender.ask(route, Sent.json({name: marks for name in example(schema, {})}))
    assert 0 < max(lengths) <= 320


# ---------------------------------------------------------------- lists of rows that are there

ROWS = (8, 16, 32)


@staged
def crowd():
    """A fund of many partners, called once and with unapplied cash; its manager's API, the call, and a body of each
    operation that takes a list, by how many of them it names."""
    manager = UserFactory()
    fund = FundFactory(manager=manager, lpa_date=date(2025, 1, 1))
    partners = [CommitmentFactory(fund=fund, amount="10000.00") for _ in range(ROWS[-1])]
    api = Api.of(manager)
    deal = DealFactory(created_by=manager)
    allocation = api.made("/allocations", {"fundId": fund.pk, "dealId": deal.pk, "committed": 99_000})
    dates = {"callDate": "2026-02-15", "dueDate": "2026-03-01"}
    call = api.made(f"/allocations/{allocation['id']}/calls", {"amount": 32_000, **dates})
    receipt = api.made(f"/funds/{fund.pk}/receipts", {"amount": 3_200, "valueDate": "2026-02-20"})
    items, investors = [one["id"] for one in call["items"]], [one.investor_id for one in partners]
    draft = {"fundId": fund.pk, "purpose": "More", **dates}
    return api, {
        f"/capital-calls/{call['id']}/payments": partial(
            _named, items, "itemId", "amount", "splits", {}, "amount"
        ),
        f"/receipts/{receipt['id']}/apply": partial(_named, items, "itemId", "amount", "splits", {}, ""),
        "/capital-calls": partial(
            _named, investors, "investorId", "calledAmount", "items", draft, "totalAmount"
        ),
    }


def _named(ids, name, amount, among, rest, total, count) -> dict:
    """A body that names so many of these, with one each."""
    named = [{name: one, amount: 1} for one in ids[:count]]
    return rest | {among: named} | ({total: count} if total else {})


def test_a_list_of_rows_that_are_there_is_work_for_each_of_them(crowd):
    api, bodies = crowd
    for path, grow in bodies.items():
        works = [_undone(api, path, grow(count)) for count in (ROWS[0], *ROWS)][1:]
        assert excess(works) == "", path


def _undone(api, path, body) -> Work:
    """The work of what is then undone."""
    headers = {"Authorization": f"Bearer {api.token}"}
    post = partial(api.client.post, f"/api{path}", body, content_type="application/json", headers=headers)
    answers = []
    with transaction.atomic():
        work = work_of(lambda: answers.append(post()))
        transaction.set_rollback(True)
    assert answers[0].status_code < 300, answers[0].content
    return work


# ---------------------------------------------------------------- the picture


@pytest.mark.deep
def test_the_picture_has_a_line_for_every_endpoint(site):
    """With RECORD_WORK it is drawn anew."""
    lines = {}
    for kind, who, found in (
        ("API", "manager", _of_api(site)),
        ("page", "manager", None),
        ("not signed in", "anonymous", None),
    ):
        sender = Sender(site, who)
        for route, grow, as_sent in found or _of_pages(sender):
            sents = [as_sent(grow(times)) for times in (10 * 2**power for power in range(9))]
            counts = [
                (len(sent.content), work.operations)
                for sent, work in zip(sents, sender.works(route, sents), strict=True)
            ]
            lines[kind, str(route)] = counts
    if "RECORD_WORK" in os.environ:
        PICTURE.write_text(draw_work.svg(lines))
    drawn = unescape(PICTURE.read_text())
    assert [name for _, name in lines if f"<title>{name}</title>" not in drawn] == []


def _of_api(site):
    return [(route, bodies(schema, site.ids)["all"], Sent.json) for route, schema in operations()]


def _of_pages(sender):
    """A form is drawn as long as it is answered as one: until it has too many fields."""
    return [
        (route, grow, Sent.form)
        for route in posts(*(PUBLIC if sender.who == "anonymous" else ()))
        if sender.ask(route, Sent.form({})).status_code not in (404, 405)
        for way, grow in forms(sender.page(route)).items()
        if way == "all"
    ]
