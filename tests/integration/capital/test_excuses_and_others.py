"""An excuse meets what else is decided about a call: residuals that were carried, reversals, cancellation."""

from decimal import Decimal

import pytest

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict
from capital.models import CallItemCapital
from capital.queries.item import about, item_of
from capital.services import excuses, reversals
from capital.services.plans import LinePlan
from funds.models import Notice
from tests.factories import set_by_two
from tests.integration.capital.story import NOW, status
from tests.integration.capital.test_excuses import called, excuse, owed
from tests.integration.capital.test_residuals import settle
from tests.support.invariants import violations

pytestmark = pytest.mark.django_db


def test_what_was_carried_is_no_longer_asked_for_by_the_later_letter():
    """Of the excused partner, nor of another who owes more on the first call by now than was carried."""
    story, call, line, items = called()
    set_by_two(story.fund, residual_limit=Decimal(20))
    story.fund.refresh_from_db()
    for item in (items[0], items[2]):
        story.pay_item(item, item.amount - 10)
        settle(story, item, "carried")
    later = story.issued("1000", lines=[LinePlan("other", Decimal(1000))])

    def asked(item):
        newest = Notice.objects.newest(Notice.Kind.CAPITAL_CALL, later.pk).get(commitment=item.commitment_id)
        return [one["amount"] for one in newest.facts.get("carried", [])]

    assert [asked(item) for item in (items[0], items[2])] == [["10.00"], ["10.00"]]
    excuse(story, line, items[2])
    assert [asked(item) for item in (items[0], items[2])] == [[], []]
    owing = CallItemCapital.objects.get(pk=items[0].pk)
    assert (owing.due_on, owing.carried_to_id) == (call.due_date, None)
    assert violations() == []


def test_a_payment_of_which_something_was_freed_is_no_longer_taken_back():
    story, call, line, items = called(four_eyes=True)
    payment = story.pay_item(items[2], items[2].amount)
    waits = story.reverse(payment)
    asked = excuse(story, line, items[2], amount="1.00")
    excuses.approve_excuse(excuse_id=asked.pk, ctx=WriteContext(story.second, NOW))
    with pytest.raises(Conflict, match="freed"):
        reversals.approve_reversal(reversal_id=waits.pk, ctx=WriteContext(story.second, NOW))
    reversals.reject_reversal(reversal_id=waits.pk, ctx=WriteContext(story.second, NOW))
    with pytest.raises(Conflict, match="freed"):
        story.reverse(payment)
    item = item_of(story.manager, call.pk, items[2].pk)
    assert not about(item, story.manager).payments[-1].reverse
    assert owed(items)[2] == items[2].amount - 1
    assert violations() == []


def test_a_revised_call_on_which_nothing_is_paid_may_be_cancelled():
    story, call, line, items = called()
    story.pay_item(items[2], items[2].amount)
    excuse(story, line, items[2])
    story.cancel(call)
    assert status(call) == "cancelled"
    assert violations() == []
