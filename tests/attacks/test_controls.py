"""K. Controls: what the safety of a fund in use rests on, weakened by one person alone. docs/attacks.md leads here."""

from datetime import date

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, Forbidden
from blackgem.lib.sql import mapped_errors
from blackgem.models import AuditEvent
from funds.models import ControlChange, Fund, FundMembership, WarningMail
from funds.queries.controls import with_words
from funds.services.bank import propose_bank_details, verify_bank_details
from funds.services.controls import approve_change, reject_change
from funds.services.funds import change_fund
from funds.services.invitations import accept_invitation, invite_member
from funds.services.members import give_role, set_member
from funds.services.nav import enter_nav
from funds.services.terms import set_side_letter, set_terms
from tests.attacks.test_sessions import stale
from tests.factories import (
    PASSWORD,
    AdminFactory,
    FundTermsFactory,
    MembershipFactory,
    UserFactory,
    admit,
    set_by_two,
)
from tests.integration.capital.story import Story
from tests.integration.identity.conftest import App
from tests.support.api import Api, problem, token_of
from tests.support.called import called
from tests.support.pages import text_of

BANK = {"bank_name": "Second Bank", "account_name": "Eve", "account_number": "000999888777"}
NINETY = {"effective_on": date(2025, 9, 2), "carry_rate": "0.9", "catch_up_rate": "1"}


def by(person) -> WriteContext:
    return WriteContext(person, timezone.now())


@pytest.fixture
def story(db):
    """A fund with four eyes that has issued a call."""
    story = Story(four_eyes=True)
    FundTermsFactory(fund=story.fund)
    admit("ir@fvnd.example")
    story.approve(story.issue(story.draft()))
    return story


def refused(code, kind, write) -> None:
    with pytest.raises(kind) as raised:
        write()
    assert raised.value.code == code


def asked(fund) -> ControlChange:
    return ControlChange.objects.pending().get(fund=fund)


def state(fund) -> dict:
    """Everything here that a change of a control could touch."""
    return {
        "fund": Fund.objects.values().get(pk=fund.pk),
        "roles": sorted(FundMembership.objects.filter(fund=fund).values_list("user", "role")),
        "terms": fund.terms.count(),
        "letters": sum(one.side_letters.count() for one in fund.commitments.all()),
        "invited": fund.invitations.count(),
        "values": list(fund.nav_entries.values_list("as_of", "amount", "deals__deal", "deals__amount")),
    }


#: What one manager does to a fund in use, by the kind of change that it is.
WEAKENED = {
    "four_eyes": lambda story: change_fund(
        fund_id=story.fund.pk, fields={"four_eyes": False}, ctx=by(story.manager)
    ),
    "sender": lambda story: change_fund(
        fund_id=story.fund.pk, fields={"contact_email": "ir@fvnd.example"}, ctx=by(story.manager)
    ),
    "name": lambda story: change_fund(
        fund_id=story.fund.pk,
        fields={"legal_name": "Another Fund, L.P.", "address": "1 Elsewhere"},
        ctx=by(story.manager),
    ),
    "limit": lambda story: change_fund(
        fund_id=story.fund.pk, fields={"residual_limit": "100000"}, ctx=by(story.manager)
    ),
    "limit, notice and date": lambda story: change_fund(
        fund_id=story.fund.pk,
        fields={"residual_limit": "100000", "notice_days": 0, "lpa_date": date(2020, 1, 1)},
        ctx=by(story.manager),
    ),
    "terms": lambda story: set_terms(fund_id=story.fund.pk, fields=NINETY, ctx=by(story.manager)),
    "side_letter": lambda story: set_side_letter(
        commitment_id=story.partners[0].pk,
        fields={"effective_on": date(2025, 9, 2), "carry_rate": "0"},
        ctx=by(story.manager),
    ),
    "nav": lambda story: enter_nav(
        fund_id=story.fund.pk, as_of=date(2026, 1, 31), amount="9000000.00", ctx=by(story.manager)
    ),
    "role": lambda story: invite_member(
        fund_id=story.fund.pk, email="second.self@example.com", role="manager", ctx=by(story.manager)
    ),
}


def test_all_that_a_letter_says_of_its_sender_waits_as_one_change(story):
    """The telephone is where an investor asks whether the bank details are true."""
    given = {
        "contact_phone": "+49 30 1",
        "contact_name": "Mallory",
        "signatory_name": "M",
        "signatory_title": "GP",
    }
    before = state(story.fund)
    change_fund(
        fund_id=story.fund.pk, fields={**given, "contact_email": "ir@fvnd.example"}, ctx=by(story.manager)
    )
    change = asked(story.fund)
    assert (change.kind, set(change.becomes)) == ("sender", {*given, "contact_email"})
    assert state(story.fund) == before
    reject_change(change_id=change.pk, ctx=by(story.second))
    change_fund(fund_id=story.fund.pk, fields=given, ctx=by(story.manager))
    approve_change(change_id=asked(story.fund).pk, ctx=by(story.second))
    story.fund.refresh_from_db()
    assert {name: getattr(story.fund, name) for name in given} == given


