"""Attempts on what is owed of calls and assumed with an interest: one whole, and what is refused."""

from decimal import Decimal

from tests.integration.rails.transfers import (
    MOVED_AT,
    Held,
    approved,
    asked,
    event,
    moved,
    moved_row,
    part,
    share,
)
from tests.integration.rails.world import CHECK, DENIED, FOREIGN, LATER, UNIQUE, allowed, refused
from tests.support.trail import Call
from tests.support.trail_out import PAID_OUT_ON

MOVED_AT_LAST = "2026-07-02 12:00+00"


def owing(t, **values) -> Held:
    """A fund of two partners, of whom p was called 60.00 and 30.00 on two lines and paid nothing; q was not called."""
    fund = t.fund()
    p, q = t.commitment(fund), t.commitment(fund)
    call = t.call(fund, {p: ["60.00", "30.00"]}, [None, None], **values)
    t.settle()
    t.whole()
    return Held(fund, p, q, call, 0, 0)


def takes(t, one, transfer, line=0, owed="60.00", amount="20.00", **values) -> int:
    row = {"transfer_id": transfer, "fund_id": one.fund, "call_id": one.call.id, "item_id": one.call.item}
    row |= {"line_id": one.call.lines[line], "commitment_id": one.p, "owed": owed, "amount": amount}
    return t.add("assumed_parts", **{**row, **values})


def assumed(t, one=None, *, first="20.00", second="10.00", open_items="assumed"):
    """A third of p's interest moves to q with what it owes, whole but for what is said."""
    one = one or owing(t)
    transfer = asked(t, one, open_items=open_items)
    approved(t, transfer)
    for line, owed, amount in ((0, "60.00", first), (1, "30.00", second)):
        if amount is not None:
            takes(t, one, transfer, line, owed, amount)
        of_line = {"line_id": one.call.lines[line]}
        part(t, one, transfer, one.p, "0.00", "-33333.33", **of_line)
        part(t, one, transfer, one.q, "0.00", "33333.33", **of_line)
    event(t, one, transfer, one.p, "transfer_out", "-33333.33")
    event(t, one, transfer, one.q, "transfer_in", "33333.33")
    return one, transfer


@allowed
def what_is_owed_is_assumed_whole(t, base):
    one, _ = assumed(t)
    t.whole()
    found = t.sql(
        "SELECT commitment_id, called, outstanding, unfunded FROM commitment_capital WHERE fund_id = %s",
        one.fund,
    )
    figures = {who: [f"{figure:.2f}" for figure in rest] for who, *rest in found.fetchall()}
    assert figures[one.p] == ["60.00", "60.00", "66606.67"]
    assert figures[one.q] == ["30.00", "30.00", "133303.33"]
    assert t.one("SELECT amount FROM capital_call_items WHERE commitment_id = %s", one.q) == 0
    assert t.one("SELECT sum(held) FROM held_parts WHERE call_id = %s", one.call.id) == 90


def assuming(rail, name, **values):
    @refused(rail)
    def run(t, base):
        assumed(t, **values)

    run.__name__ = name


assuming("transfer_assumes_its_share", "a_cent_too_much_of_what_is_owed", first="20.01", second="9.99")
assuming("transfer_leaves_nothing_unsaid", "a_line_that_is_left_out", second=None)
assuming("transfer_leaves_nothing_unsaid", "nothing_of_what_is_owed", first=None, second=None)
assuming(
    "transfer_leaves_nothing_unsaid", "an_interest_of_who_owes", first=None, second=None, open_items="settled"
)
assuming("assumed_is_what_is_owed", "what_is_owed_by_a_transfer_that_settles", open_items="settled")


