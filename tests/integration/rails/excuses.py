"""Attempts on excuses from a call that was issued. Partner a of the plain fund was called 450.00 for a deal, and paid
150.00 of it; b as much, and paid nothing."""

from tests.integration.rails.world import CHECK, DENIED, FOREIGN, UNIQUE, allowed, decided, refused
from tests.support.trail import CALLED_ON, PAID_ON

LATER = "2026-03-02 12:00+00"


def excuse(t, base, amount="450.00", *, of=None, line=None, **values):
    call, partner = of or (base.open, base.a)
    keys = {
        "fund_id": call.fund,
        "call_id": call.id,
        "line_id": line or call.lines[-1],
        "item_id": call.items[partner],
        "commitment_id": partner,
    }
    decided = {"recorded_at": LATER, "recorded_by_id": t.person}
    decided |= {"approved_at": LATER, "approved_by_id": t.person, "four_eyes": False}
    row = {"amount": amount, "limit": "0.5", "effective_on": PAID_ON, "reason": "Policy"}
    return t.add("excuses", **{**keys, **row, **decided, **values})


def waiting(t, base, **values):
    return excuse(t, base, approved_at=None, approved_by_id=None, **values)


def change(t, base, excuse_id, amount, *, partner=None, basis="pro_rata", **values):
    partner = partner or base.a
    keys = {
        "excuse_id": excuse_id,
        "fund_id": base.fund,
        "call_id": base.open.id,
        "line_id": base.open.lines[-1],
        "item_id": base.open.items[partner],
        "commitment_id": partner,
        "allocation_id": base.allocation,
        "reduces_unfunded": True,
    }
    row = {"amount": amount, "changes_held": True, "weight": "1.00", "basis": basis}
    day = {"effective_on": PAID_ON, "recorded_at": LATER}
    return t.add("line_changes", **{**keys, **row, **day, **values})


def freed(t, base, excuse_id, amount="-150.00", **values):
    return t.payment(
        base.open,
        base.a,
        amount,
        base.receipt,
        **{"excuse_id": excuse_id, "value_date": PAID_ON, "recorded_at": LATER, **values},
    )


def whole(t, base, *, asked="225.00", free="-150.00"):
    """An excuse with what belongs to it: a owes nothing of the line, b what it may be asked for."""
    excused = excuse(t, base)
    change(t, base, excused, "-450.00", basis="excused")
    change(t, base, excused, asked, partner=base.b)
    if free:
        freed(t, base, excused, free)
    t.settle()
    return excused


def follow_on(t, base, **values):
    """A further call of the deal, by which a is asked for a part."""
    return t.call(base.fund, {base.a: ["10.00"], base.b: ["10.00"]}, [base.allocation], **values)


@refused("excused_partners_are_not_asked")
def a_follow_on_asked_of_who_was_excused_since(t, base):
    whole(t, base)
    follow_on(t, base)
    t.settle()
    t.whole()


@refused("excused_partners_are_not_asked")
def a_draft_issued_that_asks_who_was_excused_since(t, base):
    draft = follow_on(t, base, status="draft")
    whole(t, base)
    people = {"submitted_at": LATER, "submitted_by_id": t.person}
    t.change("capital_calls", draft.id, status="pending_approval", **people)
    people = {"approved_at": LATER, "approved_by_id": t.person}
    t.change("capital_calls", draft.id, status="sent", **people)
    t.settle()
    t.whole()


@allowed
def a_follow_on_that_says_why(t, base):
    draft = follow_on(t, base, status="draft")
    t.sql(
        "UPDATE capital_call_item_lines SET included_reason = 'New policy' WHERE item_id = %s",
        draft.items[base.a],
    )
    whole(t, base)
    people = {"submitted_at": LATER, "submitted_by_id": t.person}
    t.change("capital_calls", draft.id, status="pending_approval", **people)
    people = {"approved_at": LATER, "approved_by_id": t.person}
    t.change("capital_calls", draft.id, status="sent", **people)
    t.settle()
    t.whole()


@refused("excuse_moves_what_it_says")
def an_excuse_that_changes_nothing(t, base):
    excuse(t, base)


@refused("excuse_moves_what_it_says")
def an_excuse_from_more_than_it_takes_off(t, base):
    excused = excuse(t, base)
    change(t, base, excused, "-449.99")


@refused("excuse_moves_what_it_says")
def an_excuse_that_asks_for_more_than_it_leaves(t, base):
    excused = excuse(t, base, "100.00")
    change(t, base, excused, "-100.00")
    change(t, base, excused, "100.01", partner=base.b)


@refused("excuse_moves_what_it_says")
def an_excuse_from_more_than_is_held(t, base):
    excused = excuse(t, base, "450.01")
    change(t, base, excused, "-450.01")


