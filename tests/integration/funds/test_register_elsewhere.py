"""The register in another zone, for whoever has no right or none any more, and with words of another script."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import InvalidInput
from capital.models import CommitmentCapital
from funds.models import CommitmentEvent, FundMembership
from funds.services.register import change_register
from tests.factories import MembershipFactory, UserFactory
from tests.integration.capital.story import NOW, TODAY, Story
from tests.integration.funds.reading import text_of
from tests.support.api import Api
from tests.support.opened import written

pytestmark = pytest.mark.django_db
BODY = {"kind": "increased", "amount": "10.00", "effectiveOn": str(TODAY), "reason": "Signed more"}


def test_in_auckland_its_day_counts_and_not_that_of_utc():
    story = Story()
    story.fund.time_zone = "Pacific/Auckland"
    with written():
        story.fund.save(update_fields=["time_zone"])
    evening = WriteContext(story.manager, datetime(2026, 3, 1, 20, tzinfo=UTC))
    keys = {"commitment_id": story.partners[0].pk, "kind": "increased", "amount": "1", "reason": "Signed"}
    with pytest.raises(InvalidInput):
        change_register(**keys, effective_on=date(2026, 3, 3), ctx=evening)
    event = change_register(**keys, effective_on=date(2026, 3, 2), ctx=evening)
    on = {day: CommitmentCapital.on(date(2026, 3, day), commitment=event.commitment_id) for day in (1, 2)}
    assert [on[day][0].committed for day in (1, 2)] == [600000, 600001]


def test_of_a_fund_that_is_not_ones_own_there_is_nothing():
    story, other = Story(), Story()
    api = Api.of(other.manager)
    event = story.partners[0].events.get()
    position = f"/funds/{story.fund.pk}/position"
    for answer in (
        api.get(f"/commitments/{story.partners[0].pk}/events"),
        api.post(f"/commitments/{story.partners[0].pk}/events", BODY),
        api.post(f"/commitment-events/{event.pk}/approve"),
        api.get(position),
    ):
        assert answer.status_code == 404
    assert CommitmentEvent.objects.filter(fund=story.fund).count() == 3


def test_whoever_lost_its_role_changes_nothing(client):
    story = Story()
    former = UserFactory()
    MembershipFactory(fund=story.fund, user=former)
    client.force_login(former)
    page = reverse("funds:register_event", args=[story.partners[0].pk])
    assert client.get(page).status_code == 200
    with written():
        FundMembership.objects.filter(user=former).delete()
    sent = {"kind": "increased", "amount": "1", "effective_on": str(TODAY), "reason": "Mine"}
    assert client.post(page, sent).status_code == 404
    assert client.get(reverse("dashboard:fund_position", args=[story.fund.pk])).status_code == 404


def test_a_reason_is_shown_as_it_was_written(client):
    story = Story()
    client.force_login(story.manager)
    reason = "แก้ไขข้อตกลง <script>alert(1)</script>"
    page = reverse("funds:register_event", args=[story.partners[0].pk])
    sent = {"kind": "expired", "amount": "1", "effective_on": str(TODAY), "reason": reason}
    assert client.post(page, sent).status_code == 302
    edit = client.get(reverse("funds:commitment_edit", args=[story.partners[0].pk]))
    assert reason in text_of(edit)
    assert "<script>alert" not in edit.content.decode()
    assert CommitmentEvent.objects.get(kind="expired").recorded_at >= NOW
