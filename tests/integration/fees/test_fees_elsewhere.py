"""Fees of a fund far from dollars and London: no cents or three decimals, Auckland's day, a Thai name, two at once."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict
from fees.models import FeeEvent, FeeStatement
from fees.services import happened
from funds.models import Fund
from tests.factories import ContactFactory, UserFactory
from tests.integration.fees.story import FeeStory, figures
from tests.support.invariants import violations
from tests.support.opened import written
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db
THAI = "กองทุนบำเหน็จบำนาญข้าราชการ"
#: In Auckland it is the first of March already.
LATE = datetime(2026, 2, 28, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("currency", "committed", "paid", "unit"),
    [
        ("JPY", ("1000003", "500001"), ("700001", "350003", "1"), Decimal(1)),
        (
            "KWD",
            ("1000003.001", "500001.003"),
            ("700001.002", "350003.001", "0.001"),
            Decimal("0.001"),
        ),
    ],
)
def test_a_fee_of_invested_capital_in_yen_and_dinars(client, currency, committed, paid, unit):
    story = FeeStory(currency=currency, committed=committed, schedule={"basis": "net_invested"})
    with written():
        Fund.objects.filter(pk=story.fund.pk).update(time_zone="Pacific/Auckland")
        type(story.partners[0].investor).objects.filter(pk=story.partners[0].investor_id).update(name=THAI)
    deal = story.invested(date(2025, 12, 1), *paid)
    ctx = WriteContext(story.manager, LATE)
    today = {"fund_id": story.fund.pk, "kind": "suspended", "happened_on": date(2026, 3, 1)}
    event = happened.record_fee_event(**today, ctx=ctx)
    assert (event.approved_at, event.effective_on) == (LATE, date(2026, 3, 1))
    story.sold(deal.deal_id, date(2025, 12, 31), unit, told=date(2026, 1, 1))
    run = story.run(date(2026, 4, 1))
    for partner, amount in zip(story.partners, paid, strict=False):
        [net] = map(Decimal, figures(run, "net")[partner.reference])
        assert net % unit == 0
        assert abs(net - Decimal(amount) / 200) <= unit
    assert run.net == sum(line.net for line in run.lines.all())
    contact = ContactFactory(investor=story.partners[0].investor, user=UserFactory())
    client.force_login(contact.user)
    statement = FeeStatement.objects.get(commitment=story.partners[0])
    own = text_of(client.get(reverse("portal:fee", args=[statement.public_id])))
    assert THAI in own
    assert "net invested capital" in own
    client.force_login(story.manager)
    assert THAI in text_of(client.get(reverse("fees:run", args=[run.pk])))
    assert violations() == []


def test_one_of_two_takes_an_event_back():
    story = FeeStory(four_eyes=True)
    event = story.event("investment_period_ended", date(2026, 3, 1))
    told = {"event_id": event.pk, "reason": "Extended"}
    first = happened.take_fee_event_back(**told, ctx=story.on(date(2026, 3, 2)))
    with pytest.raises(Conflict, match="is taken back, once"):
        happened.take_fee_event_back(**told, ctx=story.on(date(2026, 3, 2), story.second))
    happened.approve_fee_event(event_id=first.pk, ctx=story.on(date(2026, 3, 3), story.second))
    with pytest.raises(Conflict, match="already approved"):
        happened.reject_fee_event(event_id=first.pk, ctx=story.on(date(2026, 3, 3)))
    assert not FeeEvent.objects.standing().exists()
