"""A later closing of a line on which a partner's residual was waived."""

from datetime import date

import pytest

from capital.services import payments, settlements
from closings.models import EqualisationPart
from tests.integration.closings.story import ClosingStory
from tests.support.invariants import violations

pytestmark = pytest.mark.django_db


def test_what_was_waived_is_not_owed_and_is_not_taken_off_once_more():
    story = ClosingStory()
    story.fund.residual_limit = "20.00"
    story.fund.save(update_fields=["residual_limit"])
    day = date(2026, 2, 16)
    call = story.call(date(2026, 2, 1), day, ("organisational_costs", "82500.00"), paid=False)
    item = call.items.get(commitment=story.partners[0])
    payments.record_payment(
        item_id=item.pk, amount=item.amount - 15, value_date=day, method="wire", ctx=story.ctx(day)
    )
    settlements.settle_residual(item_id=item.pk, kind="waived", reason="Bank charges", ctx=story.ctx(day))
    story.pay(call, day)

    closing = story.second_closing()

    assert not EqualisationPart.objects.filter(closing=closing).exclude(reduces_open=0).exists()
    story.pay(closing.call, closing.pay_on)
    story.refund(closing, closing.pay_on)
    assert violations() == []
