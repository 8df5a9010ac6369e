"""Fees on their pages: entered, previewed, decided by a second person, billed by a call that leads back to the run."""

import csv
import re
from decimal import Decimal as D
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from blackgem.lib.context import WriteContext
from capital.services import calls
from fees.models import (
    FeeBill,
    FeeEvent,
    FeeIncome,
    FeeLetter,
    FeeRealisation,
    FeeRun,
    FeeSchedule,
    FeeStatement,
)
from fees.services import runs
from funds.models import Notice
from funds.services.rendering import letter_html, render_next
from tests.factories import ContactFactory, FundFactory, MembershipFactory, UserFactory, set_by_two
from tests.integration.fees.story import BEGAN, FeeStory, owed
from tests.support.api import Api, read
from tests.support.invariants import violations
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db
SCHEDULE = {
    "effective_on": "2027-01-01",
    "rate": "1.75",
    "basis": "net_invested",
    "brought_by": "either",
    "suspended_basis": "commitment",
    "suspended_rate": "1",
    "frequency": "quarterly",
    "in_advance": "on",
    "time_rule": "by_period",
    "offset_share": "all",
    "offset_after_closing": "resplit",
    "discount_order": "discount_first",
    "late_rule": "billed",
    "vat_rate": "0",
    "reason": "Clause 7",
}


def to(name, *ids):
    return reverse(f"fees:{name}", args=ids)


def to_portal(name, *ids):
    return reverse(f"portal:{name}", args=ids)


def test_a_fee_is_worked_out_shown_asked_for_and_billed(client, quick, django_assert_max_num_queries):
    story = FeeStory(four_eyes=True)
    fund, partner = story.fund, story.partners[1]
    client.force_login(story.manager)
    assert to("fees", fund.pk) in client.get(reverse("dashboard:fund", args=[fund.pk])).content.decode()
    said = {"commitment": partner.pk, "effective_on": "2026-01-01", "own_rate": "1.75", "reason": "§ 4"}
    client.post(to("letter_new", fund.pk), said)
    income = {"received_on": "2026-01-01", "category": "transaction", "amount": "24,000", "offset_rate": "80"}
    client.post(to("income_new", fund.pk), income)
    client.post(to("schedule_new", fund.pk), SCHEDULE)
    letter, received = FeeLetter.objects.get(), FeeIncome.objects.get()
    version = FeeSchedule.objects.get(approved_at=None)
    assert (f"{letter.own_rate:f}", f"{received.offset_rate:f}") == ("0.01750000", "0.80000000")
    assert (f"{version.rate:f}", version.inside, version.in_advance) == ("0.01750000", False, True)
    for page in ("letters", "income", "fees"):
        with django_assert_max_num_queries(10):
            assert "Awaiting approval" in text_of(client.get(to(page, fund.pk)))

    client.force_login(story.second)
    queue = text_of(client.get(reverse("dashboard:approvals")))
    for words in (
        "Pays 1.75% a year",
        "$24,000.00",
        "80%",
        "1.75% a year of the net invested capital",
        "Clause 7",
    ):
        assert words in queue
    client.post(to("letter_approve", letter.pk))
    client.post(to("income_approve", received.pk))
    client.post(to("schedule_reject", version.pk), {"reason": "No"})
    assert "Turned down" in text_of(client.get(to("fees", fund.pk)))

    client.force_login(story.manager)
    with django_assert_max_num_queries(10):
        assert "Jan 1, 2026" in text_of(client.get(to("fees", fund.pk)))
    new = to("run_new", fund.pk)
    shown = text_of(client.get(f"{new}?partner={partner.pk}"))
    for words in (
        "$25,000.00",
        "$3,125.00",
        "$5,333.33",
        "$16,541.67",
        "by side letter 1.75%",
        "90 of 90 days",
    ):
        assert words in shown
    form = {"due_on": "2199-01-01", "paid_from": "call", "waived": "1000", "reason": "First quarter"}
    again = text_of(client.post(new, form | {"do": "show"}))
    assert "$64,708.33" in again
    assert not FeeRun.objects.exists()
    too_much = client.post(new, form | {"waived": "84,375.01", "do": "ask"})
    assert (too_much.status_code, "More is waived" in text_of(too_much)) == (422, True)
    client.post(new, form | {"do": "ask"})
    run = FeeRun.objects.get()
    with django_assert_max_num_queries(10):
        waiting = text_of(client.get(to("run", run.pk)))
    assert "Waiting for approval" in waiting
    assert "Another fee run of this fund waits" in text_of(client.get(to("fees", fund.pk)))

    client.post(to("run_approve", run.pk))
    run.refresh_from_db()
    assert run.approved_at is None

    client.force_login(story.second)
    assert "First quarter" in text_of(client.get(reverse("dashboard:approvals")))
    client.post(to("run_approve", run.pk))
    call = FeeBill.objects.get().call
    asked = reverse("capital:call", args=[call.pk])
    with django_assert_max_num_queries(10):
        assert to("run_of_call", call.pk) in client.get(asked).content.decode()
    assert client.get(to("run_of_call", call.pk))["Location"] == to("run", run.pk)
    done = client.get(to("run", run.pk))
    assert asked in done.content.decode()
    assert "Billed" in text_of(done)
    files = {"run_export": fund, "line_export": run, "income_export": fund}
    rows = {name: client.get(to(name, one.pk, "csv")).getvalue().decode() for name, one in files.items()}
    assert '"Billed","Call",1,"USD",19200.00,1000.00,64708.33,0.00' in rows["run_export"]
    assert ",24000.00," in rows["income_export"]
    part = owed(call)[partner.reference]
    letter_says_how(call, partner, story, client)
    assert f",{part},0.00," in rows["line_export"]
    assert f",-{part}," in rows["line_export"]
    ilpa_rows_add_up(rows["line_export"], run)


