"""Payouts to accounts that changed: held with the reason, shown in the queue, released by a second person."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, DomainError, Forbidden
from distributions.models import Payout
from distributions.services.releases import release_payout
from funds.services.payees import propose_payee_details, reject_payee_details, verify_payee_details
from tests.factories import MembershipFactory
from tests.integration.closings.story import ClosingStory
from tests.integration.distributions.story import AT_EXIT, ExitStory
from tests.support.called import called

pytestmark = pytest.mark.django_db
ACCOUNT = {"bank_name": "Bank", "account_name": "A", "account_number": "000111222333"}


def ctx(person, at=AT_EXIT) -> WriteContext:
    return WriteContext(person, at)


def propose(story, partner, by, at=AT_EXIT):
    return propose_payee_details(commitment_id=partner.pk, fields=ACCOUNT, ctx=ctx(by, at))


def verified(story, partner, by, decided_by, at=AT_EXIT):
    details = propose(story, partner, by, at)
    call = called(details, at)
    return verify_payee_details(payee_details_id=details.pk, call=call, ctx=ctx(decided_by, at))


def refused(code: str, kind: type[DomainError], attempt) -> None:
    with pytest.raises(kind) as error:
        attempt()
    assert error.value.code == code


def test_a_payout_waits_for_who_looked_at_the_account():
    story = ExitStory()
    a, b, c = story.partners
    second = story.second
    third = MembershipFactory(fund=story.fund).user
    known = verified(story, a, story.manager, second)
    issued = story.issue_exit()
    items = {one.commitment_id: one for one in issued.items.all()}
    waiting = propose(story, a, story.manager)

    # Everybody else is paid; nobody pays this one, alone or with all.
    refused("payout.held", Conflict, lambda: story.pay_out(issued, item_id=items[a.pk].pk))
    paid = story.pay_out(issued)
    assert {one.commitment_id for one in paid} == {b.pk, c.pk, story.gp.pk} & set(items) - {
        key for key, one in items.items() if not one.gross_amount
    }
    assert not any(one.payee_details_id for one in paid)
    queue = Client()
    queue.force_login(second)
    shown = queue.get(reverse("dashboard:approvals")).content.decode()
    assert "New bank details of this partner wait to be verified." in shown
    page = reverse("distributions:payout_release", args=[items[a.pk].pk])
    shown = queue.get(page).content.decode()
    assert "•••• 2333" in shown
    assert ACCOUNT["account_number"] not in shown
    assert queue.post(page, {"reason": ""}).status_code == 422
    detail = queue.get(reverse("distributions:distribution", args=[issued.pk])).content.decode()
    assert page in detail

    # Who entered the new account releases none; what was seen is what stands; who releases does not pay.
    by_hand = {"item_id": items[a.pk].pk, "reason": "Called: the old account stands"}
    refused("four_eyes", Forbidden, lambda: release_payout(**by_hand, ctx=ctx(story.manager)))
    refused("stale_version", Conflict, lambda: release_payout(**by_hand, seen_version=1, ctx=ctx(second)))
    assert queue.post(page, {"reason": by_hand["reason"], "seen_version": 2}).status_code == 302
    story.manager, asked_by = second, story.manager
    refused("payout.held", Conflict, lambda: story.pay_out(issued, item_id=items[a.pk].pk))
    story.manager = asked_by

    # A newer account holds it again, and so does one that takes effect.
    reject_payee_details(payee_details_id=waiting.pk, ctx=ctx(story.manager))
    verified(story, a, story.manager, second, AT_EXIT + timedelta(hours=1))
    refused("payout.held", Conflict, lambda: story.pay_out(issued, item_id=items[a.pk].pk))
    release_payout(**by_hand, ctx=ctx(third))
    [payout] = story.pay_out(issued, item_id=items[a.pk].pk)
    assert payout.payee_details.version == 3 != known.version
    refused("payout.not_held", Conflict, lambda: release_payout(**by_hand, ctx=ctx(third)))

    story.take_back(payout)
    assert Payout.objects.get(reverses=payout).payee_details_id == payout.payee_details_id


def test_nothing_goes_to_an_account_that_nobody_verified():
    story = ExitStory()
    issued = story.issue_exit()
    propose(story, story.partners[0], story.manager)
    item = issued.items.get(commitment=story.partners[0])
    assert story.second
    refused("payout.held", Conflict, lambda: story.pay_out(issued, item_id=item.pk))
    attempt = {"item_id": item.pk, "reason": "Urgent", "ctx": ctx(story.second)}
    refused("payout.no_account", Conflict, lambda: release_payout(**attempt))


def test_a_refund_waits_for_the_account_too():
    story = ClosingStory()
    story.first_two_calls()
    closing = story.second_closing()
    story.pay(closing.call, closing.pay_on)
    first = closing.refunds.order_by("commitment").first()
    at = story.ctx(closing.pay_on)
    asked = propose_payee_details(commitment_id=first.commitment_id, fields=ACCOUNT, ctx=at)
    attempt = {"refund_ids": [first.pk]}
    refused("refund.held", Conflict, lambda: story.refund(closing, closing.pay_on, **attempt))
    paid = story.refund(closing, closing.pay_on)
    assert first.pk not in {one.refund_id for one in paid}
    reject_payee_details(payee_details_id=asked.pk, ctx=at)
    assert [one.refund_id for one in story.refund(closing, closing.pay_on)] == [first.pk]
