"""A partner is excused from an issued call: on the pages, by two people, without JavaScript."""

from decimal import Decimal

import pytest
from django.urls import reverse

from capital.models import Excuse
from tests.integration.capital.test_excuses import called, owed
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db

APPROVALS = "dashboard:approvals"


def address(call, item):
    return reverse("capital:excuse", args=[call.pk, item.pk])


def typed(page, **more):
    """The form as the page has it, with what was typed."""
    form = page.context["form"]
    day = form["effective_on"].value()
    shown = {"called": str(page.context["item"].capital.called), "line": form["line"].value()}
    return shown | {"limit": "50", "effective_on": str(day), "amount": "", "reason": "Policy on arms"} | more


def test_two_people_excuse_a_partner(client):
    story, call, _line, items = called(four_eyes=True)
    story.pay_item(items[2], items[2].amount)
    client.force_login(story.manager)
    item = reverse("capital:item", args=[call.pk, items[2].pk])
    assert address(call, items[2]) in client.get(item).text
    page = client.get(address(call, items[2]))
    for words in ("$119,952.02", "$368,852.46", "becomes unapplied cash of its receipt", "Another manager"):
        assert words in text_of(page), words
    half = client.post(
        address(call, items[2]), typed(page, amount="100000", limit="20", reason="", do="preview")
    )
    assert half.status_code == 200
    assert "$19,344.26 is no longer called" in text_of(half)
    assert "This field is required" not in text_of(half)
    assert not Excuse.objects.exists()

    assert client.post(address(call, items[2]), typed(page, reason="")).status_code == 422
    assert client.post(address(call, items[2]), typed(page)).status_code == 302
    asked = Excuse.objects.get()
    assert "An excuse from this call waits for approval already" in text_of(client.get(item))
    approve = reverse("capital:excuse_approve", args=[asked.pk])
    client.post(approve)
    assert owed(items)[2] == items[2].amount

    client.force_login(story.second)
    queue = text_of(client.get(reverse(APPROVALS)))
    for words in ("Policy on arms", "$196,721.31", "for at most 50% more"):
        assert words in queue
    assert "The partner is excused" in text_of(client.post(approve, follow=True))
    assert owed(items)[2] == 0
    assert "revised from $245,901.64" in text_of(
        client.get(reverse("capital:item", args=[call.pk, items[0].pk]))
    )
    assert "Revised since it was issued" in text_of(client.get(reverse("capital:call", args=[call.pk])))
    again = client.get(address(call, items[2]))
    assert "It holds nothing of an investment of this call any more" in text_of(again)


def test_a_form_that_was_opened_before_another_excuse_is_shown_anew(client):
    story, call, _line, items = called()
    client.force_login(story.manager)
    first, second = (client.get(address(call, items[n])) for n in (2, 1))
    client.post(address(call, items[2]), typed(first))
    for item, page in ((items[1], second), (items[2], first)):
        stale = client.post(address(call, item), typed(page))
        assert stale.status_code in (409, 422)
    assert "changed since: it is $219,512.19 now" in text_of(
        client.post(address(call, items[1]), typed(second))
    )
    assert Excuse.objects.count() == 1


def test_what_is_wrong_is_said_beside_it(client):
    story, call, _line, items = called()
    client.force_login(story.manager)
    page = client.get(address(call, items[2]))
    for wrong, words in (
        ({"amount": "196721.32"}, "more than is held"),
        ({"limit": "101"}, "percent"),
        ({"limit": "12.34567"}, "two decimals at most"),
        ({"effective_on": "2026-02-28"}, "from the day of the call"),
        ({"line": str(10**12)}, "Select a valid choice"),
        ({"line": "x"}, "Select a valid choice"),
    ):
        answer = client.post(address(call, items[2]), typed(page, **wrong))
        assert answer.status_code in (409, 422), wrong
        assert words in text_of(answer), wrong
        assert client.post(address(call, items[2]), typed(page, do="preview", **wrong)).status_code == 200
    assert owed(items)[0] == Decimal("245901.64")
