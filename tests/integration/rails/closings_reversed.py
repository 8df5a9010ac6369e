"""Attempts on the reversal of a closing: who decides, when it may be, and that it is whole."""

from tests.integration.rails.world import FOREIGN, UNIQUE, allowed, refused
from tests.support.trail import AT
from tests.support.trail_closings import CHANGES, HELD_ON, LINES, PAY_ON, REFUNDED_AT, but

UNDECIDED = {"approved_at": None, "approved_by_id": None}
TURNED_DOWN = {"rejected_at": REFUNDED_AT}


@allowed
def a_closing_taken_back_whole(t, base):
    """Then a call of before may be cancelled, where nothing was paid of it."""
    settled = t.settled(t.joined())
    t.whole()
    t.reversed(settled)
    t.whole()
    held = t.sql(
        "SELECT commitment_id, sum(held) FROM held_parts WHERE root_id = ANY (%s) AND held <> 0 GROUP BY 1",
        list(settled.joined.call.lines),
    )
    assert dict(held.fetchall()) == {settled.who["p"]: 250, settled.who["q"]: 250}
    assert t.one("SELECT outstanding FROM call_capital WHERE call_id = %s", settled.call.id) == 0
    assert t.one("SELECT sum(outstanding) FROM refund_capital WHERE fund_id = %s", settled.joined.fund) == 0


@allowed
def a_reversal_turned_down_and_asked_for_again(t, base):
    settled = t.settled(t.joined())
    t.closing_reversal(settled, **UNDECIDED, **TURNED_DOWN, rejected_by_id=base.person)
    t.closing_reversal(settled, **UNDECIDED)


@allowed
def a_closing_taken_back_by_a_second_person(t, base):
    settled = t.settled(t.joined(second=base.second), approved_by_id=base.second)
    t.whole()
    t.reversed(settled, four_eyes=True, approved_by_id=base.second)
    t.whole()


def with_reversal(rail, name, *more, options=None, **values):
    """An attempt to ask for it, or to have it approved, otherwise."""

    @refused(rail, *more)
    def run(t, base):
        second = {"approved_by_id": base.second} if options else {}
        settled = t.settled(t.joined(**({"second": base.second} if options else {})), **second)
        t.closing_reversal(settled, **values)

    run.__name__ = name


with_reversal("closing_reversal_has_reason", "a_closing_reversed_for_no_reason", reason="")
with_reversal(
    "closing_reversal_decided_once", "a_reversal_approved_and_turned_down", **TURNED_DOWN, rejected_by_id=1
)
with_reversal("closing_reversal_approved_at_with_by", "a_closing_reversed_by_nobody", approved_by_id=None)
with_reversal(
    "closing_reversal_rejected_at_with_by", "a_reversal_turned_down_by_nobody", **UNDECIDED, **TURNED_DOWN
)
with_reversal(
    "closing_reversal_approver_is_another", "a_closing_reversed_by_who_asked", options=True, four_eyes=True
)
with_reversal("four_eyes_as_the_fund_demands", "a_closing_reversed_as_if_one_were_enough", options=True)


@refused("one_reversal_per_closing", UNIQUE)
def a_reversal_of_a_closing_asked_for_twice(t, base):
    settled = t.settled(t.joined())
    for _ in range(2):
        t.closing_reversal(settled, **UNDECIDED)


@refused("closing_reversal_of_closing", FOREIGN)
def a_closing_reversed_in_another_fund(t, base):
    t.closing_reversal(t.settled(t.joined()), **UNDECIDED, fund_id=base.fund)


@refused("closing_reversals_are_append_only")
def the_reason_of_a_reversal_of_a_closing_changed(t, base):
    t.change("closing_reversals", t.closing_reversal(t.settled(t.joined()), **UNDECIDED), reason="Other")


@refused("closing_moves_along_its_states")
def a_closing_reversed_without_a_decision(t, base):
    settled = t.settled(t.joined())
    t.closing_reversal(settled, **UNDECIDED)
    t.change("closings", settled.joined.closing, status="reversed")


