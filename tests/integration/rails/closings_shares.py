"""Attempts on what a closing shares anew of a distribution: shares, rows of the ledger, and what both sides pay by it.

Of 80.00 that p and q got, 40.00 each, each gives 10.00 to z, who comes in."""

from decimal import Decimal

from tests.integration.rails.world import CHECK, DENIED, FOREIGN, UNIQUE, allowed, refused
from tests.support.trail_closings import CHANGES, HELD_ON, LINES, PARTS, REFUNDS, SETTLED_AT, Settled, but

GIVES = {"p": "10.00", "q": "10.00", "z": "-20.00"}
SET_OFF = but(but(REFUNDS, 0, set_off="10.00"), 1, set_off="10.00")


def joined(t, *, says="resplit", **values):
    """A fund that z joins, and a distribution that was paid out before."""
    one = t.joined(distributions=says)
    terms = t.terms(one.fund)
    parts = {one.who[name]: {"return_of_capital": "40.00"} for name in ("p", "q")}
    out = t.distribution(terms, parts, **values)
    for name in ("p", "q"):
        t.payout(out, one.who[name])
    t.settle()
    if not values.get("type"):
        t.change("distributions", out.id, status="paid")
    return one, out


def settled(
    t, *, gives=GIVES, moved=None, taken=None, pays="20.00", paid_out=None, refunds=SET_OFF, **values
):
    """It settled whole, or as an attempt says otherwise: what partners give by `shares`, what of their rows moves, what
    they hold of it, what z pays by it, and what is paid out of refunds."""
    one, out = joined(t, **values)
    t.approve_closing(one.closing)
    who = {**one.who, "z": t.admitted(one)}
    for row in PARTS:
        t.part(one, who, **row)
    for row in CHANGES:
        t.line_change(one, **row)
    owed = {}
    for row in refunds:
        fields = {key: row[key] for key in row if key != "who"}
        keys = {"closing_id": one.closing, "fund_id": one.fund, "commitment_id": who[row["who"]]}
        owed[row["who"]] = t.add("refunds", **keys, **fields)
    for name, amount in gives.items():
        share(t, one, out, who[name], amount)
    for name, amount in (moved if moved is not None else {"p": "10.00", "q": "10.00"}).items():
        equalised(t, one, out, who[name], who["z"], amount)
    for name, amount in (taken if taken is not None else gives).items():
        holds(t, one, out, who[name], amount)
    call = t.collecting_call(one, who["z"], LINES)
    t.change("closings", one.closing, call_id=call.id)
    if pays:
        payment(t, one, call, who["z"], pays)
    for name, amount in (paid_out if paid_out is not None else {"p": "10.00", "q": "10.00"}).items():
        payout(t, one, owed[name], who[name], amount)
    t.settle()
    t.whole()
    return one, out, who, call, owed


def share(t, one, out, commitment, delta, **values):
    row = {
        "closing_id": one.closing,
        "fund_id": one.fund,
        "distribution_id": out.id,
        "commitment_id": commitment,
    }
    return t.add(
        "equalised_shares",
        **{**row, "delta": delta, "recallable": "0.00", "days": 9, "interest": "0.00", **values},
    )


def equalised(t, one, out, giver, taker, amount, **values):
    row_id = t.one(
        "SELECT min(id) FROM capital_transactions WHERE distribution_id = %s AND commitment_id = %s",
        out.id,
        giver,
    )
    row = {
        "closing_id": one.closing,
        "fund_id": one.fund,
        "row_id": row_id,
        "giver_id": giver,
        "taker_id": taker,
    }
    return t.add("equalised_rows", **{**row, "amount": amount, "effective_on": HELD_ON, **values})


def holds(t, one, out, commitment, gives, **values):
    gross = -Decimal(gives)
    row = {
        "closing_id": one.closing,
        "fund_id": one.fund,
        "distribution_id": out.id,
        "commitment_id": commitment,
    }
    row |= dict.fromkeys(("preferred_return", "profit_share", "carried_interest"), "0.00")
    row |= dict.fromkeys(("recallable_amount", "withholding_tax"), "0.00")
    row |= {"gross_amount": gross, "return_of_capital": gross, "tiers": "[]", "effective_on": HELD_ON}
    return t.add("taken_shares", **{**row, "recorded_at": SETTLED_AT, **values})


def payment(t, one, call, commitment, amount, **values):
    row = {
        "fund_id": one.fund,
        "call_id": call.id,
        "item_id": call.items[commitment],
        "commitment_id": commitment,
    }
    row |= {"closing_id": one.closing, "amount": amount, "value_date": HELD_ON, "recorded_at": SETTLED_AT}
    return t.add("payments", **{**row, "recorded_by_id": t.person, **values})


def payout(t, one, refund, commitment, amount, **values):
    row = {"refund_id": refund, "fund_id": one.fund, "commitment_id": commitment, "amount": amount}
    row |= {
        "by_distribution": True,
        "value_date": HELD_ON,
        "recorded_at": SETTLED_AT,
        "recorded_by_id": t.person,
    }
    return t.add("refund_payouts", **{**row, **values})


