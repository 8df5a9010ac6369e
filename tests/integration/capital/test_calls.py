"""Stories of capital calls: how they are split, issued, corrected and withdrawn."""

from datetime import date
from decimal import Decimal

import pytest

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, Forbidden, InvalidInput, NotFound
from capital.services import calls
from capital.services.planning import work_out
from capital.services.plans import ItemPlan, LinePlan
from funds.models import Notice
from tests.factories import ContactFactory, FundFactory, MembershipFactory, UserFactory

from .story import NOW, TODAY, Story, amounts, fresh, state, status

pytestmark = pytest.mark.django_db


def test_a_call_is_split_by_commitment_to_the_cent():
    story = Story(("1.00", "1.00", "1000.00"))
    call = story.draft("100.01")
    assert sum(amounts(call)) == Decimal("100.01")
    assert amounts(call) == [Decimal("0.10"), Decimal("0.10"), Decimal("99.81")]


def test_a_hundred_over_three_equal_partners():
    story = Story(("500.00", "500.00", "500.00"))
    assert amounts(story.draft("100.00")) == [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]


def test_rounding_never_drifts_from_call_to_call():
    story = Story(("100.00", "100.00", "100.00"))
    for _ in range(3):
        story.issued("100.00")
    for partner in story.partners:
        account = fresh(partner).capital
        assert (account.called, account.unfunded) == (Decimal("100.00"), Decimal("0.00"))


def test_an_excused_partner_is_not_called_more_the_next_time():
    story = Story(("1000.00", "1000.00", "1000.00"))
    story.issued("300.00", items=[story.excuse(story.partners[0])])
    second = story.issued("300.00")
    assert amounts(second) == [Decimal("100.00")] * 3


def test_an_excuse_is_an_item_line_of_zero_with_its_reason():
    story = Story()
    call = story.issued("100000.00", items=[story.excuse(story.partners[0], reason="Sanctions screen")])
    excused = call.items.get(commitment=story.partners[0]).item_lines.get()
    assert (excused.amount, excused.basis, excused.excuse_reason) == (
        Decimal("0.00"),
        "excused",
        "Sanctions screen",
    )


def test_one_partner_may_be_excused_from_one_line_and_pay_the_others():
    story = Story(("1000.00", "1000.00"))
    lines = [LinePlan("management_fee", Decimal("20.00")), LinePlan("investment", Decimal("100.00"))]
    call = story.draft("120.00", lines=lines, items=[story.excuse(story.partners[0], line=1)])
    assert amounts(call) == [Decimal("10.00"), Decimal("110.00")]


def test_an_amount_set_by_hand_leaves_the_rest_to_the_others():
    story = Story(("1000.00", "1000.00", "1000.00"))
    call = story.draft("300.00", items=[story.by_hand(story.partners[0], "200.00")])
    assert amounts(call) == [Decimal("200.00"), Decimal("50.00"), Decimal("50.00")]


def test_amounts_by_hand_are_spread_over_lines_and_add_up_both_ways():
    story = Story(("1000.00", "1000.00", "1000.00"))
    lines = [LinePlan("management_fee", Decimal("33.33")), LinePlan("investment", Decimal("66.67"))]
    by_hand = [
        ItemPlan(p.pk, Decimal(a)) for p, a in zip(story.partners, ("50.01", "29.99", "20.00"), strict=True)
    ]
    call = story.draft("100.00", lines=lines, items=by_hand)
    assert amounts(call) == [Decimal("50.01"), Decimal("29.99"), Decimal("20.00")]


def test_amounts_by_hand_that_miss_the_total_are_shown_not_saved():
    story = Story(("1000.00", "1000.00"))
    items = [story.by_hand(p, "50.00") for p in story.partners]
    worked_out = work_out(story.plan("120.00", items=items))
    assert worked_out.difference == Decimal("20.00")
    with pytest.raises(InvalidInput, match=r"miss the total by \$20.00: those set by hand leave that much"):
        story.draft("120.00", items=items)
    [one, other] = [partner.pk for partner in story.partners]
    excused = [ItemPlan(one, Decimal("90.00")), ItemPlan(other, excused=dict.fromkeys((0, 1), "Policy"))]
    lines = [LinePlan("other", Decimal(60)), LinePlan("other", Decimal(60))]
    [problem] = work_out(story.plan("120.00", items=excused, lines=lines)).problems
    assert problem.message.endswith("miss the total by $30.00: those set by hand leave that much to nobody.")
    more = [story.by_hand(story.partners[0], "130.00")]
    [problem] = work_out(story.plan("120.00", items=more)).problems
    assert problem.message.endswith(
        "miss the total by $10.00: those set by hand are that much more than its lines hold."
    )


