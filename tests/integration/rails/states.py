"""Attempts on what was submitted, on the states of calls, and on the second person."""

from tests.integration.rails.world import DENIED, refused
from tests.support.trail import AT


@refused("submitted_call_is_fixed")
def the_total_of_an_issued_call_changed(t, base):
    t.change("capital_calls", base.unpaid.id, total_amount="301.00")


@refused("submitted_call_is_fixed")
def an_issued_call_due_earlier(t, base):
    t.change("capital_calls", base.unpaid.id, due_date="2026-02-20")


@refused("submitted_call_is_fixed")
def a_call_reworded_while_it_waits(t, base):
    t.change("capital_calls", base.waiting.id, purpose="Something else")


@refused("submitted_call_is_fixed")
def the_need_for_a_second_person_taken_off(t, base):
    t.change("capital_calls", base.waiting.id, four_eyes=False)


@refused("submitted_call_is_fixed")
def another_submitter_so_that_one_may_approve_oneself(t, base):
    t.change("capital_calls", base.waiting.id, submitted_by_id=base.second)


@refused("submitted_call_is_fixed")
def a_call_sent_back_that_stays_submitted(t, base):
    t.change("capital_calls", base.waiting.id, status="draft")


@refused("submitted_call_is_fixed")
def another_approver_afterwards(t, base):
    t.change("capital_calls", base.unpaid.id, approved_by_id=base.second)


@refused("submitted_call_is_fixed")
def another_author_afterwards(t, base):
    t.change("capital_calls", base.unpaid.id, created_by_id=base.second)


@refused("submitted_call_is_fixed")
def a_cancelled_call_reworded(t, base):
    t.change("capital_calls", base.cancelled.id, purpose="Something else")


@refused("submitted_call_is_fixed")
def an_issued_line_changed(t, base):
    t.change("capital_call_lines", base.unpaid.lines[0], kind="reserves")


@refused("submitted_call_is_fixed")
def an_issued_item_deleted(t, base):
    t.sql("DELETE FROM capital_call_item_lines WHERE item_id = %s", base.unpaid.item)


@refused("submitted_call_is_fixed")
def an_item_of_zero_added_to_an_issued_call(t, base):
    t.item(base.unpaid.id, base.fund, t.commitment(base.fund), ["0.00"], base.unpaid.lines)


@refused("submitted_call_is_fixed")
def an_item_of_zero_added_while_the_call_is_reworded(t, base):
    t.change("capital_calls", base.unpaid.id, due_date="2026-03-02")
    t.item(base.unpaid.id, base.fund, t.commitment(base.fund), ["0.00"], base.unpaid.lines)


@refused("submitted_call_is_fixed")
def a_part_moved_from_a_draft_to_an_issued_call(t, base):
    t.change("capital_call_items", base.draft.item, call_id=base.unpaid.id)


@refused("only_drafts_are_deleted")
def an_issued_call_deleted(t, base):
    t.sql("DELETE FROM capital_calls WHERE id = %s", base.unpaid.id)


@refused("call_moves_along_its_states")
def issued_without_being_submitted(t, base):
    t.change("capital_calls", base.draft.id, status="sent", approved_at=AT, approved_by_id=t.person)


@refused("call_moves_along_its_states")
def an_issued_call_made_a_draft(t, base):
    t.change("capital_calls", base.unpaid.id, status="draft")


@refused("call_moves_along_its_states")
def a_cancelled_call_issued(t, base):
    t.change("capital_calls", base.cancelled.id, status="sent", cancelled_at=None, cancelled_by_id=None)


@refused("call_moves_along_its_states")
def a_partly_paid_call_cancelled(t, base):
    t.change("capital_calls", base.open.id, status="cancelled", cancelled_at=AT, cancelled_by_id=t.person)


@refused("payment_needs_issued_call")
def a_call_cancelled_while_it_is_paid(t, base):
    t.payment(base.unpaid, base.a, "1.00")
    t.change("capital_calls", base.unpaid.id, status="cancelled", cancelled_at=AT, cancelled_by_id=t.person)
    t.settle()


@refused("call_status_is_what_was_paid")
def a_call_said_to_be_paid(t, base):
    t.change("capital_calls", base.unpaid.id, status="fully_funded")


@refused("call_status_is_what_was_paid")
def a_call_born_paid(t, base):
    t.call(base.fund, {base.a: ["1.00"]}, status="fully_funded")


@refused("call_approver_is_another")
def approved_by_who_submitted(t, base):
    t.change("capital_calls", base.waiting.id, status="sent", approved_at=AT, approved_by_id=t.person)


@refused("four_eyes_as_the_fund_demands")
def submitted_as_if_one_person_were_enough(t, base):
    t.call(base.strict, {base.c: ["1.00"]}, status="pending_approval", four_eyes=False)


@refused("four_eyes_as_the_fund_demands")
def a_draft_submitted_as_if_one_person_were_enough(t, base):
    call = t.call(base.strict, {base.c: ["1.00"]}, status="draft")
    t.change("capital_calls", call.id, status="pending_approval", submitted_at=AT, submitted_by_id=t.person)


@refused("calls_keep_their_history", DENIED, role="owner")
def calls_emptied(t, base):
    t.sql("TRUNCATE capital_calls CASCADE")


@refused("allocations_keep_their_history", DENIED, role="owner")
def allocations_emptied(t, base):
    t.sql("TRUNCATE fund_allocations CASCADE")
