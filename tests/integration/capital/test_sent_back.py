"""What waits for approval is sent back with a reason, and its next approver reads what changed since."""

from decimal import Decimal

import pytest
from django.urls import reverse

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, Forbidden, InvalidInput
from blackgem.lib.revisions import revision_of, sent_back
from blackgem.lib.timeline import entries_of
from capital.services import calls
from distributions.services import distributions
from tests.integration.distributions.story import AT_EXIT, ExitStory
from tests.support.pages import text_of

from .story import NOW, Story, fresh

pytestmark = pytest.mark.django_db


def returned(subject):
    return sent_back(entries_of(audit.timeline(subject), "USD"))


def test_a_call_is_sent_back_with_a_reason_and_submitted_again(client):
    story = Story(four_eyes=True)
    call = story.issued()
    with pytest.raises(InvalidInput):
        calls.send_back_call(call_id=call.pk, reason=" ", ctx=WriteContext(story.second, NOW))
    calls.send_back_call(call_id=call.pk, reason="Call less", ctx=WriteContext(story.second, NOW))
    call = fresh(call)
    assert (call.status, call.submitted_by, call.submitted_at, call.four_eyes) == ("draft", None, None, False)
    assert (returned(call).who, returned(call).reason) == ("Sam Second", "Call less")
    client.force_login(story.manager)
    assert "Call less" in text_of(client.get(reverse("capital:call", args=[call.pk])))
    with pytest.raises(Conflict):
        calls.send_back_call(call_id=call.pk, reason="Again", ctx=WriteContext(story.second, NOW))

    for total in ("80000.00", "90000.00"):
        plan = story.plan(total, items=[story.excuse(story.partners[0], reason="Sanctions")])
        calls.change_draft(call_id=call.pk, plan=plan, ctx=WriteContext(story.manager, NOW))
    call = calls.submit_call(call_id=call.pk, ctx=WriteContext(story.manager, NOW))
    assert returned(call) is None
    revision = revision_of(call)
    assert (revision.since, revision.submitted) == (1, True)
    changed = {one.label: (one.old, one.new) for one in revision.changes}
    assert changed["Total amount"] == ("$100,000.00", "$90,000.00")
    assert "Sanctions" in {new for _, new in changed.values()}
    with pytest.raises(Forbidden):
        calls.approve_call(call_id=call.pk, ctx=WriteContext(story.manager, NOW))
    client.force_login(story.second)
    page = text_of(client.get(reverse("capital:call", args=[call.pk])))
    assert "Changed since revision 1" in page
    assert "$90,000.00" in page
    queue = text_of(client.get(reverse("dashboard:approvals")))
    for words in ("Changed since revision 1", "Investment: $90,000.00", "1 excused"):
        assert words in queue


def test_a_distribution_is_sent_back_and_shows_each_partners_change(client):
    story = ExitStory()
    story.fund.four_eyes = True
    story.fund.save(update_fields=["four_eyes"])
    draft = story.draft_exit("400000.00")
    waiting = distributions.submit_distribution(
        distribution_id=draft.pk, ctx=WriteContext(story.manager, AT_EXIT)
    )
    address = reverse("distributions:distribution_send_back", args=[waiting.pk])
    client.force_login(story.second)
    assert client.post(address, {"reason": "Withhold"}).status_code == 302
    waiting = fresh(waiting)
    assert (waiting.status, waiting.submitted_at, waiting.four_eyes) == ("draft", None, False)
    assert returned(waiting).reason == "Withhold"

    plan = story.exit("400000.00", withholding={story.partners[0].pk: Decimal("12.34")})
    distributions.change_draft(
        distribution_id=waiting.pk, plan=plan, ctx=WriteContext(story.manager, AT_EXIT)
    )
    distributions.submit_distribution(distribution_id=waiting.pk, ctx=WriteContext(story.manager, AT_EXIT))
    who = f"{story.partners[0].investor.name} ({story.partners[0].reference})"
    changes = audit.timeline(waiting)[1].changes
    assert changes == {"revision": [1, 2], f"withheld by hand: {who}": [None, "12.34"]}
    page = text_of(client.get(reverse("distributions:distribution", args=[waiting.pk])))
    for words in ("Changed since revision 1", "$12.34", "Set by hand"):
        assert words in page
    queue = text_of(client.get(reverse("dashboard:approvals")))
    assert "1 withheld by hand" in queue
    assert "Changed since revision 1" in queue
