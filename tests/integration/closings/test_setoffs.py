"""Setting a distribution off against a call: the published example to the cent, what counts gross and what net, who
decides, and taking it back."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from blackgem.lib.errors import Conflict, Forbidden, InvalidInput, NotFound
from blackgem.lib.knowledge import Knowledge
from capital.models import CallItemCapital, CapitalCall, CommitmentCapital, FundCapital, FundCash
from capital.services import payments
from capital.services import reversals as payment_reversals
from closings.models import Setoff
from closings.services import setoffs
from distributions.models import CommitmentDistributions, Distribution, Payout
from distributions.services import payouts
from distributions.services.distributions import inputs_since
from funds.models import CapitalTransaction
from funds.services.rendering import letter_html
from portal.models import CommitmentDifferences
from tests.integration.capital.test_as_of import ROLL_UPS, counts_something, rows_of
from tests.integration.closings.setoff_story import DAY, SetoffStory
from tests.support.invariants import violations

pytestmark = pytest.mark.django_db


def roll_ups(day, known) -> dict:
    found = {model: rows_of(model.on(day, Knowledge(known))) for model in ROLL_UPS}
    return {
        model: {key: row for key, row in rows.items() if counts_something(model, row)}
        for model, rows in found.items()
    }


def accounts(story) -> dict:
    return rows_of(CommitmentCapital.objects.filter(fund=story.fund))


def test_the_published_example_to_the_cent():
    story = SetoffStory()
    before = accounts(story)
    cash = rows_of(FundCash.objects.all())

    setoff = story.set_off()

    assert dict(setoff.parts.values_list("commitment", "amount")) == {
        story.a.pk: D("125000.00"),
        story.b.pk: D("75000.00"),
        story.gp.pk: D("5000.00"),
    }
    owed = CallItemCapital.objects.filter(call=story.asked)
    assert dict(owed.values_list("commitment", "outstanding")) == {
        story.a.pk: D("246951.22"),
        story.b.pk: D("148170.73"),
        story.c.pk: D("0.00"),
        story.gp.pk: D("9878.05"),
    }
    out = CommitmentDistributions.objects.filter(fund=story.fund)
    assert dict(out.values_list("commitment", "payable")) == {
        story.a.pk: 0,
        story.b.pk: 0,
        story.c.pk: D("100000.00"),
        story.gp.pk: 0,
    }
    # Both sides count gross, on the day; what may be called again is restored; no cash came.
    one, was = CommitmentCapital.objects.get(pk=story.a.pk), before[story.a.pk]
    assert (one.paid_in - was["paid_in"], one.distributed - was["distributed"]) == (
        D("125000.00"),
        D("125000.00"),
    )
    assert (one.recallable, one.unfunded - was["unfunded"]) == (D("125000.00"), D("125000.00"))
    flows = CapitalTransaction.objects.filter(commitment=story.a, value_date=DAY)
    assert sorted(flows.values_list("amount", flat=True)) == [D("-125000.00"), D("125000.00")]
    assert rows_of(FundCash.objects.all()) == cash
    assert FundCapital.objects.get(fund=story.fund).total_funded == D("1425000.00")
    between = CommitmentDifferences.objects.get(pk=story.a.pk)
    assert (between.set_off, between.borne) == (D("125000.00"), 0)
    assert CapitalCall.objects.get(pk=story.asked.pk).status == "partially_funded"
    assert violations() == []

    # It was decided before anything of it was netted: what it rests on stays, until a wire of that day moves it.
    assert inputs_since(Distribution.objects.get(pk=story.given.pk)) is None

    # The bank sees the net: what is still owed is matched by a wire, and what is payable goes out.
    payments.pay_call(call_id=story.asked.pk, amount="405000.00", value_date=DAY, ctx=story.ctx(DAY))
    payouts.pay_out(distribution_id=story.given.pk, value_date=DAY, method="wire", ctx=story.ctx(DAY))
    assert FundCash.objects.get(fund=story.fund).received == D("1625000.00")
    moved = inputs_since(Distribution.objects.get(pk=story.given.pk))
    assert moved["contributed"][1] - moved["contributed"][0] == D("405000.00")
    assert sum(Payout.objects.values_list("set_off", flat=True)) == D("205000.00")
    assert Distribution.objects.get(pk=story.given.pk).status == "paid"
    assert violations() == []


def test_a_part_of_what_could_be_set_off_and_taking_it_back():
    story = SetoffStory()
    before = accounts(story)
    nothing = roll_ups(DAY, None)
    later = DAY + timedelta(days=3)
    setoff = story.set_off({story.a.pk: "25000.00", story.b.pk: "75000.00"})
    part = story.part(setoff, story.a)
    assert CallItemCapital.objects.get(item=part.call_item).outstanding == D("346951.22")
    [payout] = part.distribution_item.payouts.all()
    assert (payout.amount, payout.set_off) == (D("125000.00"), D("25000.00"))
    with pytest.raises(Conflict, match="both sides"):
        payouts.request_payout_reversal(payout_id=payout.pk, reason="Alone", ctx=story.ctx(later))
    [payment] = part.call_item.payments.all()
    with pytest.raises(Conflict, match="both sides"):
        payment_reversals.request_reversal(payment_id=payment.pk, reason="Alone", ctx=story.ctx(later))
    with pytest.raises(InvalidInput):
        setoffs.request_setoff_reversal(part_id=part.pk, reason=" ", ctx=story.ctx(later))
    stood, when = roll_ups(DAY, None), story.ctx(DAY).at
    assert stood != nothing

    for one in setoff.parts.all():
        setoffs.request_setoff_reversal(part_id=one.pk, reason="A did not agree", ctx=story.ctx(later))
    with pytest.raises(Conflict, match="taken back"):
        setoffs.request_setoff_reversal(part_id=part.pk, reason="Again", ctx=story.ctx(later))
    assert accounts(story) == before
    assert roll_ups(DAY, when) == stood
    assert roll_ups(DAY, None) == nothing
    assert violations() == []
    again = story.set_off({story.a.pk: "125000.00"}, day=later)
    assert again.number == 2
    assert violations() == []


def test_what_is_refused():
    story, other = SetoffStory(), SetoffStory()
    for amounts, said in (
        ({story.a.pk: "125000.01"}, "125,000.00"),
        ({story.b.pk: "75000.01"}, "75,000.00"),
        ({story.c.pk: "1.00"}, "0.00"),
        ({other.a.pk: "1.00"}, "0.00"),
    ):
        with pytest.raises(Conflict, match=said):
            story.set_off(amounts)
    with pytest.raises(NotFound):
        story.set_off(distribution_id=other.given.pk)
    with pytest.raises(InvalidInput):
        story.set_off(reason=" ")
    for day in (DAY + timedelta(days=1), date(2026, 10, 29)):
        with pytest.raises(InvalidInput):
            story.set_off(value_date=day)
    story.set_off()
    with pytest.raises(Conflict, match="Nobody"):
        story.set_off()
    assert violations() == []


def test_two_persons_decide_on_what_still_stands():
    story = SetoffStory(four_eyes=True)
    asked = story.set_off({story.a.pk: "125000.00"})
    assert CallItemCapital.objects.get(item=story.part(asked, story.a).call_item).paid == 0
    with pytest.raises(Conflict, match="waits"):
        story.set_off({story.b.pk: "1.00"})
    with pytest.raises(Forbidden):
        setoffs.approve_setoff(setoff_id=asked.pk, ctx=story.ctx(DAY))
    # Less is owed by now than was to be set off.
    payments.record_payment(
        item_id=story.part(asked, story.a).call_item_id,
        amount="300000.00",
        value_date=DAY,
        method="wire",
        ctx=story.ctx(DAY),
    )
    with pytest.raises(Conflict, match="more than is still owed"):
        setoffs.approve_setoff(setoff_id=asked.pk, ctx=story.ctx(DAY, story.second))
    setoffs.reject_setoff(setoff_id=asked.pk, ctx=story.ctx(DAY, story.second))
    second = story.set_off({story.b.pk: "70000.00"})
    setoffs.approve_setoff(setoff_id=second.pk, ctx=story.ctx(DAY, story.second))
    part = story.part(second, story.b)
    assert Setoff.objects.get(pk=second.pk).approved_by == story.second
    reversal = setoffs.request_setoff_reversal(part_id=part.pk, reason="A slip", ctx=story.ctx(DAY))
    assert CallItemCapital.objects.get(item=part.call_item).paid == D("70000.00")
    with pytest.raises(Forbidden):
        setoffs.approve_setoff_reversal(reversal_id=reversal.pk, ctx=story.ctx(DAY))
    setoffs.reject_setoff_reversal(reversal_id=reversal.pk, ctx=story.ctx(DAY, story.second))
    reversal = setoffs.request_setoff_reversal(part_id=part.pk, reason="After all", ctx=story.ctx(DAY))
    setoffs.approve_setoff_reversal(reversal_id=reversal.pk, ctx=story.ctx(DAY, story.second))
    assert CallItemCapital.objects.get(item=part.call_item).paid == 0
    assert violations() == []


def test_one_letter_says_both_sides_gross_and_one_net_figure():
    story = SetoffStory()
    story.given = story.give("305000.00", {story.b.pk: D("7000.00")})
    assert {one.version for one in story.asked_letters()} == {1}
    setoff = story.set_off({story.a.pk: "125000.00", story.b.pk: "60000.00"})
    letters = {one.commitment_id: one for one in story.asked_letters()}
    assert {one.version for key, one in letters.items() if key in (story.a.pk, story.b.pk)} == {2}
    assert letters[story.gp.pk].version == 1
    facts = letters[story.b.pk].facts
    assert (facts["amount"], facts["due"]) == ("223170.73", "163170.73")
    [netted] = facts["netted"]
    assert netted == {
        "distribution": 2,
        "on": "2026-10-30",
        "gross": "75000.00",
        "withheld": "7000.00",
        "amount": "60000.00",
        "receives": "8000.00",
    }
    words = letter_html(letters[story.b.pk])
    for said in ("223,170.73", "75,000.00", "7,000.00", "60,000.00", "8,000.00", "163,170.73"):
        assert said in words
    setoffs.request_setoff_reversal(
        part_id=story.part(setoff, story.b).pk, reason="Not agreed", ctx=story.ctx(DAY)
    )
    [after] = [one for one in story.asked_letters() if one.commitment_id == story.b.pk]
    assert (after.version, after.facts.get("netted"), after.facts.get("due")) == (3, None, None)
    assert violations() == []
