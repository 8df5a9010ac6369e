"""The register: commitments that change by dated events, and what a past day keeps of them."""

from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest
from django.urls import reverse

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, Forbidden, InvalidInput
from capital.models import CommitmentCapital
from funds.models import Commitment, CommitmentEvent
from funds.services.partners import change_commitment, commit
from funds.services.register import approve_event, change_register, reject_event
from tests.factories import CommitmentFactory, InvestorFactory
from tests.integration.capital.story import NOW, TODAY, Story, amounts
from tests.integration.funds.reading import text_of
from tests.support.api import Api
from tests.support.statements import statement_of

pytestmark = pytest.mark.django_db
LATER = datetime(2026, 5, 1, 9, tzinfo=UTC)


def change(story, kind, amount, *, on=TODAY, partner=0, at=NOW, by=None, reason="Amended agreement"):
    return change_register(
        commitment_id=story.partners[partner].pk,
        kind=kind,
        amount=amount,
        effective_on=on,
        reason=reason,
        ctx=WriteContext(by or story.manager, at),
    )


def account(story, partner=0):
    capital = CommitmentCapital.objects.get(pk=story.partners[partner].pk)
    return capital.committed, capital.released, capital.called, capital.unfunded


def test_what_is_released_weighs_and_is_no_longer_called():
    """600, 300 and 100 thousand; the first releases 500 thousand of it. A call of 100,000 asks it for 60,000 all the
    same, and of 180,000 for 100,000 only, as that is all that may be called."""
    story = Story()
    change(story, "released", "500000")
    assert account(story) == (D(600000), D(500000), 0, D(100000))
    assert amounts(story.issued("100000.00")) == [D(60000), D(30000), D(10000)]
    assert amounts(story.issued("80000.00")) == [D(40000), D(30000), D(10000)]
    assert account(story) == (D(600000), D(500000), D(100000), 0)
    with pytest.raises(Conflict, match="is unfunded"):
        change(story, "expired", "0.01")


def test_an_increase_and_a_default_change_the_shares_of_later_calls_only():
    story = Story()
    first = story.issued("100000.00")
    change(story, "increased", "200000", partner=2)
    change(story, "default_reduction", "300000")
    assert amounts(story.issued("90000.00")) == [D(30000), D(30000), D(30000)]
    assert amounts(first) == [D(60000), D(30000), D(10000)]
    assert account(story) == (D(300000), 0, D(90000), D(210000))
    assert account(story, 2) == (D(300000), 0, D(40000), D(260000))


def test_yen_are_whole():
    story = Story(currency="JPY", committed=("600000", "300000", "100000"))
    with pytest.raises(InvalidInput):
        change(story, "increased", "100.50")
    change(story, "expired", "100")
    assert account(story) == (D(600000), D(100), 0, D(599900))


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"amount": "0"}, "amount.min_value", "amount"),
        ({"amount": "-1"}, "amount.min_value", "amount"),
        ({"kind": "admitted"}, "field.invalid_choice", "kind"),
        ({"kind": "corrected"}, "field.invalid_choice", "kind"),
        ({"on": date(2026, 3, 2)}, "effective_on.future", "effective_on"),
        ({"on": date(2025, 8, 31)}, "effective_on.before_admission", "effective_on"),
        ({"reason": " "}, "reason.required", "reason"),
    ],
)
def test_an_event_has_a_kind_an_amount_a_day_and_a_reason(changes, code, field):
    story = Story()
    with pytest.raises(InvalidInput) as caught:
        change(story, **{"kind": "increased", "amount": "1", **changes})
    assert (caught.value.code, caught.value.field) == (code, field)


def test_no_day_is_left_with_less_than_was_called():
    """Of 600,000, 540,000 are called on March 1 and 100,000 more are promised on May 1: on that day 160,000 may be
    called, but 60,000 only as of March or April."""
    story = Story()
    story.issued("900000.00")
    change(story, "increased", "100000", on=date(2026, 5, 1), at=LATER)
    with pytest.raises(Conflict) as caught:
        change(story, "released", "60000.01", on=date(2026, 4, 1), at=LATER)
    assert caught.value.code == "commitment.below_called"
    assert caught.value.field == "amount"
    change(story, "released", "60000", on=date(2026, 4, 1), at=LATER)
    assert account(story)[3] == D(100000)


