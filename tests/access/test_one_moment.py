"""Whatever is read for one answer is of one moment: a payment that is committed between two of its queries is on all
of its figures, or on none."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from itertools import count

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from blackgem.lib.context import WriteContext
from capital.services import calls
from funds.models import Fund, Notice
from tests.factories import CommitmentFactory, set_by_two
from tests.integration.capital.story import NOW, TODAY, Story
from tests.integration.distributions.story import EXIT
from tests.support.opened import written
from tests.support.race import together

from .routes import Route, Visitor, routes
from .world import World

#: What is drawn anew each time, and says nothing.
_FRESH = re.compile(
    rb'(name="csrfmiddlewaretoken" value=")[^"]+|<time[^>]*>[^<]*|(/ModDate|/CreationDate|/ID)[^\n]*'
)
_MONEY = re.compile("calls/|cash/|distributions/|allocations/|funds/<")
_SAID = re.compile(rb"<div>[^<]+</div>\n  </div>")
_NO_SNAPSHOT = re.compile(r"SAVEPOINT|RELEASE")
#: Pages that show no figures: one's own account, signing in, what only leads on, and most of the administrators'.
_WITHOUT_FIGURES = re.compile(
    "account/|help/|sign-|password/|invitation|.*/invite/|healthz|theme|admin/(?!(capital|distributions)/[a-z]+/$)|api/"
)

#: The statement that reads the positions of a call's letters.
READS_POSITIONS = '"capital_call_items"."amount" >'


class Payer:
    """Pays a little of an open call from another connection, once: after the first query of a snapshot, or of any
    transaction the first one that reads what `after` names."""

    def __init__(self, story, item, after=""):
        self.story, self.item, self.paid = story, item, 0
        self.armed, self.after = False, after
        self.is_reading = bool(after)

    def __call__(self, execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        if sql.startswith("SET TRANSACTION"):
            self.is_reading = True
        elif self.armed and self.is_reading and self.after in sql and not _NO_SNAPSHOT.match(sql):
            self.armed = False
            self.pay()
        return answer

    def pay(self):
        [error] = together([lambda: self.story.pay_item(self.item, "0.01")])
        assert not isinstance(error, Exception), error
        self.paid += 1

    @contextmanager
    def between_two_queries(self):
        self.armed, self.is_reading = True, bool(self.after)
        with connection.execute_wrapper(self):
            yield
        self.armed = False


def body_of(response) -> bytes:
    """What a reader compares. Workbooks and PDFs say in their bytes when they were made: theirs is not compared."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    response.close()
    if not response["Content-Type"].startswith(("text/", "application/json")):
        return b""
    return _FRESH.sub(b"", content)


def differing(before: bytes, meanwhile: bytes) -> list[bytes]:
    """The lines of two answers that are not the same."""
    return sorted(set(before.splitlines()) ^ set(meanwhile.splitlines()))


def pages() -> list[Route]:
    """Every address that is looked at and shows figures. The API's routes all run in one guard."""
    return [route for route in routes() if route.verb == "GET" and not _WITHOUT_FIGURES.match(route.path)]


def open_item(world: World):
    """What investor B still owes on a call that nobody had to approve."""
    set_by_two(world.story.fund, four_eyes=False)
    call = world.story.issued("1000.00")
    with written():
        Fund.objects.filter(pk=world.story.fund.pk).update(four_eyes=True)
    return call.items.get(commitment=world.story.partners[1])


@pytest.mark.django_db(transaction=True)
def test_a_payment_between_two_queries_is_on_all_figures_of_an_answer_or_on_none():
    world = World.make()
    ids = world.ids
    payer = Payer(world.story, open_item(world))
    torn, untouched = {}, []
    for who in ("manager", "lp_b", "admin"):
        client = Client(headers={"X-Request-ID": "the-same-for-all"})
        client.force_login(world.people[who])
        for route in pages():
            if bool(who == "admin") != route.path.startswith("admin/"):
                continue
            client.get(route.address(ids))  # takes away what the page before had to say
            before = client.get(route.address(ids))
            if before.status_code != 200:
                continue
            with payer.between_two_queries():
                paid = payer.paid
                meanwhile = client.get(route.address(ids))
                seen = body_of(meanwhile)
            if lines := differing(body_of(before), seen):
                torn[f"{who} {route}"] = lines[:4]
            if payer.paid == paid:
                untouched.append(f"{who} {route}")
    assert payer.paid > 40
    assert (torn, untouched) == ({}, [])


