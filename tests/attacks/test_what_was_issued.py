"""K. What a fund told its investors by an issue, changed by one person alone. docs/attacks.md leads here."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, Forbidden
from blackgem.models import AuditEvent
from capital.services import calls
from distributions.services import distributions
from funds.models import ControlChange, Notice, NoticeDelivery
from funds.services.controls import approve_change, reject_change
from tests.attacks.test_controls import by, refused, signed_in_a_while_ago
from tests.factories import ContactFactory, set_by_two
from tests.integration.capital.story import NOW, Story, fresh
from tests.integration.distributions.story import AT_EXIT, EXIT, ExitStory
from tests.support.api import Api, problem, token_of
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db
FRAUD = {
    "purpose": "Urgent: new account",
    "purpose_detail": "Call +49 30 666 for the new bank details.",
    "due_date": date(2026, 4, 15),
}


@pytest.fixture
def story():
    """A fund with four eyes, whose call was issued by two."""
    story = Story(four_eyes=True)
    for partner in story.partners:
        ContactFactory(investor=partner.investor)
    story.call_issued = story.approve(story.issued())
    return story


@pytest.fixture
def paying():
    """A fund with four eyes, whose distribution was issued before they were on."""
    story = ExitStory()
    story.paid = story.issue_exit()
    set_by_two(story.fund, four_eyes=True)
    return story


def reword(story, person=None):
    calls.reword_call(call_id=story.call_issued.pk, **FRAUD, ctx=by(person or story.manager))


def cancel(story, person=None):
    reason = {"reason": "Send it to my account instead"}
    calls.cancel_call(call_id=story.call_issued.pk, **reason, ctx=by(person or story.manager))


def browser_of(person) -> Client:
    browser = Client()
    browser.force_login(person)
    return browser


def state(story) -> tuple:
    call = fresh(story.call_issued)
    words = (call.status, call.purpose, call.purpose_detail, call.due_date, call.cancel_reason)
    return words, Notice.objects.count(), NoticeDelivery.objects.count()


def waits(story) -> ControlChange:
    return ControlChange.objects.pending().get(fund=story.fund)


@pytest.mark.parametrize(("ask", "verb"), [(reword, "reword_call"), (cancel, "cancel_call")])
def test_what_an_issued_call_says_changes_by_two(story, ask, verb):
    """Alone, any text went out in official letters."""
    before = state(story)
    ask(story)
    change = waits(story)
    assert (change.kind, change.subject_id) == ("capital_call", story.call_issued.pk)
    assert state(story) == before
    asked = AuditEvent.objects.get(verb="propose_change")
    assert f"capital.capitalcall:{story.call_issued.pk}" in asked.subjects
    refused("four_eyes", Forbidden, lambda: approve_change(change_id=change.pk, ctx=by(story.manager)))
    for other in (reword, cancel):
        refused("control.pending", Conflict, lambda other=other: other(story, story.second))
    assert state(story) == before
    approve_change(change_id=change.pk, ctx=by(story.second))
    done = AuditEvent.objects.get(verb=verb)
    assert (done.actor, state(story) != before) == (story.second, True)


def test_letters_say_what_was_agreed_to(story):
    calls.send_notices(call_id=story.call_issued.pk, confirmed=True, ctx=by(story.manager))
    NoticeDelivery.objects.update(state="sent", sent_at=NOW)
    cancel(story)
    change = waits(story)
    approve_change(change_id=change.pk, ctx=by(story.second))
    letters = Notice.objects.newest("capital_call", story.call_issued.pk)
    assert {one.facts["cancelled"]["reason"] for one in letters} == {change.becomes["cancel_reason"]}
    assert fresh(story.call_issued).cancelled_by == story.second


def test_what_is_turned_down_is_never_told(story):
    before = state(story)
    for person in (story.second, story.manager):
        reword(story)
        reject_change(change_id=waits(story).pk, ctx=by(person))
    assert state(story) == before


def test_what_was_paid_meanwhile_is_not_cancelled(story):
    cancel(story)
    story.pay_item(story.call_issued.items.first(), "10.00")
    before, change = state(story), waits(story)
    refused("stale_version", Conflict, lambda: approve_change(change_id=change.pk, ctx=by(story.second)))
    assert state(story) == before


def test_a_draft_and_a_fund_without_four_eyes_need_nobody_else(story):
    draft = story.draft()
    calls.cancel_call(call_id=draft.pk, reason="", ctx=by(story.manager))
    alone = Story()
    alone.call_issued = alone.issued()
    reword(alone)
    cancel(alone)
    assert (fresh(draft).status, fresh(alone.call_issued).status) == ("cancelled", "cancelled")
    assert not ControlChange.objects.exists()


@pytest.mark.parametrize("approved_only", [True, False])
def test_a_distribution_is_cancelled_by_two(paying, approved_only):
    one = paying.paid
    if approved_only:
        draft = paying.draft_exit("5000.00", on=EXIT + timedelta(days=1))
        later = AT_EXIT + timedelta(days=1)
        fields = {"distribution_id": draft.pk}
        distributions.submit_distribution(**fields, ctx=WriteContext(paying.manager, later))
        one = distributions.approve_distribution(**fields, ctx=WriteContext(paying.second, later))
    fields = {"distribution_id": one.pk, "reason": "Send it back to me"}
    before = fresh(one).status
    distributions.cancel_distribution(**fields, ctx=by(paying.manager))
    change = waits(paying)
    assert (change.kind, fresh(one).status) == ("distribution", before)
    refused("four_eyes", Forbidden, lambda: approve_change(change_id=change.pk, ctx=by(paying.manager)))
    again = {"ctx": by(paying.second)}
    refused("control.pending", Conflict, lambda: distributions.cancel_distribution(**fields, **again))
    approve_change(change_id=change.pk, ctx=by(paying.second))
    assert (fresh(one).status, fresh(one).cancel_reason) == ("cancelled", "Send it back to me")


def test_pages_say_that_it_waits_and_offer_it_to_another(story):
    page, url = browser_of(story.manager), reverse("capital:call", args=[story.call_issued.pk])
    form = {name: str(value) for name, value in FRAUD.items()}
    assert "waits for another person" in text_of(page.post(f"{url}reword/", form, follow=True))
    shown = text_of(page.get(url))
    assert "asks for a change: it waits for approval" in shown
    assert "Urgent: new account" in shown
    queue = browser_of(story.second).get("/approvals/")
    assert "Capital Call #1" in text_of(queue)
    decided = browser_of(story.second).post(f"/control-changes/{waits(story).pk}/approve/", follow=True)
    assert decided.status_code == 200
    assert fresh(story.call_issued).purpose == "Urgent: new account"


def test_the_api_answers_what_waits(story, paying):
    for one, path in (
        (story, f"/capital-calls/{story.call_issued.pk}"),
        (paying, f"/distributions/{paying.paid.pk}"),
    ):
        asks, decides = Api(token_of(one.manager)), Api(token_of(one.second))
        answer = asks.post(f"{path}/cancel", {"reason": "Not needed"})
        assert answer.status_code == 202
        [change] = answer.json()["pendingChanges"]
        assert answer.json()["status"] != "CANCELLED"
        problem(asks.post(f"{path}/cancel", {"reason": "Not needed"}), 409, "control.pending")
        problem(asks.post(f"/control-changes/{change['id']}/approve"), 403, "four_eyes")
        assert decides.post(f"/control-changes/{change['id']}/approve").json()["status"] == "APPROVED"
        assert asks.get(path).json()["status"] == "CANCELLED"
        assert asks.get(path).json()["pendingChanges"] == []


def test_who_asks_shows_a_fresh_factor(story, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    before, browser = state(story), signed_in_a_while_ago(story.manager)
    form = {name: str(value) for name, value in FRAUD.items()}
    for page, fields in (("reword", form), ("cancel", {"reason": "No"})):
        answer = browser.post(f"/calls/{story.call_issued.pk}/{page}/", fields)
        assert answer["Location"].startswith(reverse("mfa_reauthenticate"))
    assert state(story) == before
    assert not ControlChange.objects.exists()
