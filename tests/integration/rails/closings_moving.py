"""Attempts on what a settled closing moves: the parts of each line, the refunds, and the call that collects."""

from tests.integration.rails.world import DENIED, FOREIGN, UNIQUE, allowed, refused
from tests.support.trail import AT
from tests.support.trail_closings import (
    CHANGES,
    HELD_ON,
    LINES,
    PARTS,
    REFUNDS,
    SETTLED_AT,
    but,
)


@allowed
def a_closing_settled_whole(t, base):
    settled = t.settled(t.joined())
    t.whole()
    held = t.sql(
        "SELECT commitment_id, sum(held) FROM held_parts WHERE root_id = ANY (%s) GROUP BY 1",
        list(settled.joined.call.lines),
    )
    assert dict(held.fetchall()) == {settled.who["p"]: 125, settled.who["q"]: 125, settled.who["z"]: 250}
    assert t.one("SELECT outstanding FROM call_capital WHERE call_id = %s", settled.call.id) == 256


@allowed
def a_closing_settled_by_a_second_person(t, base):
    t.settled(t.joined(second=base.second), approved_by_id=base.second)


def settled_with(rail, name, **rows):
    """An attempt to settle it otherwise."""

    @refused(rail)
    def run(t, base):
        t.settled(t.joined(), **rows)

    run.__name__ = name


# ---------------------------------------------------------------- what does not add up

for name, rows in {
    "more_paid_than_goes_back": but(PARTS, 2, delta="50.01"),
    "interest_that_comes_from_nowhere": but(PARTS, 0, interest="-1.01"),
    "a_premium_that_nobody_pays": but(PARTS, 0, premium="-1.00"),
    "a_part_left_out": PARTS[:-1],
}.items():
    settled_with("equalisation_moves_nothing_in_all", name, parts=rows)

for name, rows in {
    "parts_without_anything_on_the_lines": {"changes": ()},
    "a_change_left_out": {"changes": CHANGES[:-1]},
    "more_taken_off_a_line_than_the_parts_say": {"changes": but(CHANGES, 0, amount="-25.01")},
    "what_was_paid_written_off_as_open": {"changes": but(CHANGES, 1, changes_owed=True)},
    "a_line_that_asks_for_less_than_goes_back": {"lines": but(LINES, 2, amount="99.99")},
    "a_line_that_nobody_asks_for": {"lines": LINES[1:]},
}.items():
    settled_with("equalisation_is_what_it_says", name, **rows)

for name, rows in {
    "interest_that_nobody_is_asked_for": {"lines": LINES[:-1]},
    "less_interest_asked_than_passed_on": {"lines": but(LINES, 3, amount="5.99")},
    "interest_between_partners_that_counts_as_called": {"lines": but(LINES, 3, passed_on=False)},
}.items():
    settled_with("interest_is_asked_as_it_is_passed_on", name, **rows)

for name, rows in {
    "a_refund_left_out": REFUNDS[:1],
    "a_refund_of_more_than_goes_back": but(REFUNDS, 0, capital="125.01", amount="130.01"),
    "a_refund_of_interest_as_capital": but(REFUNDS, 0, capital="130.00", interest="0.00"),
    "a_refund_of_what_was_never_paid": but(REFUNDS, 1, capital="125.00", amount="126.00"),
}.items():
    settled_with("refund_is_the_sum_of_its_parts", name, refunds=rows)

