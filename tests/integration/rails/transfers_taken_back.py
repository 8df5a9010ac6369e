"""Attempts on what is taken back of which a transfer had moved a part: one whole, and what is refused."""

from decimal import Decimal

from tests.integration.rails.closings_shares import settled
from tests.integration.rails.transfers import Held, approved, asked, event, moved, moved_row, part, share
from tests.integration.rails.transfers_assumed import assumed, change
from tests.integration.rails.world import CHECK, LATER, UNIQUE, allowed, refused
from tests.support.trail import Call


def bounced(t):
    """The payment of which a third had moved came back."""
    one, transfer = moved(t)
    t.whole()
    back = t.reversing_payment(one.payment)
    t.approved_reversal(one.payment, back)
    return one, transfer, back


@allowed
def a_payment_of_which_a_part_was_transferred(t, base):
    one, transfer, back = bounced(t)
    t.settle()
    t.whole()
    found = t.sql(
        "SELECT commitment_id, called, paid, outstanding, unfunded FROM commitment_capital"
        " WHERE fund_id = %s",
        one.fund,
    )
    figures = {who: [f"{figure:.2f}" for figure in rest] for who, *rest in found.fetchall()}
    assert figures[one.p] == ["66.67", "0.00", "66.67", "66600.00"]
    assert figures[one.q] == ["33.33", "0.00", "33.33", "133300.00"]
    assert t.one("SELECT sum(held) FROM held_parts WHERE line_id = %s", one.call.lines[0]) == 100
    assert t.one(
        "SELECT sum(amount) FROM taken_parts WHERE came_back_id = %s AND commitment_id = %s", back, one.p
    ) == Decimal("33.33")
    assert (
        t.one(
            "SELECT count(*) FROM capital_transactions WHERE transfer_id = %s AND reverses_id IS NOT NULL",
            transfer,
        )
        == 2
    )


def cancelled(t, one):
    """By itself, past the services: nobody owes any of it, or holds any of it, any more."""
    off = {"status": "cancelled", "cancelled_at": LATER, "cancelled_by_id": t.person, "cancel_reason": "Off"}
    t.change("capital_calls", one.call.id, **off)
    t.settle()
    t.whole()
    assert t.one("SELECT sum(abs(held)) FROM held_parts WHERE call_id = %s", one.call.id) == 0
    owed = "SELECT sum(called) + sum(outstanding) FROM commitment_capital WHERE fund_id = %s"
    assert t.one(owed, one.fund) == 0
    assert t.one("SELECT sum(unfunded) FROM commitment_capital WHERE fund_id = %s", one.fund) == 200000


@allowed
def a_call_of_which_a_part_came_back_cancelled(t, base):
    one, *_ = bounced(t)
    t.settle()
    t.whole()
    cancelled(t, one)


@allowed
def a_call_of_which_a_part_was_assumed_cancelled(t, base):
    one, _ = assumed(t)
    t.whole()
    cancelled(t, one)


@refused("call_moves_along_its_states")
def a_call_of_which_another_holds_what_was_paid_cancelled(t, base):
    one, _ = moved(t)
    t.whole()
    cancelled(t, one)


def paid_out_moved(t, base):
    """A third of an interest moves of which a distribution was paid out, by what the database says that it comes to."""
    one = Held(base.out.fund, base.out.x, base.out.y, None, 0, 0)
    open_items = (
        "SELECT x.call_id, x.item_id, x.outstanding FROM call_item_capital x JOIN capital_calls k ON k.id = x.call_id"
        " WHERE x.commitment_id = %s AND x.outstanding > 0 AND call_is_issued(k.status) ORDER BY 1"
    )
    for call, item, owed in t.sql(open_items, one.p).fetchall():
        t.payment(Call(call, one.fund, (), {one.p: item}), one.p, owed)
    t.settle()
    transfer = asked(t, one)
    approved(t, transfer)
    third = "SELECT id, round(amount / 3, 2) FROM capital_transactions WHERE commitment_id = %s ORDER BY id"
    rows = t.sql(third, one.p).fetchall()
    for row, amount in rows:
        moved_row(t, one, transfer, amount, row_id=row)
    moved_of = "SELECT coalesce(sum(amount), 0) FROM capital_transactions WHERE transfer_id = %s AND commitment_id = %s"
    line = Held(one.fund, one.p, one.q, Call(0, one.fund, (base.out.line,), {}), 0, 0)
    amount = t.one(f"{moved_of} AND call_line_id = %s", transfer, one.q, base.out.line)
    part(t, line, transfer, one.p, -amount, "0.00")
    part(t, line, transfer, one.q, amount, "0.00")
    gave = (
        "SELECT distribution_id, -sum(amount), -coalesce(sum(amount) FILTER (WHERE recallable), 0)"
        "  FROM capital_transactions WHERE transfer_id = %s AND commitment_id = %s AND distribution_id IS NOT NULL"
        " GROUP BY 1"
    )
    gross = 0
    for distribution, amount, recallable in t.sql(gave, transfer, one.q).fetchall():
        gross += amount if distribution == base.out.sent.id else 0
        for partner, sign in ((one.p, -1), (one.q, 1)):
            figures = {"gross_amount": sign * amount, "return_of_capital": sign * amount}
            figures |= {"recallable_amount": sign * recallable, "commitment_id": partner}
            share(t, one, transfer, distribution_id=distribution, **figures)
    event(t, one, transfer, one.p, "transfer_out", "-33333.33")
    event(t, one, transfer, one.q, "transfer_in", "33333.33")
    t.whole()
    return one, transfer, gross