@refused("closing_is_reversed_while_unpaid")
def a_closing_reversed_of_which_something_came(t, base):
    settled = t.settled(t.joined())
    t.payment(settled.call, settled.who["z"], "1.00", value_date=PAY_ON)
    t.settle()
    t.whole()
    t.reversed(settled)


@refused("closing_is_reversed_in_turn")
def a_closing_reversed_on_which_a_call_rests(t, base):
    settled = t.settled(t.joined())
    t.whole()
    t.call(
        settled.joined.fund, {settled.who["p"]: ["1.00"]}, submitted_at=REFUNDED_AT, approved_at=REFUNDED_AT
    )
    t.settle()
    t.reversed(settled)


def taken_back(rail, name, *more, **rows):
    """An attempt to take it back otherwise."""

    @refused(rail, *more)
    def run(t, base):
        settled = t.settled(t.joined())
        t.whole()
        t.reversed(settled, **rows)

    run.__name__ = name


taken_back("closing_is_reversed_whole", "a_part_that_is_not_given_back", back=CHANGES[1:])
taken_back("closing_is_reversed_whole", "a_partner_of_a_reversed_closing_that_stays", register=False)
taken_back(
    "reversal_gives_back_what_its_closing_took",
    "less_given_back_than_was_taken",
    back=but(CHANGES, 0, amount="-24.99"),
)
taken_back(
    "reversal_gives_back_what_its_closing_took",
    "given_back_to_no_deal",
    back=but(CHANGES, 3, allocation_id=None),
)
taken_back(
    "reversal_gives_back_what_its_closing_took",
    "given_back_from_another_day",
    back=but(CHANGES, 0, effective_on="2026-03-11"),
)
taken_back(
    "reversal_gives_back_what_its_closing_took",
    "given_back_at_another_time",
    back=but(CHANGES, 0, recorded_at=AT),
)
taken_back(
    "closing_is_reversed_whole", "what_is_asked_taken_back_in_part", lines=but(LINES, 3, amount="5.99")
)
taken_back(
    "line_change_counts_as_its_line",
    "interest_taken_back_as_if_called",
    FOREIGN,
    lines=but(LINES, 3, counts_as_called=True),
)
taken_back("one_change_per_reversal_and_part", "a_part_given_back_twice", UNIQUE, back=(*CHANGES, CHANGES[0]))


@refused("reversal_gives_back_what_its_closing_took")
def something_given_back_after_the_reversal(t, base):
    settled = t.settled(t.joined())
    t.whole()
    reversal = t.reversed(settled, back=CHANGES)
    t.whole()
    days = {"effective_on": HELD_ON, "recorded_at": REFUNDED_AT, "closing_reversal_id": reversal}
    t.line_change(settled.joined, who="q", line=1, amount="1.00", **days)


@refused("line_change_belongs_to_closing_reversal", FOREIGN)
def a_reversal_of_another_fund_that_gives_back(t, base):
    settled = t.settled(t.joined())
    t.whole()
    other = t.settled(t.joined())
    t.whole()
    reversal = t.closing_reversal(other)
    t.change("closings", other.joined.closing, status="reversed")
    days = {"effective_on": HELD_ON, "recorded_at": REFUNDED_AT, "closing_reversal_id": reversal}
    t.sql("SET CONSTRAINTS ALL DEFERRED")
    t.owed_no_longer(settled, settled.call.lines[0], LINES[0], **days)


@refused("residual_of_a_closing_is_not_waived")
def what_a_closing_collects_waived(t, base):
    settled = t.settled(t.joined())
    t.change("funds", settled.joined.fund, residual_limit="5.00")
    t.payment(settled.call, settled.who["z"], "255.50", value_date=PAY_ON)
    t.settle()
    t.whole()
    z = settled.who["z"]
    t.add(
        "residual_settlements",
        fund_id=settled.joined.fund,
        call_id=settled.call.id,
        item_id=settled.call.items[z],
        commitment_id=z,
        kind="waived",
        amount="0.50",
        effective_on=PAY_ON,
        reason="Charges",
        four_eyes=False,
        recorded_at=REFUNDED_AT,
        recorded_by_id=base.person,
        approved_at=REFUNDED_AT,
        approved_by_id=base.person,
    )
