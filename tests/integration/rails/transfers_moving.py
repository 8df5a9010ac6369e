"""Attempts on what a transfer moves, in parts of lines, shares, register and ledger, and on what is fixed since."""

from tests.integration.rails.transfers import (
    MOVED_AT,
    MOVED_ON,
    Held,
    approved,
    asked,
    event,
    held,
    moved,
    moved_row,
    part,
    share,
)
from tests.integration.rails.world import CHECK, DENIED, FOREIGN, UNIQUE, allowed, refused
from tests.support.trail import Call

# ---------------------------------------------------------------- what moves


def moving(rail, name, **values):
    @refused(rail)
    def run(t, base):
        moved(t, **values)

    run.__name__ = name


moving("transfer_moves_its_share", "a_cent_too_much_of_a_row", row="33.34", parts="33.34")
moving("transfer_moves_its_share", "no_row_at_all", row=None, parts=None)
moving(
    "transfer_moves_its_share_of_the_commitment", "a_cent_too_little_of_the_commitment", commitment="33333.32"
)
moving("transfer_moves_its_share_of_the_commitment", "no_event", commitment=None)
moving("taken_parts_are_what_moved", "no_part_of_the_line", parts=None)
moving("taken_parts_are_what_moved", "a_cent_too_much_of_the_line", parts="33.34")


@refused("taken_shares_are_what_moved")
def a_share_in_a_distribution_that_no_row_moved(t, base):
    one = Held(base.out.fund, base.out.x, base.out.y, None, 0, 0)
    transfer = asked(t, one)
    approved(t, transfer)
    rows = t.sql(
        "SELECT id, round(amount / 3, 2) FROM capital_transactions WHERE commitment_id = %s ORDER BY id",
        one.p,
    ).fetchall()
    for row, amount in rows:
        moved_row(t, one, transfer, amount, row_id=row)
    event(t, one, transfer, one.p, "transfer_out", "-33333.33")
    event(t, one, transfer, one.q, "transfer_in", "33333.33")
    line = Held(one.fund, one.p, one.q, Call(0, one.fund, (base.out.line,), {}), 0, 0)
    part(t, line, transfer, one.p, "-333.33", "0.00")
    part(t, line, transfer, one.q, "333.33", "0.00")
    share(t, one, transfer, distribution_id=base.out.sent.id, gross_amount="-1.00", return_of_capital="-1.00")


@refused("row_moves_once_per_transfer", UNIQUE)
def a_row_that_moves_twice(t, base):
    one, transfer = moved(t)
    moved_row(t, one, transfer)


@refused("one_taken_part_per_transfer_and_line", UNIQUE)
def a_part_that_moves_twice(t, base):
    one, transfer = moved(t)
    part(t, one, transfer, one.p, "-1.00", "0.00")


@refused("one_taken_share_per_transfer_and_distribution", UNIQUE)
def a_share_that_moves_twice(t, base):
    one = Held(base.out.fund, base.out.x, base.out.y, None, 0, 0)
    transfer = asked(t, one)
    approved(t, transfer)
    for _ in range(2):
        share(t, one, transfer, distribution_id=base.out.sent.id)


@refused("taken_share_parts_sum_to_gross")
def a_share_of_which_a_part_is_missing(t, base):
    one = Held(base.out.fund, base.out.x, base.out.y, None, 0, 0)
    transfer = asked(t, one)
    approved(t, transfer)
    share(t, one, transfer, distribution_id=base.out.sent.id, gross_amount="1.00")


@refused("one_event_per_transfer_and_side", UNIQUE)
def two_events_of_one_side(t, base):
    one, transfer = moved(t)
    event(t, one, transfer, one.q, "transfer_in", "1.00")


@refused("commitment_event_of_a_transfer_names_it")
def an_event_of_no_transfer(t, base):
    one = held(t)
    event(t, one, None, one.q, "transfer_in", "1.00")


@refused("commitment_event_does_what_its_kind_says")
def an_interest_that_came_below_zero(t, base):
    one, transfer = moved(t, commitment=None)
    event(t, one, transfer, one.q, "transfer_in", "-1.00")


def before(rail, name, write, sqlstate=CHECK):
    """An attempt to move something by a transfer that waits, or was whole before."""

    @refused(rail, sqlstate)
    def run(t, base):
        one = held(t)
        write(t, base, one, asked(t, one))

    run.__name__ = name


for name, write in {
    "a_row_of_what_waits": lambda t, base, one, transfer: moved_row(t, one, transfer),
    "a_part_of_what_waits": lambda t, base, one, transfer: part(t, one, transfer, one.p, "-1.00", "0.00"),
    "an_event_of_what_waits": lambda t, base, one, transfer: event(
        t, one, transfer, one.q, "transfer_in", "1.00"
    ),
    "a_row_of_another_fund": lambda t, base, one, transfer: (
        approved(t, transfer),
        moved_row(
            t,
            one,
            transfer,
            row_id=t.one("SELECT min(id) FROM capital_transactions WHERE fund_id <> %s", one.fund),
        ),
    ),
}.items():
    before("transfer_moves_rows_as_it_takes_effect", name, write)


@refused("transfer_moves_rows_as_it_takes_effect")
def a_part_that_moves_afterwards(t, base):
    one, transfer = moved(t)
    t.whole()
    part(t, one, transfer, one.p, "-1.00", "0.00", line_id=t.call(one.fund, {one.p: ["1.00"]}).lines[0])


