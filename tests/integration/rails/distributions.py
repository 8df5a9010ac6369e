"""Attempts on distributions: their parts, their states, and who may move them."""

from psycopg.types.json import Jsonb

from tests.integration.rails.world import DENIED, FOREIGN, UNIQUE, refused
from tests.support.trail import AT

CAPITAL = {"return_of_capital": "10.00"}
ISSUED = {"sent_at": AT}


def move(t, distribution, status, **values):
    t.change("distributions", distribution, status=status, **values)


def submitted(t):
    return {"submitted_at": AT, "submitted_by_id": t.person}


def approved(t):
    return {"approved_at": AT, "approved_by_id": t.person}


def cancelled(t):
    return {"cancelled_at": AT, "cancelled_by_id": t.person}


# ---------------------------------------------------------------- the distribution itself


@refused("distribution_number_once_per_fund", UNIQUE)
def one_distribution_number_twice(t, base):
    t.distribution(base.out.terms, {base.out.x: CAPITAL}, number=1)


@refused("distribution_positive")
def a_distribution_of_nothing(t, base):
    t.distribution(base.out.terms, {base.out.x: {}})


@refused("money_amount_is_exact")
def a_distribution_of_half_a_cent(t, base):
    t.bare_distribution(base.out.terms, total_amount="10.005")


@refused("distribution_status_known")
def a_distribution_in_a_state_of_its_own(t, base):
    t.distribution(base.out.terms, {base.out.x: CAPITAL}, status="urgent")


@refused("distribution_type_known")
def a_distribution_of_a_type_of_its_own(t, base):
    t.distribution(base.out.terms, {base.out.x: CAPITAL}, type="LOTTERY")


@refused("distribution_submitted_at_with_by")
def a_distribution_submitted_by_nobody(t, base):
    t.distribution(base.out.terms, {base.out.x: CAPITAL}, submitted_by_id=None)


@refused("distribution_approved_at_with_by")
def a_distribution_approved_by_nobody(t, base):
    t.distribution(base.out.terms, {base.out.x: CAPITAL}, approved_by_id=None)


@refused("distribution_sent_at_with_by")
def a_distribution_issued_by_nobody(t, base):
    t.distribution(base.out.terms, {base.out.x: CAPITAL}, sent_by_id=None)


@refused("distribution_cancelled_at_with_by")
def a_distribution_cancelled_by_nobody(t, base):
    move(t, base.out.unpaid.id, "cancelled", cancelled_at=AT)


@refused("distribution_cancelled_at_with_status")
def a_distribution_cancelled_at_a_time_and_still_issued(t, base):
    t.change("distributions", base.out.unpaid.id, **cancelled(t))


@refused("distribution_frozen_was_approved")
def a_distribution_issued_without_approval(t, base):
    t.distribution(base.out.terms, {base.out.x: CAPITAL}, approved_by_id=None, approved_at=None)


@refused("distribution_issued_was_sent")
def a_distribution_issued_at_no_time(t, base):
    t.distribution(base.out.terms, {base.out.x: CAPITAL}, sent_by_id=None, sent_at=None)


@refused("distribution_terms_of_fund", FOREIGN)
def a_distribution_by_another_funds_terms(t, base):
    t.distribution(base.out.terms, {base.out.x: CAPITAL}, terms_id=base.out.strict_terms)


@refused("distribution_deal_of_fund", FOREIGN)
def proceeds_of_a_deal_that_the_fund_is_not_in(t, base):
    t.distribution(base.out.terms, {base.out.x: CAPITAL}, deal_id=t.deal())


@refused("write_down_deal_of_fund", FOREIGN)
def a_loss_on_a_deal_that_the_fund_is_not_in(t, base):
    write_down(t, base, deal_id=t.deal())


@refused("write_down_positive")
def a_loss_of_nothing(t, base):
    write_down(t, base, amount="0.00")


@refused("write_downs_are_append_only", DENIED, role="owner")
def a_loss_forgotten(t, base):
    write_down(t, base)
    t.sql("DELETE FROM write_downs")


def write_down(t, base, **changes):
    row = {"fund_id": base.out.fund, "deal_id": base.out.deal, "date": "2026-06-01", "amount": "1.00"}
    return t.add("write_downs", created_by_id=t.person, **{**row, **changes})


# ---------------------------------------------------------------- sums


@refused("distribution_items_sum_to_distribution")
def partners_who_miss_the_total(t, base):
    out = t.bare_distribution(base.out.terms, total_amount="10.00", status="draft")
    t.tier(out, base.out.fund, "return_of_capital", "10.00")
    t.out_item(out, base.out.fund, base.out.x, return_of_capital="9.99")


@refused("distribution_items_sum_to_distribution")
def a_distribution_to_nobody(t, base):
    t.bare_distribution(base.out.terms, total_amount="10.00", status="draft")


@refused("distribution_items_sum_to_distribution")
def a_draft_raised_without_its_parts(t, base):
    t.change("distributions", base.out.draft.id, total_amount="20.01")


@refused("distribution_items_sum_to_distribution")
def a_partner_struck_off_a_draft(t, base):
    t.sql("DELETE FROM distribution_items WHERE id = %s", base.out.draft.item)


@refused("distribution_tiers_sum_to_distribution")
def tiers_that_miss_the_total(t, base):
    out = t.bare_distribution(base.out.terms, total_amount="10.00", status="draft")
    t.tier(out, base.out.fund, "return_of_capital", "9.99")
    t.out_item(out, base.out.fund, base.out.x, return_of_capital="10.00")


