"""Two sessions with psql, each blind to what the other has not committed: the rails' locks make the second one see.

Each story is told twice: with the locks, where the sums hold, and with the locks taken out of the functions, where the
same two sessions must get past them. A test that could not see the fault would prove nothing.
"""

from functools import partial

import pytest

from tests.support import app_connection, flush
from tests.support.opened import open_raw
from tests.support.race import Gate, failures, raw, together, without_locks
from tests.support.trail import AT, CALLED_ON, Trail

CHECKS = ("check_call_status", "check_allocation_state", "settle_states", "states_to_move")


@pytest.fixture
def rows(django_db_setup):
    yield from told()


def told():
    with app_connection() as connection:
        yield Trail(connection)
    flush()


def two_sessions(first, second):
    """Each writes, lets its deferred rails speak, meets the other, and commits. What each met with."""
    gate = Gate(2)

    def session(doing, connection):
        doing(connection)
        connection.execute("SELECT settle_states()")
        connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        gate.meet()
        connection.commit()

    return failures(together([raw(partial(session, first)), raw(partial(session, second))]))


def names(errors) -> list[str]:
    return [error.diag.constraint_name for error in errors]


def as_person(t, doing):
    """Something done by the story's person on a session's own connection."""
    return opened(lambda connection: doing(Trail(connection, t.person)))


def opened(doing):
    def run(connection):
        open_raw(connection)
        doing(connection)

    return run


# ---------------------------------------------------------------- limits


def two_payments_of_one_item(t):
    fund = t.fund()
    a = t.commitment(fund)
    call = t.call(fund, {a: ["100.00"]})
    t.settle()
    t.connection.commit()
    errors = two_sessions(*[as_person(t, lambda s: s.payment(call, a, "60.00"))] * 2)
    return errors, t.one("SELECT paid FROM call_item_capital WHERE item_id = %s", call.item)


def test_one_item_is_paid_by_one(rows):
    errors, paid = two_payments_of_one_item(rows)
    assert (names(errors), paid) == (["payment_within_item"], 60)


def test_without_the_lock_it_is_over_paid(rows):
    with without_locks("post_payments"):
        assert two_payments_of_one_item(rows) == ([], 120)


def two_payments_of_one_receipt(t):
    fund = t.fund()
    a, b = t.commitment(fund), t.commitment(fund)
    call = t.call(fund, {a: ["100.00"], b: ["100.00"]})
    receipt = t.receipt(fund, "100.00")
    t.settle()
    t.connection.commit()
    apply = [as_person(t, lambda s, one=one: s.payment(call, one, "60.00", receipt)) for one in (a, b)]
    return two_sessions(*apply), t.one("SELECT unapplied FROM receipt_capital WHERE receipt_id = %s", receipt)


def test_one_receipt_is_applied_once(rows):
    errors, left = two_payments_of_one_receipt(rows)
    assert (names(errors), left) == (["payments_within_receipt"], 40)


def test_without_the_lock_it_is_applied_twice(rows):
    with without_locks("post_payments", *CHECKS):
        errors, left = two_payments_of_one_receipt(rows)
        assert (errors, left) == ([], -20)


def two_returns_of_one_receipt(t):
    fund = t.fund()
    receipt = t.receipt(fund, "100.00")
    t.connection.commit()
    row = {"receipt_id": receipt, "fund_id": fund, "recorded_by_id": t.person, "amount": "60.00"}
    errors = two_sessions(*[as_person(t, lambda s: s.add("receipt_returns", **row))] * 2)
    return errors, t.one("SELECT unapplied FROM receipt_capital WHERE receipt_id = %s", receipt)


def test_cash_is_sent_back_once(rows):
    errors, left = two_returns_of_one_receipt(rows)
    assert (names(errors), left) == (["payments_within_receipt"], 40)


def test_without_the_lock_it_is_sent_back_twice(rows):
    with without_locks("receipts_were_returned"):
        assert two_returns_of_one_receipt(rows) == ([], -20)


def two_calls_on_one_deal(t):
    fund = t.fund()
    a, b = t.commitment(fund), t.commitment(fund)
    allocation = t.allocation(fund, "100.00")
    t.connection.commit()
    numbered = enumerate((a, b), start=1)
    calls = [as_person(t, partial(call_on, fund, one, allocation, number)) for number, one in numbered]
    return two_sessions(*calls), t.one(
        "SELECT uncalled FROM allocation_capital WHERE allocation_id = %s", allocation
    )


def call_on(fund, partner, allocation, number, session):
    """Under a number of its own: the unique constraints on numbers are not what is tried here."""
    call = session.bare_call(fund, number=number, total_amount="60.00")
    line = session.line(call, fund, "60.00", allocation, seq_no=number)
    session.item(call, fund, partner, ["60.00"], [line])


def test_a_deal_is_not_over_called(rows):
    errors, uncalled = two_calls_on_one_deal(rows)
    assert (names(errors), uncalled) == (["lines_within_allocation"], 40)


def test_without_the_lock_it_is_over_called(rows):
    with without_locks("guard_allocations", *CHECKS):
        assert two_calls_on_one_deal(rows) == ([], -20)


def two_calls_of_one_partner(t):
    fund = t.fund()
    a = t.commitment(fund, "100.00")
    t.connection.commit()
    calls = [as_person(t, partial(call_on, fund, a, None, number)) for number in (1, 2)]
    return two_sessions(*calls), t.one("SELECT unfunded FROM commitment_capital WHERE commitment_id = %s", a)


@pytest.fixture
def without_seq_no(monkeypatch):
    """These lines draw on no deal."""
    monkeypatch.setattr(
        Trail, "line", lambda t, call, fund, amount, *_, **__: plain_line(t, call, fund, amount)
    )