@allowed
def a_distribution_shared_anew(t, base):
    one, _, who, call, owed = settled(t)
    held = t.sql(
        "SELECT commitment_id, distributed FROM commitment_distributions WHERE fund_id = %s", one.fund
    )
    assert dict(held.fetchall()) == {who["p"]: 30, who["q"]: 30, who["z"]: 20}
    assert t.one("SELECT paid, outstanding FROM call_capital WHERE call_id = %s", call.id) == (20, 236)
    assert t.one("SELECT released, paid_out FROM refund_capital WHERE refund_id = %s", owed["p"]) == (10, 10)


def settled_with(rail, name, **rows):
    """An attempt to settle it otherwise."""

    @refused(rail)
    def run(t, base):
        settled(t, **rows)

    run.__name__ = name


settled_with(
    "equalisation_moves_nothing_in_all",
    "more_taken_of_a_distribution_than_given",
    gives={**GIVES, "z": "-20.01"},
)
for name, rows in {
    "shares_that_no_row_moved": {"moved": {}},
    "rows_that_move_more_than_the_shares_say": {"moved": {"p": "10.00", "q": "10.01"}},
    "shares_that_nobody_holds": {"taken": {}},
    "more_held_of_a_distribution_than_moved": {"taken": {**GIVES, "z": "-20.01"}},
}.items():
    settled_with("shared_anew_is_what_moved", name, **rows)
for name, rows in {
    "a_part_of_a_distribution_that_pays_nothing": {"pays": None, "paid_out": {}},
    "a_part_of_a_distribution_that_pays_more": {"pays": "20.01"},
    "a_refund_out_of_which_nothing_is_given": {"paid_out": {"p": "10.00"}},
    "a_refund_that_says_another_set_off": {"refunds": but(SET_OFF, 1, set_off="10.01")},
}.items():
    settled_with("shared_anew_pays_both_sides", name, **rows)
for name, rows in {
    "a_distribution_shared_anew_that_stays": {"says": "keep"},
    "a_closing_that_does_not_say_what_becomes_of_distributions": {"says": None},
}.items():
    settled_with("closing_says_what_becomes_of_distributions", name, **rows)
settled_with("closing_moves_what_is_held", "more_given_than_was_got", moved={"p": "40.01"})
settled_with(
    "refund_is_set_off_up_to_its_capital",
    "a_set_off_of_interest",
    refunds=but(SET_OFF, 1, set_off="25.01"),
)


@refused("closing_moves_what_was_distributed")
def a_row_that_no_distribution_paid(t, base):
    one, out = joined(t)
    t.approve_closing(one.closing)
    row = t.one("SELECT min(id) FROM capital_transactions WHERE fund_id = %s AND counts_as_paid_in", one.fund)
    equalised(t, one, out, one.who["p"], one.who["q"], "1.00", row_id=row)


@refused("equalised_row_moves_something", CHECK)
def a_row_that_moves_to_whom_it_is(t, base):
    one, out = joined(t)
    t.approve_closing(one.closing)
    equalised(t, one, out, one.who["p"], one.who["p"], "1.00")


@refused("row_moves_once_per_closing", UNIQUE)
def a_row_that_moves_twice_to_one(t, base):
    one, out = joined(t)
    t.approve_closing(one.closing)
    for _ in range(2):
        equalised(t, one, out, one.who["p"], one.who["q"], "1.00")


@refused("one_share_per_closing_distribution_and_partner", UNIQUE)
def a_share_given_twice(t, base):
    one, out = joined(t)
    t.approve_closing(one.closing)
    for _ in range(2):
        share(t, one, out, one.who["p"], "1.00")


@refused("one_taken_share_per_closing_and_distribution", UNIQUE)
def a_share_held_twice(t, base):
    one, out = joined(t)
    t.approve_closing(one.closing)
    for _ in range(2):
        holds(t, one, out, one.who["p"], "1.00")


@refused("taken_share_by_transfer_or_closing", CHECK)
def a_share_held_by_nothing(t, base):
    one, out = joined(t)
    holds(t, one, out, one.who["p"], "1.00", closing_id=None)


def collecting(t):
    """A closing that is being settled, up to its call."""
    one, out = joined(t)
    t.approve_closing(one.closing)
    who = {**one.who, "z": t.admitted(one)}
    call = t.collecting_call(one, who["z"], LINES)
    t.change("closings", one.closing, call_id=call.id)
    return one, out, who, call


@refused("one_payment_per_closing_and_item", UNIQUE)
def a_part_that_pays_twice(t, base):
    one, _, who, call = collecting(t)
    for _ in range(2):
        payment(t, one, call, who["z"], "10.00")


@refused("equalisation_comes_with_its_closing")
def a_closing_that_pays_another_call(t, base):
    one, _, who, _ = collecting(t)
    other = t.call(one.fund, {who["p"]: ["50.00"]}, [None])
    payment(t, one, other, who["p"], "10.00")


#: A closing that moves nothing of the distribution.
NOTHING = {"gives": {}, "moved": {}, "taken": {}, "pays": None, "paid_out": {}, "refunds": REFUNDS}


