"""The pages and routes of set-offs: what is proposed, asked for, decided and taken back, by two persons."""

import csv
import io
from decimal import Decimal as D

import pytest
from django.urls import reverse

from capital.models import CallItemCapital
from capital.services import payments
from closings.models import Setoff, SetoffReversal
from tests.integration.closings.setoff_story import DAY, SetoffStory
from tests.support.api import Api, read
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db


def to(name, *ids):
    return reverse(f"closings:{name}", args=ids)


def test_asked_for_decided_and_taken_back(client, django_assert_max_num_queries):
    story = SetoffStory(four_eyes=True)
    client.force_login(story.manager)
    with django_assert_max_num_queries(10):
        listed = client.get(to("setoff_list", story.fund.pk))
    assert "$205,000.00" in text_of(listed)
    for page in ("distributions:distribution", "capital:call"):
        of = story.given.pk if page.startswith("d") else story.asked.pk
        assert to("setoff_list", story.fund.pk) in client.get(reverse(page, args=[of])).content.decode()
    form = to("setoff_new", story.given.pk, story.asked.pk)
    with django_assert_max_num_queries(10):
        shown = text_of(client.get(form))
    assert "$246,951.22" in shown
    assert "$125,000.00" in shown
    sent = {"value_date": "2026-10-30", "reason": "Clause 14.14", f"amount_{story.a.pk}": "125000.01"}
    refused = client.post(form, sent)
    assert refused.status_code == 409
    assert "No more than $125,000.00" in text_of(refused)
    nobody = client.post(form, {**sent, f"amount_{story.a.pk}": ""})
    assert nobody.status_code == 422
    client.post(form, {**sent, f"amount_{story.a.pk}": "25,000.00"})
    setoff = Setoff.objects.get()
    with django_assert_max_num_queries(10):
        assert "Waiting for approval" in text_of(client.get(to("setoff", setoff.pk)))
    assert "Clause 14.14" in text_of(client.get(reverse("dashboard:approvals")))

    client.force_login(story.second)
    assert "Clause 14.14" in text_of(client.get(reverse("dashboard:approvals")))
    client.post(to("setoff_approve", setoff.pk))
    part = story.part(setoff, story.a)
    assert CallItemCapital.objects.get(item=part.call_item).paid == 25000
    assert "Set-off" in text_of(client.get(reverse("capital:item", args=[story.asked.pk, part.call_item_id])))
    page = to("setoff", setoff.pk)
    for day, said in (
        ("2026-10-15", "A $0.00 $0.00 $0.00 $0.00 $0.00 $0.00"),
        ("2026-10-29", "A $371,951.22 $0.00 $0.00 $0.00 $0.00 $371,951.22"),
        ("2026-10-30", "A $371,951.22 $125,000.00 $0.00 $25,000.00 $100,000.00 $346,951.22"),
    ):
        with django_assert_max_num_queries(10):
            shown = text_of(client.get(page, {"as_of": day}))
        for word in ("Called", "Distributed", "Withheld", "Set off", "Net to receive", "Still owed"):
            shown = shown.replace(f"{word} $", "$")
        assert said in shown[shown.index("Partners as of") :]
    for day in ("2999-01-01", "some"):
        assert client.get(page, {"as_of": day}).status_code == 422
    why = to("setoff_reverse", setoff.pk, part.pk)
    assert "$25,000.00" in text_of(client.get(why))
    client.post(why, {"reason": "A did not agree"})
    reversal = SetoffReversal.objects.get()
    assert "A did not agree" in text_of(client.get(reverse("dashboard:approvals")))
    client.post(to("setoff_reversal_reject", reversal.pk), {"reason": "No"})
    client.post(why, {"reason": "After all"})
    client.force_login(story.manager)
    client.post(to("setoff_reversal_approve", SetoffReversal.objects.get(rejected_at=None).pk))
    assert "Taken back, $25,000.00: After all" in text_of(client.get(to("setoff", setoff.pk)))
    assert CallItemCapital.objects.get(item=part.call_item).paid == 0
    exported = to("setoff_export", story.fund.pk, "csv")
    for day, called, given in (("", "371951.22", "125000.00"), ("2026-01-02", "0.00", "0.00")):
        rows = client.get(exported, {"as_of": day} if day else {})
        [row] = csv.DictReader(io.StringIO(b"".join(rows.streaming_content).decode("utf-8-sig")))
        assert (row["Called"], row["Given"], row["Set off"], row["Receives"]) == (
            called,
            given,
            "0.00",
            given,
        )
        assert (row["Partner"], row["Status"]) == ("A", "Taken back")
    assert client.get(exported, {"as_of": "2999-01-01"}).status_code == 404


def test_what_has_changed_since_it_was_shown_is_refused_and_shown_anew(client):
    """A form that stayed open in its own tab, while another partner of both paid a part of what it owes."""
    story = SetoffStory()
    client.force_login(story.manager)
    form = to("setoff_new", story.given.pk, story.asked.pk)
    sent = {"value_date": "2026-10-30", "reason": "Clause 14.14", f"amount_{story.a.pk}": "125000.00"}
    seen = {"seen": client.get(form).context["seen"]}
    item = story.asked.items.get(commitment=story.b)
    payments.record_payment(
        item_id=item.pk, amount="200000.00", value_date=DAY, method="wire", ctx=story.ctx(DAY)
    )
    late = client.post(form, sent | seen)
    assert (late.status_code, Setoff.objects.count()) == (409, 0)
    assert "has changed since it was shown" in text_of(late)
    assert "$23,170.73" in text_of(late)
    assert client.post(form, sent | {"seen": late.context["seen"]}).status_code == 302
    assert Setoff.objects.get().approved_at


def test_over_the_api():
    story = SetoffStory()
    api = Api.of(story.manager)
    part = {"commitmentId": story.b.pk, "amount": "75000.00"}
    body = {"callId": story.asked.pk, "reason": "Clause 14.14", "valueDate": "2026-10-30", "parts": [part]}
    path = f"/distributions/{story.given.pk}/setoffs"
    made, again = (api.post(path, body, key="once") for _ in range(2))
    assert (made.status_code, read(again)) == (201, read(made))
    assert Setoff.objects.count() == 1
    [part] = read(made)["parts"]
    assert (part["called"], part["distributed"], part["amount"]) == (D("223170.73"), 75000, 75000)
    twice = api.post(path, {**body, "parts": body["parts"] * 2})
    assert (twice.status_code, read(twice)["code"]) == (422, "setoff.part_twice")
    assert read(api.post(path, body))["code"] == "setoff.too_much"
    back = api.post(f"/setoff-parts/{part['id']}/reverse", {"reason": "Not agreed"})
    assert read(back)["parts"][0]["reversal"]["status"] == "APPROVED"
    assert [one["status"] for one in read(api.get(path))["setoffs"]] == ["APPROVED"]
