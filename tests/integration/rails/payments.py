"""Attempts on receipts and payments."""

import json

from tests.integration.rails.world import FOREIGN, UNIQUE, refused
from tests.support.trail import AT, CALLED_ON, PAID_ON

NO_ROOM = "22003"


def pay(t, base, amount, **changes):
    return t.payment(base.open, base.b, amount, t.receipt(base.fund, "1000.00"), **changes)


# ---------------------------------------------------------------- amounts that are none


@refused("money_amount_is_exact")
def an_amount_finer_than_any_currency(t, base):
    t.receipt(base.fund, "10.0005")


@refused("money_amount_is_exact")
def not_a_number(t, base):
    t.receipt(base.fund, "NaN")


@refused("money_amount_is_exact")
def infinity(t, base):
    t.receipt(base.fund, "Infinity")


@refused("money_amount_is_exact")
def ten_to_the_thirteenth(t, base):
    t.commitment(base.fund, "1e13")


@refused("money_amount_is_exact")
def a_payment_finer_than_any_currency(t, base):
    pay(t, base, "0.0004")


@refused("money_amount_is_exact")
def not_a_number_of_a_line(t, base):
    t.line(base.draft.id, base.fund, "NaN", position=9)


@refused(None, NO_ROOM)
def a_number_without_end(t, base):
    t.receipt(base.fund, "1" * 200_000)


# ---------------------------------------------------------------- receipts


@refused("receipt_positive")
def a_receipt_of_nothing(t, base):
    t.receipt(base.fund, "0.00")


@refused("day_has_come")
def a_receipt_of_another_year(t, base):
    t.receipt(base.fund, "10.00", value_date="2190-01-01")


@refused("day_has_come")
def a_payment_of_another_year(t, base):
    pay(t, base, "1.00", value_date="2190-01-01")


@refused("receipt_tx_ref_once_per_fund", UNIQUE)
def one_bank_transaction_received_twice(t, base):
    t.receipt(base.fund, "5.00", tx_ref="TX-300")


@refused("receipt_tx_ref_null_or_named")
def a_bank_transaction_without_a_name(t, base):
    t.receipt(base.fund, "5.00", tx_ref="")


@refused("receipt_return_positive")
def nothing_sent_back(t, base):
    send_back(t, base, "0.00")


@refused("receipt_return_of_fund", FOREIGN)
def sent_back_by_another_fund(t, base):
    send_back(t, base, "1.00", fund_id=base.strict)


@refused("receipt_return_of_partner", FOREIGN)
def sent_back_to_a_partner_of_another_fund(t, base):
    other = {"receipt_id": t.receipt(base.strict, "5.00"), "fund_id": base.strict}
    send_back(t, base, "1.00", commitment_id=base.a, **other)


@refused("return_taken_back_once", UNIQUE)
def a_return_taken_back_twice(t, base):
    sent = send_back(t, base, "2.00")
    for _ in range(2):
        send_back(t, base, "-2.00", takes_back_id=sent)


@refused("return_is_taken_back_whole")
def a_return_taken_back_in_part(t, base):
    send_back(t, base, "-1.00", takes_back_id=send_back(t, base, "2.00"))


@refused("receipt_return_positive")
def what_takes_a_return_back_without_one(t, base):
    send_back(t, base, "-1.00")


@refused("letter_says_what_its_item_says")
def a_letter_about_another_amount_than_was_returned(t, base):
    sent = send_back(t, base, "2.00", commitment_id=base.b)
    facts = {"item_id": sent, "commitment_id": base.b, "amount": "20.00", "currency": "USD"}
    facts |= {"returned": {"on": str(PAID_ON)}}
    row = {
        "fund_id": base.fund,
        "commitment_id": base.b,
        "subject_id": sent,
        "item_id": sent,
        "dated_on": PAID_ON,
    }
    t.add("notices", **row, kind="cash_return", number="R", facts=json.dumps(facts), created_by_id=t.person)


@refused("payments_within_receipt")
def more_sent_back_than_is_left(t, base):
    send_back(t, base, "100.01")


@refused("payments_within_receipt")
def more_applied_than_was_received(t, base):
    t.payment(base.open, base.b, "100.01", base.receipt)


@refused("payments_within_receipt")
def more_applied_and_sent_back_than_was_received(t, base):
    send_back(t, base, "60.00")
    t.payment(base.open, base.b, "60.00", base.receipt)


def send_back(t, base, amount, **changes):
    row = {"receipt_id": base.receipt, "fund_id": base.fund, "recorded_by_id": t.person, "amount": amount}
    return t.add("receipt_returns", **{**row, **changes})


# ---------------------------------------------------------------- payments


@refused("payment_within_item")
def a_cent_more_than_is_owed(t, base):
    pay(t, base, "500.01")


@refused("payment_within_item")
def two_payments_in_one_statement_that_are_too_much(t, base):
    receipt = t.receipt(base.fund, "1000.00")
    t.sql(
        "INSERT INTO payments (receipt_id, fund_id, call_id, item_id, commitment_id, amount, value_date, method, "
        "reference, recorded_by_id) SELECT %s, i.fund_id, i.call_id, i.id, i.commitment_id, 250.01, '2026-02-20', "
        "'wire', '', %s FROM capital_call_items i, generate_series(1, 2) WHERE i.id = %s",
        receipt,
        t.person,
        base.open.items[base.b],
    )


