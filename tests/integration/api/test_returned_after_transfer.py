"""A client transfers a third of an interest in Auckland, where it is a day later than in London, and books what the
bank returns of both directions: by the fund's own days, to the cent, in every answer."""

from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest

from distributions.models import Payout
from funds.models import FundMembership
from tests.factories import MembershipFactory, UserFactory, rename
from tests.integration.closings.test_bounced_after_transfer import agree
from tests.integration.closings.transfer_story import TransferStory
from tests.support.api import Api, problem
from tests.support.opened import written

pytestmark = pytest.mark.django_db
#: The fifth of November in Auckland, the fourth in London.
NOW, TODAY = datetime(2026, 11, 4, 13, tzinfo=UTC), date(2026, 11, 5)


def test_what_the_bank_returns_in_auckland(monkeypatch):
    story = TransferStory()
    rename(story.fund, time_zone="Pacific/Auckland")
    call = story.paid_call(date(2026, 2, 16), ("investment", "100000.01", "D1"))
    out = story.paid_out(date(2026, 8, 31), "60000.01", "D1", recallable=True)
    payment, payout = call.payments.get(), Payout.objects.get()
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    api, today = Api.of(story.manager), TODAY.isoformat()

    def figures(*names):
        return [
            [str(api.read(f"/commitments/{one.pk}")[name]) for name in names]
            for one in (story.first, story.newcomer)
        ]

    body = {"fundId": story.fund.pk, "transferorId": story.first.pk, "transfereeId": story.newcomer.pk}
    body |= {"numerator": 1, "denominator": 3, "effectiveOn": today, "reason": "Sale"}
    problem(api.post("/transfers", body | {"effectiveOn": "2026-11-06"}), 422, "effective_on.future")
    transfer = api.made("/transfers", body)
    before = figures("called", "paid", "outstanding", "distributed", "recallable", "unfunded")
    assert [one[3] for one in before] == ["40000.01", "20000.00"]

    problem(api.post(f"/payouts/{payout.pk}/reverse", {"reason": "Closed", "cashOn": "2026-11-06"}), 422)
    said = api.made(f"/payouts/{payout.pk}/reverse", {"reason": "Account closed"}, status=200)
    assert said["reversal"]["cashOn"] == today
    assert figures("distributed", "recallable") == [["0.00", "0.00"], ["0.00", "0.00"]]
    said = api.made(f"/payments/{payment.pk}/reverse", {"reason": "No funds", "moneyLeft": True}, status=200)
    assert said["reversal"]["cashOn"] == today
    assert figures("called", "paid", "outstanding") == [
        ["66666.67", "0.00", "66666.67"],
        ["33333.34", "0.00", "33333.34"],
    ]
    back = api.read(f"/transfers/{transfer['id']}")["cameBack"]
    assert [(one["kind"], one["on"], one["amount"], one["againOn"]) for one in back] == [
        ("PAYMENT", today, D("33333.34"), None),
        ("PAYOUT", today, D("20000.00"), None),
    ]

    api.made(f"/distributions/{out.pk}/payouts", {"paidDate": today, "method": "wire"})
    api.made(f"/capital-calls/{call.pk}/payments", {"amount": "100000.01", "valueDate": today})
    assert figures("called", "paid", "outstanding", "distributed", "recallable", "unfunded") == before
    assert api.read(f"/transfers/{transfer['id']}")["cameBack"][1]["againOn"] == today
    agree(story, today=TODAY)
    # Whose role has ended books nothing, and is told of nothing.
    MembershipFactory(fund=story.fund, user=UserFactory())
    with written():
        FundMembership.objects.filter(user=story.manager).delete()
    for path in (f"/payouts/{payout.pk}/reverse", f"/payments/{payment.pk}/reverse"):
        assert api.post(path, {"reason": "Once more"}).status_code == 404
    assert api.get(f"/transfers/{transfer['id']}").status_code == 404