def returned_and_owed(t, *, paid="0.00"):
    """p paid 90.00 and was given 60.00 of it back, a third of the interest moves after its wire came back; `paid` of
    that was paid again."""
    fund = t.fund()
    p, q = t.commitment(fund), t.commitment(fund)
    call = t.call(fund, {p: ["90.00"]}, [None])
    wire = t.payment(call, p, "90.00")
    terms, parts = t.terms(fund), {p: {"return_of_capital": "60.00"}}
    out = t.distribution(terms, parts, line=call.lines[0], recallable=True)
    t.payout(out, p)
    t.settle()
    t.change("distributions", out.id, status="paid")
    t.whole()
    t.approved_reversal(wire, t.reversing_payment(wire))
    t.settle()
    t.whole()
    if Decimal(paid):
        t.payment(call, p, paid)
        t.settle()
        t.whole()
    one, day = Held(fund, p, q, call, 0, 0), {"effective_on": PAID_OUT_ON}
    transfer = asked(t, one, open_items="assumed", recorded_at=MOVED_AT_LAST, **day)
    approved(t, transfer, approved_at=MOVED_AT_LAST)
    day["recorded_at"] = MOVED_AT_LAST
    owed = 90 - Decimal(paid)
    takes(t, one, transfer, 0, owed, owed / 3)
    for row, amount in t.sql(
        "SELECT id, round(amount / 3, 2) FROM capital_transactions o WHERE fund_id = %s AND reverses_id IS NULL"
        " AND NOT EXISTS (SELECT FROM capital_transactions r WHERE r.reverses_id = o.id)",
        fund,
    ).fetchall():
        moved_row(t, one, transfer, amount, row_id=row)
    for who, sign, kind in ((p, -1, "transfer_out"), (q, 1, "transfer_in")):
        part(t, one, transfer, who, sign * Decimal(paid) / 3, f"{sign * 33333.33}", **day)
        figures = dict.fromkeys(("gross_amount", "return_of_capital", "recallable_amount"), sign * 20)
        share(t, one, transfer, distribution_id=out.id, commitment_id=who, **figures, **day)
        event(t, one, transfer, who, kind, f"{sign * 33333.33}", approved_at=MOVED_AT_LAST, **day)
    t.whole()


@refused("what_was_returned_is_paid_again_first")
def a_debt_of_which_capital_was_returned(t, base):
    returned_and_owed(t, paid="59.97")


@allowed
def a_debt_of_which_what_was_returned_is_paid_again(t, base):
    returned_and_owed(t, paid="60.00")


def one_part(rail, name, sqlstate=CHECK, **values):
    @refused(rail, sqlstate)
    def run(t, base):
        one = owing(t)
        transfer = asked(t, one, open_items="assumed")
        approved(t, transfer)
        takes(t, one, transfer, **{**values, **({"fund_id": base.fund} if "fund_id" in values else {})})

    run.__name__ = name


one_part("assumed_is_what_is_owed", "another_amount_owed", owed="61.00")
one_part("no_more_is_assumed_than_is_owed", "more_than_is_owed", amount="60.01")
one_part("no_more_is_assumed_than_is_owed", "less_than_nothing", amount="-0.01")
one_part("assumed_part_belongs_to_transfer", "what_is_owed_in_another_fund", FOREIGN, fund_id=None)


@refused("assumed_part_of_item", FOREIGN, role="owner")
def what_another_partner_owes(t, base):
    one = owing(t)
    transfer = asked(t, one, open_items="assumed")
    t.sql("ALTER TABLE assumed_parts DISABLE TRIGGER USER")
    takes(t, one, transfer, commitment_id=one.q)


@refused("assumed_part_of_part", FOREIGN, role="owner")
def what_is_owed_of_another_line(t, base):
    one = owing(t)
    transfer = asked(t, one, open_items="assumed")
    t.sql("ALTER TABLE assumed_parts DISABLE TRIGGER USER")
    takes(t, one, transfer, line_id=base.open.lines[0])


@refused("part_is_assumed_once_per_transfer", UNIQUE)
def a_line_that_is_assumed_twice(t, base):
    one, transfer = assumed(t)
    takes(t, one, transfer)


@refused("transfer_moves_rows_as_it_takes_effect")
def what_is_assumed_before_it_takes_effect(t, base):
    one = owing(t)
    takes(t, one, asked(t, one, open_items="assumed"))


@refused("transfer_moves_rows_as_it_takes_effect")
def what_is_assumed_afterwards(t, base):
    one, transfer = moved(t)
    t.whole()
    takes(t, one, transfer)


@refused("transfers_are_append_only", DENIED, role="owner")
def another_amount_assumed_since(t, base):
    _, transfer = assumed(t)
    t.whole()
    t.sql("UPDATE assumed_parts SET amount = 0 WHERE transfer_id = %s", transfer)


@refused("own_debts_are_not_assumed")
def a_debt_of_whom_is_in_default(t, base):
    one = owing(t)
    row = {"fund_id": one.fund, "number": 1, "call_id": one.call.id, "item_id": one.call.item}
    row |= {
        "commitment_id": one.p,
        "effective_on": "2026-03-05",
        "due_on": "2026-03-01",
        "cure_by": "2026-03-06",
    }
    row |= {"rate": "0.1", "cap": "0.5", "reason": "Clause 6.6", "four_eyes": False}
    t.add("defaults", **row, recorded_at="2026-03-05 12:00+00", recorded_by_id=t.person)
    assumed(t, one)