def ilpa_rows_add_up(content, run):
    """Rows 64 to 75 of every partner add up to what its line recognised, and row 66 to the transaction fee."""
    head, *lines = list(csv.reader(content.lstrip("\ufeff").splitlines()))
    first, last, of = (
        head.index(name) for name in ("ILPA 64 Advisory", "ILPA 75 Before 2016", "ILPA 76 Recognised")
    )
    assert (last - first, of) == (11, last + 1)
    for line in lines:
        assert sum(map(D, line[first : last + 1])) == D(line[of])
    sums = {head[place]: sum(D(line[place]) for line in lines) for place in range(first, of + 1)}
    assert sums["ILPA 66 Transaction"] == sums["ILPA 76 Recognised"] == run.recognised == D("19200.00")


def letter_says_how(call, partner, story, client):
    """The letter of B, also once it is reworded; and its call in the portal."""
    notice = Notice.objects.get(subject_id=call.pk, commitment=partner)
    said = " ".join(re.sub("<[^>]+>", " ", letter_html(notice)).split())
    for words in (
        "How your management fee was worked out",
        "2% a year on $5,000,000.00, 90 of 90 days",
        "By your side letter you pay 1.75% a year",
        "Discount by side letter ($3,125.00)",
        "Share of new fee income $5,333.33",
        "Carried forward $0.00",
    ):
        assert words in said, words
    assert "$10,000,000.00" not in said
    contact = ContactFactory(investor=partner.investor, user=UserFactory())
    ctx = WriteContext(story.second, timezone.now())
    calls.send_notices(call_id=call.pk, confirmed=True, ctx=ctx)
    while render_next(at=timezone.now()):
        pass
    client.force_login(contact.user)
    page = text_of(client.get(reverse("portal:call", args=[call.items.get(commitment=partner).public_id])))
    assert "The manager is paid 2% a year of commitments" in page
    assert "$5,333.33" in page
    statement = FeeStatement.objects.get(commitment=partner)
    assert to_portal("fee", statement.public_id) in client.get(to_portal("fee_list")).content.decode()
    own = text_of(client.get(to_portal("fee", statement.public_id)))
    for words in ("Jan 1, 2026 to Mar 31, 2026", "A call asks for it", "$5,333.33"):
        assert words in own
    other = FeeStatement.objects.exclude(commitment=partner).first()
    assert client.get(to_portal("fee", other.public_id)).status_code == 404
    lines = client.get(to_portal("fee_export", "csv")).getvalue().decode().splitlines()
    assert (len(lines), ",25000.00," in lines[1]) == (2, True)
    client.force_login(story.second)
    set_by_two(story.fund, four_eyes=False)
    words = {"purpose": "Fee, first quarter", "purpose_detail": "", "due_date": call.due_date}
    calls.reword_call(call_id=call.pk, **words, ctx=ctx)
    newest = Notice.objects.filter(subject_id=call.pk, commitment=partner).latest("version")
    assert newest.facts["fee"] == notice.facts["fee"]