def shown_again(world: World, who: str) -> Iterator[tuple[str, Callable[[], HttpResponse]]]:
    """Every form about money, sent by a person with nothing in it, that shows itself again; and how to send it."""
    visitor = Visitor(world, who)
    for route in routes():
        if route.verb != "POST" or not _MONEY.match(route.path):
            continue
        if visitor.ask(route, world.ids).status_code in (200, 409, 422):
            yield str(route), partial(visitor.client.post, route.address(world.ids), {})


def filled_in(world: World, item) -> Iterator[tuple[str, Callable[[], HttpResponse]]]:
    """What the services refuse, what an administrator is asked before it is done, and what is only worked out."""
    too_much = {"amount": "999999.00", "value_date": TODAY.isoformat(), "method_field": "wire"}
    cancel = {"action": "cancel", "_selected_action": [str(item.call_id)]}
    fund, day = world.story.fund.pk, EXIT.isoformat()
    body = json.dumps({"fundId": fund, "totalAmount": 1000, "distributionDate": day})
    manager, admin = Client(), Client()
    manager.force_login(world.people["manager"])
    admin.force_login(world.people["admin"])
    address = f"/calls/{item.call_id}/items/{item.pk}/payments/new/"
    yield "a payment", partial(manager.post, address, too_much)
    yield "an action", partial(admin.post, "/admin/capital/capitalcall/", cancel)
    keys = count(10)
    token = world.tokens["manager"]
    yield (
        "a waterfall",
        lambda: Client(
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": str(next(keys))}
        ).generic("POST", "/api/distributions/calculate-waterfall", body, "application/json"),
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("share", [0, *(pytest.param(share, marks=pytest.mark.deep) for share in (1, 2))])
def test_a_payment_while_a_form_is_refused_is_on_all_figures_of_its_page_or_on_none(share):
    """Every third form in turn."""
    world = World.make()
    assert world.ids
    item = open_item(world)
    payer = Payer(world.story, item)
    torn, untouched = {}, []
    forms = (*shown_again(world, "manager"), *filled_in(world, item))
    for name, send in forms[share::3]:
        before = send()
        assert before.status_code in (200, 409, 422), (name, before.content)
        assert len(_SAID.findall(before.content)) == ("POST" in name and before.status_code == 409)
        with payer.between_two_queries():
            paid = payer.paid
            meanwhile = send()
        if lines := differing(body_of(before), body_of(meanwhile)):
            torn[name] = lines[:4]
        if payer.paid == paid:
            untouched.append(name)
    assert payer.paid > 6
    assert (torn, untouched) == ({}, [])


@pytest.mark.django_db(transaction=True)
def test_a_payment_while_a_call_is_issued_is_on_no_position_of_its_letters_or_on_all():
    story = Story()
    draft = story.draft("1000.00")
    joined = CommitmentFactory(fund=story.fund, amount=Decimal("500000.00"), created_by=story.manager)
    payer = Payer(story, story.issued("1500.00").items.get(commitment=joined), READS_POSITIONS)
    with payer.between_two_queries():
        calls.issue_call(call_id=draft.pk, ctx=WriteContext(story.manager, NOW))
    assert payer.paid == 1
    letters = Notice.objects.newest(Notice.Kind.CAPITAL_CALL, draft.pk)
    paid = {
        row["after"]
        for one in letters
        for row in one.facts["fund_position"]
        if row["label"].startswith("Paid")
    }
    assert paid == {"0.00"}
