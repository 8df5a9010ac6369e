"""A partner is excused from an investment that was called already: the others are asked, within a limit, by revised
notices; the issued items stay, and what was paid too much is cash again."""

from datetime import timedelta
from decimal import Decimal

import pytest

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, Forbidden, InvalidInput, NotFound
from capital.models import (
    AllocationCapital,
    CallCapital,
    CallItemCapital,
    CommitmentCapital,
    Excuse,
    FundCapital,
    FundCash,
    FundCommitmentCapital,
    HeldPart,
)
from capital.queries.checks import checks_of_call
from capital.services import allocations, calls, excuses
from capital.services.plans import ItemPlan, LinePlan
from funds.models import CapitalTransaction, Fund, Notice
from tests.factories import UserFactory
from tests.integration.capital.story import NOW, TODAY, Story
from tests.support.invariants import violations
from tests.support.opened import written
from tests.support.statements import statement_of

pytestmark = pytest.mark.django_db

#: Four partners: C is excused.
PARTNERS = ("5000000.00", "3000000.00", "4000000.00", "200000.00")


def called(four_eyes=False, committed=PARTNERS, amount="600000.00", currency="USD"):
    """A fund that called an investment; its story, call, line and items by reference."""
    story = Story(currency=currency, four_eyes=four_eyes, committed=committed)
    deal = story.allocate(amount)
    call = story.issued(amount, lines=[LinePlan("investment", Decimal(amount), deal.pk)])
    if four_eyes:
        call = story.approve(call)
    items = list(call.items.select_related("commitment").order_by("commitment__reference"))
    return story, call, call.lines.get(), items


def excuse(story, line, item, *, by=None, at=NOW, reason="Policy on arms", **asked):
    return excuses.excuse_partner(
        line_id=line.pk,
        commitment_id=item.commitment_id,
        reason=reason,
        ctx=WriteContext(by or story.manager, at),
        **asked,
    )


def owed(items):
    return [CallItemCapital.objects.get(pk=item.pk).called for item in items]


def test_the_others_are_asked_by_what_remains_of_their_commitments():
    story, call, line, items = called()
    excuse(story, line, items[2])
    assert owed(items) == [Decimal(amount) for amount in ("365853.66", "219512.19", "0.00", "14634.15")]
    assert [item.amount for item in call.items.order_by("commitment__reference")] == [
        Decimal(amount) for amount in ("245901.64", "147540.98", "196721.31", "9836.07")
    ]
    assert violations() == []


def test_what_each_partner_holds_of_the_line_follows_and_the_call_stays_whole():
    story, call, line, items = called()
    excuse(story, line, items[2])
    held = HeldPart.objects.filter(line=line)
    assert [part.held for part in held.order_by("commitment__reference")] == owed(items)
    assert sum(part.held for part in held) == line.amount
    assert CallCapital.objects.get(pk=call.pk).called == Decimal("600000.00")
    assert AllocationCapital.objects.get(fund=story.fund).called == Decimal("600000.00")
    assert [CommitmentCapital.objects.get(pk=item.commitment_id).unfunded for item in items] == [
        Decimal(amount) for amount in ("4634146.34", "2780487.81", "4000000.00", "185365.85")
    ]


def test_nobody_is_asked_for_more_than_half_as_much_again_and_the_rest_is_not_called():
    """Half of the fund is excused: the others take what they may be asked, and the deal shrinks."""
    story, call, line, items = called(committed=("3000000.00", "1000000.00", "4000000.00"))
    excuse(story, line, items[2])
    assert owed(items) == [Decimal("337500.00"), Decimal("112500.00"), Decimal(0)]
    assert CallCapital.objects.get(pk=call.pk).called == Decimal("450000.00")
    deal = AllocationCapital.objects.get(fund=story.fund)
    assert (deal.called, deal.uncalled) == (Decimal("450000.00"), Decimal("150000.00"))
    assert FundCommitmentCapital.objects.get(fund=story.fund).called == Decimal("450000.00")
    assert violations() == []


def test_nobody_is_asked_for_more_than_is_unfunded():
    story, _call, line, items = called(committed=("70000.00", "20000.00", "60000.00"), amount="120000.00")
    excuse(story, line, items[2])
    assert owed(items) == [Decimal("70000.00"), Decimal("20000.00"), Decimal(0)]
    assert violations() == []