_BACK = but(but(PARTS, 3, delta="-200.01"), 5, delta="300.01")
settled_with(
    "equalisation_takes_what_is_held",
    "more_taken_than_is_held",
    parts=but(but(_BACK, 3, inside="-200.01"), 5, inside="300.01"),
    changes=but(CHANGES, 2, amount="-200.01"),
    lines=but(LINES, 2, amount="200.01"),
    refunds=but(REFUNDS, 0, capital="225.01", amount="230.01"),
)
settled_with(
    "equalisation_takes_what_is_held",
    "what_was_paid_taken_as_if_it_were_owed",
    parts=but(PARTS, 3, reduces_open="100.00"),
    changes=but(CHANGES, 2, changes_owed=True),
    lines=but(but(LINES, 1, amount="200.00"), 2, amount="0.00")[:2] + LINES[3:],
    refunds=but(REFUNDS, 0, capital="25.00", amount="30.00"),
)
settled_with(
    "equalisation_takes_what_is_held",
    "what_was_never_paid_given_back",
    parts=but(but(PARTS, 4, delta="-110.00", reduces_open="0.00"), 5, delta="210.00"),
    changes=but(CHANGES, 3, amount="-110.00", changes_owed=False),
    lines=but(LINES, 2, amount="110.00"),
    refunds=but(REFUNDS, 1, capital="135.00", amount="136.00"),
)

for name, rows in {
    "a_part_inside_no_commitment": {"parts": but(PARTS, 0, inside="0.00")},
    "an_open_part_taken_off_no_deal": {"changes": but(CHANGES, 3, allocation_id=None)},
    "a_change_from_before_the_closing": {"changes": but(CHANGES, 0, effective_on="2026-03-09")},
    "a_change_at_another_time": {"changes": but(CHANGES, 0, recorded_at=AT)},
}.items():
    settled_with("equalisation_follows_its_lines", name, **rows)


@refused("equalisation_follows_its_lines")
def a_deal_moved_that_is_left_out(t, base):
    joined = t.joined()
    t.change("closings", joined.closing, status="draft", submitted_at=None, submitted_by_id=None)
    t.add("closing_exclusions", closing_id=joined.closing, deal_id=joined.deal)
    t.submit_closing(joined.closing)
    t.settled(joined)


@refused("equalisation_follows_its_lines")
def a_deal_taken_over_by_who_is_excused(t, base):
    joined = t.joined()
    tranche = t.one("SELECT id FROM closing_tranches WHERE closing_id = %s", joined.closing)
    t.change("closings", joined.closing, status="draft", submitted_at=None, submitted_by_id=None)
    keys = {
        "closing_id": joined.closing,
        "fund_id": joined.fund,
        "tranche_id": tranche,
        "deal_id": joined.deal,
    }
    t.add("closing_excuses", **keys, reason="Side letter")
    t.submit_closing(joined.closing)
    t.settled(joined)


@refused("equalisation_is_what_it_says")
def a_closing_settled_without_its_call(t, base):
    settled = t.settled(t.joined())
    t.change("closings", settled.joined.closing, call_id=None)


@refused("closing_is_in_the_register")
def somebody_admitted_whom_the_register_has_not(t, base):
    joined = t.joined()
    t.change("closings", joined.closing, status="draft", submitted_at=None, submitted_by_id=None)
    t.tranche(joined.closing, joined.fund, t.investor())
    t.submit_closing(joined.closing)
    t.settled(joined)


@refused("closing_is_in_the_register")
def a_tranche_of_more_than_the_register_has(t, base):
    joined = t.joined()
    t.change("closings", joined.closing, status="draft", submitted_at=None, submitted_by_id=None)
    t.sql("UPDATE closing_tranches SET amount = 200000.01 WHERE closing_id = %s", joined.closing)
    t.submit_closing(joined.closing)
    t.settled(joined)


@refused("closing_is_in_the_register")
def a_partner_admitted_twice_over(t, base):
    settled = t.settled(t.joined())
    days = {"effective_on": HELD_ON, "recorded_at": SETTLED_AT, "approved_at": SETTLED_AT}
    t.promised(settled.who["z"], settled.joined.fund, "200000.00", kind="increased", reason="Again", **days)


@refused("four_eyes_as_the_fund_demands")
def a_call_of_another_fund_that_asks_for_nobody_beside_a_closing(t, base):
    t.settled(t.joined())
    t.call(base.strict, {base.c: ["1.00"], base.d: ["1.00"]}, status="pending_approval")


