"""Fees on their pages: entered, previewed, decided by a second person, billed by a call that leads back to the run."""

import pytest
from django.urls import reverse

from fees.models import FeeBill, FeeIncome, FeeLetter, FeeRun, FeeSchedule
from tests.factories import FundFactory, MembershipFactory
from tests.integration.fees.story import BEGAN, FeeStory, owed
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db
SCHEDULE = {
    "effective_on": "2027-01-01",
    "rate": "1.75",
    "frequency": "quarterly",
    "in_advance": "on",
    "time_rule": "by_period",
    "offset_share": "all",
    "offset_after_closing": "resplit",
    "discount_order": "discount_first",
    "vat_rate": "0",
    "reason": "Clause 7",
}


def to(name, *ids):
    return reverse(f"fees:{name}", args=ids)


def test_a_fee_is_worked_out_shown_asked_for_and_billed(client, django_assert_max_num_queries):
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
    for words in ("Pays 1.75% a year", "$24,000.00", "80%", "1.75% a year", "Clause 7"):
        assert words in queue
    client.post(to("letter_approve", letter.pk))
    client.post(to("income_approve", received.pk))
    client.post(to("schedule_reject", version.pk))
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
    form = {"due_on": "2199-01-01", "waived": "1000", "reason": "First quarter"}
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
    assert '"Billed",1,"USD",19200.00,1000.00,64708.33,0.00' in rows["run_export"]
    assert ",24000.00," in rows["income_export"]
    part = owed(call)[partner.reference]
    assert f",{part},0.00," in rows["line_export"]
    assert f",-{part}," in rows["line_export"]


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
