"""What is offered is what would succeed: every verb over every state and role, asked and then tried."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from itertools import product

import pytest
from django.db import transaction
from django.http import Http404
from django.urls import reverse

from blackgem.lib.checks import Offer, offer
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import DomainError, NotFound
from capital.access import call_offers, check_pay_item, check_resend_notice
from capital.models import CapitalCall
from capital.queries import call as calls_read
from capital.queries import item as items_read
from capital.services import calls, payments, reversals
from distributions.access import check_pay_item_out, distribution_offers
from distributions.models import Distribution
from distributions.queries import distribution as distributions_read
from distributions.queries import item as payouts_read
from distributions.services import distributions, payouts
from funds.access import (
    check_change_shared,
    check_enter_shared,
    check_invite_contact,
    check_open_fund,
    check_remove_member,
    role_in,
)
from funds.models import BankDetails, Deal
from funds.queries.funds import bank_details_to_decide
from funds.queries.partners import with_rights
from funds.services import bank, invitations, partners
from funds.services.funds import create_fund
from funds.services.members import remove_member
from tests.factories import (
    BankDetailsFactory,
    CommitmentFactory,
    ContactFactory,
    DealFactory,
    InvestorFactory,
    MembershipFactory,
    UserFactory,
)
from tests.integration.capital.story import NOW, TODAY, Story
from tests.integration.distributions.story import AT_EXIT, EXIT, ExitStory
from tests.support.called import called

pytestmark = pytest.mark.django_db
#: A button that keeps the focus, and the words that describe it.
DISABLED = (
    r'aria-disabled="true" aria-describedby="(why-[a-z-]+)">([^<]+)</button>'
    r'<span class="refused-why" role="tooltip" id="\1">([^<]+)</span>'
)
SOON = date(2026, 3, 20)


class Undone(Exception):
    """Takes back what a service did."""


def refusal_of(write: Callable) -> DomainError | None:
    """What a service says to it; whatever it wrote is taken back."""
    try:
        with transaction.atomic():
            write()
            raise Undone
    except Undone:
        return None
    except DomainError as error:
        return error


def assert_said(offered: Offer, write: Callable, *where) -> None:
    """The service refuses what is not offered, and in the same words."""
    refused = refusal_of(write)
    assert (offered.reason, bool(offered)) == (str(refused or ""), refused is None), where
    assert not refused or refused.code == offered.refusal.code, where


def people_of(story) -> dict:
    """A manager who drafts and submits, and under four eyes another one; somebody whose role reaches less far; somebody
    who stands for one of the fund's investors; and somebody who works for another fund alone."""
    people = {"manager": story.manager}
    if story.four_eyes:
        people["second"] = story.second
    for role in ("analyst",) if story.four_eyes else ("auditor",):
        people[role] = UserFactory()
        MembershipFactory(fund=story.fund, user=people[role], role=role)
    investor = story.fund.commitments.order_by("pk").last().investor
    people["lp"] = ContactFactory(investor=investor, user=UserFactory()).user
    people["stranger"] = MembershipFactory().user
    return people


OUTSIDE = ("lp", "stranger")


def assert_out_of_sight(read: Callable, services: dict[str, Callable], *where) -> None:
    """Who has no role in the fund is shown no page with buttons, and every service knows of nothing."""
    with pytest.raises(Http404):
        read()
    for verb, service in services.items():
        refused = refusal_of(service)
        assert isinstance(refused, NotFound), (*where, verb, refused)


# ---------------------------------------------------------------- calls


def calls_in_every_state(story) -> Iterator[CapitalCall]:
    def issued():
        call = story.issue(story.draft("90.00"))
        return story.approve(call) if story.four_eyes else call

    yield story.draft("90.00")
    yield calls.submit_call(call_id=story.draft("90.00").pk, ctx=WriteContext(story.manager, NOW))
    yield issued()
    partly = issued()
    story.pay_item(partly.items.first(), "1.00")
    yield partly
    paid = issued()
    story.pay(paid, "90.00")
    yield paid
    cancelled = story.cancel(issued())
    if story.four_eyes:
        yield cancelled  # waits for another person
        story.agree(cancelled)
    yield cancelled