@pytest.mark.parametrize("kind", WEAKENED)
def test_what_weakens_a_control_waits_for_another_person(story, kind):
    before = state(story.fund)
    WEAKENED[kind](story)
    change = asked(story.fund)
    assert (change.kind, state(story.fund)) == (kind.partition(",")[0], before)
    refused("four_eyes", Forbidden, lambda: approve_change(change_id=change.pk, ctx=by(story.manager)))
    refused("control.pending", Conflict, lambda: WEAKENED[kind](story))
    assert state(story.fund) == before
    event = AuditEvent.objects.get(verb="propose_change")
    assert (event.actor, event.fund_id) == (story.manager, story.fund.pk)
    approve_change(change_id=change.pk, ctx=by(story.second))
    assert state(story.fund) != before
    assert AuditEvent.objects.get(verb="approve_change").actor == story.second


def test_what_is_turned_down_changes_nothing_and_may_be_asked_for_again(story):
    before = state(story.fund)
    for person in (story.second, story.manager):
        WEAKENED["four_eyes"](story)
        reject_change(change_id=asked(story.fund).pk, ctx=by(person))
        assert state(story.fund) == before
    assert not asked_at_all(story.fund)


def test_a_change_is_told_in_percent_and_part_by_part():
    """What is approved is what is read: no tier and no flag is left out, and nothing that stays as it was is in it."""
    tier = {"hurdle_rate": "0.12", "catch_up_rate": "1", "carry_rate": "0.30"}
    was = {"carry_rate": "0.20000000", "hurdle_rate": "0.08", "tiers": [tier]}
    becomes = {"carry_rate": "0.9", "hurdle_rate": "0.08", "tiers": [tier | {"carry_rate": "0.95"}]}
    value = {
        "as_of": "2026-01-31",
        "amount": "9.00",
        "receivables_included": True,
        "payables_deducted": False,
    }
    changes = [
        ControlChange(kind="terms", was=was, becomes=becomes, fund=Fund(currency="USD")),
        ControlChange(kind="nav", about="2026-01-31", was={}, becomes=value, fund=Fund(currency="JPY")),
    ]
    terms, nav = (
        [(one.label, one.old, one.new) for one in change.in_words] for change in with_words(changes)
    )
    assert terms == [("Carry rate", "20 %", "90 %"), ("Tier 2: carry rate", "30 %", "95 %")]
    assert nav == [("Amount", "", "¥9"), ("Receivables included", "", "yes")]


def test_who_asked_reads_why_it_was_turned_down(story, client):
    WEAKENED["limit"](story)
    page = reverse("funds:control_change_reject", args=[asked(story.fund).pk])
    client.force_login(story.second)
    assert "Residual limit: $0.00 → $100,000.00" in text_of(client.get(page))
    assert client.post(page, {"reason": "Too much"}).status_code == 302
    assert AuditEvent.objects.get(verb="reject_change").reason == "Too much"
    told = WarningMail.objects.get(recipient=story.manager.email)
    assert ("Too much" in told.body, asked_at_all(story.fund)) == (True, False)


def asked_at_all(fund) -> bool:
    return ControlChange.objects.pending().filter(fund=fund).exists()


def test_what_changed_since_it_was_asked_for_is_not_approved(story):
    set_by_two(story.fund, residual_limit="50.00")
    WEAKENED["limit"](story)
    change_fund(fund_id=story.fund.pk, fields={"residual_limit": "10"}, ctx=by(story.manager))
    before, change = state(story.fund), asked(story.fund)
    refused("stale_version", Conflict, lambda: approve_change(change_id=change.pk, ctx=by(story.second)))
    assert state(story.fund) == before | {"roles": state(story.fund)["roles"]}


def test_one_manager_does_not_turn_four_eyes_off_verify_and_turn_them_on_again(story):
    """The attack as it went through: alone, with one session, and no second factor."""
    change_fund(fund_id=story.fund.pk, fields={"four_eyes": False}, ctx=by(story.manager))
    details = propose_bank_details(fund_id=story.fund.pk, fields=BANK, ctx=by(story.manager))
    refused(
        "four_eyes",
        Forbidden,
        lambda: verify(details, story.manager),
    )
    assert not story.fund.bank_details.verified().exists()


def test_bank_details_take_two_in_any_fund_in_use(db):
    """Also those that were entered while the fund's set-up was free."""
    story = Story()
    early = propose_bank_details(fund_id=story.fund.pk, fields=BANK, ctx=by(story.manager))
    assert not early.four_eyes
    story.issued()
    refused("four_eyes", Forbidden, lambda: verify(early, story.manager))
    verify(early, AdminFactory())


