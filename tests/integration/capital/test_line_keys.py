"""Stories of lines that are split by something else than the commitments: 60, 30 and 10 of a hundred."""

from decimal import Decimal

import pytest

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import InvalidInput
from capital.models import CapitalCallItemLine, CapitalCallLine
from capital.queries.checks import checks_of_call
from capital.services import calls
from capital.services.planning import work_out
from capital.services.plans import ItemPlan, LinePlan
from funds.models import Notice

from .story import NOW, Story, amounts

pytestmark = pytest.mark.django_db
REMAINING, SHARING, FIXED = (CapitalCallLine.SplitBy(key) for key in ("remaining", "sharing", "fixed"))


def line(amount, split_by, kind="investment", **more):
    return LinePlan(kind, Decimal(amount), split_by=split_by, **more)


def as_text(call):
    return [str(amount) for amount in amounts(call)]


def codes(plan):
    return [problem.code for problem in work_out(plan).problems]


def test_by_what_remains_who_was_excused_is_called_more():
    """300,000 was called of B and C alone: 600,000, 75,000 and 25,000 remain."""
    story = Story()
    story.issued("300000.00", items=[story.excuse(story.partners[0])])
    assert as_text(story.draft("70000.00")) == ["42000.00", "21000.00", "7000.00"]
    call = story.draft("70000.00", lines=[line("70000.00", REMAINING)])
    assert as_text(call) == ["60000.00", "7500.00", "2500.00"]
    parts = CapitalCallItemLine.objects.filter(call=call).order_by("commitment__reference")
    assert [str(part.weight) for part in parts] == ["600000.00", "75000.00", "25000.00"]
    assert {part.basis for part in parts} == {"pro_rata"}


def test_an_amount_by_hand_leaves_the_rest_to_the_others_by_what_remains_of_them():
    story = Story()
    story.issued("300000.00", items=[story.excuse(story.partners[0])])
    by_hand = [story.by_hand(story.partners[0], "50000.00")]
    call = story.draft("70000.00", lines=[line("70000.00", REMAINING)], items=by_hand)
    assert as_text(call) == ["50000.00", "15000.00", "5000.00"]


def test_each_line_of_a_call_has_its_own_key_and_an_excuse_on_one_stays_there():
    story = Story()
    story.issued("300000.00", items=[story.excuse(story.partners[0])])
    lines = [line("1000.00", "commitment", "management_fee"), line("1000.00", REMAINING)]
    call = story.issued("2000.00", lines=lines, items=[story.excuse(story.partners[0], line=1)])
    assert as_text(call) == ["600.00", "1050.00", "350.00"]
    facts = Notice.objects.filter(subject_id=call.pk).order_by("number").last().facts
    assert [one["split"] for one in facts["lines"]] == [
        "Split by commitment",
        "Split by remaining commitment",
    ]


def test_a_follow_on_is_shared_by_who_is_in_the_deal():
    """A was excused from the deal's first call, and a cancelled call gave nobody a share."""
    story = Story()
    deal = story.allocate()
    first = [line("100000.00", "commitment", allocation_id=deal.pk)]
    story.cancel(story.issued("100000.00", lines=first))
    story.issued("100000.00", lines=first, items=[story.excuse(story.partners[0])])
    call = story.issued("10000.01", lines=[line("10000.01", SHARING, allocation_id=deal.pk)])
    assert as_text(call) == ["0.00", "7500.01", "2500.00"]
    assert Notice.objects.filter(subject_id=call.pk).count() == 2


def test_in_yen_no_key_makes_a_part_of_a_yen():
    story = Story(("600000", "300000", "100000"), currency="JPY")
    deal = story.allocate("400000")
    story.issued("1001", lines=[line("1001", "commitment", allocation_id=deal.pk)])
    lines = [line("100", REMAINING), line("101", SHARING, allocation_id=deal.pk)]
    call = story.issued("201", lines=lines)
    assert sum(amounts(call)) == 201
    assert all(amount == int(amount) for amount in amounts(call))