@refused("four_eyes_as_the_fund_demands")
def an_increase_that_asks_for_nobody_beside_a_closing(t, base):
    t.settled(t.joined())
    days = {"kind": "increased", "reason": "More", "approved_at": None, "approved_by_id": None}
    t.promised(base.c, base.strict, "1.00", **days)


# ---------------------------------------------------------------- one row

for name, rail, rows in (
    (
        "a_part_of_what_goes_back_that_is_paid",
        "only_what_goes_back_reduces_what_is_open",
        but(PARTS, 2, reduces_open="1.00"),
    ),
    (
        "a_part_that_opens_more",
        "only_what_goes_back_reduces_what_is_open",
        but(PARTS, 0, reduces_open="-1.00"),
    ),
    ("a_part_finer_than_its_currency", "amount_fits_its_currency", but(PARTS, 0, interest="0.001")),
):
    settled_with(rail, name, parts=rows)

for name, rows in {
    "a_refund_of_nothing": but(REFUNDS, 0, capital="0.00", interest="0.00", amount="0.00"),
    "a_refund_that_does_not_add_up": but(REFUNDS, 0, amount="131.00"),
    "a_refund_that_takes_interest": but(REFUNDS, 0, capital="135.00", interest="-5.00"),
}.items():
    settled_with("refund_is_capital_and_interest", name, refunds=rows)

settled_with(
    "line_change_has_one_origin", "a_closing_that_adds_to_a_part", changes=but(CHANGES, 0, amount="25.00")
)
settled_with(
    "call_line_that_equalises_has_fixed_parts",
    "a_line_that_equalises_by_commitments",
    lines=but(LINES, 0, split_by="commitment"),
)
settled_with(
    "call_line_that_equalises_has_fixed_parts",
    "a_fee_that_equalises",
    lines=but(LINES, 0, kind="management_fee"),
)
settled_with(
    "call_line_that_is_passed_on_is_interest",
    "a_line_passed_on_that_equalises",
    lines=but(LINES, 0, passed_on=True),
)


@refused("call_line_that_is_passed_on_is_interest")
def an_investment_passed_on(t, base):
    call = t.bare_call(base.fund, total_amount="1.00", status="draft")
    t.line(call, base.fund, "1.00", base.allocation, counts_as_called=False)


@refused("call_line_that_is_passed_on_is_interest")
def interest_between_partners_that_draws_on_commitments(t, base):
    call = t.bare_call(base.fund, total_amount="1.00", status="draft")
    t.line(call, base.fund, "1.00", kind="subsequent_close_interest", counts_as_called=False)


@refused("call_item_line_counts_as_its_line", FOREIGN)
def a_part_of_interest_that_counts(t, base):
    call = t.bare_call(base.fund, total_amount="1.00", status="draft")
    counts = {"kind": "subsequent_close_interest", "counts_as_called": False, "reduces_unfunded": False}
    line = t.line(call, base.fund, "1.00", **counts)
    keys = {"call_id": call, "fund_id": base.fund, "commitment_id": base.a}
    item = t.add("capital_call_items", amount="1.00", **keys)
    t.add(
        "capital_call_item_lines", item_id=item, line_id=line, amount="1.00", reduces_unfunded=False, **keys
    )


def twice(rail, name, **rows):
    @refused(rail, UNIQUE)
    def run(t, base):
        t.settled(t.joined(), **rows)

    run.__name__ = name


twice("one_part_per_closing_line_and_partner", "a_part_posted_twice", parts=(*PARTS, PARTS[0]))
twice("one_change_per_closing_and_part", "a_part_changed_twice_by_a_closing", changes=(*CHANGES, CHANGES[0]))
twice("one_refund_per_closing_and_partner", "a_partner_refunded_twice", refunds=(*REFUNDS, REFUNDS[0]))


