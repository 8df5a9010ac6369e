"""Warnings are acknowledged before letters are issued and sent, and what comes up afterwards holds the letters."""

import json
from datetime import date
from decimal import Decimal as D

import pytest
from django.urls import reverse

from blackgem.lib.context import WriteContext
from blackgem.models import AuditEvent
from capital.models import CapitalCall
from capital.queries.checks import checks_of_call
from capital.services import calls
from capital.services.calls import submit_call
from capital.services.plans import LinePlan
from funds.models import BankDetails, InvestorContact, Notice
from tests.factories import (
    BankDetailsFactory,
    ContactFactory,
    FundTermsFactory,
    rename,
    set_by_two,
    steer_by_two,
)
from tests.integration.capital.story import NOW, Story
from tests.integration.distributions.story import ExitStory

from .letters import deliver_all, deliveries, notices, render_all, send, states, story

pytestmark = pytest.mark.django_db
CYRILLIC_A = "\N{CYRILLIC SMALL LETTER A}"


def post(client, address, body):
    return client.post(address, json.dumps(body), content_type="application/json")


def acknowledged(verb) -> str:
    return AuditEvent.objects.filter(verb=verb).latest("pk").changes["acknowledged"][1]


def keys_on(page) -> list[str]:
    return [one.key for one in page.context["checks"]]


def test_each_warning_is_ticked_before_a_call_is_issued_and_sent(client):
    told = story(warnings_acknowledged=True, looked_at_above="50000.00")
    call = told.draft("100000.00", due_date=date(2026, 3, 16))
    client.force_login(told.manager)
    page = reverse("capital:call", args=[call.pk])
    shown = client.get(page)
    keys, text = keys_on(shown), shown.content.decode()
    assert text.count('form="acknowledging" required') == len(keys) > 0
    assert text.count('id="acknowledging"') == 1
    issue = reverse("capital:call_issue", args=[call.pk])
    stale = ["check.amount_over_limit:000000000000"]
    for ticked in ([], stale):
        refused = client.post(issue, {"revision": 1, "acknowledged": ticked})
        assert (refused.status_code, "Acknowledge first" in refused.content.decode()) == (409, True)
    assert not Notice.objects.exists()
    assert client.post(issue, {"revision": 1, "acknowledged": keys}).status_code == 302
    words = "More than $50,000.00, above which this fund looks twice."
    assert words in acknowledged("approve_call")
    assert words in client.get(page).content.decode()
    refused = post(client, f"/api/capital-calls/{call.pk}/send-notices", {"resend": True})
    assert (refused.status_code, refused.json()["code"]) == (409, "check.unacknowledged")
    again = [one["key"] for one in client.get(f"/api/capital-calls/{call.pk}").json()["checks"]]
    sent = post(client, f"/api/capital-calls/{call.pk}/send-notices", {"acknowledged": again})
    assert (sent.json()["sentCount"], words in acknowledged("send_notices")) == (3, True)


def test_a_second_person_acknowledges_by_the_api_and_sees_whom_it_is_about(client):
    told = story()
    rename(told.fund, four_eyes=True, warnings_acknowledged=True)
    call = told.draft("100000.00", items=[told.by_hand(told.partners[0], "80000.00")])
    submit_call(call_id=call.pk, ctx=WriteContext(told.manager, NOW))
    client.force_login(told.second)
    address = f"/api/capital-calls/{call.pk}"
    found = client.get(address).json()["checks"]
    assert {one["code"] for one in found} >= {"check.amount_by_hand", "check.share_unusual"}
    rows = {one["code"]: one["rows"] for one in found}
    assert rows["check.amount_by_hand"][0]["itemId"] == call.items.get(commitment=told.partners[0]).pk
    refused = post(client, f"{address}/approve", {"acknowledged": [found[0]["key"]]})
    missing = [one["key"] for one in refused.json()["facts"]["checks"]]
    assert (refused.status_code, missing) == (409, [one["key"] for one in found[1:]])
    approved = post(client, f"{address}/approve", {"acknowledged": [one["key"] for one in found]})
    assert approved.json()["status"] == "SENT"


