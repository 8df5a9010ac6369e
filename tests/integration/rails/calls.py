"""Attempts on calls: their amounts and their parts."""

from tests.integration.rails.world import FOREIGN, UNIQUE, refused
from tests.support.trail import AT


@refused("lines_within_allocation")
def a_call_of_more_than_is_uncalled(t, base):
    t.call(base.fund, {base.a: ["400.00"], base.b: ["400.01"]}, [base.allocation])


@refused("lines_within_allocation")
def two_lines_that_together_are_too_much(t, base):
    lines = [base.allocation, base.allocation]
    t.call(base.fund, {base.a: ["200.00", "200.00"], base.b: ["200.00", "200.01"]}, lines)


@refused("lines_within_allocation")
def a_draft_issued_when_the_deal_has_too_little_left(t, base):
    t.call(base.fund, {base.a: ["300.00"], base.b: ["300.00"]}, [base.allocation])
    t.issue(base.draft.id)


@refused("items_within_unfunded")
def a_partner_called_for_more_than_is_unfunded(t, base):
    t.call(base.fund, {base.a: ["99350.01"], base.b: ["1.00"]})


@refused("items_within_unfunded")
def a_commitment_called_twice_in_full(t, base):
    little = t.commitment(base.fund, "10.00")
    for _ in range(2):
        t.call(base.fund, {little: ["10.00"]})


# ---------------------------------------------------------------- the call itself


@refused("call_number_once_per_fund", UNIQUE)
def one_number_twice(t, base):
    t.call(base.fund, {base.a: ["1.00"]}, number=1)


@refused("call_positive")
def a_call_of_nothing(t, base):
    t.call(base.fund, {base.a: ["0.00"]}, total_amount="0.00")


@refused("call_due_after_call_date")
def due_on_the_day_of_the_call(t, base):
    t.call(base.fund, {base.a: ["1.00"]}, due_date="2026-02-15")


@refused("call_has_purpose")
def a_call_for_no_purpose(t, base):
    t.call(base.fund, {base.a: ["1.00"]}, purpose="")


@refused("call_status_known")
def a_call_in_a_state_of_its_own(t, base):
    t.call(base.fund, {base.a: ["1.00"]}, status="urgent")


@refused("call_submitted_at_with_by")
def submitted_by_nobody(t, base):
    t.call(base.fund, {base.a: ["1.00"]}, submitted_by_id=None)


@refused("call_approved_at_with_by")
def approved_by_nobody(t, base):
    t.call(base.fund, {base.a: ["1.00"]}, approved_by_id=None)


@refused("call_cancelled_at_with_by")
def cancelled_by_nobody(t, base):
    t.change("capital_calls", base.unpaid.id, status="cancelled", cancelled_at=AT)


@refused("call_cancelled_at_with_status")
def cancelled_at_a_time_and_still_issued(t, base):
    t.change("capital_calls", base.unpaid.id, cancelled_at=AT, cancelled_by_id=t.person)


@refused("call_issued_was_approved")
def issued_without_approval(t, base):
    t.call(base.fund, {base.a: ["1.00"]}, approved_by_id=None, approved_at=None)


@refused("call_bank_details_of_fund", FOREIGN)
def money_asked_for_on_another_funds_account(t, base):
    t.call(base.strict, {base.c: ["1.00"]}, status="draft", bank_details_id=base.bank)


@refused("call_uses_verified_bank_details")
def money_asked_for_on_an_unverified_account(t, base):
    four = {"four_eyes": True, "approved_by_id": base.second}
    t.call(base.strict, {base.c: ["1.00"]}, bank_details_id=base.unverified, **four)


# ---------------------------------------------------------------- sums


@refused("capital_call_lines_sum_to_call")
def lines_that_miss_the_total(t, base):
    t.call(base.fund, {base.a: ["10.00"]}, total_amount="10.01")


@refused("capital_call_lines_sum_to_call")
def a_call_without_lines(t, base):
    t.bare_call(base.fund, total_amount="10.00", status="draft")


@refused("capital_call_items_sum_to_call")
def items_that_miss_the_total(t, base):
    call = t.bare_call(base.fund, total_amount="10.00", status="draft")
    line = t.line(call, base.fund, "10.00")
    t.item(call, base.fund, base.a, ["9.99"], [line])


@refused("item_lines_sum_to_item")
def parts_that_miss_their_item(t, base):
    t.change("capital_call_items", base.draft.items[base.a], amount="251.00")
    t.change("capital_call_items", base.draft.items[base.b], amount="249.00")


@refused("item_lines_sum_to_item")
def an_item_without_parts(t, base):
    other = t.commitment(base.fund)
    t.add("capital_call_items", call_id=base.draft.id, fund_id=base.fund, commitment_id=other, amount="0.00")


