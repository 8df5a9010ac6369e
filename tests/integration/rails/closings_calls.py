"""Attempts on the call that collects for a later closing, and on excuses from lines that it moved."""

from tests.integration.rails.closings_moving import settled_with
from tests.integration.rails.world import refused
from tests.support.trail import AT
from tests.support.trail_closings import (
    LINES,
    PAY_ON,
    REFUNDED_AT,
    but,
)


@refused("equalising_call_collects_for_a_closing")
def a_line_equalised_without_a_closing(t, base):
    joined = t.joined()
    t.collecting_call(joined, joined.who["p"], LINES[:1], approved_by_id=t.person)
    t.settle()


@refused("equalising_call_collects_for_a_closing")
def the_collecting_call_cancelled(t, base):
    settled = t.settled(t.joined())
    t.whole()
    cancel(t, settled.call.id)


@refused("equalising_call_collects_for_a_closing")
def a_collecting_call_of_fees_alone_cancelled(t, base):
    joined = t.joined()
    t.settled(joined, parts=(), changes=(), refunds=(), lines=[{"kind": "management_fee", "amount": "9.00"}])
    t.whole()
    cancel(t, t.one("SELECT call_id FROM closings WHERE id = %s", joined.closing))


@refused("equalised_call_stays")
def a_call_cancelled_that_a_closing_equalised(t, base):
    joined = t.joined()
    unpaid = t.call(joined.fund, {joined.who["p"]: ["10.00"], joined.who["q"]: ["10.00"]})
    line = unpaid.lines[0]
    parts = [
        {"who": who, "line": 0, "line_id": line, "delta": delta, "reduces_open": open_part}
        for who, delta, open_part in (("p", "-5.00", "5.00"), ("q", "-5.00", "5.00"), ("z", "10.00", "0.00"))
    ]
    changes = [
        {
            "who": who,
            "line": 0,
            "line_id": line,
            "call_id": unpaid.id,
            "item_id": unpaid.items[joined.who[who]],
        }
        | {"amount": "-5.00", "changes_owed": True}
        for who in ("p", "q")
    ]
    lines = [{"kind": "other", "amount": "10.00", "equalises_id": line}]
    t.settled(joined, parts=parts, changes=changes, refunds=(), lines=lines)
    t.whole()
    cancel(t, unpaid.id)


def cancel(t, call):
    t.change("capital_calls", call, status="cancelled", cancelled_at=AT, cancelled_by_id=t.person)


for name, rows in {
    "a_line_equalised_as_another_kind": but(LINES, 0, kind="organisational_costs"),
    "a_line_equalised_outside_the_commitment": but(LINES, 0, reduces_unfunded=False),
}.items():
    settled_with("equalising_call_collects_for_a_closing", name, lines=rows)


@refused("equalising_call_collects_for_a_closing")
def a_line_equalised_on_another_deal(t, base):
    joined = t.joined()
    other = t.allocation(joined.fund, "1000.00")
    t.settled(joined, lines=but(LINES, 1, allocation_id=other, draws=False, seq_no=1))


@refused("excuse_before_closings")
def an_excuse_from_a_line_that_a_closing_moved(t, base):
    settled = t.settled(t.joined())
    t.whole()
    excuse_after(t, settled, settled.joined.call, settled.who["p"], settled.joined.call.lines[1])


@refused("excuse_before_closings")
def an_excuse_from_a_line_that_equalises(t, base):
    settled = t.settled(t.joined())
    t.whole()
    excuse_after(t, settled, settled.call, settled.who["z"], settled.call.lines[1])


def excuse_after(t, settled, call, partner, line):
    keys = {"fund_id": call.fund, "call_id": call.id, "line_id": line, "item_id": call.items[partner]}
    decided = {"recorded_at": REFUNDED_AT, "recorded_by_id": t.person, "approved_at": REFUNDED_AT}
    row = {"amount": "1.00", "limit": "0.5", "effective_on": PAY_ON, "reason": "Policy", "four_eyes": False}
    t.add("excuses", commitment_id=partner, approved_by_id=t.person, **keys, **decided, **row)