@refused("excuse_within_its_limit")
def another_asked_for_more_than_the_limit(t, base):
    whole(t, base, asked="225.01")


@refused("excuse_frees_what_was_paid")
def what_was_paid_too_much_that_stays(t, base):
    whole(t, base, free=None)


@refused("payment_within_item")
def less_freed_than_was_paid_too_much(t, base):
    whole(t, base, free="-149.99")


@refused("excuse_frees_what_was_paid")
def more_freed_than_was_paid_too_much(t, base):
    excused = excuse(t, base, "310.00")
    change(t, base, excused, "-310.00")
    freed(t, base, excused, "-10.01")


@refused("excuse_frees_nothing_returned")
def cash_freed_that_a_distribution_returned(t, base):
    stands = (
        "reverses_id IS NULL AND NOT EXISTS (SELECT FROM capital_transactions r WHERE r.reverses_id = t.id)"
    )
    capital = f"commitment_id = %s AND counts_as_paid_in AND call_line_id IS NOT NULL AND {stands}"
    paid = t.one(f"SELECT sum(amount) FROM capital_transactions t WHERE {capital}", base.a)
    t.distribution(t.terms(base.fund), {base.a: {"return_of_capital": paid}})
    t.whole()
    whole(t, base)


@refused("payment_is_freed_by_its_excuse")
def cash_freed_of_a_receipt_that_paid_nothing_here(t, base):
    excused = excuse(t, base)
    change(t, base, excused, "-450.00", basis="excused")
    t.payment(
        base.open, base.a, "-150.00", t.receipt(base.fund, "150.00"), excuse_id=excused, value_date=PAID_ON
    )


@refused("payment_is_freed_by_its_excuse")
def cash_freed_on_another_day(t, base):
    freed(t, base, excuse(t, base), value_date=CALLED_ON)


@refused("payment_is_freed_by_its_excuse")
def cash_freed_by_an_excuse_that_waits(t, base):
    freed(t, base, waiting(t, base))


@refused("payment_is_freed_by_its_excuse")
def a_payment_taken_back_that_was_freed(t, base):
    receipt = t.receipt(base.fund, "100.00")
    payment = t.payment(base.open, base.a, "100.00", receipt)
    excused = excuse(t, base, "300.00")
    change(t, base, excused, "-300.00")
    freed(t, base, excused, "-100.00", receipt_id=receipt)
    t.reversing_payment(payment)


@refused("payment_positive_or_reversal")
def money_that_an_excuse_brings(t, base):
    freed(t, base, excuse(t, base), "150.00")


@refused("payment_belongs_to_excuse", FOREIGN)
def cash_freed_by_no_excuse(t, base):
    freed(t, base, 0)


@refused("allocation_state_is_its_amounts")
def an_excuse_that_moves_a_deal_that_keeps_its_state(t, base):
    excused = excuse(t, base)
    change(t, base, excused, "-450.00", basis="excused")
    freed(t, base, excused)


@refused("items_within_unfunded")
def another_asked_for_more_than_is_unfunded(t, base):
    day = {"effective_on": PAID_ON, "recorded_at": LATER, "approved_at": LATER}
    t.promised(
        base.b, base.fund, "-99150.00", kind="released", changes_commitment=False, reason="No more", **day
    )
    whole(t, base)


@refused("excuse_from_an_investment")
def an_excuse_from_a_fee(t, base):
    excuse(t, base, "50.00", line=base.open.lines[0])


@refused("excuse_from_an_investment")
def an_excuse_from_a_draft(t, base):
    excuse(t, base, "250.00", of=(base.draft, base.a))


@refused("excuse_from_an_investment")
def an_excuse_from_before_the_call(t, base):
    waiting(t, base, effective_on="2026-02-01")


@refused("excuse_of_what_is_owed")
def an_excuse_from_what_was_waived(t, base):
    t.change("funds", base.fund, residual_limit="300.00")
    row = {
        "kind": "waived",
        "amount": "300.00",
        "effective_on": PAID_ON,
        "reason": "Charges",
        "four_eyes": False,
    }
    keys = {"fund_id": base.fund, "call_id": base.open.id, "item_id": base.open.items[base.a]}
    who = {"recorded_at": LATER, "recorded_by_id": t.person, "approved_at": LATER, "approved_by_id": t.person}
    t.add("residual_settlements", commitment_id=base.a, **keys, **row, **who)
    excuse(t, base, "150.00")


@refused("line_changes_are_posted_by_decisions")
def a_change_by_an_excuse_that_waits(t, base):
    change(t, base, waiting(t, base), "-450.00")