@refused("item_lines_sum_to_line")
def parts_that_miss_their_line(t, base):
    call = t.bare_call(base.fund, total_amount="10.00", status="draft")
    lines = [t.line(call, base.fund, amount, position=place) for place, amount in ((1, "4.00"), (2, "6.00"))]
    t.item(call, base.fund, base.a, ["5.00", "5.00"], lines)


# ---------------------------------------------------------------- lines, items and their parts


@refused("call_line_belongs_to_call", FOREIGN)
def a_line_of_another_fund(t, base):
    t.line(base.draft.id, base.strict, "1.00", position=9)


@refused("call_line_allocation_of_fund", FOREIGN)
def a_line_on_another_funds_deal(t, base):
    t.line(base.draft.id, base.fund, "1.00", base.strict_allocation, position=9)


@refused("call_line_position_once", UNIQUE)
def two_lines_in_one_place(t, base):
    t.line(base.draft.id, base.fund, "1.00")


@refused("call_line_seq_no_once_per_allocation", UNIQUE)
def one_sequence_number_twice(t, base):
    t.line(base.draft.id, base.fund, "1.00", base.allocation, seq_no=1, position=9)


@refused("call_line_seq_no_with_allocation")
def a_sequence_number_without_a_deal(t, base):
    t.line(base.draft.id, base.fund, "1.00", seq_no=1, position=9)


@refused("call_line_by_share_draws_on_a_deal")
def a_line_by_share_in_no_deal(t, base):
    t.line(base.draft.id, base.fund, "1.00", split_by="sharing", position=9)


@refused("fixed_parts_are_set_by_hand")
def fixed_parts_by_proportion(t, base):
    t.change("capital_call_lines", base.draft.lines[0], split_by="fixed")


@refused("submitted_call_is_fixed")
def another_key_of_an_issued_line(t, base):
    t.change("capital_call_lines", base.unpaid.lines[0], split_by="remaining")


@refused("call_line_positive")
def a_line_of_nothing(t, base):
    t.line(base.draft.id, base.fund, "0.00", position=9)


@refused("call_item_belongs_to_call", FOREIGN)
def an_item_of_another_funds_call(t, base):
    t.item(base.draft.id, base.strict, base.c, ["0.00"], base.draft.lines)


@refused("call_item_commitment_of_fund", FOREIGN)
def a_partner_of_another_fund(t, base):
    t.item(base.draft.id, base.fund, base.c, ["0.00"], base.draft.lines)


@refused("one_item_per_call_and_commitment", UNIQUE)
def one_partner_twice_in_a_call(t, base):
    t.item(base.draft.id, base.fund, base.a, ["0.00"], base.draft.lines)


@refused("call_item_not_negative")
def a_partner_called_a_negative_amount(t, base):
    t.change("capital_call_items", base.draft.item, amount="-1.00")


@refused("call_item_line_not_negative")
def a_negative_part(t, base):
    t.sql("UPDATE capital_call_item_lines SET amount = -1 WHERE item_id = %s", base.draft.item)


@refused("call_item_line_has_a_share")
def a_part_of_who_has_no_share(t, base):
    t.sql("UPDATE capital_call_item_lines SET weight = 0 WHERE item_id = %s", base.draft.item)


@refused("excused_is_zero_with_a_reason")
def excused_for_no_reason(t, base):
    t.sql(
        "UPDATE capital_call_item_lines SET basis = 'excused', amount = 0 WHERE item_id = %s", base.draft.item
    )


@refused("included_is_not_excused")
def excused_and_taking_part(t, base):
    t.sql(
        "UPDATE capital_call_item_lines SET basis = 'excused', excuse_reason = 'Policy', amount = 0,"
        " included_reason = 'Policy' WHERE item_id = %s",
        base.draft.item,
    )


@refused("one_item_line_per_item_and_line", UNIQUE)
def one_part_twice(t, base):
    part(t, base, base.draft)


@refused("call_item_line_belongs_to_item", FOREIGN)
def a_part_of_another_partners_item(t, base):
    other = t.line(base.draft.id, base.fund, "1.00", position=9)
    part(t, base, base.draft, line_id=other, commitment_id=base.b)


@refused("call_item_line_belongs_to_line", FOREIGN)
def a_part_of_another_calls_line(t, base):
    part(t, base, base.draft, line_id=base.unpaid.lines[0])


@refused("call_item_line_belongs_to_line", FOREIGN)
def a_part_that_reduces_what_its_line_does_not(t, base):
    other = t.line(base.draft.id, base.fund, "1.00", position=9, reduces_unfunded=False)
    part(t, base, base.draft, line_id=other)


def part(t, base, call, **changes):
    row = {
        "item_id": call.item,
        "line_id": call.lines[0],
        "call_id": call.id,
        "commitment_id": base.a,
        "amount": "0.00",
    }
    t.add("capital_call_item_lines", fund_id=base.fund, **{**row, **changes})