def call_services(call, by) -> dict[str, Callable]:
    """The service of every verb that the page of a call offers."""
    who = {"call_id": call.pk, "ctx": WriteContext(by, NOW)}
    return {
        "edit": partial(calls.delete_draft, **who),
        "submit": partial(calls.submit_call, **who),
        "issue": partial(calls.issue_call, **who),
        "approve": partial(calls.approve_call, **who),
        "send_back": partial(calls.send_back_call, reason="Once more", **who),
        "cancel": partial(calls.cancel_call, reason="No deal", **who),
        "reword": partial(calls.reword_call, purpose="Other", purpose_detail="", due_date=SOON, **who),
        "send": partial(calls.send_notices, confirmed=True, **who),
    }


@pytest.mark.parametrize("four_eyes", [False, True])
def test_a_call_offers_what_its_services_do(four_eyes):
    story = Story(four_eyes=four_eyes)
    people = people_of(story)
    seen = set()
    for call in calls_in_every_state(story):
        seen.add(calls_read.call_of(story.manager, call.pk).status)
        for name, by in people.items():
            services = call_services(call, by)
            if name in OUTSIDE:
                assert_out_of_sight(partial(calls_read.call_of, by, call.pk), services, name)
                continue
            shown = calls_read.call_of(by, call.pk)
            offered = call_offers(shown, by)
            assert offered.keys() == services.keys()
            for verb, service in services.items():
                assert_said(offered[verb], service, shown.status, name, verb)
            _assert_items_offer(call, by, shown.status, name)
    assert seen == set(dict(CapitalCall._meta.get_field("status").choices))


def _row_of(by, call_id, item_id):
    """The item's row on the page of its call."""
    shown = calls_read.call_of(by, call_id)
    page = calls_read.items_page(shown, show="", text="", number=1)
    return next(row for row in calls_read.rows_of(shown, page, {}, by, at=NOW) if row.pk == item_id)


def _assert_items_offer(call, by, *where) -> None:
    item = items_read.item_of(by, call.pk, call.items.order_by("pk").first().pk)
    item.call.role = item.role
    who = {"ctx": WriteContext(by, NOW)}
    pay = partial(
        payments.record_payment, item_id=item.pk, amount="0.01", value_date=TODAY, method="wire", **who
    )
    row = _row_of(by, call.pk, item.pk)
    assert row.pay.reason == offer(check_pay_item, item, by).reason
    assert_said(row.pay, pay, *where, "pay")
    resend = partial(calls.resend_notice, item_id=item.pk, **who)
    assert_said(offer(check_resend_notice, item.call, by), resend, *where, "resend")
    for one in items_read.about(item, by).payments:
        ask = partial(reversals.request_reversal, payment_id=one.money.pk, reason="Bounced", **who)
        assert_said(one.reverse, ask, *where, "reverse")


# ---------------------------------------------------------------- distributions


def distributions_in_every_state(story) -> Iterator[Distribution]:
    """One after the other: each leaves nothing approved behind it, which the next would wait for."""
    who = {"ctx": WriteContext(story.manager, AT_EXIT)}
    draft = story.draft_exit("1000.00")
    submitted = distributions.submit_distribution(distribution_id=story.draft_exit("1000.00").pk, **who)
    yield draft
    yield submitted
    approved = distributions.approve_distribution(
        distribution_id=submitted.pk, ctx=WriteContext(story.second, AT_EXIT)
    )
    yield approved
    distributions.issue_approved_distribution(distribution_id=approved.pk, **who)
    yield approved
    story.pay_out(approved, item_id=approved.items.filter(gross_amount__gt=0).first().pk)
    yield approved
    story.pay_out(approved)
    yield approved
    for payout in approved.payouts.filter(reverses=None):
        taken = story.take_back(payout)
        if not taken.approved_at:
            payouts.approve_payout_reversal(reversal_id=taken.pk, ctx=WriteContext(story.second, AT_EXIT))
    cancelled = distributions.cancel_distribution(distribution_id=approved.pk, reason="No sale", **who)
    if story.four_eyes:
        yield approved  # waits for another person
        story.agree(cancelled)
    yield approved