@refused("line_changes_are_posted_by_decisions")
def a_waiver_posted_by_hand(t, base):
    row = {
        "kind": "waived",
        "amount": "300.00",
        "effective_on": PAID_ON,
        "reason": "Charges",
        "four_eyes": False,
    }
    keys = {"fund_id": base.fund, "call_id": base.open.id, "item_id": base.open.items[base.a]}
    asked = t.add(
        "residual_settlements",
        commitment_id=base.a,
        recorded_at=LATER,
        recorded_by_id=t.person,
        **keys,
        **row,
    )
    values = {"settlement_id": asked, "changes_held": False, "weight": None}
    change(t, base, None, "-300.00", basis=None, **values)


@refused("line_change_is_its_excuse")
def a_change_from_another_day(t, base):
    change(t, base, excuse(t, base), "-450.00", effective_on=CALLED_ON)


@refused("line_change_has_one_origin")
def a_change_of_an_excuse_that_only_forgives(t, base):
    change(t, base, excuse(t, base), "-450.00", changes_held=False)


@refused("line_changes_basis_known")
def a_change_on_no_known_basis(t, base):
    change(t, base, excuse(t, base), "-450.00", basis="guessed")


@refused("line_change_changes_something")
def a_change_by_nothing(t, base):
    change(t, base, excuse(t, base), "0.00")


@refused("line_change_belongs_to_excuse", FOREIGN)
def a_change_of_a_line_that_the_excuse_is_not_from(t, base):
    excused = excuse(t, base)
    change(t, base, excused, "-50.00", line_id=base.open.lines[0], allocation_id=None)


@refused("line_change_belongs_to_item", FOREIGN)
def a_change_for_another_partner(t, base):
    change(t, base, excuse(t, base), "-450.00", commitment_id=base.b)


@refused("line_change_belongs_to_part", FOREIGN)
def a_change_of_a_part_that_is_not_there(t, base):
    call = t.bare_call(base.fund, total_amount="2.00")
    lines = [t.line(call, base.fund, "1.00", base.allocation, position=place) for place in (1, 2)]
    whole_item = t.item(call, base.fund, base.a, ["0.50", "1.00"], lines)
    item = t.item(call, base.fund, base.b, ["0.50"], lines[:1])
    excused = excuse(
        t, base, "1.00", call_id=call, line_id=lines[1], item_id=whole_item, effective_on=PAID_ON
    )
    keys = {"call_id": call, "line_id": lines[1], "item_id": item, "commitment_id": base.b}
    change(t, base, excused, "-1.00", **keys)


@refused("one_change_per_excuse_and_item", UNIQUE)
def a_part_changed_twice_by_one_excuse(t, base):
    excused = excuse(t, base)
    change(t, base, excused, "-400.00")
    change(t, base, excused, "-50.00")


@refused("one_excuse_waits_per_call", UNIQUE)
def two_excuses_that_wait(t, base):
    waiting(t, base)
    waiting(t, base, of=(base.open, base.b))


@refused("excuse_belongs_to_item", FOREIGN)
def an_excuse_of_another_partner(t, base):
    waiting(t, base, commitment_id=base.b)


@refused("excuse_belongs_to_part", FOREIGN)
def an_excuse_from_another_calls_line(t, base):
    waiting(t, base, line=base.unpaid.lines[0])


@refused("excuse_positive")
def an_excuse_from_nothing(t, base):
    waiting(t, base, amount="0.00")


@refused("excuse_limit_is_a_share")
def a_limit_above_everything(t, base):
    waiting(t, base, limit="1.0001")


@refused("excuse_has_reason")
def an_excuse_without_a_reason(t, base):
    waiting(t, base, reason="")


decided("excuse", "an_excuse", excuse, LATER)


@refused("excuse_approver_is_another")
def an_excuse_approved_by_who_asked(t, base):
    keys = t.one(
        "SELECT p.call_id, p.item_id, p.commitment_id, l.id FROM payments p JOIN capital_call_lines l"
        " ON l.call_id = p.call_id WHERE p.id = %s",
        base.strict_payment,
    )
    row = dict(zip(("call_id", "item_id", "commitment_id", "line_id"), keys, strict=True))
    excuse(t, base, "100.00", fund_id=base.strict, four_eyes=True, **row)


@refused("four_eyes_as_the_fund_demands")
def an_excuse_with_a_rule_of_its_own(t, base):
    excuse(t, base, four_eyes=True, approved_by_id=base.second)


@refused("dated_row_not_ahead")
def an_excuse_that_lies_ahead(t, base):
    waiting(t, base, effective_on="2026-03-04")


@refused("amount_fits_its_currency", CHECK)
def an_excuse_finer_than_its_currency(t, base):
    waiting(t, base, amount="0.001")


@refused("dated_rows_are_append_only")
def an_excuse_changed_afterwards(t, base):
    t.change("excuses", waiting(t, base), reason="Another")


@refused("dated_rows_are_append_only", DENIED, role="owner")
def a_change_deleted(t, base):
    whole(t, base)
    t.sql("DELETE FROM line_changes")