def test_what_happened_is_entered_decided_and_taken_back(client, django_assert_max_num_queries):
    story = FeeStory(four_eyes=True)
    fund, deal = story.fund, story.allocate().deal_id
    client.force_login(story.manager)
    said = {"kind": "investment_period_ended", "happened_on": "2026-03-01", "reason": "Clause 2"}
    client.post(to("event_new", fund.pk), said)
    sold = {"deal": deal, "sold_on": "2026-02-02", "amount": "1,000", "direction": "sold"}
    client.post(to("realisation_new", fund.pk), sold)
    less = sold | {"direction": "corrected", "amount": "1,000.01"}
    assert "Say why it is corrected" in text_of(client.post(to("realisation_new", fund.pk), less))
    refused = client.post(to("realisation_new", fund.pk), less | {"reason": "Twice"})
    assert "No more can be corrected" in text_of(refused)
    event, realisation = FeeEvent.objects.get(), FeeRealisation.objects.get()
    client.post(to("event_approve", event.pk))
    client.force_login(story.second)
    queue = text_of(client.get(reverse("dashboard:approvals")))
    for words in ("End of the investment period", "Mar 1, 2026", "Clause 2", "$1,000.00"):
        assert words in queue
    for verb, pk in (("event_approve", event.pk), ("realisation_approve", realisation.pk)):
        client.post(to(verb, pk))
    with django_assert_max_num_queries(10):
        page = client.get(to("happened", fund.pk))
    assert to("event_take_back", event.pk) in page.content.decode()
    assert text_of(page).count("Approved") == 2
    assert "End of the investment period" in text_of(client.get(to("event_take_back", event.pk)))
    client.post(to("event_take_back", event.pk), {"reason": "Extended"})
    client.force_login(story.manager)
    waiting = FeeEvent.objects.get(takes_back=event)
    client.post(to("event_approve", waiting.pk))
    assert not FeeEvent.objects.standing().exists()
    assert "Taken back" in text_of(client.get(to("happened", fund.pk)))

    api = Api.of(story.manager)
    body = {"kind": "suspended", "happenedOn": "2026-04-02", "reason": "Key person"}
    made = api.post(f"/funds/{fund.pk}/fee-events", body)
    assert (made.status_code, read(made)["status"]) == (202, "PENDING")
    api.post(f"/fee-events/{read(made)['id']}/reject", {})
    listed = api.read(f"/funds/{fund.pk}/fee-events")["feeEvents"]
    assert [one["status"] for one in listed] == ["REJECTED", "APPROVED", "TAKEN_BACK"]
    body = {"dealId": deal, "soldOn": "2026-02-03", "amount": "5.00"}
    made = api.post(f"/funds/{fund.pk}/fee-realisations", body)
    assert (made.status_code, read(made)["amount"]) == (202, 5)


def test_a_fund_without_a_schedule_says_so_and_nobody_but_a_manager_enters_one(client):
    story = FeeStory()
    bare = FundFactory(manager=story.manager, created_by=story.manager)
    analyst = MembershipFactory(fund=bare, role="analyst").user
    client.force_login(story.manager)
    assert to("schedule_new", bare.pk) in client.get(to("fees", bare.pk)).content.decode()
    assert "no fee schedule yet" in text_of(client.get(to("run_new", bare.pk)))
    refused = client.post(to("schedule_new", bare.pk), SCHEDULE | {"rate": "101"})
    assert (refused.status_code, "Clause 7" in refused.content.decode()) == (422, True)
    twice = {"commitment": story.partners[0].pk, "effective_on": BEGAN, "own_rate": "1", "discount": "5"}
    assert "or a share off, not both" in text_of(client.post(to("letter_new", story.fund.pk), twice))
    later = {"received_on": "2199-01-01", "category": "other", "amount": "1", "offset_rate": "100"}
    assert "lies in the future" in text_of(client.post(to("income_new", story.fund.pk), later))
    client.force_login(analyst)
    page = client.get(to("fees", bare.pk))
    assert to("schedule_new", bare.pk) not in page.content.decode()
    assert client.get(to("schedule_new", bare.pk)).status_code == 403