def test_who_is_over_the_unfunded_commitment_is_named():
    story = Story(("1000.00", "50.00"))
    with pytest.raises(Conflict) as refused:
        story.draft("1200.00")
    assert refused.value.code == "call.exceeds_uncalled"
    with pytest.raises(Conflict, match=story.partners[1].investor.name):
        story.draft("200.00", items=[story.by_hand(story.partners[1], "60.00")])


def test_the_share_of_a_partner_with_little_left_falls_to_the_others():
    story = Story(("1000.00", "1000.00"))
    story.issued("900.00", items=[story.by_hand(story.partners[0], "900.00")])
    assert amounts(story.draft("400.00")) == [Decimal("100.00"), Decimal("300.00")]


def test_a_fund_without_commitments_cannot_call():
    story = Story(())
    with pytest.raises(InvalidInput) as refused:
        story.draft()
    assert refused.value.code == "fund.no_commitments"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"due_date": TODAY}, "call.due_date"),
        ({"purpose": " "}, "call.purpose"),
        ({"purpose": "x" * 201}, "call.purpose"),
        ({"lines": [LinePlan("investment", Decimal("1.00"))]}, "call.lines_do_not_add_up"),
        ({"items": [ItemPlan(1 << 40)]}, "commitment.unknown"),
    ],
)
def test_what_could_never_be_right_is_refused(changes, code):
    with pytest.raises(InvalidInput) as refused:
        Story().draft(**changes)
    assert code in [problem.code for problem in refused.value.problems]


def test_a_deleted_draft_leaves_a_gap_in_the_numbers():
    story = Story()
    calls.delete_draft(call_id=story.draft().pk, ctx=WriteContext(story.manager, NOW))
    assert story.draft().number == 2


def test_a_draft_counts_nowhere():
    story = Story()
    allocation = story.allocate()
    story.draft(lines=[LinePlan("investment", Decimal("100000.00"), allocation.pk)])
    assert fresh(allocation).capital.called == 0
    assert fresh(story.fund).partners.called == 0
    assert state(allocation) == "committed"


def test_a_draft_is_changed_freely_and_an_issued_call_never():
    story = Story()
    draft = story.draft("100000.00")
    changed = calls.change_draft(
        call_id=draft.pk, plan=story.plan("50000.00"), revision=1, ctx=WriteContext(story.manager, NOW)
    )
    assert (changed.number, changed.total_amount, sum(amounts(changed))) == (1, Decimal("50000.00"), 50000)
    with pytest.raises(Conflict, match="since you opened it"):
        calls.change_draft(
            call_id=draft.pk, plan=story.plan("1.00"), revision=1, ctx=WriteContext(story.manager, NOW)
        )
    calls.issue_call(call_id=draft.pk, ctx=WriteContext(story.manager, NOW))
    with pytest.raises(Conflict, match="Only a draft"):
        calls.change_draft(call_id=draft.pk, plan=story.plan("1.00"), ctx=WriteContext(story.manager, NOW))
    with pytest.raises(Conflict, match="Only a draft"):
        calls.delete_draft(call_id=draft.pk, ctx=WriteContext(story.manager, NOW))


def test_issuing_moves_the_allocation_and_counts():
    story = Story()
    allocation = story.allocate("400000.00")
    story.call(allocation, "400000.00")
    assert state(allocation) == "called"
    with pytest.raises(Conflict) as refused:
        story.call(allocation, "1.00")
    assert refused.value.code == "transition.not_allowed"


def test_more_than_is_uncalled_of_the_deal_is_refused():
    story = Story()
    with pytest.raises(Conflict, match="still uncalled"):
        story.call(story.allocate("1000.00"), "1000.01")


def test_a_draft_that_no_longer_fits_is_refused_when_it_is_issued():
    story = Story(("1000.00",))
    first, second = story.draft("600.00"), story.draft("600.00")
    calls.issue_call(call_id=first.pk, ctx=WriteContext(story.manager, NOW))
    with pytest.raises(Conflict) as refused:
        calls.issue_call(call_id=second.pk, ctx=WriteContext(story.manager, NOW))
    assert refused.value.code == "call.exceeds_uncalled"
    assert status(second) == "draft"


