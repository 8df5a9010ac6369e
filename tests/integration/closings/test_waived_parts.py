"""A later closing of a line on which a partner's residual was waived."""

from datetime import date
from decimal import Decimal

import pytest

from capital.services import payments, settlements
from closings.models import EqualisationPart
from tests.integration.closings.story import ClosingStory
from tests.support.invariants import violations

pytestmark = pytest.mark.django_db
DUE = date(2026, 2, 16)


def test_what_was_waived_is_not_owed_and_is_not_taken_off_once_more():
    story = ClosingStory()
    story.fund.residual_limit = "20.00"
    story.fund.save(update_fields=["residual_limit"])
    call = story.call(date(2026, 2, 1), DUE, ("organisational_costs", "82500.00"), paid=False)
    item = call.items.get(commitment=story.partners[0])
    payments.record_payment(
        item_id=item.pk, amount=item.amount - 15, value_date=DUE, method="wire", ctx=story.ctx(DUE)
    )
    settlements.settle_residual(item_id=item.pk, kind="waived", reason="Bank charges", ctx=story.ctx(DUE))
    story.pay(call, DUE)

    closing = story.second_closing()

    assert not EqualisationPart.objects.filter(closing=closing).exclude(reduces_open=0).exists()
    story.pay(closing.call, closing.pay_on)
    story.refund(closing, closing.pay_on)
    assert violations() == []


def test_a_call_of_which_the_rest_is_taken_over_is_paid():
    """What of it was open later partners pay: nothing of it is owed, so it is fully funded."""
    story = ClosingStory(committed=("100", "300"))
    call = story.call(date(2026, 2, 1), DUE, ("organisational_costs", "40.00"), paid=False)
    story.pay(call, DUE, only=story.partners[0].pk)
    [item] = call.items.filter(commitment=story.partners[1])
    payments.record_payment(
        item_id=item.pk, amount=Decimal("20.00"), value_date=DUE, method="wire", ctx=story.ctx(DUE)
    )
    story.close(
        story.plan(date(2026, 7, 1), date(2026, 7, 20), story.newcomer("C", "200.00")), date(2026, 7, 1)
    )
    call.refresh_from_db()
    assert call.status == "fully_funded"
    assert violations() == []