def returned(t, base):
    one, transfer, gross = paid_out_moved(t, base)
    back = t.reversing_payout(base.out.payout)
    t.approved_payout_reversal(base.out.payout, back)
    t.settle()
    t.change("distributions", base.out.sent.id, status="sent")
    t.whole()
    return one, transfer, gross


FIGURES = "SELECT distributed, paid_out, payable FROM commitment_distributions WHERE commitment_id = %s"


@allowed
def a_payout_of_which_a_part_was_transferred(t, base):
    one, transfer, gross = paid_out_moved(t, base)
    assert gross > 0
    before = [t.sql(FIGURES, who).fetchall() for who in (one.p, one.q)]
    back = t.reversing_payout(base.out.payout)
    t.approved_payout_reversal(base.out.payout, back)
    t.change("distributions", base.out.sent.id, status="sent")
    t.whole()
    assert (
        t.one("SELECT sum(amount) FROM capital_transactions WHERE distribution_id = %s", base.out.sent.id)
        == 0
    )
    assert t.one("SELECT payable FROM commitment_distributions WHERE commitment_id = %s", one.p) > gross
    again = t.payout(base.out.sent, one.p)
    t.whole()
    assert [t.sql(FIGURES, who).fetchall() for who in (one.p, one.q)] == before
    assert (
        t.one(
            "SELECT count(*) FROM transfer_rows w JOIN capital_transactions x ON x.id = w.row_id"
            " WHERE x.payout_id = %s AND w.transfer_id = %s",
            again,
            transfer,
        )
        > 0
    )


@refused("transfer_moves_rows_as_it_takes_effect")
def a_part_of_a_payout_moved_back_by_itself(t, base):
    one, transfer, _ = paid_out_moved(t, base)
    more = t.payout(base.out.sent, one.q)
    back = t.reversing_payout(more)
    t.approved_payout_reversal(more, back)
    row = t.one("SELECT min(id) FROM capital_transactions WHERE payout_id = %s", back)
    moved_row(t, one, transfer, "1.00", row_id=row)


@refused("distribution_that_moved_stays")
def a_distribution_of_which_parts_moved_cancelled(t, base):
    returned(t, base)
    off = {"status": "cancelled", "cancelled_at": LATER, "cancelled_by_id": t.person, "cancel_reason": "Off"}
    t.change("distributions", base.out.sent.id, **off)


@refused("moved_rows_are_not_taken_back")
def a_payout_that_a_later_closing_shared_anew(t, base):
    _, out, who, *_ = settled(t)
    t.reversing_payout(
        t.one("SELECT id FROM payouts WHERE distribution_id = %s AND commitment_id = %s", out.id, who["p"])
    )


@refused("transfer_moves_rows_as_it_takes_effect")
def a_row_moved_back_by_itself(t, base):
    one, transfer = moved(t)
    t.whole()
    more = t.payment(t.call(one.fund, {one.p: ["50.00"]}), one.p, "50.00")
    back = t.reversing_payment(more)
    t.approved_reversal(more, back)
    row = t.one("SELECT id FROM capital_transactions WHERE payment_id = %s", back)
    moved_row(t, one, transfer, "-1.00", row_id=row)


@refused("transfer_moves_rows_as_it_takes_effect")
def a_part_taken_back_by_itself(t, base):
    one, transfer = moved(t)
    t.whole()
    part(t, one, transfer, one.p, "1.00", "0.00", came_back_id=one.payment)


@refused("one_taken_part_per_taking_back_and_line", UNIQUE, role="owner")
def a_part_taken_back_twice(t, base):
    t.sql("ALTER TABLE taken_parts DISABLE TRIGGER USER")
    one, transfer, back = bounced(t)
    part(t, one, transfer, one.p, "1.00", "0.00", came_back_id=back)


@refused("weights_stay_moved", CHECK, role="owner")
def a_weight_that_comes_back(t, base):
    t.sql("ALTER TABLE taken_parts DISABLE TRIGGER USER")
    one, transfer = moved(t)
    part(t, one, transfer, one.p, "1.00", "1.00", came_back_id=one.payment)


@refused("line_changes_are_posted_by_decisions")
def more_owed_since_a_payment_came_back_by_itself(t, base):
    one, transfer = moved(t)
    t.whole()
    change(t, one, transfer, came_back_id=one.payment)


@refused("one_change_per_taking_back_and_part", UNIQUE, role="owner")
def what_came_back_owed_twice(t, base):
    t.sql("ALTER TABLE line_changes DISABLE TRIGGER USER")
    one, transfer, back = bounced(t)
    change(t, one, transfer, came_back_id=back)


@refused("what_is_taken_back_had_moved", CHECK, role="owner")
def what_came_back_without_a_transfer(t, base):
    t.sql("ALTER TABLE line_changes DISABLE TRIGGER USER")
    one, _, back = bounced(t)
    change(t, one, None, came_back_id=back, closing_id=1)
