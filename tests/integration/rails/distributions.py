"""Attempts on distributions: themselves, their sums, tiers and items."""

from psycopg.types.json import Jsonb

from tests.integration.rails.moves import CAPITAL, cancelled, move
from tests.integration.rails.world import DENIED, FOREIGN, UNIQUE, refused
from tests.support.trail import AT

# ---------------------------------------------------------------- the distribution itself


@refused("distribution_number_once_per_fund", UNIQUE)
def one_distribution_number_twice(t, base):
    t.distribution(base.out.terms, {base.out.x: CAPITAL}, number=1)


@refused("distribution_positive")
def a_distribution_of_nothing(t, base):
    t.distribution(base.out.terms, {base.out.x: {}})


@refused("money_amount_is_exact")
def a_distribution_finer_than_any_currency(t, base):
    t.bare_distribution(base.out.terms, total_amount="10.0005")


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


@refused("write_up_has_reason")
def a_deal_written_up_without_a_reason(t, base):
    write_down(t, base)
    write_down(t, base, amount="-1.00", date="2026-06-02")


@refused("write_up_within_losses")
def a_deal_written_up_before_it_was_written_down(t, base):
    write_down(t, base)
    write_down(t, base, amount="-1.00", date="2026-05-31", reason="Sold better")


@refused("write_down_changes_something")
def a_loss_of_nothing(t, base):
    write_down(t, base, amount="0.00")


@refused("write_downs_are_append_only", DENIED, role="owner")
def a_loss_forgotten(t, base):
    write_down(t, base)
    t.sql("DELETE FROM write_downs")


@refused("dated_rows_are_append_only")
def a_loss_decided_twice(t, base):
    decided = {"approved_at": AT, "approved_by_id": base.second}
    row = write_down(t, base, **decided)
    t.change("write_downs", row, approved_at=None, approved_by_id=None)


@refused("write_down_decided_once")
def a_loss_approved_and_rejected(t, base):
    people = {"approved_by_id": base.second, "rejected_by_id": base.second}
    write_down(t, base, approved_at=AT, rejected_at=AT, **people)


@refused("write_down_approved_at_with_by")
def a_loss_approved_by_nobody(t, base):
    write_down(t, base, approved_at=AT)


@refused("write_down_rejected_at_with_by")
def a_loss_rejected_by_nobody(t, base):
    write_down(t, base, rejected_at=AT)


@refused("write_down_waited_for_a_decision")
def a_loss_that_counts_at_once_turned_down(t, base):
    write_down(t, base, rejected_at=AT, rejected_by_id=base.second)


@refused("write_down_approver_is_another")
def a_loss_approved_by_who_asked(t, base):
    strict_loss(t, base, four_eyes=True, approved_at=AT, approved_by_id=t.person)


@refused("four_eyes_as_the_fund_demands")
def a_loss_without_the_second_person_of_its_fund(t, base):
    strict_loss(t, base)


@refused("dated_row_not_ahead")
def a_loss_on_a_day_that_has_not_come(t, base):
    write_down(t, base, created_at=AT, date="2199-01-01")


def strict_loss(t, base, **changes):
    deal = t.one("SELECT deal_id FROM fund_allocations WHERE id = %s", base.strict_allocation)
    write_down(t, base, fund_id=base.strict, deal_id=deal, **changes)


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


@refused("recallable_is_what_was_given_back")
def capital_to_be_called_again_that_nobody_spoke_of(t, base):
    t.distribution(base.out.terms, {base.out.x: CAPITAL}, line=base.out.line)


@refused("recallable_is_what_was_given_back")
def more_to_be_called_again_than_is_given_back(t, base):
    t.distribution(base.out.terms, {base.out.x: {**CAPITAL, "recallable_amount": "10.00"}}, recallable=True)


@refused("recallable_is_what_was_given_back")
def less_to_be_called_again_than_the_lines_restore(t, base):
    parts = {base.out.x: {**CAPITAL, "recallable_amount": "9.00"}}
    t.distribution(base.out.terms, parts, line=base.out.line, recallable=True)


@refused("outside_the_commitment_restores_nothing")
def a_fee_outside_the_commitment_to_be_called_again(t, base):
    call = t.bare_call(base.out.fund, total_amount="10.00")
    line = t.line(call, base.out.fund, "10.00", position=1, reduces_unfunded=False)
    keys = {"call_id": call, "fund_id": base.out.fund, "commitment_id": base.out.x, "amount": "10.00"}
    item = t.add("capital_call_items", **keys)
    t.add("capital_call_item_lines", item_id=item, line_id=line, reduces_unfunded=False, **keys)
    t.distribution(base.out.terms, {base.out.x: CAPITAL}, line=line, recallable=True)


@refused("given_back_within_what_was_paid")
def a_line_given_back_beyond_what_was_paid(t, base):
    other = t.call(base.out.fund, {base.out.x: ["600.00"]})
    t.payment(other, base.out.x, "600.00")
    t.settle()
    parts = {base.out.x: {"return_of_capital": "500.01"}}
    t.distribution(base.out.terms, parts, line=base.out.line, recallable=True)


@refused("given_back_line_once_per_item", UNIQUE)
def a_line_given_back_twice_by_one_item(t, base):
    t.given_back(base.out.back, base.out.x, base.out.line, "1.00")


@refused("given_back_within_bounds")
def more_of_a_line_to_be_called_again_than_is_given_back(t, base):
    out = t.distribution(base.out.terms, {base.out.x: CAPITAL}, recallable=True)
    t.given_back(out, base.out.x, base.out.line, "1.00", restores="1.01")


@refused("given_back_belongs_to_item", FOREIGN)
def a_line_given_back_to_another_partner(t, base):
    out = t.distribution(base.out.terms, {base.out.x: CAPITAL}, recallable=True)
    t.given_back(out, base.out.x, base.out.line, "1.00", commitment_id=base.out.y)


@refused("given_back_line_of_fund", FOREIGN)
def a_line_of_another_fund_given_back(t, base):
    out = t.distribution(base.out.terms, {base.out.x: CAPITAL}, recallable=True)
    line = t.one("SELECT min(id) FROM capital_call_lines WHERE fund_id <> %s", base.out.fund)
    t.given_back(out, base.out.x, line, "1.00")


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


@refused("commitment_event_of_commitment", FOREIGN)
def a_partner_who_was_distributed_to_deleted(t, base):
    other = t.commitment(base.out.fund)
    t.distribution(base.out.terms, {other: CAPITAL})
    t.sql("DELETE FROM commitments WHERE id = %s", other)
