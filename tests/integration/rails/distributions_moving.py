"""Attempts on distributions that are on their way: what is fixed once submitted, states, and the second person."""

from psycopg.types.json import Jsonb

from tests.integration.rails.moves import CAPITAL, approved, cancelled, move, submitted
from tests.integration.rails.world import DENIED, refused
from tests.support.trail import AT

# ---------------------------------------------------------------- fixed once submitted


@refused("submitted_distribution_is_fixed")
def the_total_of_a_waiting_distribution_changed(t, base):
    t.change("distributions", base.out.waiting.id, total_amount="21.00")


@refused("submitted_distribution_is_fixed")
def the_date_of_an_issued_distribution_changed(t, base):
    t.change("distributions", base.out.unpaid.id, date="2026-07-31")


@refused("submitted_distribution_is_fixed")
def capital_made_recallable_afterwards(t, base):
    t.change("distributions", base.out.unpaid.id, recallable=True)


@refused("submitted_distribution_is_fixed")
def the_facts_of_an_approved_distribution_changed(t, base):
    t.change("distributions", base.out.approved.id, inputs=Jsonb({"partners": []}))


@refused("submitted_distribution_is_fixed")
def the_need_for_a_second_person_taken_off_a_distribution(t, base):
    t.change("distributions", base.out.strict_waiting.id, four_eyes=False)


@refused("submitted_distribution_is_fixed")
def another_submitter_of_a_distribution(t, base):
    t.change("distributions", base.out.strict_waiting.id, submitted_by_id=base.second)


@refused("submitted_distribution_is_fixed")
def another_approver_of_a_distribution_afterwards(t, base):
    t.change("distributions", base.out.approved.id, approved_by_id=base.second)


@refused("submitted_distribution_is_fixed")
def issued_by_somebody_else_afterwards(t, base):
    t.change("distributions", base.out.unpaid.id, sent_by_id=base.second)


@refused("submitted_distribution_is_fixed")
def a_cancelled_distribution_explained_anew(t, base):
    t.change("distributions", base.out.cancelled.id, cancel_reason="Another story")


@refused("submitted_distribution_is_fixed")
def another_number_for_a_draft(t, base):
    t.change("distributions", base.out.draft.id, number=99)


@refused("submitted_distribution_is_fixed")
def what_is_withheld_changed_once_it_waits(t, base):
    t.change("distribution_items", base.out.waiting.item, withholding_tax="1.00", net_amount="9.00")


@refused("submitted_distribution_is_fixed")
def a_tier_of_an_issued_distribution_changed(t, base):
    t.sql("UPDATE distribution_tiers SET owed_before = 1 WHERE distribution_id = %s", base.out.unpaid.id)


@refused("submitted_distribution_is_fixed")
def a_partner_struck_off_an_issued_distribution(t, base):
    t.sql("DELETE FROM distribution_items WHERE id = %s", base.out.unpaid.item)


@refused("submitted_distribution_is_fixed")
def a_partner_with_nothing_added_to_an_issued_distribution(t, base):
    t.out_item(base.out.unpaid.id, base.out.fund, t.commitment(base.out.fund))


@refused("submitted_distribution_is_fixed")
def a_tier_of_nothing_added_to_a_waiting_distribution(t, base):
    t.tier(base.out.waiting.id, base.out.fund, "split")


@refused("submitted_distribution_is_fixed")
def a_part_moved_from_one_draft_to_another(t, base):
    other = t.distribution(base.out.terms, {base.out.x: CAPITAL}, status="draft")
    t.change("distribution_items", base.out.draft.item, distribution_id=other.id)


@refused("only_drafts_are_deleted")
def an_issued_distribution_deleted(t, base):
    t.sql("DELETE FROM distributions WHERE id = %s", base.out.unpaid.id)


@refused("distributions_keep_their_history", DENIED, role="owner")
def distributions_emptied(t, base):
    t.sql("TRUNCATE distributions CASCADE")


@refused("distributions_keep_their_history", DENIED, role="owner")
def items_of_distributions_emptied(t, base):
    t.sql("TRUNCATE distribution_tiers")


# ---------------------------------------------------------------- states and the second person


@refused("distribution_moves_along_its_states")
def a_draft_distribution_issued_at_once(t, base):
    move(t, base.out.draft.id, "sent", **submitted(t), **approved(t), sent_at=AT, sent_by_id=t.person)


@refused("distribution_moves_along_its_states")
def a_waiting_distribution_issued_without_approval(t, base):
    move(t, base.out.waiting.id, "sent", **approved(t), sent_at=AT, sent_by_id=t.person)