def test_where_the_fund_demands_it_a_second_person_approves():
    story = Story(four_eyes=True)
    call = story.issued()
    assert call.status == "pending_approval"
    with pytest.raises(Forbidden) as refused:
        calls.approve_call(call_id=call.pk, ctx=WriteContext(story.manager, NOW))
    assert refused.value.code == "four_eyes"
    with pytest.raises(Conflict):
        calls.send_notices(call_id=call.pk, ctx=WriteContext(story.manager, NOW))
    approved = calls.approve_call(call_id=call.pk, ctx=WriteContext(story.second, NOW))
    assert approved.status == "sent"
    with pytest.raises(Conflict):
        calls.approve_call(call_id=call.pk, ctx=WriteContext(story.second, NOW))


def test_cancelling_frees_what_was_called():
    story = Story()
    allocation = story.allocate("400000.00")
    call = story.call(allocation, "400000.00")
    story.cancel(call)
    assert (status(call), state(allocation)) == ("cancelled", "committed")
    assert fresh(story.fund).partners.unfunded == Decimal("1000000.00")
    assert story.call(allocation, "400000.00").lines.get().seq_no == 2


def test_a_call_with_payments_is_not_cancelled_until_they_are_reversed():
    story = Story()
    call = story.issued("1000.00")
    payment = story.pay(call, "1000.00")[0]
    with pytest.raises(Conflict) as refused:
        story.cancel(call)
    assert refused.value.code == "call.has_payments"
    for paid in call.payments.all():
        story.reverse(paid)
    assert story.cancel(call).status == "cancelled"
    assert fresh(payment).amount > 0


def test_an_issued_call_is_reworded_and_its_due_date_moves_later_only():
    story = Story()
    call = story.issued()
    reworded = calls.reword_call(
        call_id=call.pk,
        purpose="Acquisition of ABC",
        purpose_detail="Closing moved",
        due_date=date(2026, 4, 1),
        ctx=WriteContext(story.manager, NOW),
    )
    assert (reworded.purpose, reworded.due_date) == ("Acquisition of ABC", date(2026, 4, 1))
    versions = Notice.objects.filter(subject_id=call.pk).values_list("version", flat=True)
    assert sorted(versions) == [1, 1, 1, 2, 2, 2]
    with pytest.raises(Conflict, match="only move later"):
        calls.reword_call(
            call_id=call.pk,
            purpose="Acquisition",
            purpose_detail="",
            due_date=date(2026, 3, 20),
            ctx=WriteContext(story.manager, NOW),
        )


def test_notices_are_queued_once_unless_asked_again():
    story = Story()
    for partner in story.partners:
        ContactFactory(investor=partner.investor)
    draft = story.draft()
    send = {"call_id": draft.pk, "confirmed": True, "ctx": WriteContext(story.manager, NOW)}
    assert calls.send_notices(**send) == 3
    assert status(draft) == "sent"
    assert calls.send_notices(**send) == 0


@pytest.mark.parametrize(
    ("role", "error"), [(None, NotFound), ("auditor", Forbidden), ("analyst", Forbidden)]
)
def test_only_a_manager_binds_the_fund(role, error):
    story = Story()
    draft = story.draft()
    other = UserFactory()
    if role:
        MembershipFactory(fund=story.fund, user=other, role=role)
    with pytest.raises(error):
        calls.issue_call(call_id=draft.pk, ctx=WriteContext(other, NOW))


def test_an_allocation_of_another_fund_cannot_be_drawn_on():
    story, other = Story(), Story()
    with pytest.raises(InvalidInput):
        story.draft(lines=[LinePlan("investment", Decimal("100000.00"), other.allocate().pk)])
    assert FundFactory._meta.model.objects.count() == 2


def test_every_step_is_on_the_timeline_of_the_call_and_of_the_allocation():
    story = Story()
    allocation = story.allocate()
    call = story.call(allocation, "1000.00")
    story.pay(call, "1000.00")
    assert [event.verb for event in audit.timeline(call)][-3:] == [
        "approve_call",
        "submit_call",
        "draft_call",
    ]
    assert {"draft_call", "approve_call", "create_call", "allocate"} <= {
        event.verb for event in audit.timeline(allocation)
    }
    assert all(event.actor == story.manager for event in audit.timeline(call))
