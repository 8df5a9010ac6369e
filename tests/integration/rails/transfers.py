"""Attempts on transfers: one whole, and what is asked for. What moves is tried in `transfers_moving`."""

from dataclasses import dataclass

from tests.integration.rails.world import CHECK, FOREIGN, UNIQUE, allowed, refused
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
asking("transfer_price_not_negative", "a_price_below_nothing", price="-0.01")
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