@refused("payment_positive_or_reversal")
def a_payment_of_nothing(t, base):
    pay(t, base, "0.00")


@refused("payment_positive_or_reversal")
def a_negative_payment_that_reverses_nothing(t, base):
    pay(t, base, "-5.00")


@refused("payment_tx_ref_once_per_item")
def one_bank_transaction_on_one_item_twice(t, base):
    t.payment(base.open, base.a, "1.00", base.receipt, tx_ref="TX-300")


@refused("payment_tx_ref_null_or_named")
def a_payment_by_a_transaction_without_a_name(t, base):
    pay(t, base, "1.00", tx_ref="")


@refused("payment_belongs_to_item", FOREIGN)
def paid_on_an_item_of_another_call(t, base):
    pay(t, base, "1.00", item_id=base.unpaid.item)


@refused("payment_belongs_to_item", FOREIGN)
def paid_on_no_item_at_all(t, base):
    pay(t, base, "1.00", item_id=0)


@refused("payment_belongs_to_item", FOREIGN)
def paid_for_another_partner(t, base):
    pay(t, base, "1.00", commitment_id=base.a)


@refused("payment_receipt_of_fund", FOREIGN)
def paid_with_another_funds_money(t, base):
    t.payment(base.open, base.b, "1.00", t.receipt(base.strict, "1.00"))


@refused("payment_needs_issued_call")
def a_draft_paid(t, base):
    t.payment(base.draft, base.a, "1.00")


@refused("payment_needs_issued_call")
def a_cancelled_call_paid(t, base):
    t.payment(base.cancelled, base.a, "1.00")


@refused("payment_needs_issued_call")
def a_waiting_call_paid(t, base):
    t.payment(base.waiting, base.c, "1.00")


@refused("call_status_is_what_was_paid")
def paid_without_settling_the_states(t, base):
    t.payment(base.unpaid, base.a, "1.00")


@refused("call_status_is_what_was_paid")
def a_wrong_state_answered_for(t, base):
    t.payment(base.unpaid, base.a, "1.00")
    asked = t.one("SELECT array_agg(s.id) FROM states_to_move(ARRAY[%s]::bigint[], '{}') s", base.unpaid.id)
    assert asked == [base.unpaid.id]


@refused("call_status_is_what_was_paid")
def a_wrong_state_answered_for_after_all_other_rails(t, base):
    t.payment(base.unpaid, base.a, "1.00")
    asked = t.one(
        "SELECT array_agg(s.id) FROM states_to_move(ARRAY[%s]::bigint[], '{}', true) s", base.unpaid.id
    )
    assert asked == [base.unpaid.id]


@refused("call_status_is_what_was_paid")
def paid_after_its_state_was_answered_for(t, base):
    call = t.call(base.fund, {base.a: ["10.00"]})
    t.payment(call, base.a, "4.00")
    t.settle()
    assert t.one("SELECT count(*) FROM states_to_move(ARRAY[%s]::bigint[], '{}')", call.id) == 0
    t.payment(call, base.a, "6.00")


@refused("allocation_state_is_its_amounts")
def paid_with_only_the_call_settled(t, base):
    fresh = t.allocation(base.fund, "10.00")
    call = t.call(base.fund, {base.a: ["10.00"]}, [fresh])
    t.settle()
    t.payment(call, base.a, "10.00")
    t.change("capital_calls", call.id, status="fully_funded")


@refused("rails_need_read_committed", isolation="REPEATABLE READ")
def paid_under_repeatable_read(t, base):
    pay(t, base, "1.00")


@refused("rails_need_read_committed", isolation="SERIALIZABLE")
def called_under_serializable(t, base):
    t.call(base.fund, {base.a: ["1.00"]})


@refused("rails_need_read_committed", isolation="REPEATABLE READ")
def cancelled_under_repeatable_read(t, base):
    t.change("capital_calls", base.unpaid.id, status="cancelled", cancelled_at=AT, cancelled_by_id=t.person)


@refused("rails_need_read_committed", isolation="REPEATABLE READ")
def a_commitment_lowered_under_repeatable_read(t, base):
    t.promised(base.a, base.fund, "-1.00", kind="default_reduction", reason="Less", effective_on=CALLED_ON)


@refused("rails_need_read_committed", isolation="REPEATABLE READ")
def cash_sent_back_under_repeatable_read(t, base):
    send_back(t, base, "1.00")


@refused("money_not_before_its_fund")
def money_of_a_time_before_the_fund(t, base):
    t.payment(base.open, base.a, "1.00", value_date="1999-01-01")


@refused("dates_within_bounds")
def money_of_no_day_at_all(t, base):
    t.receipt(base.fund, "1.00", value_date="infinity")


@refused("dates_within_bounds")
def a_letter_made_at_no_time(t, base):
    t.add("audit_events", verb="x", object_label="x", subjects=[], changes="{}", happened_at="-infinity")