@refused("distribution_moves_along_its_states")
def an_issued_distribution_made_a_draft(t, base):
    move(t, base.out.unpaid.id, "draft")


@refused("submitted_distribution_is_fixed")
def a_cancelled_distribution_issued(t, base):
    move(t, base.out.cancelled.id, "draft", cancelled_at=None, cancelled_by_id=None)


@refused("distribution_moves_along_its_states")
def an_approved_distribution_said_to_be_paid(t, base):
    move(t, base.out.approved.id, "paid", sent_at=AT, sent_by_id=t.person)


@refused("distribution_status_is_what_was_paid_out")
def an_issued_distribution_said_to_be_paid(t, base):
    move(t, base.out.unpaid.id, "paid")


@refused("distribution_status_is_what_was_paid_out")
def a_distribution_born_paid(t, base):
    t.distribution(base.out.terms, {base.out.x: CAPITAL}, status="paid")


@refused("distribution_status_is_what_was_paid_out")
def all_of_it_paid_out_and_not_said(t, base):
    for partner in (base.out.x, base.out.y):
        t.payout(base.out.unpaid, partner)


@refused("payout_needs_issued_distribution")
def a_distribution_cancelled_of_which_some_went_out(t, base):
    move(t, base.out.sent.id, "cancelled", **cancelled(t))


@refused("distribution_approver_is_another")
def a_distribution_approved_by_who_submitted_it(t, base):
    move(t, base.out.strict_waiting.id, "approved", **approved(t))


@refused("four_eyes_as_the_fund_demands")
def a_distribution_submitted_as_if_one_person_were_enough(t, base):
    parts = {base.c: CAPITAL}
    t.distribution(base.out.strict_terms, parts, status="pending_approval", four_eyes=False)


@refused("four_eyes_as_the_fund_demands")
def a_distribution_issued_as_if_one_person_were_enough(t, base):
    t.distribution(base.out.strict_terms, {base.c: CAPITAL}, four_eyes=False)


# ---------------------------------------------------------------- the order of approval, and what was paid in

LATEST = "2026-02-17 12:00+00"


@refused("distributions_are_issued_in_turn")
def issued_before_one_that_was_approved_first(t, base):
    later = t.distribution(base.out.terms, {base.out.x: CAPITAL}, status="approved", approved_at=LATEST)
    move(t, later.id, "sent", sent_at=AT, sent_by_id=t.person)


@refused("distributions_are_issued_in_turn")
def born_issued_before_one_that_was_approved_first(t, base):
    t.distribution(base.out.terms, {base.out.x: CAPITAL}, approved_at=LATEST)


@refused("nothing_rests_on_a_distribution_that_went")
def cancelled_beneath_one_that_counted_it(t, base):
    move(t, base.out.unpaid.id, "cancelled", **cancelled(t))


@refused("nothing_rests_on_a_distribution_that_went")
def taken_back_to_draft_beneath_one_that_counted_it(t, base):
    t.distribution(base.out.terms, {base.out.x: CAPITAL}, status="approved", approved_at=LATEST)
    nobody = {f"{verb}_{who}": None for verb in ("submitted", "approved") for who in ("at", "by_id")}
    move(t, base.out.approved.id, "draft", **nobody)


@refused("submitted_distribution_is_fixed")
def taken_back_to_draft_with_its_approval(t, base):
    move(t, base.out.approved.id, "draft")


@refused("capital_returned_was_paid_in")
def more_capital_returned_than_was_paid_in(t, base):
    t.distribution(base.out.terms, {base.out.x: {"return_of_capital": "381.00"}})


@refused("capital_returned_was_paid_in")
def capital_returned_twice_in_two_distributions(t, base):
    for _ in range(2):
        t.distribution(base.out.terms, {base.out.x: {"return_of_capital": "200.00"}})


@refused("capital_returned_was_paid_in")
def excess_capital_given_back_that_the_waterfall_had_returned(t, base):
    parts = {base.out.x: {"return_of_capital": "381.00"}}
    t.distribution(base.out.terms, parts, type="RETURN_OF_EXCESS_CAPITAL")


@refused("capital_returned_was_paid_in")
def capital_returned_before_it_was_paid_in(t, base):
    t.distribution(base.out.terms, {base.out.x: CAPITAL}, date="2026-02-19")


@refused("capital_returned_was_paid_in")
def capital_returned_to_a_general_partner_who_paid_nothing(t, base):
    t.distribution(base.out.terms, {base.out.gp: CAPITAL})


@refused("rails_need_read_committed", isolation="REPEATABLE READ")
def drafted_under_repeatable_read(t, base):
    t.distribution(base.out.terms, {base.out.x: CAPITAL}, status="draft")