def test_a_call_draws_on_what_was_promised_by_its_date():
    """Half as much again is promised from May 1: a call dated in April is split and limited as before."""
    story = Story(committed=("100000.00", "100000.00"))
    change(story, "increased", "100000", on=date(2026, 5, 1), at=LATER)
    dates = {"call_date": date(2026, 4, 1), "due_date": date(2026, 5, 15)}
    assert amounts(story.draft("30000.00", **dates)) == [D(15000), D(15000)]
    with pytest.raises(Conflict) as caught:
        story.draft("200000.01", **dates)
    assert caught.value.code == "call.exceeds_uncalled"
    now = {"call_date": date(2026, 5, 1), "due_date": date(2026, 5, 15)}
    assert amounts(story.draft("30000.00", **now)) == [D(20000), D(10000)]


def test_nobody_is_called_before_it_was_admitted():
    story = Story()
    with pytest.raises(InvalidInput, match="call's date"):
        story.draft("100.00", call_date=date(2025, 8, 1))


def test_a_past_day_keeps_what_was_promised_then():
    story = Story()
    story.issued("100000.00")
    change(story, "increased", "400000", on=date(2026, 5, 1), at=LATER)
    change(story, "released", "40000", on=date(2026, 4, 1), at=LATER)

    def stated(day, **known):
        shown = statement_of(story.partners[0].investor, story.fund.pk, as_of=day, at=LATER, **known)
        found = shown.statement
        return found.committed, found.released, found.unfunded

    assert stated(date(2026, 3, 31)) == (D(600000), 0, D(540000))
    assert stated(date(2026, 4, 1)) == (D(600000), D(40000), D(500000))
    assert stated(date(2026, 5, 1)) == (D(1000000), D(40000), D(900000))
    assert stated(date(2026, 5, 1))[2] == account(story)[3]


def test_four_eyes_ask_a_second_person_once():
    story = Story(four_eyes=True)
    asked = change(story, "increased", "1000")
    assert asked.approved_at is None
    assert account(story)[0] == D(600000)
    with pytest.raises(Forbidden):
        approve_event(event_id=asked.pk, ctx=WriteContext(story.manager, NOW))
    approve_event(event_id=asked.pk, ctx=WriteContext(story.second, NOW))
    assert account(story)[0] == D(601000)
    with pytest.raises(Conflict):
        approve_event(event_id=asked.pk, ctx=WriteContext(story.second, NOW))
    refused = change(story, "released", "1000")
    reject_event(event_id=refused.pk, ctx=WriteContext(story.second, NOW))
    assert account(story) == (D(601000), 0, 0, D(601000))


def test_of_two_that_wait_the_second_is_approved_of_what_was_seen():
    story = Story(four_eyes=True)
    first, second = change(story, "increased", "1000"), change(story, "increased", "2000")
    seen = CommitmentEvent.objects.with_revision().get(pk=second.pk).revision
    approve_event(event_id=first.pk, ctx=WriteContext(story.second, NOW))
    with pytest.raises(Conflict) as caught:
        approve_event(event_id=second.pk, revision=seen, ctx=WriteContext(story.second, NOW))
    assert caught.value.code == "stale_version"


def test_on_the_pages(client):
    story = Story(four_eyes=True)
    client.force_login(story.manager)
    page = reverse("funds:register_event", args=[story.partners[0].pk])
    assert "Another manager has to approve it" in text_of(client.get(page))
    sent = {"kind": "released", "amount": "$5,000.00", "effective_on": "2026-03-01", "reason": "Key person"}
    answer = client.post(page, {**sent, "amount": "700000.00"})
    assert answer.status_code == 409
    assert "Only $600,000.00 of it is unfunded from that day on." in text_of(answer)
    assert client.post(page, sent).status_code == 302
    edit = reverse("funds:commitment_edit", args=[story.partners[0].pk])
    assert "Awaits approval" in text_of(client.get(edit))
    client.force_login(story.second)
    queue = text_of(client.get("/approvals/"))
    assert "Key person" in queue, queue[1500:4000]
    event = CommitmentEvent.objects.pending().get()
    client.post(reverse("funds:commitment_event_approve", args=[event.pk]), {"revision": "1"})
    shown = text_of(client.get(edit))
    assert "$5,000.00 released" in shown
    assert "$595,000.00" in shown


