"""Attempts on transfers: requests, what one moves, and what is fixed since."""

from dataclasses import dataclass

from tests.integration.rails.world import CHECK, DENIED, FOREIGN, UNIQUE, allowed, refused
from tests.support.trail import Call

ASKED_AT, MOVED_AT, MOVED_ON = "2026-03-10 12:00+00", "2026-03-10 13:00+00", "2026-03-09"


@dataclass(frozen=True)
class Held:
    """A fund of two partners, of whom p paid a call of 100.00, and what it posted."""

    fund: int
    p: int
    q: int
    call: Call
    payment: int
    row: int


def held(t) -> Held:
    fund = t.fund()
    p, q = t.commitment(fund), t.commitment(fund)
    call = t.call(fund, {p: ["100.00"], q: ["0.00"]}, [None])
    payment = t.payment(call, p, "100.00")
    t.settle()
    t.whole()
    row = t.one("SELECT id FROM capital_transactions WHERE payment_id = %s", payment)
    return Held(fund, p, q, call, payment, row)


def asked(t, one, **values) -> int:
    row = {"fund_id": one.fund, "number": 1, "transferor_id": one.p, "transferee_id": one.q}
    row |= {"numerator": 1, "denominator": 3, "effective_on": MOVED_ON, "reason": "Sale", "four_eyes": False}
    return t.add("transfers", **{**row, "recorded_at": ASKED_AT, "recorded_by_id": t.person, **values})


def approved(t, transfer, **values) -> None:
    t.change("transfers", transfer, **{"approved_at": MOVED_AT, "approved_by_id": t.person, **values})


def part(t, one, transfer, commitment, amount, weight, **values) -> int:
    row = {
        "transfer_id": transfer,
        "fund_id": one.fund,
        "line_id": one.call.lines[0],
        "commitment_id": commitment,
    }
    row |= {"amount": amount, "weight": weight, "basis": "pro_rata", "effective_on": MOVED_ON}
    return t.add("taken_parts", **{**row, "recorded_at": MOVED_AT, **values})


def share(t, one, transfer, **values) -> int:
    row = {"transfer_id": transfer, "fund_id": one.fund, "commitment_id": one.p}
    parts = ("return_of_capital", "preferred_return", "profit_share", "carried_interest", "recallable_amount")
    row |= dict.fromkeys((*parts, "gross_amount", "withholding_tax"), "0.00")
    return t.add(
        "taken_shares", **{**row, "tiers": "[]", "effective_on": MOVED_ON, "recorded_at": MOVED_AT, **values}
    )


def event(t, one, transfer, commitment, kind, amount, **values) -> int:
    row = {"transfer_id": transfer, "kind": kind, "effective_on": MOVED_ON, "reason": "Sale"}
    return t.promised(
        commitment, one.fund, amount, **{**row, "recorded_at": MOVED_AT, "approved_at": MOVED_AT, **values}
    )


def moved_row(t, one, transfer, amount="33.33", **values) -> int:
    row = {"transfer_id": transfer, "fund_id": one.fund, "row_id": one.row, "amount": amount}
    return t.add("transfer_rows", **{**row, **values})


def moved(t, one=None, *, row="33.33", parts="33.33", commitment="33333.33", transfer=None, **values):
    """A third of p's interest moves to q, whole but for what is said."""
    one = one or held(t)
    transfer = transfer or asked(t, one, **values)
    approved(t, transfer)
    if row is not None:
        moved_row(t, one, transfer, row)
    if parts is not None:
        part(t, one, transfer, one.p, f"-{parts}", "-33333.33")
        part(t, one, transfer, one.q, parts, "33333.33")
    if commitment is not None:
        event(t, one, transfer, one.p, "transfer_out", f"-{commitment}")
        event(t, one, transfer, one.q, "transfer_in", commitment)
    return one, transfer


@allowed
def an_interest_that_moves_whole(t, base):
    one, _ = moved(t)
    t.whole()
    found = t.sql(
        "SELECT commitment_id, committed, called, paid, unfunded FROM commitment_capital WHERE fund_id = %s",
        one.fund,
    )
    figures = {who: [f"{figure:.2f}" for figure in rest] for who, *rest in found.fetchall()}
    assert figures[one.p] == ["66666.67", "66.67", "66.67", "66600.00"]
    assert figures[one.q] == ["133333.33", "33.33", "33.33", "133300.00"]
    assert t.one("SELECT sum(held) FROM held_parts WHERE line_id = %s", one.call.lines[0]) == 100


# ---------------------------------------------------------------- what is asked for


def asking(rail, name, sqlstate=CHECK, **values):
    @refused(rail, sqlstate)
    def run(t, base):
        asked(t, held(t), **values)

    run.__name__ = name


asking("transfer_moves_a_share", "a_share_of_nothing", numerator=0)
asking("transfer_moves_a_share", "more_than_the_whole", numerator=4)
asking("transfer_has_reason", "a_transfer_for_no_reason", reason="")
asking("dated_row_not_ahead", "a_transfer_of_tomorrow", effective_on="2026-03-11")
asking("four_eyes_as_the_fund_demands", "a_transfer_under_another_rule", four_eyes=True)
asking("transfer_approved_at_with_by", "approved_by_nobody", approved_at=MOVED_AT)
asking("transfer_rejected_at_with_by", "rejected_by_nobody", rejected_at=MOVED_AT)


@refused("transfer_to_another")
def a_transfer_to_oneself(t, base):
    one = held(t)
    asked(t, one, transferee_id=one.p)


@refused("transfer_from_partner_of_fund", FOREIGN)
def a_transfer_from_a_partner_of_another_fund(t, base):
    asked(t, held(t), transferor_id=base.a)


@refused("transfer_to_partner_of_fund", FOREIGN)
def a_transfer_to_a_partner_of_another_fund(t, base):
    asked(t, held(t), transferee_id=base.a)


@refused("one_transfer_waits_per_fund", UNIQUE)
def two_transfers_that_wait(t, base):
    one = held(t)
    asked(t, one)
    asked(t, one, number=2)


@refused("transfer_number_once_per_fund", UNIQUE)
def two_transfers_of_one_number(t, base):
    one = held(t)
    rejected = asked(t, one)
    t.change("transfers", rejected, rejected_at=MOVED_AT, rejected_by_id=t.person)
    asked(t, one)


@refused("transfer_decided_once")
def a_transfer_approved_and_rejected(t, base):
    people = {"approved_by_id": t.person, "rejected_by_id": t.person}
    asked(t, held(t), approved_at=MOVED_AT, rejected_at=MOVED_AT, **people)


@refused("transfer_approver_is_another")
def a_transfer_approved_by_who_asked(t, base):
    row = {"fund_id": base.strict, "transferor_id": base.c, "transferee_id": base.d, "four_eyes": True}
    approved(t, asked(t, held(t), **row))


@refused("dated_rows_are_append_only", role="owner")
def a_transfer_of_another_share(t, base):
    t.change("transfers", asked(t, held(t)), numerator=2)


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


@refused("moved_rows_are_not_taken_back")
def a_payment_of_which_a_part_was_transferred(t, base):
    one, _ = moved(t)
    t.whole()
    back = t.reversing_payment(one.payment)
    t.approved_reversal(one.payment, back)


@refused("no_closing_after_a_transfer")
def a_closing_after_a_transfer(t, base):
    one, _ = moved(t)
    t.whole()
    closing = t.closing(one.fund, {t.investor(): "1000.00"})
    t.submit_closing(closing)


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
