"""A closing taken back: on every day everything is held, owed and promised as if there had been none, and what was
known of a day before stays as it was."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from blackgem.lib.errors import Conflict, Forbidden, InvalidInput
from blackgem.lib.knowledge import Knowledge
from capital.models import (
    CallItemCapital,
    CapitalCall,
    CapitalCallItem,
    CommitmentCapital,
    FundCapital,
    FundCommitmentCapital,
    HeldPart,
)
from capital.services import calls, payments, reversals, settlements
from capital.services.plans import CallPlan, LinePlan
from closings.models import RefundCapital
from closings.queries.closing import closing_of, collected_by
from closings.services.reversals import (
    approve_closing_reversal,
    reject_closing_reversal,
    request_closing_reversal,
)
from portal.queries.lists import due_word
from tests.integration.capital.test_as_of import ROLL_UPS, counts_something, rows_of
from tests.integration.closings.story import ClosingStory, at
from tests.support.invariants import violations
from tests.support.staging import staged

pytestmark = pytest.mark.django_db

HELD_ON, REVERSED_ON = date(2026, 7, 1), date(2026, 7, 10)
PARTS = ("root", "commitment", "held", "weight", "basis")


@staged
def story():
    made = ClosingStory()
    made.first_two_calls()
    return made


def roll_ups(day=None, known=None) -> dict:
    """Every roll-up, of now or of a day, as known at a time."""
    if day is None:
        return {model: rows_of(model.objects.all()) for model in ROLL_UPS}
    return {model: rows_of(model.on(day, Knowledge(known))) for model in ROLL_UPS}


def said(found: dict) -> dict:
    """What says something: no rows of nothing, as those of who came and went, and of what was asked and is not."""
    return {
        model: {key: row for key, row in rows.items() if counts_something(model, {**row, "changed": 0})}
        for model, rows in found.items()
    }


def parts_of(story) -> set:
    """Who holds how much of which line, worked out from what."""
    return set(HeldPart.objects.filter(fund=story.fund, held__gt=0).values_list(*PARTS))


def accounts_of(story) -> list:
    rows = CommitmentCapital.objects.filter(fund=story.fund, committed__gt=0).order_by("commitment")
    return [
        {
            name: getattr(row, name)
            for name in ("committed", "called", "paid", "outstanding", "to_refund", "unfunded")
        }
        for row in rows
    ]


@pytest.mark.parametrize("four_eyes", [False, True])
@pytest.mark.parametrize("paid", [True, False])
def test_everything_is_as_before_and_its_past_as_it_was(four_eyes, paid):
    """With a call that was not paid, whose rest the newcomer took over, too."""
    story = ClosingStory(four_eyes=four_eyes, time_zone="Pacific/Auckland")
    story.first_two_calls()
    if not paid:
        story.call(
            date(2026, 6, 1),
            date(2026, 6, 15),
            ("D3", "300000.00"),
            ("partnership_expenses", "1000.01"),
            paid=False,
        )
    before, parts = accounts_of(story), parts_of(story)
    deals, whole = (
        FundCapital.objects.get(fund=story.fund),
        FundCommitmentCapital.objects.get(fund=story.fund),
    )
    states = set(story.fund.capital_calls.values_list("pk", "status"))
    closing = story.second_closing()
    stood, settled_at = roll_ups(), closing.approved_at
    known = settled_at - timedelta(seconds=1)
    story.reverse(closing, REVERSED_ON)
    assert closing.status == "reversed"
    assert accounts_of(story) == before
    assert parts_of(story) == parts
    assert states == set(story.fund.capital_calls.exclude(pk=closing.call_id).values_list("pk", "status"))
    for model, row in ((FundCapital, deals), (FundCommitmentCapital, whole)):
        assert rows_of(model.objects.filter(fund=story.fund)) == rows_of([row])
    assert {(one.released, one.payable, one.outstanding) for one in RefundCapital.objects.all()} == {
        (0, 0, 0)
    }
    assert (closing_of(story.manager, closing.pk).refunded, collected_by(closing).asked) == (0, 0)
    newcomer = story.account("C")
    assert (newcomer.committed, newcomer.called, newcomer.outstanding, newcomer.unfunded) == (0, 0, 0, 0)
    assert CapitalCall.objects.select_related("capital").get(pk=closing.call_id).shown_status == "nothing"
    items = CapitalCallItem.objects.filter(call=closing.call_id).select_related("capital", "call__fund")
    assert {due_word(item, at(REVERSED_ON)) for item in items} == {"Nothing due"}
    assert roll_ups(HELD_ON, settled_at) == stood
    assert said(roll_ups(HELD_ON, known)) == said(roll_ups(HELD_ON, None))
    assert violations() == []


def test_of_two_closings_the_second_alone_is_taken_back(story):
    second = story.second_closing()
    story.pay(second.call, date(2026, 7, 20))
    story.refund(second, date(2026, 7, 20))
    before, parts = accounts_of(story), parts_of(story)
    b = story.partners[1]
    plan = story.plan(
        date(2026, 9, 30), date(2026, 10, 20), story.newcomer("D", "2000000.00"), story.more(b, "1000000.00")
    )
    third = story.close(plan, date(2026, 9, 30))
    assert violations() == []
    story.reverse(third, date(2026, 10, 1))
    assert accounts_of(story) == before
    assert parts_of(story) == parts
    assert violations() == []
    again = story.close(plan, date(2026, 10, 2))
    assert again.number == 4
    assert violations() == []


def test_what_is_paid_or_issued_since_stands_in_its_way(story):
    closing = story.second_closing()
    [item] = closing.call.items.all()
    paid = payments.record_payment(
        item_id=item.pk, amount="1.00", value_date=REVERSED_ON, method="wire", ctx=story.ctx(REVERSED_ON)
    )
    with pytest.raises(Conflict, match="is paid"):
        story.reverse(closing, REVERSED_ON)
    reversals.request_reversal(
        payment_id=paid.pk, reason="Not theirs", money_left=True, ctx=story.ctx(REVERSED_ON)
    )
    line = LinePlan("partnership_expenses", Decimal("1000.00"))
    plan = CallPlan(story.fund.pk, line.amount, "Audit", "", REVERSED_ON, date(2026, 7, 30), (line,))
    call = calls.issue_call(
        call_id=calls.draft_call(plan=plan, ctx=story.ctx(REVERSED_ON)).pk, ctx=story.ctx(REVERSED_ON)
    )
    with pytest.raises(Conflict, match="rests on this one"):
        story.reverse(closing, REVERSED_ON)
    calls.cancel_call(call_id=call.pk, reason="Not yet", ctx=story.ctx(REVERSED_ON))
    with pytest.raises(InvalidInput):
        request_closing_reversal(closing_id=closing.pk, reason=" ", ctx=story.ctx(REVERSED_ON))
    story.reverse(closing, REVERSED_ON)
    with pytest.raises(Conflict):
        story.reverse(closing, REVERSED_ON)
    assert violations() == []


def test_two_persons_decide_on_what_still_stands():
    story = ClosingStory(four_eyes=True)
    story.first_two_calls()
    closing = story.second_closing()
    first = request_closing_reversal(closing_id=closing.pk, reason="A slip", ctx=story.ctx(REVERSED_ON))
    with pytest.raises(Forbidden):
        approve_closing_reversal(reversal_id=first.pk, ctx=story.ctx(REVERSED_ON))
    with pytest.raises(Conflict, match="waits"):
        request_closing_reversal(closing_id=closing.pk, reason="Again", ctx=story.ctx(REVERSED_ON))
    reject_closing_reversal(reversal_id=first.pk, ctx=story.ctx(REVERSED_ON, story.second))
    second = request_closing_reversal(closing_id=closing.pk, reason="After all", ctx=story.ctx(REVERSED_ON))
    [item] = closing.call.items.all()
    payments.record_payment(
        item_id=item.pk, amount="1.00", value_date=REVERSED_ON, method="wire", ctx=story.ctx(REVERSED_ON)
    )
    with pytest.raises(Conflict, match="is paid"):
        approve_closing_reversal(reversal_id=second.pk, ctx=story.ctx(REVERSED_ON, story.second))
    closing.refresh_from_db()
    assert closing.status == "settled"
    assert violations() == []


def test_what_a_closing_collects_is_never_waived():
    """The rest would be owed to earlier partners all the same: the fund bears it, and they get all of it."""
    story = ClosingStory()
    story.fund.residual_limit = 5
    story.fund.save()
    story.first_two_calls()
    closing = story.second_closing()
    [item] = closing.call.items.all()
    day = date(2026, 7, 20)
    payments.record_payment(
        item_id=item.pk,
        amount=item.amount - Decimal("0.40"),
        value_date=day,
        method="wire",
        ctx=story.ctx(day),
    )
    with pytest.raises(Conflict, match="other partners"):
        settlements.settle_residual(item_id=item.pk, kind="waived", reason="Charges", ctx=story.ctx(day))
    settlements.settle_residual(item_id=item.pk, kind="expensed", reason="Charges", ctx=story.ctx(day))
    story.refund(closing, day)
    assert {one.outstanding for one in RefundCapital.objects.all()} == {Decimal("0.00")}
    assert CallItemCapital.objects.get(item=item).outstanding == 0
    assert violations() == []


@pytest.mark.parametrize(("currency", "amount"), [("JPY", "1000001"), ("KWD", "1000.001")])
def test_in_yen_and_in_dinars(currency, amount):
    story = ClosingStory(currency=currency, committed=("5000000", "3000000", "200000"))
    for month in (2, 3):
        day = date(2026, month, 1)
        story.call(day, day + timedelta(15), ("D" + str(month), amount), ("partnership_expenses", "7"))
    before, parts = accounts_of(story), parts_of(story)
    plan = story.plan(HELD_ON, date(2026, 7, 20), story.newcomer("สมชาย ใจดี", "4000001"))
    story.reverse(story.close(plan, HELD_ON), REVERSED_ON)
    assert (accounts_of(story), parts_of(story)) == (before, parts)
    assert violations() == []