def verify(details, person):
    ctx = by(person)
    return verify_bank_details(bank_details_id=details.pk, call=called(details, ctx.at), ctx=ctx)


def test_a_role_begins_or_rises_with_another_person_only(story):
    analyst = MembershipFactory(fund=story.fund, role="analyst").user
    for person, role in ((analyst, "manager"), (UserFactory(), "auditor")):
        change = set_member(fund_id=story.fund.pk, email=person.email, role=role, ctx=by(AdminFactory()))
        approve_change(change_id=change.pk, ctx=by(story.manager))
        assert story.fund.memberships.get(user=person).role == role
    # Down it goes at once; and the approval was good for one change.
    set_member(fund_id=story.fund.pk, email=analyst.email, role="auditor", ctx=by(story.manager))
    with pytest.raises(Forbidden), mapped_errors(), transaction.atomic():
        give_role(story.fund, analyst, "manager", ctx=by(story.manager))


def test_an_invitation_leaves_once_somebody_else_agreed(story, django_capture_on_commit_callbacks):
    WEAKENED["role"](story)
    assert not mail.outbox
    with django_capture_on_commit_callbacks(execute=True):
        approve_change(change_id=asked(story.fund).pk, ctx=by(story.second))
    (letter,) = mail.outbox
    token = letter.body.split("/invitations/")[1].split("/")[0]
    person = accept_invitation(token=token, full_name="New", password="a-long-password", at=timezone.now())
    assert story.fund.memberships.get(user=person).role == "manager"


def test_before_the_first_call_one_person_sets_a_fund_up(db):
    story = Story(four_eyes=True)
    FundTermsFactory(fund=story.fund)
    admit("ir@fvnd.example")
    for weaken in WEAKENED.values():
        weaken(story)
    assert not ControlChange.objects.exists()
    assert not Fund.objects.get(pk=story.fund.pk).four_eyes


def signed_in_a_while_ago(person) -> Client:
    """A browser whose second factor was shown six minutes ago."""
    browser, phone = Client(), App(person)
    browser.post(reverse("login"), {"login": person.email, "password": PASSWORD})
    browser.post(reverse("mfa_authenticate"), {"code": phone.code(seconds_ago=30)})
    stale(browser)
    return browser


def test_who_asks_and_who_decides_shows_a_fresh_factor(story, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    browser, before, edit = (
        signed_in_a_while_ago(story.manager),
        state(story.fund),
        f"/funds/{story.fund.pk}/edit/",
    )
    shown = {one.html_name: one.value() for one in browser.get(edit).context["form"]}
    form = {name: value for name, value in shown.items() if value and name != "four_eyes"}
    assert browser.post(edit, form)["Location"].startswith(reverse("mfa_reauthenticate"))
    invited = browser.post(
        f"/funds/{story.fund.pk}/members/", {"email": "me@two.example", "role_field": "manager"}
    )
    assert invited["Location"].startswith(reverse("mfa_reauthenticate"))
    sent = {
        "headers": {"X-CSRFToken": browser.cookies["csrftoken"].value},
        "content_type": "application/json",
    }
    problem(
        browser.patch(f"/api/funds/{story.fund.pk}", {"fourEyes": False}, **sent), 403, "step_up_required"
    )
    assert (state(story.fund), asked_at_all(story.fund)) == (before, False)
    WEAKENED["four_eyes"](story)
    decide = f"/control-changes/{asked(story.fund).pk}/approve/"
    answer = signed_in_a_while_ago(story.second).post(decide)
    assert answer["Location"].startswith(reverse("mfa_reauthenticate"))
    assert state(story.fund)["fund"]["four_eyes"]


def test_the_api_answers_what_waits_and_decides_it(story):
    api = {person: Api(token_of(person)) for person in (story.manager, story.second)}
    path = f"/funds/{story.fund.pk}"
    answer = api[story.manager].patch(
        path, {"fourEyes": False, "name": "Renamed", "terms": {"carryRate": "0.3"}}
    )
    assert answer.status_code == 202
    waits = answer.json()["pendingChanges"]
    assert [one["kind"] for one in waits] == ["four_eyes", "terms"]
    assert (answer.json()["name"], answer.json()["fourEyes"]) == ("Renamed", True)
    decide = f"/control-changes/{waits[0]['id']}/approve"
    problem(api[story.manager].post(decide), 403, "four_eyes")
    assert api[story.second].post(decide).json()["status"] == "APPROVED"
    problem(api[story.second].post(decide), 409, "control.decided")
    assert api[story.manager].get(path).json()["fourEyes"] is False
    listed = api[story.manager].get(f"{path}/control-changes").json()["controlChanges"]
    assert [one["status"] for one in listed] == ["PENDING", "APPROVED"]
    rejected = api[story.manager].post(f"/control-changes/{waits[1]['id']}/reject")
    assert rejected.json()["status"] == "REJECTED"