def test_over_the_api():
    story = Story(four_eyes=True)
    api, second = Api.of(story.manager), Api.of(story.second)
    events = f"/commitments/{story.partners[0].pk}/events"
    body = {"kind": "increased", "amount": "10.00", "effectiveOn": "2026-03-01", "reason": "Signed more"}
    asked = api.made(events, body, status=202)
    assert (asked["status"], asked["changesCommitment"], asked["revision"]) == ("PENDING", True, 1)
    second.made(f"/commitment-events/{asked['id']}/approve", {"revision": 1}, status=200)
    listed = api.read(events)["events"]
    assert [(one["kind"], one["amount"]) for one in listed] == [
        ("admitted", D("600000.00")),
        ("increased", D("10.00")),
    ]
    read = api.read(f"/commitments/{story.partners[0].pk}")
    assert (read["amount"], read["released"], read["unfunded"]) == (D("600010.00"), D("0.00"), D("600010.00"))


def test_a_commitment_is_read_with_what_it_promises(django_assert_num_queries):
    story = Story()
    with django_assert_num_queries(1):
        found = Commitment.objects.select_related("amounts").get(pk=story.partners[0].pk)
        assert found.amount == D(600000)


def test_in_a_fund_in_use_a_correction_waits_for_a_second_person():
    """Whoever lowers or raises a partner that no call asked yet moves every share of the next one."""
    story = Story(four_eyes=True)
    late = CommitmentFactory(fund=story.fund, amount=D(0), created_by=story.manager)
    early = change_commitment(commitment_id=late.pk, amount="100000", ctx=WriteContext(story.manager, NOW))
    assert early.amount == D(100000), "before the first call one person sets a fund up"
    story.approve(story.issued("100000.00", call_date=TODAY, items=[story.excuse(late)]))
    later = CommitmentFactory(fund=story.fund, amount=D(0), created_by=story.manager)
    ctx = WriteContext(story.manager, NOW)
    assert change_commitment(commitment_id=later.pk, amount="9000", ctx=ctx).amount == D(0)
    with pytest.raises(Conflict, match="waits"):
        change_commitment(commitment_id=later.pk, amount="9500", ctx=ctx)
    [event] = CommitmentEvent.objects.pending()
    with pytest.raises(Forbidden):
        approve_event(event_id=event.pk, ctx=ctx)
    approve_event(event_id=event.pk, ctx=WriteContext(story.second, NOW))
    later.refresh_from_db()
    assert later.amount == D(9000)


def test_in_a_fund_in_use_a_new_partner_comes_in_with_nothing_until_a_second_person_agrees():
    story = Story(four_eyes=True)
    story.approve(story.issued("100000.00", call_date=TODAY))
    ctx = WriteContext(story.manager, NOW)
    fields = {"fund_id": story.fund.pk, "closing_date": TODAY, "ctx": ctx}
    late = commit(investor_id=InvestorFactory(created_by=story.manager).pk, amount="250000.00", **fields)
    assert late.amount == D(0)
    [event] = CommitmentEvent.objects.pending()
    assert (event.amount, event.effective_on) == (D("250000.00"), TODAY)
    with pytest.raises(Forbidden):
        approve_event(event_id=event.pk, ctx=ctx)
    approve_event(event_id=event.pk, ctx=WriteContext(story.second, NOW))
    late.refresh_from_db()
    assert late.amount == D("250000.00")
    spectator = commit(investor_id=InvestorFactory(created_by=story.manager).pk, amount="0.00", **fields)
    assert spectator.amount == D(0)
    assert not CommitmentEvent.objects.pending().exists()
