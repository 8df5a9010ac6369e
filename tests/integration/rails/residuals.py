"""Attempts on what is settled of a residual. Partner a of the plain fund owes 300.00 after a payment of 200.00."""

from tests.integration.rails.world import CHECK, FOREIGN, UNIQUE, decided, refused
from tests.support.trail import CALLED_ON, PAID_ON

LATER = "2026-03-02 12:00+00"


def settle(t, base, amount="300.00", *, limit="300.00", of=None, **values):
    t.change("funds", base.fund, residual_limit=limit)
    call, partner = of or (base.open, base.a)
    keys = {
        "fund_id": call.fund,
        "call_id": call.id,
        "item_id": call.items[partner],
        "commitment_id": partner,
    }
    decided = {"recorded_at": LATER, "recorded_by_id": t.person}
    decided |= {"approved_at": LATER, "approved_by_id": t.person, "four_eyes": False}
    row = {"kind": "waived", "amount": amount, "effective_on": PAID_ON, "reason": "Bank charges"}
    return t.add("residual_settlements", **{**keys, **row, **decided, **values})


def expense(t, base):
    """Charged to expenses, and the states settled."""
    settlement = settle(t, base, kind="expensed")
    t.settle()
    return settlement


def waive_by_hand(t, base, *, of_another=False, **values):
    """As an administrator who took the trigger away."""
    settlement = settle(t, base, approved_at=None, approved_by_id=None)
    t.sql("ALTER TABLE line_changes DISABLE TRIGGER USER")
    row = {
        "settlement_id": settlement,
        "fund_id": base.fund,
        "call_id": base.open.id,
        "item_id": base.open.items[base.b if of_another else base.a],
        "commitment_id": base.b if of_another else base.a,
        "line_id": base.open.lines[0],
        "reduces_unfunded": True,
        "amount": "-1.00",
        "changes_held": False,
        "effective_on": PAID_ON,
        "recorded_at": LATER,
    }
    t.add("line_changes", **{**row, **values})


@refused("fund_residual_limit_not_negative")
def a_limit_below_zero(t, base):
    t.change("funds", base.fund, residual_limit="-0.01")


@refused("fund_looked_at_above_not_negative")
def looking_twice_above_less_than_nothing(t, base):
    t.change("funds", base.fund, looked_at_above="-0.01")


@refused("amount_fits_its_currency")
def a_limit_finer_than_its_currency(t, base):
    t.change("funds", base.fund, residual_limit="0.001")


@refused("amount_fits_its_currency")
def looking_twice_above_what_its_currency_has_not(t, base):
    t.change("funds", base.fund, looked_at_above="0.001")


@refused("residual_within_the_limit")
def more_than_the_limit(t, base):
    settle(t, base, limit="299.99")


@refused("residual_is_settled_whole")
def a_part_of_the_residual(t, base):
    settle(t, base, "299.99")


@refused("residual_is_settled_whole")
def what_nobody_began_to_pay(t, base):
    settle(t, base, "500.00", limit="500.00", of=(base.open, base.b))


@refused("residual_follows_its_payments")
def before_the_last_payment(t, base):
    settle(t, base, effective_on=CALLED_ON)


@refused("dated_row_not_ahead")
def a_settlement_that_lies_ahead(t, base):
    settle(t, base, effective_on="2026-03-04")


@refused("one_residual_waits_per_item", UNIQUE)
def a_residual_that_waits_twice(t, base):
    settle(t, base, approved_at=None, approved_by_id=None)
    settle(t, base, approved_at=None, approved_by_id=None, kind="carried")


@refused("residual_is_settled_whole")
def a_residual_settled_twice(t, base):
    settle(t, base)
    settle(t, base)


@refused("residual_carried_once")
def a_residual_carried_twice(t, base):
    settle(t, base, kind="carried")
    settle(t, base, kind="carried")


