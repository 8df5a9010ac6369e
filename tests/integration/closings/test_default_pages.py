"""The pages of defaults: what is overdue, notice by two persons, interest and its way to the others, a shortfall."""

import csv
import io
from datetime import date
from decimal import Decimal as D

import pytest
from django.urls import reverse

from capital.models import CallItemCapital, CapitalCall
from capital.services import payments
from closings.models import Default, DefaultRemedy, DefaultWithdrawal
from closings.services import defaults as services
from funds.models import Notice
from tests.factories import ContactFactory, UserFactory
from tests.integration.closings.default_story import NOTICE, DefaultStory
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db
DUE_AHEAD = "2100-01-04"


def to(name, *ids):
    return reverse(f"closings:{name}", args=ids)


def test_from_what_is_overdue_to_interest_that_was_passed_on(client, django_assert_max_num_queries):
    story = DefaultStory(four_eyes=True)
    story.more_for(story.deals["D1"], "200000.00")
    client.force_login(story.manager)
    with django_assert_max_num_queries(10):
        listed = text_of(client.get(to("default_list", story.fund.pk)))
    assert "$200,000.00" in listed
    assert (
        to("default_list", story.fund.pk)
        in client.get(reverse("capital:call", args=[story.asked.pk])).content.decode()
    )
    form = to("default_new", story.item.pk)
    with django_assert_max_num_queries(10):
        empty = client.get(form)
    assert "$200,000.00" in text_of(empty)
    assert offered(empty, "rate", "cap") == [D("0.1"), D("0.5")]
    asked = {"reason": "Clause 6.6", "cure_by": DUE_AHEAD, "rate": "10", "day_count": "act/365"}
    asked |= {"interest_to": "others", "cap": "50", "cap_base": "item"}
    assert client.post(form, {**asked, "rate": "200"}).status_code == 422
    assert client.post(form, {**asked, "cure_by": "2026-01-01"}).status_code == 422
    client.post(form, asked)
    default = Default.objects.get()
    page = to("default", default.pk)
    with django_assert_max_num_queries(10):
        assert "Nobody is told before" in text_of(client.get(page))
    assert "Clause 6.6" in text_of(client.get(reverse("dashboard:approvals")))
    client.force_login(story.second)
    client.post(to("default_approve", default.pk))
    assert "In default" in text_of(client.get(page))

    # The others, then the interest: each is asked for by one and decided by another.
    shortfall = to("default_shortfall", default.pk)
    assert "$200,000.00" in text_of(client.get(shortfall))
    assert client.post(shortfall, {"amount": "200000.01", "due_on": DUE_AHEAD}).status_code == 409
    client.post(shortfall, {"amount": "200,000.00", "due_on": DUE_AHEAD})
    assert client.get(shortfall).status_code == 409
    client.force_login(story.manager)
    assert "Remedies of defaults" in text_of(client.get(reverse("dashboard:approvals")))
    client.post(to("remedy_approve", DefaultRemedy.objects.get().pk))
    with django_assert_max_num_queries(10):
        assert "$121,951.22" in text_of(client.get(page))
    story.cure()
    interest = to("default_interest", default.pk)
    assert client.post(interest, {"until": "2026-01-01", "due_on": DUE_AHEAD}).status_code == 422
    client.post(interest, {"until": default.effective_on.isoformat(), "due_on": DUE_AHEAD, "costs": "17.81"})
    remedy = DefaultRemedy.objects.get(kind="interest")
    client.force_login(story.second)
    client.post(to("remedy_approve", remedy.pk))
    story.pay(remedy.asked.call, default.effective_on)
    pay = to("remedy_pay", remedy.pk)
    assert "$1,900.00" in text_of(client.get(pay))
    client.post(pay, {"value_date": default.effective_on.isoformat(), "method": "wire", "reference": "D1"})
    shown = text_of(client.get(page))
    assert "Cured" in shown
    assert "$1,917.81" in shown
    assert CallItemCapital.objects.get(item=story.item).outstanding == 0
    rows = client.get(reverse("closings:default_export", args=[story.fund.pk, "csv"]))
    [row] = csv.DictReader(io.StringIO(b"".join(rows.streaming_content).decode("utf-8-sig")))
    assert (row["Status"], row["Interest"], row["Asked for"]) == ("Cured", "1917.81", "1917.81")


def test_turned_down(client):
    story = DefaultStory(four_eyes=True)
    default = story.notice()
    client.force_login(story.second)
    client.post(to("default_reject", default.pk), {"reason": "No"})
    assert "Turned down" in text_of(client.get(to("default_list", story.fund.pk)))
    assert to("default_new", story.item.pk) in client.get(to("default_list", story.fund.pk)).content.decode()


def offered(answer, *names) -> list:
    """What a form holds before anybody typed: as it stands there, it is taken."""
    form = answer.context["form"]
    return [form.fields[name].clean(form[name].value()) for name in names]