def after_settlement(name, write, **how):
    @refused("equalisation_comes_with_its_closing")
    def run(t, base):
        write(t, *settled(t, **how))

    run.__name__ = name


after_settlement(
    "a_share_of_a_settled_closing",
    lambda t, one, out, who, call, owed: share(t, one, out, who["p"], "1.00"),
    **NOTHING,
)
after_settlement(
    "a_row_moved_by_a_settled_closing",
    lambda t, one, out, who, call, owed: equalised(t, one, out, who["q"], who["p"], "1.00"),
)
after_settlement(
    "a_share_held_since_a_settled_closing",
    lambda t, one, out, who, call, owed: holds(t, one, out, who["p"], "1.00"),
    **NOTHING,
)
after_settlement(
    "a_refund_given_out_of_a_settled_closing",
    lambda t, one, out, who, call, owed: payout(t, one, owed["p"], who["p"], "1.00"),
)


@refused("closing_is_reversed_whole")
def a_closing_reversed_without_its_shares(t, base):
    one, _, who, call, owed = settled(t)
    t.reversed(Settled(one, who, call, owed))


def posted(table):
    @refused("equalisation_is_append_only", DENIED, role="owner")
    def run(t, base):
        t.sql(f"DELETE FROM {table}")

    run.__name__ = f"delete_of_{table}"


for table in ("equalised_shares", "equalised_rows"):
    posted(table)


def of_another(rail, write):
    @refused(rail, FOREIGN)
    def run(t, base):
        one, out = joined(t)
        t.approve_closing(one.closing)
        write(t, one, out, base)

    run.__name__ = f"a_stranger_{rail}"


for rail, write in {
    "equalised_share_belongs_to_closing": lambda t, one, out, base: share(
        t, one, out, one.who["p"], "1.00", fund_id=base.out.fund
    ),
    "equalised_share_of_distribution": lambda t, one, out, base: share(
        t, one, out, one.who["p"], "1.00", distribution_id=base.out.sent.id
    ),
    "equalised_share_of_partner": lambda t, one, out, base: share(t, one, out, base.out.x, "1.00"),
    "equalised_row_from_partner": lambda t, one, out, base: equalised(
        t, one, out, one.who["p"], one.who["q"], "1.00", giver_id=base.out.x
    ),
    "equalised_row_belongs_to_closing": lambda t, one, out, base: equalised(
        t, one, out, one.who["p"], one.who["q"], "1.00", fund_id=base.out.fund
    ),
    "equalised_row_belongs_to_reversal": lambda t, one, out, base: equalised(
        t, one, out, one.who["p"], one.who["q"], "1.00", closing_reversal_id=0
    ),
    "taken_share_belongs_to_closing": lambda t, one, out, base: holds(
        t, one, base.out.sent, base.out.x, "1.00", fund_id=base.out.fund
    ),
    "taken_share_belongs_to_reversal": lambda t, one, out, base: holds(
        t, one, out, one.who["p"], "1.00", closing_reversal_id=0
    ),
    "equalised_row_to_partner": lambda t, one, out, base: equalised(
        t, one, out, one.who["p"], base.out.x, "1.00"
    ),
}.items():
    of_another(rail, write)


@refused("closings_distributions_known")
def a_closing_that_says_something_unknown(t, base):
    t.joined(distributions="burn")


@refused("payment_belongs_to_closing", FOREIGN)
def a_call_paid_by_a_closing_of_another_fund(t, base):
    one, _, who, call = collecting(t)
    payment(t, one, call, who["z"], "10.00", closing_id=t.closing(base.out.fund, {t.investor(): "1000.00"}))


@refused("ledger_row_belongs_to_closing", FOREIGN, role="owner")
def a_row_moved_by_a_closing_of_another_fund(t, base):
    one, out = joined(t)
    row = t.one("SELECT min(id) FROM capital_transactions WHERE distribution_id = %s", out.id)
    t.sql("ALTER TABLE capital_transactions DISABLE TRIGGER ledger_is_posted_by_payments")
    t.sql(
        "INSERT INTO capital_transactions (fund_id, commitment_id, type, amount, value_date, recorded_at, description,"
        " recallable, line_kind, within_commitment, counts_as_paid_in, counts_as_distributed, earns_preferred_return,"
        " passed_on, closing_id, moves_id, happened_on)"
        " SELECT %s, %s, type, amount, value_date, recorded_at, description, recallable, line_kind, within_commitment,"
        " counts_as_paid_in, counts_as_distributed, earns_preferred_return, passed_on, %s, id, value_date"
        " FROM capital_transactions WHERE id = %s",
        base.out.fund,
        base.out.x,
        one.closing,
        row,
    )


@refused("refunds_go_out_before_distributions")
def a_distribution_before_refunds_went_out(t, base):
    settled = t.settled(t.joined())
    t.whole()
    terms = t.terms(settled.joined.fund)
    t.distribution(terms, {settled.who["p"]: {"return_of_capital": "10.00"}})
