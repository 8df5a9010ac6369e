"""Attempts on reversals, and on what was posted."""

from tests.integration.rails.payments import pay
from tests.integration.rails.world import CHECK, DENIED, FOREIGN, RESTRICTED, UNIQUE, refused
from tests.support.trail import AT, PAID_ON


@refused("reversal_was_approved")
def a_payment_reversed_on_ones_own_account(t, base):
    t.reversing_payment(base.payment)
    t.settle()


@refused("reversal_approved_at_with_by")
def a_reversal_taken_effect_that_nobody_approved(t, base):
    reverse(t, base.payment, approved_at=None)


@refused("reversal_approved_at_with_by")
def an_approved_reversal_without_effect(t, base):
    t.approved_reversal(base.payment, None)


@refused("reversal_rejected_at_with_by")
def a_reversal_rejected_by_nobody(t, base):
    ask(t, base.payment, rejected_at=AT)


@refused("reversal_has_reason")
def a_reversal_for_no_reason(t, base):
    ask(t, base.payment, reason="")


@refused("one_reversal_per_payment", UNIQUE)
def a_reversal_asked_for_twice(t, base):
    for _ in range(2):
        ask(t, base.payment)


@refused("reversal_mirrors_its_payment")
def half_a_payment_reversed(t, base):
    t.reversing_payment(base.payment, amount="-100.00")


@refused("reversal_mirrors_its_payment")
def reversed_on_another_item(t, base):
    t.reversing_payment(base.payment, item_id=base.open.items[base.b], commitment_id=base.b)


@refused("reversal_mirrors_its_payment")
def reversed_on_another_receipt(t, base):
    t.reversing_payment(base.payment, receipt_id=t.receipt(base.fund, "300.00"))


@refused("reversal_mirrors_its_payment")
def reversed_before_it_was_paid(t, base):
    t.reversing_payment(base.payment, value_date="2026-02-19")


@refused("reversal_mirrors_its_payment")
def reversed_on_a_later_day(t, base):
    t.reversing_payment(base.payment, value_date="2026-03-20")


@refused("reversal_cash_day_with_bounced_wire")
def a_bounced_wire_without_its_day(t, base):
    ask(t, base.payment, cash_on=None)


@refused("reversal_cash_day_with_bounced_wire")
def a_misposting_that_moved_cash(t, base):
    ask(t, base.payment, money_left=False)


@refused("reversal_cash_follows_its_payment")
def a_wire_that_bounces_another_year(t, base):
    ask(t, base.payment, cash_on="2190-01-01")


@refused("reversal_cash_follows_its_payment")
def a_wire_that_bounced_before_it_was_paid(t, base):
    ask(t, base.payment, cash_on="2026-02-19")


@refused("payment_positive_or_reversal")
def a_reversal_reversed(t, base):
    compensation = reverse(t, base.payment)
    t.reversing_payment(compensation)


@refused("reversal_mirrors_its_payment")
def a_reversal_reversed_once_more(t, base):
    compensation = reverse(t, base.payment)
    t.payment(base.open, base.a, "-200.00", base.receipt, reverses_id=compensation)


@refused("reversal_mirrors_its_payment")
def a_reversal_that_names_another_payment(t, base):
    other = pay(t, base, "200.00")
    t.approved_reversal(base.payment, t.reversing_payment(other))


@refused("payments_reverses_id_key", UNIQUE)
def a_payment_reversed_twice(t, base):
    reverse(t, base.payment)
    t.reversing_payment(base.payment)


@refused("payment_reversals_compensation_id_key", UNIQUE)
def one_compensation_for_two_requests(t, base):
    compensation = reverse(t, base.payment)
    t.approved_reversal(base.payment, compensation)


@refused("payment_has_its_ledger_rows")
def paid_and_reversed_in_one_statement(t, base):
    receipt = t.receipt(base.fund, "50.00")
    t.sql(
        "INSERT INTO payments (id, receipt_id, fund_id, call_id, item_id, commitment_id, amount, value_date, method, "
        "reference, recorded_by_id, reverses_id) OVERRIDING SYSTEM VALUE SELECT x.id, %s, i.fund_id, i.call_id, i.id, "
        "i.commitment_id, x.amount, '2026-02-20', 'wire', '', %s, x.reverses FROM capital_call_items i, "
        "(VALUES (900001, 50, NULL), (900002, -50, 900001)) x (id, amount, reverses) WHERE i.id = %s",
        receipt,
        t.person,
        base.open.items[base.b],
    )


@refused("reversal_approver_is_another")
def a_reversal_approved_by_who_asked(t, base):
    reverse(t, base.strict_payment, four_eyes=True)


