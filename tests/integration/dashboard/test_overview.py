"""The first page: what needs somebody today, and figures that lead to the rows that add up to them."""

import re
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from django.urls import reverse

from blackgem.lib.context import WriteContext
from capital.services.calls import send_notices
from funds.models import NoticeDelivery
from tests.factories import ContactFactory, MembershipFactory
from tests.support.pages import text_of
from tests.support.staging import staged

from ..capital.story import NOW, Story

pytestmark = pytest.mark.django_db
_FIGURE = re.compile(r'<a class="figure-link[^"]*" href="([^"]+)">(.*?)</a>', re.S)
_TAGS = re.compile(r"<[^>]*>")
_PHONE_LABEL = re.compile(r"<span class=\"phone-label\">.*?</span>")


@staged
def stories():
    """Two funds of one manager: one in dollars, with a late call, a payment and cash; one in yen."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.utils.timezone.now", lambda: NOW)
        return _stories()


def _stories():
    story, yen = Story(), Story(currency="JPY")
    MembershipFactory(fund=yen.fund, user=story.manager)
    late = story.issued("3000.00", call_date=date(2026, 1, 5), due_date=date(2026, 1, 20))
    story.pay_item(late.items.first(), "10.00")
    story.issued("500.00")
    story.receive("70.00")
    yen.issued("3000")
    story.draft("100.00")
    return story, yen


@pytest.fixture
def manager(client, monkeypatch, stories):
    """Their manager, who has signed in."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    client.story, client.yen = stories
    client.force_login(client.story.manager)
    return client


def figures(html: str) -> list[tuple[str, str]]:
    """Where each figure leads, and what it says."""
    return [(unescape(href), unescape(_TAGS.sub("", said))) for href, said in _FIGURE.findall(html)]


def beneath(answer) -> set[str]:
    """What stands under the columns of a list, as text."""
    foot = re.search(r"<tfoot.*?</tfoot>", answer.content.decode(), re.S)
    cells = re.findall(r"<td.*?</td>", foot[0], re.S) if foot else []
    return {unescape(_TAGS.sub("", _PHONE_LABEL.sub("", cell))).strip() for cell in cells}


def test_every_figure_leads_to_rows_with_it_beneath(manager):
    page = manager.get("/").content.decode()
    led = [(href, said) for href, said in figures(page) if "#" not in href]
    assert len(led) >= 20
    for href, said in led:
        answer = manager.get(href)
        assert answer.status_code == 200, href
        zero = Decimal(re.sub(r"[^0-9.]", "", said)) == 0
        assert said in beneath(answer) or zero, (href, said, beneath(answer))


def test_the_figures_of_a_fund_lead_to_the_same(manager):
    page = manager.get(reverse("dashboard:fund", args=[manager.story.fund.pk])).content.decode()
    led = figures(page)
    assert len(led) >= 6
    for href, said in led:
        zero = Decimal(re.sub(r"[^0-9.]", "", said)) == 0
        assert said in beneath(manager.get(href)) or zero, (href, said)


def test_what_is_late_and_what_is_due_per_currency(manager):
    page = text_of(manager.get("/"))
    today = page.split("Needs you today")[1].split("Committed in USD")[0]
    assert "overdue called and not paid in time$2,990.00" in today
    assert "due within 30 days" in today
    assert "Cash to apply arrived and not known for what$70.00" in today


def test_letters_that_failed_are_named_by_their_call_until_they_are_sent_again(manager):
    story = manager.story
    call = story.issued("800.00")
    for partner in story.partners:
        ContactFactory(investor=partner.investor)
    send_notices(call_id=call.pk, confirmed=True, ctx=WriteContext(story.manager, NOW))
    first = NoticeDelivery.objects.filter(notice__subject_id=call.pk).order_by("pk").first()
    assert "letter" not in text_of(manager.get("/")).split("Committed")[0]
    NoticeDelivery.objects.filter(pk=first.pk).update(state="failed", failure="No such mailbox")
    page = text_of(manager.get("/"))
    assert "1 letter to look at" in page


def test_nobody_is_told_of_another_fund(manager, client):
    other = Story()
    client.force_login(other.manager)
    page = text_of(client.get("/"))
    assert "Nothing needs you today." in page
    assert client.get(reverse("capital:open_item_list")).context["listing"].page.paginator.count == 0


def test_an_open_item_is_late_since_its_due_day_and_gone_once_it_is_paid(manager):
    story = manager.story
    rows = manager.get(reverse("capital:open_item_list"), {"due": "late", "fund": story.fund.pk})
    listing = rows.context["listing"]
    assert {item.days_late for item in listing.page} == {(story.fund.day_of(NOW) - date(2026, 1, 20)).days}
    assert [one["outstanding"] for one in listing.totals] == [Decimal("2990.00")]
    for item in list(listing.page):
        story.pay_item(item, str(item.capital.outstanding))
    empty = manager.get(reverse("capital:open_item_list"), {"due": "late", "fund": story.fund.pk})
    assert "Nothing is owed here" in text_of(empty)


def test_how_far_letters_are_stands_in_one_list_and_on_every_page_while_they_move(manager):
    story = manager.story
    call = story.issued("800.00")
    for partner in story.partners:
        ContactFactory(investor=partner.investor)
    now = reverse("dashboard:letters_now")
    assert text_of(manager.get(now, headers={"hx-request": "true"})).strip() == ""
    assert now not in manager.get(reverse("dashboard:fund_list")).content.decode()
    send_notices(call_id=call.pk, confirmed=True, ctx=WriteContext(story.manager, NOW))
    assert "Sending letters: 0 of 3" in text_of(manager.get(now, headers={"hx-request": "true"}))
    for page in ("overview", "fund_list", "approvals"):
        assert now in manager.get(reverse(f"dashboard:{page}")).content.decode()
    newest = NoticeDelivery.objects.order_by("pk")[:2]
    NoticeDelivery.objects.filter(pk=newest[0].pk).update(state="sent", sent_at=NOW)
    NoticeDelivery.objects.filter(pk=newest[1].pk).update(state="unknown")
    assert "Sending letters: 2 of 3" in text_of(manager.get(now, headers={"hx-request": "true"}))
    assert manager.get(reverse("dashboard:letter_list")).context["listing"].page.paginator.count == 4
    for show in ("moving", "stuck"):
        (mailing,) = manager.get(reverse("dashboard:letter_list"), {"show": show}).context["listing"].page
        assert (mailing.kind, mailing.number) == ("capital_call", call.number)
    assert (mailing.letters, mailing.sent, mailing.unknown, mailing.under_way) == (3, 1, 1, 1)
    assert manager.get(now).status_code == 302