def change(t, one, transfer, **values) -> int:
    row = {
        "fund_id": one.fund,
        "call_id": one.call.id,
        "item_id": one.call.item,
        "line_id": one.call.lines[0],
    }
    row |= {"commitment_id": one.p, "reduces_unfunded": True, "counts_as_called": True, "amount": "-1.00"}
    row |= {"changes_held": True, "changes_owed": True, "weight": "0.00", "basis": "pro_rata"}
    row |= {"transfer_id": transfer, "effective_on": "2026-03-09", "recorded_at": MOVED_AT}
    return t.add("line_changes", **{**row, **values})


@refused("line_changes_are_posted_by_decisions")
def less_owed_by_a_transfer_that_does_not_say_so(t, base):
    one, transfer = moved(t)
    change(t, one, transfer)


@refused("line_change_belongs_to_transfer", FOREIGN, role="owner")
def less_owed_by_no_transfer(t, base):
    one = owing(t)
    t.sql("ALTER TABLE line_changes DISABLE TRIGGER USER")
    change(t, one, 0)


@refused("one_change_per_transfer_and_part", UNIQUE, role="owner")
def less_owed_twice(t, base):
    t.sql("ALTER TABLE line_changes DISABLE TRIGGER USER")
    one, transfer = assumed(t)
    change(t, one, transfer)


@refused("submitted_call_is_fixed")
def a_part_that_joins_an_issued_call_by_itself(t, base):
    assumed(t)
    t.add(
        "capital_call_items",
        call_id=base.open.id,
        fund_id=base.fund,
        commitment_id=t.commitment(base.fund),
        amount=0,
    )


@refused("submitted_call_is_fixed")
def another_part_beside_what_is_assumed(t, base):
    one, _ = assumed(t)
    more = t.commitment(one.fund)
    t.add("capital_call_items", call_id=one.call.id, fund_id=one.fund, commitment_id=more, amount="0.00")


@refused("transfers_open_items_known")
def open_items_of_no_known_kind(t, base):
    asked(t, owing(t), open_items="gone")


@refused("transfer_by_default_assumes_nothing")
def open_items_of_what_a_default_takes(t, base):
    asked(t, owing(t), open_items="assumed", remedy_id=1)


@refused("excused_partners_take_nothing")
def a_line_from_which_who_takes_over_is_excused(t, base):
    fund = t.fund()
    p, q = t.commitment(fund), t.commitment(fund)
    call = t.bare_call(fund, total_amount="90.00")
    lines = (t.line(call, fund, "60.00", position=1), t.line(call, fund, "30.00", position=2))
    mine = {"call_id": call, "fund_id": fund, "commitment_id": q, "amount": "0.00"}
    items = {p: t.item(call, fund, p, ["60.00", "30.00"], lines), q: t.add("capital_call_items", **mine)}
    excused = {**mine, "item_id": items[q], "basis": "excused", "excuse_reason": "Policy"}
    for line in lines:
        t.add("capital_call_item_lines", **excused, line_id=line)
    assumed(t, Held(fund, p, q, Call(call, fund, lines, items), 0, 0))


def follow_on(t, **of_line) -> Held:
    """p paid of the second call of a deal, from the first of which q is excused."""
    fund = t.fund()
    p, q, other = (t.commitment(fund) for _ in range(3))
    deal = t.allocation(fund)
    first = t.bare_call(fund, total_amount="60.00")
    line = t.line(first, fund, "60.00", deal, position=1)
    t.item(first, fund, other, ["60.00"], [line])
    mine = {"call_id": first, "fund_id": fund, "commitment_id": q, "amount": "0.00"}
    item = t.add("capital_call_items", **mine)
    excused = {"line_id": line, "basis": "excused", "excuse_reason": "Policy"}
    t.add("capital_call_item_lines", **mine, item_id=item, **excused)
    draft = t.call(fund, {p: ["100.00"], q: ["0.00"]}, [deal], status="draft")
    for name, value in of_line.items():
        t.sql(f"UPDATE capital_call_item_lines SET {name} = %s WHERE item_id = %s", value, draft.items[q])
    people = {"submitted_at": LATER, "submitted_by_id": t.person}
    t.change("capital_calls", draft.id, status="pending_approval", **people)
    t.change("capital_calls", draft.id, status="sent", approved_at=LATER, approved_by_id=t.person)
    payment = t.payment(draft, p, "100.00")
    t.settle()
    t.whole()
    row = t.one("SELECT id FROM capital_transactions WHERE payment_id = %s", payment)
    return Held(fund, p, q, draft, payment, row)


@refused("excused_partners_take_nothing")
def a_follow_on_of_a_deal_from_which_who_takes_over_is_excused(t, base):
    moved(t, follow_on(t))


@allowed
def a_follow_on_in_which_who_takes_over_takes_part_after_all(t, base):
    moved(t, follow_on(t, included_reason="New policy"))
    t.whole()