def distribution_services(one, by) -> dict[str, Callable]:
    """The service of every verb that the page of a distribution offers."""
    who = {"distribution_id": one.pk, "ctx": WriteContext(by, AT_EXIT)}
    return {
        "edit": partial(distributions.delete_draft, **who),
        "submit": partial(distributions.submit_distribution, **who),
        "issue": partial(distributions.issue_distribution, **who),
        "approve": partial(distributions.approve_distribution, **who),
        "send_back": partial(distributions.send_back_distribution, reason="Once more", **who),
        "return_to_draft": partial(distributions.return_to_draft, **who),
        "send": partial(distributions.issue_approved_distribution, **who),
        "cancel": partial(distributions.cancel_distribution, reason="No sale", **who),
        "send_notices": partial(distributions.send_notices, **who),
        "pay_out": partial(payouts.pay_out, value_date=EXIT, method="wire", **who),
    }


@pytest.mark.parametrize("four_eyes", [False, True])
def test_a_distribution_offers_what_its_services_do(four_eyes):
    story = ExitStory(called=((date(2026, 3, 1), "100000.00"),))
    story.fund.four_eyes = story.four_eyes = four_eyes
    story.fund.save(update_fields=["four_eyes"])
    people = people_of(story)
    seen = set()
    for one in distributions_in_every_state(story):
        for name, by in people.items():
            services = distribution_services(one, by)
            if name in OUTSIDE:
                assert_out_of_sight(partial(distributions_read.distribution_of, by, one.pk), services, name)
                continue
            shown = distributions_read.distribution_of(by, one.pk)
            seen.add(shown.status)
            offered = distribution_offers(shown, by)
            assert offered.keys() == services.keys()
            for verb, service in services.items():
                assert_said(offered[verb], service, shown.status, name, verb)
            _assert_parts_offer(one, by, shown.status, name)
    assert seen == set(dict(Distribution._meta.get_field("status").choices))


def _assert_parts_offer(one, by, *where) -> None:
    paid = one.items.filter(gross_amount__gt=0).order_by("pk").first()
    item = payouts_read.item_of(by, one.pk, paid.pk)
    who = {"ctx": WriteContext(by, AT_EXIT)}
    pay = partial(
        payouts.pay_out, distribution_id=one.pk, item_id=item.pk, value_date=EXIT, method="wire", **who
    )
    shown = distributions_read.distribution_of(by, one.pk)
    page = distributions_read.items_page(shown, show="", text="", number=1)
    row = next(row for row in distributions_read.rows_of(shown, page, {}, by) if row.pk == item.pk)
    assert row.pay_out.reason == offer(check_pay_item_out, item, by).reason
    assert_said(row.pay_out, pay, *where, "pay out")
    for shown in payouts_read.payouts_of(item, by):
        ask = partial(payouts.request_payout_reversal, payout_id=shown.money.pk, reason="Bounced", **who)
        assert_said(shown.reverse, ask, *where, "reverse")


# ---------------------------------------------------------------- bank details, and the words on the page


@pytest.mark.parametrize("rest_hours", [0, 24])
def test_bank_details_offer_what_their_services_do(settings, rest_hours):
    """Also while they rest before they take the place of others."""
    settings.BANK_DETAILS_REST_HOURS = rest_hours
    story = Story(four_eyes=True)
    BankDetailsFactory(fund=story.fund)
    people, fields = people_of(story), {"bank_name": "A", "account_name": "B", "account_number": "12345678"}
    details = bank.propose_bank_details(
        fund_id=story.fund.pk, fields=fields, ctx=WriteContext(story.manager, NOW)
    )
    at = BankDetails.objects.get(pk=details.pk).created_at
    for name, by in people.items():
        shown = BankDetails.objects.get(pk=details.pk)
        shown.role = role_in(by, story.fund.pk)
        who = {"bank_details_id": details.pk, "ctx": WriteContext(by, at)}
        verify = partial(bank.verify_bank_details, call=called(details, at), **who)
        reject = partial(bank.reject_bank_details, **who)
        if name in OUTSIDE:
            read = partial(bank_details_to_decide, by, details.pk)
            assert_out_of_sight(read, {"verify": verify, "reject": reject}, name)
            continue
        assert_said(offer(bank.check_verify, shown, by, at), verify, name)
        assert_said(offer(bank.BANK_DETAILS.check_reject, shown, by), reject, name)


