"""K. A statement is not read again, in no form that it has, once its reader's access was withdrawn."""

from copy import deepcopy

import pytest
from django.test import Client

from blackgem.lib.context import WriteContext
from funds.services.portal_access import withdraw_access
from funds.services.register import approve_event, change_register
from tests.integration.capital.story import TODAY
from tests.integration.distributions.story import AT_EXIT
from tests.support.api import Api, problem
from tests.support.pages import text_of
from tests.support.staging import staged

pytestmark = pytest.mark.django_db

ONE = ("statement/", "statement.pdf", "statement/export.csv", "statement/export.xlsx")
ALL = ("statements/", "statements.pdf", "statements/export.csv", "statements/export.xlsx")
RELEASED = "Commitment released"


@staged
def world(two_investors):
    """A part of the reader's commitment was released, in a fund under four eyes."""
    world = deepcopy(two_investors)
    asked = change_register(
        commitment_id=world.story.partners[0].pk,
        kind="released",
        amount="1000.00",
        effective_on=TODAY,
        reason="Side letter",
        ctx=WriteContext(world.story.manager, AT_EXIT),
    )
    approve_event(event_id=asked.pk, ctx=WriteContext(world.story.second, AT_EXIT))
    return world


def content_of(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_what_was_read_before_is_not_read_again(world):
    partner, reader = world.story.partners[0], world.people["lp_a"]
    browser, api = Client(), Api(world.tokens["lp_a"])
    browser.force_login(reader)
    query = f"?commitment={partner.public_id}"
    addresses = [*(f"/portal/{path}{query}" for path in ONE), *(f"/portal/{path}" for path in ALL)]
    of_api = f"/investors/{partner.investor.public_id}/statement"
    assert RELEASED in text_of(browser.get(addresses[0]))
    assert {label["label"] for label in api.read(of_api)["unfundedFlow"]} >= {RELEASED}
    seen = {address: content_of(browser.get(address)) for address in addresses}
    assert all(partner.investor.name.encode() in seen[address] for address in addresses if "csv" in address)
    [contact] = partner.investor.contacts.filter(user=reader)

    withdraw_access(contact_id=contact.pk, ctx=WriteContext(world.story.manager, AT_EXIT))

    for address in addresses:
        again = content_of(browser.get(address))
        assert again != seen[address], address
        assert not again.startswith((b"%PDF", b"PK")), address
        assert not {name for name in (RELEASED, partner.investor.name) if name.encode() in again}, address
    problem(api.get(of_api), 404, "not_found")
    assert api.read("/portal/statements")["total"] == 0