@refused("expensed_payment_is_its_settlement")
def a_payment_without_a_receipt_before_its_settlement_is_approved(t, base):
    asked = settle(t, base, kind="expensed", approved_at=None, approved_by_id=None)
    t.payment(base.open, base.a, "300.00", receipt_id=None, settlement_id=asked)


@refused("payment_by_receipt_or_settlement")
def a_payment_by_a_settlement_and_a_receipt(t, base):
    asked = settle(t, base, kind="expensed", approved_at=None, approved_by_id=None)
    t.payment(base.open, base.a, "300.00", settlement_id=asked)


@refused("payment_belongs_to_settlement", FOREIGN)
def a_payment_by_the_settlement_of_another_partner(t, base):
    asked = settle(t, base, kind="expensed", approved_at=None, approved_by_id=None)
    t.payment(base.open, base.b, "300.00", receipt_id=None, settlement_id=asked)


@refused("expensed_payment_moved_no_cash")
def what_was_charged_to_expenses_that_left_again(t, base):
    settlement = expense(t, base)
    payment = t.one("SELECT id FROM payments WHERE settlement_id = %s", settlement)
    t.add("payment_reversals", payment_id=payment, requested_by_id=t.person, reason="No")


@refused("payment_within_item")
def a_payment_of_what_was_waived(t, base):
    settle(t, base)
    t.settle()
    t.payment(base.open, base.a, "0.01")


@refused("call_status_is_what_was_paid")
def a_call_completed_by_a_waiver_that_keeps_its_state(t, base):
    t.payment(base.open, base.b, "500.00")
    t.settle()
    settle(t, base)


@refused("residual_belongs_to_item", FOREIGN)
def a_settlement_for_another_partner(t, base):
    settle(t, base, commitment_id=base.b)


@refused("residual_kind_known")
def a_kind_of_its_own(t, base):
    settle(t, base, kind="forgot")


@refused("residual_positive")
def a_residual_of_nothing(t, base):
    settle(t, base, "0.00")


@refused("residual_has_reason")
def a_settlement_without_a_reason(t, base):
    settle(t, base, reason="")


decided("residual", "a_settlement", settle, LATER)


@refused("residual_approver_is_another")
def a_settlement_approved_by_who_asked(t, base):
    row = "call_id", "item_id", "commitment_id"
    keys = t.one(f"SELECT {', '.join(row)} FROM payments WHERE id = %s", base.strict_payment)
    settle(t, base, fund_id=base.strict, four_eyes=True, **dict(zip(row, keys, strict=True)))


@refused("four_eyes_as_the_fund_demands")
def a_settlement_with_a_rule_of_its_own(t, base):
    settle(t, base, four_eyes=True, approved_by_id=base.second)


@refused("dated_rows_are_append_only")
def a_settlement_changed_afterwards(t, base):
    t.change("residual_settlements", settle(t, base), reason="Another")


@refused("line_change_belongs_to_settlement", FOREIGN, role="owner")
def a_part_waived_for_another_partner(t, base):
    waive_by_hand(t, base, of_another=True)


@refused("line_change_belongs_to_line", FOREIGN, role="owner")
def a_part_that_counts_otherwise_than_its_line(t, base):
    waive_by_hand(t, base, reduces_unfunded=False)


@refused("line_change_changes_something", CHECK, role="owner")
def a_part_waived_by_nothing(t, base):
    waive_by_hand(t, base, amount="0.00")


@refused("line_change_has_one_origin", CHECK, role="owner")
def a_part_waived_below_zero(t, base):
    waive_by_hand(t, base, amount="1.00")


@refused("one_waiver_per_line", UNIQUE, role="owner")
def a_line_waived_twice(t, base):
    t.sql("ALTER TABLE line_changes DISABLE TRIGGER USER")
    settlement = settle(t, base)
    columns = "settlement_id, fund_id, call_id, item_id, line_id, commitment_id, reduces_unfunded, amount, changes_held"
    columns += ", effective_on, recorded_at"
    t.sql(
        f"INSERT INTO line_changes ({columns}) SELECT {columns} FROM line_changes WHERE settlement_id = %s",
        settlement,
    )