@refused("four_eyes_as_the_fund_demands")
def a_reversal_as_if_one_person_were_enough(t, base):
    reverse(t, base.strict_payment, four_eyes=False)


@refused("payment_reversals_are_append_only")
def the_reason_of_a_reversal_changed(t, base):
    t.change("payment_reversals", ask(t, base.payment), reason="Another story")


@refused("payment_reversals_are_append_only")
def the_need_for_a_second_person_taken_off_a_reversal(t, base):
    asked = ask(t, base.strict_payment, four_eyes=True)
    t.change("payment_reversals", asked, four_eyes=False)


@refused("payment_reversals_are_append_only")
def a_rejected_reversal_approved_after_all(t, base):
    asked = ask(t, base.payment, rejected_at=AT, rejected_by_id=t.person)
    t.change("payment_reversals", asked, rejected_at=None, rejected_by_id=None)


@refused("payment_reversals_are_append_only", DENIED, role="owner")
def requests_deleted(t, base):
    t.sql("DELETE FROM payment_reversals")


def ask(t, payment, **changes):
    return t.add("payment_reversals", **{"payment_id": payment, "requested_by_id": t.person, **changes})


def reverse(t, payment, **changes):
    compensation = t.reversing_payment(payment)
    t.approved_reversal(payment, compensation, **changes)
    return compensation


# ---------------------------------------------------------------- posted stays posted


@refused("payments_are_append_only", DENIED)
def the_reference_of_a_payment_changed(t, base):
    t.change("payments", base.payment, reference="Another")


@refused("payments_are_append_only", DENIED)
def a_payment_changed_by_inserting_it_again(t, base):
    t.sql(
        "INSERT INTO payments SELECT * FROM payments WHERE id = %s ON CONFLICT (id) DO UPDATE SET reference = 'x'",
        base.payment,
    )


@refused("payments_are_append_only", DENIED, role="owner")
def payments_deleted_by_the_owner(t, base):
    t.sql("DELETE FROM payments")


@refused("receipts_are_append_only", DENIED)
def the_note_of_a_receipt_changed(t, base):
    t.change("receipts", base.receipt, note="Another")


@refused("receipt_returns_are_append_only", DENIED, role="owner")
def what_was_sent_back_deleted(t, base):
    t.sql("DELETE FROM receipt_returns")


@refused("ledger_is_append_only", DENIED, role="owner")
def the_ledger_edited_by_the_owner(t, base):
    t.sql("UPDATE capital_transactions SET amount = 0")


@refused("ledger_is_posted_by_payments", CHECK, role="owner")
def a_ledger_row_without_a_payment(t, base):
    post(t, base)


def post(t, base, **changes):
    row = {"fund_id": base.fund, "commitment_id": base.a, "type": "CONTRIBUTION", "amount": "1.00"}
    t.add("capital_transactions", **{**row, "value_date": PAID_ON, "description": "", **changes})


@refused("ledger_row_counts_once", CHECK, role="owner")
def a_ledger_row_paid_in_and_distributed(t, base):
    t.sql("ALTER TABLE capital_transactions DISABLE TRIGGER ledger_is_posted_by_payments")
    post(t, base, counts_as_paid_in=True, counts_as_distributed=True)


@refused("ledger_row_belongs_to_payment", FOREIGN, role="owner")
def a_ledger_row_of_another_partners_payment(t, base):
    t.sql("ALTER TABLE capital_transactions DISABLE TRIGGER ledger_is_posted_by_payments")
    item = {"call_item_id": base.open.item, "call_id": base.open.id}
    post(t, base, commitment_id=base.b, payment_id=base.payment, **item)


@refused("ledger_commitment_of_fund", FOREIGN, role="owner")
def a_ledger_row_of_another_funds_partner(t, base):
    t.sql("ALTER TABLE capital_transactions DISABLE TRIGGER ledger_is_posted_by_payments")
    post(t, base, commitment_id=base.c)


@refused("payment_belongs_to_item", RESTRICTED, role="owner")
def an_item_with_payments_deleted_past_the_triggers(t, base):
    for table in ("capital_call_items", "capital_call_item_lines"):
        t.sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    t.sql("DELETE FROM capital_call_item_lines WHERE item_id = %s", base.open.item)
    t.sql("DELETE FROM capital_call_items WHERE id = %s", base.open.item)


@refused("payment_receipt_of_fund", RESTRICTED, role="owner")
def a_receipt_with_payments_deleted_past_the_triggers(t, base):
    t.sql("ALTER TABLE receipts DISABLE TRIGGER USER")
    t.sql("DELETE FROM receipts WHERE id = %s", base.receipt)