@refused("distribution_items_are_its_tiers")
def capital_in_the_tiers_that_is_profit_to_the_partner(t, base):
    t.sql(
        "UPDATE distribution_tiers SET kind = 'preferred_return' WHERE distribution_id = %s",
        base.out.draft.id,
    )


@refused("distribution_items_are_its_tiers")
def carry_in_the_tiers_that_the_gp_does_not_get(t, base):
    out = t.bare_distribution(base.out.terms, total_amount="10.00", status="draft")
    t.tier(out, base.out.fund, "split", "8.00", "2.00")
    t.out_item(out, base.out.fund, base.out.x, profit_share="10.00")


@refused("distribution_item_tiers_are_its_profit")
def another_split_on_the_partners_share(t, base):
    out = t.bare_distribution(base.out.terms, total_amount="10.00", status="draft")
    t.tier(out, base.out.fund, "split", "8.00", "2.00")
    text = [["0.00", "0.00", "7.99", "2.01"]]
    t.out_item(out, base.out.fund, base.out.x, profit_share="8.00", tiers=Jsonb(text))
    t.out_item(out, base.out.fund, base.out.gp, carried_interest="2.00")


@refused("distribution_item_tiers_are_its_profit")
def carry_that_was_borne_by_nobody(t, base):
    out = t.bare_distribution(base.out.terms, total_amount="10.00", status="draft")
    t.tier(out, base.out.fund, "split", "8.00", "2.00")
    t.out_item(out, base.out.fund, base.out.x, profit_share="8.00")
    t.out_item(out, base.out.fund, base.out.gp, carried_interest="2.00")


@refused("distribution_item_parts_sum_to_gross")
def parts_that_miss_their_gross(t, base):
    t.change("distribution_items", base.out.draft.item, return_of_capital="9.99")


@refused("distribution_net_is_gross_less_withholding")
def withheld_and_paid_all_the_same(t, base):
    t.change("distribution_items", base.out.draft.item, withholding_tax="1.00")


@refused("distribution_item_not_negative")
def more_withheld_than_there_is(t, base):
    t.change("distribution_items", base.out.draft.item, withholding_tax="11.00", net_amount="-1.00")


@refused("distribution_item_not_negative")
def more_to_be_called_again_than_was_returned(t, base):
    t.change("distribution_items", base.out.draft.item, recallable_amount="10.01")


@refused("distribution_tier_not_negative")
def a_tier_that_takes_back(t, base):
    t.tier(base.out.draft.id, base.out.fund, "split", "1.00", "-1.00")


@refused("excess_capital_is_no_profit")
def profit_called_excess_capital(t, base):
    t.distribution(
        base.out.terms, {base.out.x: {"preferred_return": "1.00"}}, type="RETURN_OF_EXCESS_CAPITAL"
    )


@refused("recallable_as_the_distribution_says")
def capital_to_be_called_again_that_nobody_spoke_of(t, base):
    t.distribution(base.out.terms, {base.out.x: {**CAPITAL, "recallable_amount": "10.00"}})


@refused("recallable_as_the_distribution_says")
def only_some_of_it_to_be_called_again(t, base):
    t.distribution(base.out.terms, {base.out.x: {**CAPITAL, "recallable_amount": "9.00"}}, recallable=True)


@refused("recallable_as_the_distribution_says")
def excess_capital_that_is_gone_for_good(t, base):
    parts = {base.out.x: {**CAPITAL, "recallable_amount": "0.00"}}
    t.distribution(base.out.terms, parts, type="RETURN_OF_EXCESS_CAPITAL")


@refused("carried_interest_is_the_gps")
def carried_interest_for_a_limited_partner(t, base):
    t.distribution(
        base.out.terms, {base.out.x: {"profit_share": "8.00"}, base.out.y: {"carried_interest": "2.00"}}
    )


# ---------------------------------------------------------------- tiers and items


@refused("distribution_tier_position_once", UNIQUE)
def two_distribution_tiers_in_one_place(t, base):
    t.tier(base.out.draft.id, base.out.fund, "split", position=1)


@refused("distribution_tier_belongs_to_distribution", FOREIGN)
def a_tier_of_another_funds_distribution(t, base):
    t.tier(base.out.draft.id, base.strict, "split")


@refused("distribution_item_belongs_to_distribution", FOREIGN)
def an_item_of_another_funds_distribution(t, base):
    t.out_item(base.out.draft.id, base.strict, base.c)


@refused("distribution_item_commitment_of_fund", FOREIGN)
def money_for_a_partner_of_another_fund(t, base):
    t.out_item(base.out.draft.id, base.out.fund, base.c)


@refused("one_item_per_distribution_and_commitment", UNIQUE)
def one_partner_twice_in_a_distribution(t, base):
    t.out_item(base.out.draft.id, base.out.fund, base.out.x)


@refused("distribution_item_commitment_of_fund", FOREIGN)
def a_partner_who_was_distributed_to_deleted(t, base):
    other = t.commitment(base.out.fund)
    t.distribution(base.out.terms, {other: CAPITAL})
    t.sql("DELETE FROM commitments WHERE id = %s", other)


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


@refused("rails_need_read_committed", isolation="REPEATABLE READ")
def drafted_under_repeatable_read(t, base):
    t.distribution(base.out.terms, {base.out.x: CAPITAL}, status="draft")
