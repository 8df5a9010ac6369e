"""Attempts on closings in a fund of which an interest was transferred: what is held by transfer alone is taken by
changes that name no item."""

from tests.integration.rails.transfers import Held, approved, asked, event, moved_row, part
from tests.integration.rails.world import UNIQUE, allowed, refused
from tests.support.trail_closings import Joined, but

MOVED_AT = "2026-03-09 13:00+00"
PARTS = (
    {"who": "p", "line": 0, "delta": "-12.50"},
    {"who": "q", "line": 0, "delta": "-25.00"},
    {"who": "r", "line": 0, "delta": "-12.50"},
    {"who": "z", "line": 0, "delta": "50.00"},
)
CHANGES = (
    {"who": "p", "line": 0, "amount": "-12.50", "weight": "50000.00"},
    {"who": "q", "line": 0, "amount": "-25.00"},
    {"who": "r", "line": 0, "amount": "-12.50", "weight": "50000.00"},
)
REFUNDS = tuple(
    {"who": who, "capital": back, "interest": "0.00", "amount": back}
    for who, back in (("p", "12.50"), ("q", "25.00"), ("r", "12.50"))
)
LINES = ({"equalises": 0, "kind": "other", "amount": "50.00"},)
ALL = {"parts": PARTS, "changes": CHANGES, "refunds": REFUNDS, "lines": LINES}


def joined(t, **values) -> Joined:
    """Two partners paid 50.00 each, r holds half of what p paid by transfer alone, and a closing awaits approval."""
    fund = t.fund()
    p, q, r = t.commitment(fund), t.commitment(fund), t.commitment(fund, "0.00")
    call = t.call(fund, {p: ["50.00"], q: ["50.00"]}, [None])
    payment = t.payment(call, p, "50.00")
    t.payment(call, q, "50.00")
    t.settle()
    t.whole()
    row = t.one("SELECT id FROM capital_transactions WHERE payment_id = %s", payment)
    one = Held(fund, p, r, call, payment, row)
    transfer = asked(t, one, denominator=2, recorded_at=MOVED_AT)
    approved(t, transfer, approved_at=MOVED_AT)
    moved_row(t, one, transfer, "25.00")
    for sign, who, kind in (("-", p, "transfer_out"), ("", r, "transfer_in")):
        part(t, one, transfer, who, f"{sign}25.00", f"{sign}50000.00", recorded_at=MOVED_AT)
        event(t, one, transfer, who, kind, f"{sign}50000.00", recorded_at=MOVED_AT, approved_at=MOVED_AT)
    t.whole()
    investor = t.investor()
    closing = t.closing(fund, {investor: "200000.00"}, **values)
    t.submit_closing(closing)
    return Joined(fund, call, 0, 0, {"p": p, "q": q, "r": r}, investor, closing)


@allowed
def a_closing_after_a_transfer(t, base):
    settled = t.settled(joined(t), **ALL)
    t.whole()
    held = t.sql(
        "SELECT commitment_id, sum(held), min(weight) FROM held_parts WHERE root_id = ANY (%s) GROUP BY 1",
        list(settled.joined.call.lines),
    )
    found = {who: [f"{figure:.2f}" for figure in rest] for who, *rest in held.fetchall()}
    assert found == {
        settled.who["p"]: ["12.50", "50000.00"],
        settled.who["q"]: ["25.00", "100000.00"],
        settled.who["r"]: ["12.50", "50000.00"],
        settled.who["z"]: ["50.00", "200000.00"],
    }
    t.payment(
        settled.call, settled.who["z"], "50.00", value_date="2026-03-20", recorded_at="2026-03-20 12:00+00"
    )
    t.settle()
    t.refund_payout(settled, "r", "12.50")
    t.whole()
    assert t.one("SELECT paid_in FROM commitment_capital WHERE commitment_id = %s", settled.who["r"]) == 12.5


@refused("no_closing_before_a_transfer")
def a_closing_of_a_day_before_a_transfer(t, base):
    joined(t, held_on="2026-03-08")


def settled_with(rail, name, sqlstate=None, **rows):
    @refused(rail, *filter(None, [sqlstate]))
    def run(t, base):
        t.settled(joined(t), **ALL | rows)

    run.__name__ = name


settled_with(
    "equalisation_takes_what_is_held",
    "more_than_is_left_of_a_part_that_moved",
    parts=but(but(PARTS, 0, delta="-25.01"), 3, delta="62.51"),
    changes=but(CHANGES, 0, amount="-25.01"),
    refunds=but(REFUNDS, 0, capital="25.01", amount="25.01"),
    lines=but(LINES, 0, amount="62.51"),
)
settled_with(
    "equalisation_takes_what_is_held",
    "more_than_came_by_transfer",
    parts=but(but(PARTS, 2, delta="-25.01"), 3, delta="62.51"),
    changes=but(CHANGES, 2, amount="-25.01"),
    refunds=but(REFUNDS, 2, capital="25.01", amount="25.01"),
    lines=but(LINES, 0, amount="62.51"),
)
settled_with(
    "equalisation_takes_what_is_held",
    "a_part_that_was_called_taken_as_if_it_came_by_transfer",
    changes=but(CHANGES, 1, item_id=None),
)
settled_with(
    "line_change_without_item_is_of_a_closing",
    "what_came_by_transfer_taken_as_if_it_were_owed",
    changes=but(CHANGES, 2, changes_owed=True),
)
settled_with(
    "one_change_per_closing_and_taken_part",
    "taken_twice_of_what_came_by_transfer",
    UNIQUE,
    changes=(*CHANGES, CHANGES[2]),
)


@allowed
def a_closing_after_a_transfer_taken_back(t, base):
    settled = t.settled(joined(t), **ALL)
    t.whole()
    t.reversed(settled, back=CHANGES, lines=LINES)
    t.whole()
    assert t.one("SELECT held FROM held_parts WHERE commitment_id = %s", settled.who["r"]) == 25


@refused("one_change_per_reversal_and_taken_part", UNIQUE)
def given_back_twice_of_what_came_by_transfer(t, base):
    settled = t.settled(joined(t), **ALL)
    t.whole()
    t.reversed(settled, back=(*CHANGES, CHANGES[2]), lines=LINES)


@refused("no_closing_reversal_after_a_transfer")
def a_closing_taken_back_of_which_parts_were_transferred_since(t, base):
    """Half of what r holds moves on to q, the day after."""
    settled = t.settled(joined(t), **ALL)
    t.whole()
    of, call, since = settled.who, settled.joined.call, "2026-03-11 12:00+00"
    row = t.one("SELECT min(id) FROM capital_transactions WHERE commitment_id = %s", of["p"])
    one = Held(settled.joined.fund, of["r"], of["q"], call, 0, row)
    day = {"effective_on": "2026-03-11", "recorded_at": since}
    transfer = asked(t, one, number=2, denominator=2, **day)
    approved(t, transfer, approved_at=since)
    moved_row(t, one, transfer, "12.50")
    for sign, who, kind in (("-", of["r"], "transfer_out"), ("", of["q"], "transfer_in")):
        part(t, one, transfer, who, f"{sign}12.50", f"{sign}25000.00", **day)
        event(t, one, transfer, who, kind, f"{sign}25000.00", **day, approved_at=since)
    t.whole()
    t.reversed(settled, back=CHANGES, lines=LINES)
