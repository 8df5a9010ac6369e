"""What is taken away, and each step of signing in and out, is on the trail, with nothing that was typed."""

import pytest
from django.test import Client
from django.urls import reverse

from blackgem.lib.audit import READINGS, timeline
from blackgem.models import AuditEvent
from dashboard.queries.trail import TrailFilter, events
from funds.access import Role
from tests.factories import ContactFactory, FundFactory, MembershipFactory, UserFactory
from tests.integration.capital.story import Story
from tests.integration.identity.conftest import mary, sign_in

__all__ = ["mary", "sign_in"]
pytestmark = pytest.mark.django_db


def taken() -> AuditEvent:
    return AuditEvent.objects.filter(verb__in=READINGS).latest("pk")


def facts(event: AuditEvent) -> dict:
    return {name: new for name, (_, new) in event.changes.items()}


def test_a_file_is_on_the_trail_of_its_fund_and_tells_no_other(client):
    told = Story()
    elsewhere = FundFactory(manager=told.manager)
    auditors = {one: MembershipFactory(fund=one, role=Role.AUDITOR).user for one in (told.fund, elsewhere)}
    stranger = MembershipFactory(fund=FundFactory(), role=Role.AUDITOR).user
    client.force_login(told.manager)
    of_calls = reverse("capital:call_export", args=["csv"])

    def seen_by(*people):
        return [events(one, TrailFilter()).filter(pk=taken().pk).exists() for one in people]

    # Of one fund: that fund's auditor reads it. What was searched for is not repeated, what was chosen is.
    client.get(of_calls, {"fund": told.fund.pk, "q": "Smith Family Office", "status": "overdue"})
    assert (taken().actor, taken().fund_id, taken().address) == (told.manager, told.fund.pk, "127.0.0.1")
    assert facts(taken()) == {"narrowed_to": "fund; q; status=overdue"}
    assert seen_by(*auditors.values(), stranger) == [True, False, False]
    # Of all: both read it, and nobody else. A fund that somebody does not work for is not written about.
    client.get(of_calls)
    assert seen_by(*auditors.values(), stranger) == [True, True, False]
    client.get(of_calls, {"fund": FundFactory().pk})
    assert taken().fund_id is None
    # The head of a file takes nothing, a refusal neither; the API leaves the same trace.
    count = AuditEvent.objects.filter(verb__in=READINGS).count()
    client.head(of_calls)
    client.get(reverse("capital:call_export", args=["exe"]))
    Client().get(of_calls)
    assert AuditEvent.objects.filter(verb__in=READINGS).count() == count

    # A manager who looks as an investor takes its file, and the trail says in whose place.
    partner = told.partners[0]
    ContactFactory(investor=partner.investor, user=UserFactory())
    client.post(reverse("portal:view_as", args=[partner.pk]))
    client.get(reverse("portal:statement_pdf"))
    assert (taken().verb, taken().actor, taken().fund_id) == ("open_document", told.manager, told.fund.pk)
    assert facts(taken())["as"] == partner.investor.name
    assert not timeline(partner).filter(verb__in=READINGS).exists()
    assert timeline(partner, with_readings=True).filter(verb="open_document").exists()


def test_each_step_of_signing_in_and_out_is_an_event(mary, sign_in):
    browser, address = Client(REMOTE_ADDR="198.51.100.9"), "198.51.100.9"

    def last(verb):
        return AuditEvent.objects.filter(verb=verb).latest("pk")

    sign_in(browser=browser)
    assert facts(last("sign_in")) == {"with": "password"}
    browser.post(reverse("logout"))
    assert (last("sign_out").actor, last("sign_out").address) == (mary, address)
    for email, whose in ((mary.email, [f"blackgem.user:{mary.pk}"]), ("nobody@else.example", [])):
        browser.post(reverse("account_reset_password"), {"email": email})
        event = last("ask_new_password")
        assert (event.actor, event.subjects, event.address) == (None, whose, address)
        assert "nobody@" not in str(event.__dict__)
    # The same address leaves the same digest, whatever its case; what is no address leaves none.
    digest = facts(event)["attempted"]
    for _ in range(6):
        sign_in("Nobody@Else.Example", "wrong", browser=browser)
    assert facts(last("fail_sign_in"))["attempted"] == digest
    assert facts(last("be_throttled"))["status"] == 429