def of_another_fund(rail, name, write):
    @refused(rail, FOREIGN)
    def run(t, base):
        one = held(t)
        transfer = asked(t, one)
        approved(t, transfer)
        write(t, base, one, transfer)

    run.__name__ = name


of_another_fund(
    "transfer_row_belongs_to_transfer",
    "a_row_with_another_fund",
    lambda t, base, one, transfer: moved_row(t, one, transfer, fund_id=base.fund),
)
of_another_fund(
    "taken_part_belongs_to_transfer",
    "a_part_with_another_fund",
    lambda t, base, one, transfer: part(
        t, one, transfer, base.a, "1.00", "0.00", fund_id=base.fund, line_id=base.open.lines[0]
    ),
)
of_another_fund(
    "taken_part_of_line",
    "a_part_of_a_line_of_another_fund",
    lambda t, base, one, transfer: part(t, one, transfer, one.p, "1.00", "0.00", line_id=base.open.lines[0]),
)
of_another_fund(
    "taken_part_of_partner",
    "a_part_of_a_partner_of_another_fund",
    lambda t, base, one, transfer: part(t, one, transfer, base.a, "1.00", "0.00"),
)
of_another_fund(
    "taken_share_belongs_to_transfer",
    "a_share_with_another_fund",
    lambda t, base, one, transfer: share(
        t, one, transfer, fund_id=base.out.fund, distribution_id=base.out.sent.id, commitment_id=base.out.x
    ),
)
of_another_fund(
    "taken_share_of_distribution",
    "a_share_in_a_distribution_of_another_fund",
    lambda t, base, one, transfer: share(t, one, transfer, distribution_id=base.out.sent.id),
)
of_another_fund(
    "commitment_event_belongs_to_transfer",
    "an_event_of_a_transfer_of_another_fund",
    lambda t, base, one, transfer: t.promised(
        base.a,
        base.fund,
        "1.00",
        transfer_id=transfer,
        kind="transfer_in",
        effective_on=MOVED_ON,
        reason="Sale",
        recorded_at=MOVED_AT,
        approved_at=MOVED_AT,
    ),
)


@refused("taken_share_of_partner", FOREIGN)
def a_share_of_a_partner_of_another_fund(t, base):
    one = Held(base.out.fund, base.out.x, base.out.y, None, 0, 0)
    transfer = asked(t, one)
    approved(t, transfer)
    share(t, one, transfer, distribution_id=base.out.sent.id, commitment_id=base.a)


@refused("taken_parts_basis_known")
def a_part_that_moves_on_no_basis(t, base):
    one, transfer = moved(t, parts=None)
    part(t, one, transfer, one.p, "-33.33", "0.00", basis="zz")


# ---------------------------------------------------------------- in the ledger


def posting(rail, name, sqlstate=CHECK, **values):
    """An attempt to post a moved row past its transfer."""

    @refused(rail, sqlstate, role="owner")
    def run(t, base):
        one = held(t)
        transfer = asked(t, one)
        approved(t, transfer)
        t.sql("ALTER TABLE capital_transactions DISABLE TRIGGER ledger_is_posted_by_payments")
        row = {"fund_id": one.fund, "commitment_id": one.p, "type": "CONTRIBUTION", "amount": "-1.00"}
        row |= {
            "value_date": MOVED_ON,
            "recorded_at": MOVED_AT,
            "description": "Transfer",
            "transfer_id": transfer,
        }
        row |= {"moves_id": one.row, "happened_on": MOVED_ON, "recallable": False, "line_kind": ""}
        t.add(
            "capital_transactions", **{**row, **{key: one_of(base, value) for key, value in values.items()}}
        )

    run.__name__ = name


def one_of(base, value):
    return value(base) if callable(value) else value


posting("moved_row_names_its_original", "a_moved_row_of_no_original", moves_id=None)
posting("moved_row_moves_another", "a_moved_row_of_no_row", FOREIGN, moves_id=10**12)
posting(
    "ledger_row_belongs_to_transfer",
    "a_moved_row_in_another_fund",
    FOREIGN,
    fund_id=lambda base: base.fund,
    commitment_id=lambda base: base.a,
)


@refused("transfers_are_append_only", DENIED, role="owner")
def moved_rows_deleted_by_the_owner(t, base):
    t.sql("DELETE FROM transfer_rows")


# ---------------------------------------------------------------- afterwards


def given_back_to_who_gave(t, amount):
    """What is given back of the line to who holds 66.67 of the 100.00 that it paid."""
    one, _ = moved(t)
    t.whole()
    t.payment(t.call(one.fund, {one.p: ["50.00"]}), one.p, "50.00")
    back = {one.p: {"return_of_capital": amount}}
    t.distribution(t.terms(one.fund), back, line=one.call.lines[0], recallable=True)
    t.settle()
    t.whole()


@allowed
def what_is_left_of_a_line_given_back(t, base):
    given_back_to_who_gave(t, "66.67")


@refused("given_back_within_what_was_paid")
def more_given_back_than_its_holder_has_left(t, base):
    given_back_to_who_gave(t, "66.68")


@refused("no_excuse_after_a_transfer")
def an_excuse_from_a_line_that_moved(t, base):
    one, _ = moved(t)
    t.whole()
    row = {
        "fund_id": one.fund,
        "call_id": one.call.id,
        "line_id": one.call.lines[0],
        "item_id": one.call.item,
    }
    row |= {"commitment_id": one.p, "amount": "1.00", "effective_on": MOVED_ON, "reason": "Policy"}
    t.add("excuses", **row, four_eyes=False, recorded_at=MOVED_AT, recorded_by_id=t.person)