def test_a_fee_is_billed_once_over_the_api():
    story = FeeStory(committed=("10000000.00", "5000000.00"))
    api, runs = Api.of(story.manager), f"/funds/{story.fund.pk}/fee-runs"
    letter = {"effectiveOn": "2026-01-01", "discount": "0.1"}
    api.made(f"/commitments/{story.partners[1].pk}/fee-letters", letter)
    shown = api.read(f"{runs}/next?waived=100")
    assert (shown["startsOn"], shown["lastDay"], shown["problems"]) == ("2026-01-01", "2026-03-31", [])
    body = {"dueOn": "2199-01-01", "waived": "100.00"}
    made, again = (api.post(runs, body, key="once") for _ in range(2))
    assert (made.status_code, read(again)) == (201, read(made))
    assert FeeRun.objects.count() == 1
    run = read(made)
    assert (run["net"], run["status"]) == (shown["net"], "BILLED")
    assert [(line["gross"], line["discount"]) for line in run["lines"]] == [(50000, 0), (25000, 2500)]
    [part] = run["lines"][1]["parts"]
    assert (part["base"], part["days"], part["off"]) == (5000000, 90, D("0.1"))
    calls.cancel_call(call_id=run["callId"], reason="Mistyped", ctx=story.on(BEGAN))
    for status, count in (("BILLED", 0), ("CANCELLED", 1), ("PENDING", 0)):
        assert api.read(f"/fee-runs?fundId={story.fund.pk}&status={status}")["total"] == count
    bare = FundFactory(manager=story.manager, created_by=story.manager)
    assert api.read(f"/funds/{bare.pk}/fee-runs/next")["problems"] == ["The fund has no fee schedule yet."]


def test_a_run_of_before_there_were_statements_is_told_from_its_lines(client, monkeypatch):
    """What the migration writes of a run is what the run itself would have written."""
    story = FeeStory(committed=("10000000.00",), schedule={"vat_rate": "0.19"})
    story.letter(story.partners[0], own_rate="0.0175")
    migration = import_module("fees.migrations.0006_statements_of_old_runs")
    editor = SimpleNamespace(connection=connection, execute=lambda *asked: None)
    told = {}

    def by_the_migration(run, said):
        told.update(said)
        migration.write_missing_statements(apps, editor)

    monkeypatch.setattr(runs, "tell_partners", by_the_migration)
    run = story.run(BEGAN, waived="100.00")
    own = FeeStatement.objects.get(run=run)
    assert (own.facts, own.effective_on) == (told[story.partners[0].pk], BEGAN)
    assert violations() == []
    client.force_login(ContactFactory(investor=story.partners[0].investor, user=UserFactory()).user)
    assert "Discount by side letter" in text_of(client.get(reverse("portal:fee", args=[own.public_id])))
    migration.write_missing_statements(apps, editor)
    assert FeeStatement.objects.count() == 1


def test_what_nobody_decided_in_time_is_turned_down_and_worked_out_anew(client, settings):
    """Asked for long ago: no page offers to approve it any more, and the next run says which one is in its way."""
    story = FeeStory(four_eyes=True)
    settings.REQUEST_DAYS = 30
    late = story.ask(BEGAN)
    client.force_login(story.second)
    page = text_of(client.get(to("run", late.pk)))
    assert "Asked for too long ago" in page
    assert "Nobody decided this for 30 days" in page
    client.post(to("run_approve", late.pk))
    late.refresh_from_db()
    assert late.approved_at is None
    assert "waits, number 1: it is approved or turned down first" in text_of(
        client.get(to("run_new", story.fund.pk))
    )
    assert client.post(to("run_reject", late.pk), {"reason": "Too late"}).status_code == 302
    assert story.ask(BEGAN).number == 2