# ---------------------------------------------------------------- members, investors and deals


def test_members_are_removed_while_a_manager_is_left():
    story = Story(four_eyes=True)
    people = people_of(story)
    for left in (2, 1):
        fund = story.fund
        for by, member in product(people.items(), fund.memberships.all()):
            fund.role = role_in(by[1], fund.pk)
            remove = partial(
                remove_member, fund_id=fund.pk, user_id=member.user_id, ctx=WriteContext(by[1], NOW)
            )
            assert_said(offer(check_remove_member, fund, member, by[1]), remove, left, by[0], member.role)
        fund.memberships.filter(user=people.pop("second", None)).delete()


def test_investors_and_deals_offer_what_their_services_do():
    """Tied to a fund, to another one, or to none yet; also to who works for no fund."""
    story = Story()
    people = {**people_of(story), "newcomer": UserFactory()}
    MembershipFactory(fund=story.fund, user=people.setdefault("analyst", UserFactory()), role="analyst")
    tied, loose = story.fund.commitments.first().investor, InvestorFactory(created_by=story.manager)
    foreign = CommitmentFactory(investor=InvestorFactory(created_by=story.manager)).investor
    for name, by in people.items():
        who = {"ctx": WriteContext(by, NOW)}
        enter = partial(partners.create_investor, fields={"name": "New"}, **who)
        assert_said(offer(check_enter_shared, by), enter, name, "enter")
        fund = {"name": "New", "lpa_date": "2025-09-01"}
        assert_said(offer(check_open_fund, by), partial(create_fund, fields=fund, **who), name, "open")
        for row in (tied, loose, foreign, DealFactory(created_by=story.manager)):
            _assert_shared_offers(row, by, name, str(row))


def _assert_shared_offers(row, by, *where) -> None:
    who, is_deal = {"ctx": WriteContext(by, NOW)}, isinstance(row, Deal)
    change = partners.change_deal if is_deal else partners.change_investor
    change = partial(change, **{"deal_id" if is_deal else "investor_id": row.pk}, fields={"name": "N"}, **who)
    contact = None if is_deal else ContactFactory(investor=row)
    invite = contact and partial(invitations.invite_contact, contact_id=contact.pk, **who)
    shown = with_rights(type(row).objects.visible_to(by), by).filter(pk=row.pk).first()
    if shown is None:
        assert all(isinstance(refusal_of(one), NotFound) for one in (change, invite) if one), where
        return
    assert_said(offer(check_change_shared, shown, by), change, *where, "change")
    if contact:
        contact.investor = shown
        assert_said(offer(check_invite_contact, contact, by), invite, *where, "invite")


def test_a_disabled_button_says_why_to_who_uses_a_keyboard_too(client):
    """What is out of reach of a role or of a state has no button at all."""
    story = Story(four_eyes=True)
    call = story.approve(story.issue(story.draft("90.00")))
    story.pay_item(call.items.first(), "1.00")
    waiting = calls.submit_call(call_id=story.draft("90.00").pk, ctx=WriteContext(story.manager, NOW))
    client.force_login(story.manager)

    def buttons(one):
        page = client.get(reverse("capital:call", args=[one.pk])).content.decode()
        return {word: why for _, word, why in re.findall(DISABLED, page)}

    assert buttons(call) == {"Cancel call": "Something was paid on this call; reverse its payments first."}
    assert buttons(waiting) == {
        "Approve and issue": "This fund demands that a second person approves: you asked for it yourself."
    }
    client.force_login(people_of(story)["analyst"])
    assert buttons(call) == buttons(waiting) == {}