def test_what_was_paid_too_much_is_cash_again_on_its_own_day():
    story, _call, line, items = called()
    story.pay_item(items[2], items[2].amount)
    paid_on, day = TODAY, TODAY + timedelta(days=9)
    excuse(story, line, items[2], at=NOW + timedelta(days=9))
    excused = items[2].commitment_id
    assert CommitmentCapital.objects.get(pk=excused).paid == 0
    assert [CommitmentCapital.on(on, commitment=excused)[0].paid for on in (paid_on, day)] == [
        items[2].amount,
        0,
    ]
    cash = FundCash.objects.get(fund=story.fund)
    assert (cash.received, cash.applied, cash.unapplied) == (items[2].amount, 0, items[2].amount)
    freed = CapitalTransaction.objects.get(commitment=excused, amount__lt=0)
    assert (freed.value_date, freed.call_line_id, freed.reverses_id) == (day, line.pk, None)
    assert (freed.counts_as_paid_in, freed.within_commitment) == (True, True)
    assert FundCapital.objects.get(fund=story.fund).outstanding_calls == Decimal("600000.00")
    assert violations() == []


def test_a_call_paid_in_full_is_partly_funded_once_others_are_asked_again():
    story, call, line, items = called()
    for item in items:
        story.pay_item(item, item.amount)
    excuse(story, line, items[2])
    call.refresh_from_db()
    assert call.status == "partially_funded"
    assert story.fund.allocations.get().state == "called"
    for item in (items[0], items[1], items[3]):
        story.pay_item(item, CallItemCapital.objects.get(pk=item.pk).outstanding)
    call.refresh_from_db()
    assert (call.status, story.fund.allocations.get().state) == ("fully_funded", "funded")
    assert violations() == []


def test_a_partner_is_excused_from_a_part_and_from_the_rest_later():
    story, _call, line, items = called()
    story.pay_item(items[2], "100000.00")
    story.pay_item(items[2], "50000.00")
    excuse(story, line, items[2], amount="100000.00")
    assert owed(items)[2] == Decimal("96721.31")
    assert CommitmentCapital.objects.get(pk=items[2].commitment_id).paid == Decimal("96721.31")
    assert FundCash.objects.get(fund=story.fund).unapplied == Decimal("53278.69")
    excuse(story, line, items[2])
    assert owed(items)[2] == 0
    assert sum(owed(items)) == Decimal("600000.00")
    assert violations() == []


@pytest.mark.parametrize(
    ("currency", "committed", "amount"),
    [
        ("JPY", ("500000", "300000", "400000", "20000"), "60001"),
        ("KWD", ("500.000", "300.000", "400.000", "20.000"), "60.001"),
    ],
)
def test_the_parts_fit_their_currency(currency, committed, amount):
    story, _call, line, items = called(currency=currency, committed=committed, amount=amount)
    excuse(story, line, items[2])
    assert sum(owed(items)) == Decimal(amount)
    assert violations() == []


def test_every_letter_that_says_something_else_is_written_anew():
    story, call, line, items = called()
    excuse(story, line, items[2])
    newest = {one.item_id: one for one in Notice.objects.newest(Notice.Kind.CAPITAL_CALL, call.pk)}
    assert [newest[item.pk].version for item in items] == [2, 2, 2, 2]
    said = newest[items[0].pk].facts
    assert (said["amount"], said["revised"], said["due"]) == ("245901.64", "119952.02", "365853.66")
    assert not said["excused"]
    said = newest[items[2].pk].facts
    assert (said["revised"], said["due"], said["excused"]) == ("-196721.31", "0.00", True)
    assert "Policy on arms" not in str([one.facts for one in newest.values()])


def test_a_statement_shows_the_revision_from_its_day_on():
    story, _call, line, items = called()
    story.pay_item(items[0], items[0].amount)
    excuse(story, line, items[2], at=NOW + timedelta(days=9))
    before, after = (
        statement_of(
            items[0].commitment.investor,
            story.fund.pk,
            as_of=TODAY + timedelta(days=days),
            at=NOW + timedelta(days=9),
        ).statement
        for days in (8, 9)
    )
    assert (before.called, after.called) == (Decimal("245901.64"), Decimal("365853.66"))
    assert after.outstanding == Decimal("119952.02")
    assert [step.label for step in after.commitment if step.label == "Calls revised"] == ["Calls revised"]