def test_a_distribution_is_looked_at_as_a_call_is(client):
    exit_story = ExitStory()
    set_by_two(exit_story.fund, warnings_acknowledged=True)
    draft = exit_story.draft_exit()
    client.force_login(exit_story.manager)
    shown = client.get(reverse("distributions:distribution", args=[draft.pk]))
    assert {one.code for one in shown.context["checks"]} >= {"check.no_contact", "check.no_account"}
    assert shown.content.decode().count('form="acknowledging" required') == len(keys_on(shown))
    issue = reverse("distributions:distribution_issue", args=[draft.pk])
    assert client.post(issue, {"revision": 1}).status_code == 409
    assert client.post(issue, {"revision": 1, "acknowledged": keys_on(shown)}).status_code == 302
    assert "No bank details are verified" in acknowledged("send_distribution")
    refused = post(client, f"/api/distributions/{draft.pk}/send-notices", {})
    assert refused.json()["code"] == "check.unacknowledged"


def test_a_contact_of_another_script_keeps_a_call_from_being_issued(client):
    told = story()
    steer_by_two(
        InvestorContact.objects.get(email="lp1@example.com"), email=f"lp1@gr{CYRILLIC_A}nite.example"
    )
    call = told.draft("100000.00")
    client.force_login(told.manager)
    shown = client.get(reverse("capital:call", args=[call.pk]))
    assert "passes for granite.example, the fund’s own" in shown.context["verbs"]["issue"].reason
    assert client.post(reverse("capital:call_issue", args=[call.pk]), {"revision": 1}).status_code == 409
    assert CapitalCall.objects.get(pk=call.pk).status == "draft"


def test_what_would_stop_the_issue_holds_what_is_queued(client, mail_server):
    """An account that is not the fund's any more, and an address of another script: both wait, and say why."""
    told = story()
    call = told.issued("100000.00")
    send(told, call)
    render_all()
    first = InvestorContact.objects.get(email="lp1@example.com")
    ContactFactory(investor=first.investor, email=f"x@ex{CYRILLIC_A}mple.com")
    delivery = deliveries(call)[0]
    delivery.recipients.append(f"x@ex{CYRILLIC_A}mple.com")
    delivery.save()
    deliver_all()
    assert states(call) == ["held", "sent", "sent"]
    assert "passes for" in deliveries(call)[0].failure
    event = AuditEvent.objects.get(verb="hold_letter")
    assert (event.actor, event.subjects[0]) == (None, f"funds.notice:{notices(call)[0].pk}")
    client.force_login(told.manager)
    shown = client.get(reverse("capital:call", args=[call.pk])).content.decode()
    assert "Some notices are held" in shown
    stuck = client.get(reverse("dashboard:letter_list") + "?show=stuck").content.decode()
    assert "Held" in stuck
    steer_by_two(InvestorContact.objects.get(email__startswith="x@"), takes_notices=False)
    assert send(told, call) == 1
    BankDetailsFactory(fund=told.fund, verified_by=told.second, version=2, account_number="998877")
    deliver_all()
    assert states(call)[:2] == ["held", "held"]
    assert "The account that it names is not the fund’s any more" in deliveries(call)[1].failure
    assert send(told, call) == 1
    render_all()
    deliver_all()
    newest = Notice.objects.newest(Notice.Kind.CAPITAL_CALL, call.pk).first()
    assert (newest.version, newest.facts["bank"]["account_number"]) == (2, "998877")
    assert len(mail_server.to("lp1@example.com")) == 1
    assert BankDetails.objects.count() == 2


@pytest.mark.parametrize(("currency", "most"), [("USD", "$5,833.33"), ("JPY", "¥5,833")])
def test_fees_above_the_terms_are_said_in_whole_units(currency, most):
    told = Story(currency=currency, committed=("333333",))
    FundTermsFactory(fund=told.fund, management_fee_rate=D("0.0175"))
    plan = told.plan("9000", lines=(LinePlan("management_fee", D(9000)),))
    call = calls.draft_call(plan=plan, ctx=WriteContext(told.manager, NOW))
    [found] = [one for one in checks_of_call(call, at=NOW) if one.code == "check.fees_over_terms"]
    assert most in found.message
    calls.issue_call(call_id=call.pk, ctx=WriteContext(told.manager, NOW))