def of_another(rail, name, write):
    """An attempt with another fund's keys, while the closing is settled."""

    @refused(rail, FOREIGN)
    def run(t, base):
        joined = t.joined()
        t.approve_closing(joined.closing)
        write(t, base, joined)

    run.__name__ = name


def _refund(t, joined, **values):
    row = {"closing_id": joined.closing, "fund_id": joined.fund, "commitment_id": joined.who["p"]}
    return t.add("refunds", **{**row, "capital": "1.00", "interest": "0.00", "amount": "1.00", **values})


_PART = {"who": "p", "line": 0, "delta": "-25.00"}
for rail, name, write in (
    (
        "equalisation_part_belongs_to_closing",
        "a_part_of_another_fund",
        lambda t, base, joined: t.part(
            joined, joined.who, **_PART, fund_id=base.fund, line_id=base.open.lines[0], commitment_id=base.a
        ),
    ),
    (
        "equalisation_part_of_line",
        "a_part_of_another_funds_line",
        lambda t, base, joined: t.part(joined, joined.who, **_PART, line_id=base.open.lines[0]),
    ),
    (
        "equalisation_part_of_partner",
        "a_part_of_another_funds_partner",
        lambda t, base, joined: t.part(joined, joined.who, **_PART, commitment_id=base.a),
    ),
    (
        "refund_belongs_to_closing",
        "a_refund_by_another_fund",
        lambda t, base, joined: _refund(t, joined, fund_id=base.fund, commitment_id=base.a),
    ),
    (
        "refund_of_partner",
        "a_refund_to_another_funds_partner",
        lambda t, base, joined: _refund(t, joined, commitment_id=base.a),
    ),
    (
        "closing_call_of_fund",
        "another_funds_call_that_collects",
        lambda t, base, joined: t.change("closings", joined.closing, call_id=base.open.id),
    ),
    (
        "line_change_belongs_to_closing",
        "another_funds_line_changed",
        lambda t, base, joined: t.line_change(
            joined,
            who="p",
            line=0,
            amount="-1.00",
            fund_id=base.fund,
            call_id=base.open.id,
            item_id=base.open.items[base.a],
            line_id=base.open.lines[0],
            commitment_id=base.a,
        ),
    ),
    (
        "call_line_equalises_line_of_fund",
        "another_funds_line_equalised",
        lambda t, base, joined: t.collecting_call(
            joined, joined.who["p"], [{"kind": "other", "amount": "1.00", "equalises_id": base.open.lines[0]}]
        ),
    ),
):
    of_another(rail, name, write)


# ---------------------------------------------------------------- with the settlement, or not at all


def after_settlement(name, write, rail="equalisation_comes_with_its_closing"):
    @refused(rail)
    def run(t, base):
        settled = t.settled(t.joined())
        t.whole()
        write(t, settled)

    run.__name__ = name


after_settlement(
    "a_part_after_settlement", lambda t, s: t.part(s.joined, s.who, **_PART, line_id=s.call.lines[0])
)
after_settlement("a_refund_after_settlement", lambda t, s: _refund(t, s.joined, commitment_id=s.who["z"]))
after_settlement(
    "a_line_changed_after_settlement", lambda t, s: t.line_change(s.joined, who="q", line=1, amount="-1.00")
)


@refused("equalisation_comes_with_its_closing")
def a_part_of_a_closing_that_waits(t, base):
    joined = t.joined()
    t.part(joined, joined.who, **_PART)


@refused("equalisation_comes_with_its_closing")
def a_line_changed_by_a_closing_that_waits(t, base):
    t.line_change(t.joined(), who="p", line=0, amount="-25.00")


def posted(table, statement):
    @refused("equalisation_is_append_only", DENIED, role="owner")
    def run(t, base):
        t.sql(statement.format(table))

    run.__name__ = f"{statement.split()[0].lower()}_of_{table}"


for table in ("equalisation_parts", "refunds"):
    posted(table, "DELETE FROM {}")
    posted(table, "UPDATE {} SET fund_id = fund_id")