def test_a_second_person_decides_where_the_fund_asks_for_one():
    story, _call, line, items = called(four_eyes=True)
    asked = excuse(story, line, items[2])
    assert owed(items) == [item.amount for item in items]
    with pytest.raises(Forbidden):
        excuses.approve_excuse(excuse_id=asked.pk, ctx=WriteContext(story.manager, NOW))
    with pytest.raises(Conflict, match="waits"):
        excuse(story, line, items[1])
    excuses.approve_excuse(excuse_id=asked.pk, ctx=WriteContext(story.second, NOW))
    assert owed(items)[2] == 0
    again = excuse(story, line, items[1])
    excuses.reject_excuse(excuse_id=again.pk, ctx=WriteContext(story.second, NOW))
    assert owed(items)[1] == Decimal("219512.19")
    assert Excuse.objects.count() == 2
    assert violations() == []


def test_what_does_not_fit_is_refused_and_nothing_is_written():
    story, _call, line, items = called()
    story.pay_item(items[2], "1.00")
    early = TODAY - timedelta(days=1)
    for wrong, refused in (
        ({"amount": "196721.32"}, InvalidInput),
        ({"amount": "0.001"}, InvalidInput),
        ({"limit": Decimal("1.01")}, InvalidInput),
        ({"reason": " "}, InvalidInput),
        ({"effective_on": early}, InvalidInput),
        ({"effective_on": TODAY + timedelta(days=1)}, InvalidInput),
    ):
        with pytest.raises(refused):
            excuse(story, line, items[2], **wrong)
    fee = story.issued("1000.00", lines=[LinePlan("management_fee", Decimal("1000.00"))])
    with pytest.raises(InvalidInput):
        excuse(story, fee.lines.get(), items[2])
    assert not Excuse.objects.exists()


@pytest.mark.parametrize("split_by", ["sharing", "commitment", "remaining"])
def test_who_is_excused_is_asked_for_nothing_of_a_follow_on_by_whatever_key(split_by):
    """Unless the call says why; the last word counts. By shares no rounding of the first call is carried."""
    story, _call, line, items = called()
    deal, days = story.fund.allocations.get(), iter(NOW + timedelta(day) for day in range(1, 9))
    allocations.amend_allocation(
        allocation_id=deal.pk,
        change="400000.00",
        effective_on=TODAY,
        reason="Follow-on",
        ctx=WriteContext(story.manager, NOW),
    )
    lines = [LinePlan("investment", Decimal("82000.00"), deal.pk, split_by=split_by)]

    def follow_on(item=None, draft=None):
        more = {"plan": story.plan("82000.00", lines=lines, items=[item] if item else ())}
        ctx = WriteContext(story.manager, next(days))
        draft = draft or calls.draft_call(**more, ctx=ctx)
        return calls.issue_call(call_id=draft.pk, ctx=ctx)

    before = story.draft("82000.00", lines=lines)
    excuse(story, line, items[2])
    with pytest.raises(Conflict, match="Excused from this deal, and asked for it without a reason"):
        follow_on(draft=before)
    told = [check.code for check in checks_of_call(before, at=NOW)]
    assert "check.still_excused" in told
    assert "check.excused_before" not in told
    more = follow_on()
    parts = list(more.items.order_by("commitment__reference"))
    if split_by != "remaining":
        assert [part.amount for part in parts] == [
            Decimal(amount) for amount in ("50000.00", "30000.00", "0.00", "2000.00")
        ]
    assert (parts[2].amount, parts[2].item_lines.get().excuse_reason) == (0, "Policy on arms")
    partner = items[2].commitment
    with pytest.raises(InvalidInput, match="Say why it takes part"):
        follow_on(ItemPlan(partner.pk, Decimal("1000.00")))
    by_hand = ItemPlan(partner.pk, Decimal("1000.00"), included={0: "Its policy changed"})
    again = follow_on(by_hand)
    assert again.items.get(commitment=partner).amount == Decimal("1000.00")
    assert "check.excused_before" in [check.code for check in checks_of_call(again, at=NOW)]
    assert follow_on().items.get(commitment=partner).amount > 0
    assert violations() == []


def test_in_auckland_the_day_is_the_funds_and_a_stranger_finds_no_line():
    story, _call, line, items = called()
    with written():
        Fund.objects.filter(pk=story.fund.pk).update(time_zone="Pacific/Auckland")
    late = NOW.replace(hour=12)
    made = excuse(story, line, items[2], at=late, reason="ขัดต่อนโยบายการลงทุน")
    assert made.effective_on == TODAY + timedelta(days=1)
    assert Excuse.objects.get().reason == "ขัดต่อนโยบายการลงทุน"
    stranger = UserFactory()
    with pytest.raises(NotFound):
        excuse(story, line, items[1], by=stranger, at=late)
    assert violations() == []
