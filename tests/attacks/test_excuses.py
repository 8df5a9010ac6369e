"""K. A partner excused from an issued call: by whom not, from what not, and what other investors never learn of it."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from capital.models import Excuse
from capital.services import calls
from funds.models import NoticeDocument
from funds.services.rendering import letter_html, render_next
from tests.attacks.test_controls import by, signed_in_a_while_ago
from tests.factories import BankDetailsFactory, ContactFactory, UserFactory
from tests.integration.attacks.unchanged import nothing_written
from tests.integration.capital.story import Story
from tests.integration.capital.test_excuses import called, excuse, owed
from tests.support.api import Api, problem, token_of
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db


def test_lines_items_and_calls_of_others_are_not_mixed():
    """The manager of one fund, with what it may see itself put beside what is another fund's or another call's."""
    story, call, line, items = called()
    _theirs, their_call, their_line, their_items = called()
    own = story.issued("100.00")
    own_item, own_line = own.items.first(), own.lines.get()
    browser, api = Client(), Api.of(story.manager)
    browser.force_login(story.manager)
    asked = {"limit": "50", "effective_on": "2026-03-01", "reason": "Policy"}
    body = {"reason": "Policy"}
    with nothing_written():
        for one, item in ((their_call, their_items[0]), (call, their_items[0]), (call, own_item)):
            page = reverse("capital:excuse", args=[one.pk, item.pk])
            assert browser.get(page).status_code == 404
            assert browser.post(page, asked | {"line": line.pk}).status_code == 404
            path = f"/capital-calls/{one.pk}/items/{item.pk}/excuses"
            problem(api.post(path, body | {"lineId": line.pk}), 404, "not_found")
            problem(api.get(path), 404, "not_found")
        for other in (their_line, own_line):
            page = reverse("capital:excuse", args=[call.pk, items[0].pk])
            for do in ("", "preview"):
                answer = browser.post(page, asked | {"line": other.pk, "do": do})
                assert answer.status_code == (200 if do else 422)
                assert "Select a valid choice" in text_of(answer)
            path = f"/capital-calls/{call.pk}/items/{items[0].pk}/excuses"
            problem(api.post(path, body | {"lineId": other.pk}), 422, "line.unknown")


def test_one_person_alone_or_with_an_old_factor_excuses_nobody(settings):
    settings.SECOND_FACTOR_REQUIRED = True
    story, _call, line, items = called(four_eyes=True)
    asked = excuse(story, line, items[2])
    approve = reverse("capital:excuse_approve", args=[asked.pk])
    alone = Client()
    alone.force_login(story.manager)
    alone.post(approve)
    assert signed_in_a_while_ago(story.second).post(approve).status_code == 302
    problem(Api.of(story.manager).post(f"/excuses/{asked.pk}/approve"), 403, "four_eyes")
    assert owed(items) == [item.amount for item in items]
    assert Excuse.objects.pending().get() == asked


def test_an_investor_never_learns_that_or_why_another_was_excused(client, quick):
    """On its pages, in its letters, and by its token; who is excused reads that it is, not why."""
    story = Story(committed=("5000000.00", "3000000.00", "4000000.00"))
    BankDetailsFactory(fund=story.fund, created_by=story.manager)
    readers = [ContactFactory(investor=one.investor, user=UserFactory()).user for one in story.partners]
    call = story.issued("600000.00")
    items = list(call.items.select_related("commitment__investor").order_by("commitment__reference"))
    story.pay_item(items[2], items[2].amount)
    calls.send_notices(call_id=call.pk, confirmed=True, ctx=by(story.manager))
    excuse(story, call.lines.get(), items[2])
    while render_next(at=timezone.now()):
        pass
    assert NoticeDocument.objects.filter(notice__version=2).count() == 3
    for reader, item in zip(readers, items, strict=True):
        client.force_login(reader)
        letter = item.commitment.notices.get(version=2)
        addresses = [
            reverse("portal:call", args=[item.public_id]),
            reverse("portal:document", args=[letter.public_id]),
            reverse("portal:call_list"),
            reverse("portal:payment_list"),
            reverse("portal:statement"),
        ]
        pages = [text_of(client.get(address)) for address in addresses]
        api = Api(token_of(reader))
        pages += [
            letter_html(letter),
            str(api.read("/portal/capital-calls")),
            str(api.read("/portal/payments")),
        ]
        told = " ".join(pages)
        assert "evised" in pages[0]
        assert "evised" in pages[1]
        assert "Policy on arms" not in told
        is_excused = item == items[2]
        assert ("xcused" in told) is is_excused
        assert ("Please pay nothing" in pages[5]) is is_excused
        assert ("How to pay" in pages[5]) is not is_excused
        assert ("aid too much" in pages[3]) is is_excused
        others = [one.commitment.investor.name for one in items if one != item]
        assert not any(name in told for name in others)