def plain_line(t, call, fund, amount):
    return t.add("capital_call_lines", call_id=call, fund_id=fund, amount=amount)


def test_a_partner_is_not_called_beyond_its_commitment(rows, without_seq_no):
    errors, unfunded = two_calls_of_one_partner(rows)
    assert (names(errors), unfunded) == (["items_within_unfunded"], 40)


def test_without_the_lock_it_is(rows, without_seq_no):
    with without_locks("guard_commitments"):
        assert two_calls_of_one_partner(rows) == ([], -20)


def a_call_against_a_lowered_commitment(t):
    fund = t.fund()
    a = t.commitment(fund, "100.00")
    draft = t.call(fund, {a: ["60.00"]}, status="draft")
    people = {"submitted_at": AT, "submitted_by_id": t.person}
    change(t, draft, status="pending_approval", **people)
    t.connection.commit()
    issue = as_person(t, lambda s: change(s, draft, status="sent", approved_at=AT, approved_by_id=t.person))
    lowered = {"kind": "default_reduction", "reason": "Did not pay", "effective_on": CALLED_ON}
    lower = as_person(t, lambda s: s.promised(a, fund, "-50.00", **lowered))
    return two_sessions(issue, lower), t.one(
        "SELECT unfunded FROM commitment_capital WHERE commitment_id = %s", a
    )


def change(t, call, **values):
    open_raw(t.connection)
    columns = ", ".join(f"{column} = %s" for column in values)
    t.connection.execute(f"UPDATE capital_calls SET {columns} WHERE id = %s", [*values.values(), call.id])


def test_a_commitment_is_not_lowered_under_a_call(rows):
    errors, unfunded = a_call_against_a_lowered_commitment(rows)
    assert names(errors) == ["items_within_unfunded"]
    assert unfunded in (50, 40), "either the call or the lower commitment stands"


def test_without_the_lock_it_is_lowered(rows):
    with without_locks("guard_commitments"):
        assert a_call_against_a_lowered_commitment(rows) == ([], -10)


# ---------------------------------------------------------------- states


def two_last_payments(t):
    """One third is paid; both sessions find the call partially funded, and leave it so."""
    fund = t.fund()
    partners = [t.commitment(fund) for _ in range(3)]
    allocation = t.allocation(fund, "30.00")
    call = t.call(fund, {one: ["10.00"] for one in partners}, [allocation])
    t.payment(call, partners[0], "10.00")
    t.settle()
    t.connection.commit()
    pay = [as_person(t, lambda s, one=one: s.payment(call, one, "10.00")) for one in partners[1:]]
    return two_sessions(*pay), t.one("SELECT status FROM capital_calls WHERE id = %s", call.id)


def test_the_last_payment_funds_the_call(rows):
    assert two_last_payments(rows) == ([], "fully_funded")


def test_without_the_lock_both_leave_it_partially_funded(rows):
    with without_locks(*CHECKS):
        assert two_last_payments(rows) == ([], "partially_funded")


def a_reversal_against_a_payment(t):
    """One takes the only payment back while another partner pays."""
    fund = t.fund()
    a, b = t.commitment(fund), t.commitment(fund)
    call = t.call(fund, {a: ["10.00"], b: ["10.00"]})
    paid = t.payment(call, a, "10.00")
    t.settle()
    t.connection.commit()
    reverse = as_person(t, lambda s: s.approved_reversal(paid, s.reversing_payment(paid)))
    errors = two_sessions(reverse, as_person(t, lambda s: s.payment(call, b, "5.00")))
    return errors, t.one("SELECT status FROM capital_calls WHERE id = %s", call.id)


def test_a_payment_beside_a_reversal_leaves_the_call_partially_funded(rows):
    assert a_reversal_against_a_payment(rows) == ([], "partially_funded")


def test_without_the_lock_the_call_looks_unpaid(rows):
    with without_locks(*CHECKS):
        assert a_reversal_against_a_payment(rows) == ([], "sent")


# ---------------------------------------------------------------- drafts


def an_edit_against_an_issue(t):
    """One moves amounts between the partners of a draft while the other issues it."""
    fund = t.fund()
    a, b = t.commitment(fund, "100.00"), t.commitment(fund, "100.00")
    draft = t.call(fund, {a: ["90.00"], b: ["90.00"]}, status="draft")
    t.connection.commit()
    amount = "CASE commitment_id WHEN %s THEN 150 ELSE 30 END"

    def edit(connection):
        for table in ("capital_call_items", "capital_call_item_lines"):
            connection.execute(f"UPDATE {table} SET amount = {amount} WHERE call_id = %s", [a, draft.id])

    def issue(s):
        change(s, draft, status="pending_approval", submitted_at=AT, submitted_by_id=t.person)
        change(s, draft, status="sent", approved_at=AT, approved_by_id=t.person)

    errors = two_sessions(opened(edit), as_person(t, issue))
    return errors, t.one("SELECT unfunded FROM commitment_capital WHERE commitment_id = %s", a)


def test_what_is_issued_is_what_was_read(rows):
    errors, unfunded = an_edit_against_an_issue(rows)
    assert len(errors) == 1
    assert set(names(errors)) <= {"submitted_call_is_fixed", "items_within_unfunded"}
    assert unfunded >= 0


def test_without_the_lock_a_partner_is_called_for_more_than_it_promised(rows):
    with without_locks(
        "guard_submission_part", "submission_parts_were_written", "check_call_sums", "check_call_status"
    ):
        assert an_edit_against_an_issue(rows) == ([], -50)