def test_nobody_else_learns_of_it(client):
    """Not by what is asked of the others, nor by what is passed on to them."""
    story = DefaultStory()
    story.c.investor.name = "Cassandra Holdings"
    story.c.investor.save(update_fields=["name"])
    story.all_of_it()
    reader = ContactFactory(investor=story.a.investor, user=UserFactory()).user
    client.force_login(reader)
    pages = [
        "portal:home",
        "portal:call_list",
        "portal:payment_list",
        "portal:refund_list",
        "portal:statement",
    ]
    asked = CapitalCall.objects.get(default_call__remedy__kind="shortfall").items.get(commitment=story.a)
    read = [text_of(client.get(reverse(name))) for name in pages]
    read.append(text_of(client.get(reverse("portal:call", args=[asked.public_id]))))
    assert "In place of a part of Capital Call #1 that was not paid" in read[-1]
    letters = Notice.objects.filter(commitment=story.a).order_by("pk")
    assert letters.count() == 2
    told = " ".join([*read, *(str(one.facts) for one in letters)])
    assert not [word for word in ("Cassandra", "default", "Clause 6.6") if word in told]


def test_an_interest_is_taken_by_two_and_a_notice_withdrawn(client, django_assert_max_num_queries):
    story = DefaultStory(four_eyes=True)
    default = story.notice()
    services.approve_default(default_id=default.pk, ctx=story.ctx(NOTICE, story.second))
    page, forfeiture = to("default", default.pk), to("default_forfeiture", default.pk)
    client.force_login(story.manager)
    with django_assert_max_num_queries(10):
        asked = text_of(client.get(forfeiture))
    assert "60.98%" in asked
    cut = text_of(client.get(to("default_reduction", default.pk)))
    assert "$3,800,000.00" in cut
    said = {"share": "50", "effective_on": "2026-06-01", "reason": "Clause 6.6.4.3"}
    assert client.post(forfeiture, {**said, "share": "101"}).status_code == 422
    assert client.post(forfeiture, {**said, "effective_on": "2026-05-27"}).status_code == 409
    client.post(forfeiture, said)
    with django_assert_max_num_queries(10):
        waits = text_of(client.get(page))
    assert "Would pass to" in waits
    assert "$1,219,512.19" in waits
    assert "50.00%" in text_of(client.get(reverse("dashboard:approvals")))
    client.force_login(story.second)
    client.post(to("remedy_reject", DefaultRemedy.objects.get().pk), {"reason": "No"})

    withdraw = to("default_withdraw", default.pk)
    assert "Nobody is in default" in text_of(client.get(withdraw))
    assert client.post(withdraw, {"reason": ""}).status_code == 422
    client.post(withdraw, {"reason": "The wire came to another account"})
    assert "Withdrawals of notices" in text_of(client.get(reverse("dashboard:approvals")))
    found = DefaultWithdrawal.objects.get()
    client.post(to("default_withdrawal_reject", found.pk), {"reason": "No"})
    client.post(withdraw, {"reason": "The wire came to another account"})
    client.force_login(story.manager)
    assert "another account" in text_of(client.get(page))
    client.post(to("default_withdrawal_approve", DefaultWithdrawal.objects.latest("pk").pk))
    with django_assert_max_num_queries(10):
        shown = text_of(client.get(page))
    assert "Withdrawn" in shown
    assert to("default_new", story.item.pk) in client.get(to("default_list", story.fund.pk)).content.decode()


def test_an_interest_is_sold(client, django_assert_max_num_queries):
    """Half of 0.00 that C contributed is nothing; the price that the two pay each other is in no figure of the fund."""
    story = DefaultStory()
    story.call(date(2026, 5, 2), date(2026, 5, 16), ("D2", "1220000.00"))
    default = story.notice()
    client.force_login(story.manager)
    sale, page = to("default_sale", default.pk), to("default", default.pk)
    empty = client.get(sale)
    assert "$400,000.00" in text_of(empty)
    assert offered(empty, "share") == [D("0.5")]
    said = {
        "buyer": story.a.pk,
        "value": "350,000.00",
        "share": "50",
        "effective_on": "2026-06-19",
        "costs": "1000",
    }
    assert client.post(sale, {**said, "buyer": ""}).status_code == 422
    client.post(sale, said)
    with django_assert_max_num_queries(10):
        shown = text_of(client.get(page))
    assert "Forced sale" in shown
    assert "$172,082.19 is the partner’s" in shown
    assert "Transfer 1" in shown
    transfer = text_of(
        client.get(reverse("closings:transfer", args=[DefaultRemedy.objects.get().transfers.get().pk]))
    )
    assert "$3,800,000.00" in transfer


@pytest.mark.parametrize(
    ("name", "said"),
    [("default_forfeiture", {"share": "50"}), ("default_reduction", {}), ("default_sale", {"value": "1"})],
)
def test_what_is_taken_is_what_was_shown(client, name, said):
    """A form that stayed open in its own tab, while the partner paid a part of what it owes."""
    story = DefaultStory()
    default = story.notice()
    client.force_login(story.manager)
    form = to(name, default.pk)
    sent = {**said, "effective_on": "2026-06-19", "reason": "Clause 6.6.4"}
    sent |= {"buyer": story.a.pk, "share": "50"} if name == "default_sale" else {}
    seen = {"seen": client.get(form).context["seen"]}
    day = date(2026, 6, 1)
    payments.record_payment(
        item_id=story.item.pk, amount="0.01", value_date=day, method="wire", ctx=story.ctx(day)
    )
    late = client.post(form, sent | seen)
    assert (late.status_code, DefaultRemedy.objects.count()) == (409, 0)
    assert "has changed since it was shown" in text_of(late)
    assert client.post(form, sent | {"seen": late.context["seen"]}).status_code == 302
    assert DefaultRemedy.objects.get().approved_at