def test_who_has_little_left_is_called_that_by_whatever_key():
    story = Story()
    deal = story.allocate()
    story.issued("100000.00", lines=[line("100000.00", "commitment", allocation_id=deal.pk)])
    story.issued("540000.00", items=[story.by_hand(story.partners[0], "539999.00")])
    call = story.draft("10000.00", lines=[line("10000.00", SHARING, allocation_id=deal.pk)])
    assert as_text(call) == ["1.00", "7499.25", "2499.75"]


def test_fixed_parts_are_what_a_person_set():
    story = Story()
    first, second, _ = story.partners
    plan = {"lines": [line("100.00", FIXED, "management_fee")]}
    items = [story.by_hand(first, "99.00"), story.by_hand(second, "1.00")]
    call = story.issued("100.00", **plan, items=items)
    assert as_text(call) == ["99.00", "1.00", "0.00"]
    assert {part.basis for part in CapitalCallItemLine.objects.filter(call=call)} == {"edited"}
    assert as_text(story.issued("1000.00")) == ["600.00", "300.00", "100.00"]
    with pytest.raises(InvalidInput) as refused:
        story.draft("100.00", **plan, items=items[:1])
    assert refused.value.code == "call.items_do_not_add_up"
    assert codes(story.plan("100.00", **plan)) == ["call.items_do_not_add_up"]


def test_fixed_parts_beside_shares_are_given_line_by_line():
    story = Story()
    lines = [line("10.00", FIXED, "management_fee"), line("100.00", "commitment")]
    pairs = (("7.00", None), ("2.00", None), ("1.00", None))
    items = [
        ItemPlan(partner.pk, None, tuple(amount and Decimal(amount) for amount in pair))
        for partner, pair in zip(story.partners, pairs, strict=True)
    ]
    assert as_text(story.draft("110.00", lines=lines, items=items)) == ["67.00", "32.00", "11.00"]
    in_all = [story.by_hand(story.partners[0], "67.00")]
    assert "call.fixed_parts" in codes(story.plan("110.00", lines=lines, items=in_all))


def test_a_key_that_cannot_be_used_is_refused():
    story = Story()
    deal = story.allocate()
    assert codes(story.plan("1.00", lines=[line("1.00", "units")])) == ["call.split_by"]
    nowhere = [line("1.00", SHARING)]
    assert "call.share_without_deal" in codes(story.plan("1.00", lines=nowhere))
    nobody = [line("1.00", SHARING, allocation_id=deal.pk)]
    assert codes(story.plan("1.00", lines=nobody)) == ["call.nobody_shares"]


def test_a_draft_says_when_what_it_was_split_by_changed_since():
    story = Story()
    call = story.draft("100.00", lines=[line("100.00", REMAINING)])
    found = [check.code for check in checks_of_call(call, at=NOW)]
    assert "check.key_changed" not in found
    story.issued("300000.00", items=[story.excuse(story.partners[0])])
    found = {check.code: check.message for check in checks_of_call(call, at=NOW)}
    assert "by remaining commitment" in found["check.key_changed"]
    again = calls.change_draft(
        call_id=call.pk,
        plan=story.plan("100.00", lines=[line("100.00", REMAINING)]),
        ctx=WriteContext(story.manager, NOW),
    )
    assert "check.key_changed" not in [check.code for check in checks_of_call(again, at=NOW)]


def test_a_changed_key_is_on_the_drafts_timeline():
    story = Story()
    call = story.draft("100.00")
    plan = story.plan("100.00", lines=[line("100.00", REMAINING)])
    calls.change_draft(call_id=call.pk, plan=plan, ctx=WriteContext(story.manager, NOW))
    changes = audit.timeline(call)[0].changes
    assert changes["line 1: split"] == ["By commitment", "By remaining commitment"]
