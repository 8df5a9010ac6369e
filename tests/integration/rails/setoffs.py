"""Attempts on set-offs: what is asked for, that both sides are posted and taken back, and how much it may be."""

from dataclasses import dataclass

from tests.integration.rails.world import FOREIGN, UNIQUE, allowed, refused
from tests.support.trail import Call
from tests.support.trail_out import PAID_OUT_ON, Out

ASKED_AT, DONE_AT, BACK_AT = "2026-07-02 12:00+00", "2026-07-02 13:00+00", "2026-07-03 12:00+00"


@dataclass(frozen=True)
class Open:
    """A fund of two partners who paid 1,000.00 and owe 100.00 of a call; 60.00 are payable to p, and to q 60.00 of
    which 10.00 are withheld."""

    fund: int
    p: int
    q: int
    call: Call
    out: Out


def opened(t, second=None) -> Open:
    strict = {"four_eyes": True, "approved_by_id": second} if second else {}
    fund = t.fund(**({"four_eyes": True} if second else {}))
    terms = t.terms(fund)
    p, q = t.commitment(fund), t.commitment(fund)
    before = t.call(fund, {p: ["1000.00"], q: ["1000.00"]}, [None], **strict)
    for partner in (p, q):
        t.payment(before, partner, "1000.00")
    call = t.call(fund, {p: ["100.00"], q: ["100.00"]}, [None], **strict)
    parts = {p: {"return_of_capital": "60.00"}, q: {"return_of_capital": "60.00", "withholding_tax": "10.00"}}
    out = t.distribution(terms, parts, **strict)
    t.settle()
    t.whole()
    return Open(fund, p, q, call, out)


def asked(t, one, **values) -> int:
    row = {"fund_id": one.fund, "number": 1, "call_id": one.call.id, "distribution_id": one.out.id}
    row |= {"value_date": PAID_OUT_ON, "reason": "Clause 14.14", "four_eyes": False, "requested_at": ASKED_AT}
    return t.add("setoffs", **{**row, "requested_by_id": t.person, **values})


def part(t, one, setoff, who=None, amount="40.00", **values) -> int:
    who = who or one.p
    row = {"setoff_id": setoff, "fund_id": one.fund, "commitment_id": who, "amount": amount}
    row |= {"call_id": one.call.id, "call_item_id": one.call.items[who]}
    row |= {"distribution_id": one.out.id, "distribution_item_id": one.out.items[who]}
    return t.add("setoff_parts", **{**row, **values})


def approved(t, setoff, **values) -> None:
    t.change("setoffs", setoff, **{"approved_at": DONE_AT, "approved_by_id": t.person, **values})


def paid(t, one, of, amount="40.00", **values) -> int:
    row = {"fund_id": one.fund, "call_id": one.call.id, "item_id": one.call.items[one.p], "amount": amount}
    row |= {"commitment_id": one.p, "value_date": PAID_OUT_ON, "setoff_part_id": of, "recorded_at": DONE_AT}
    return t.add("payments", **{**row, "recorded_by_id": t.person, **values})


def paid_out(t, one, of, set_off="40.00", **values) -> int:
    return t.payout(one.out, one.p, setoff_part_id=of, set_off=set_off, **values)


def done(t, one=None, *, payment=True, payout=True, **values):
    """All of it, but for what is said; the part, and what it posted."""
    one = one or opened(t)
    setoff = asked(t, one)
    of = part(t, one, setoff, **values)
    approved(t, setoff)
    posted = (paid(t, one, of) if payment else None, paid_out(t, one, of) if payout else None)
    t.settle()
    return of, *posted


def reversal(t, of, **values) -> int:
    fund = t.one("SELECT fund_id FROM setoff_parts WHERE id = %s", of)
    row = {"part_id": of, "fund_id": fund, "reason": "Not agreed", "four_eyes": False}
    row |= {"requested_at": BACK_AT, "requested_by_id": t.person}
    return t.add("setoff_reversals", **{**row, "approved_at": BACK_AT, "approved_by_id": t.person, **values})


def taken_back(t, payment=None, payout=None, **values) -> None:
    """What the reversal of a set-off posts."""
    said = {"reason": "Not agreed", "requested_at": BACK_AT, **values}
    if payment:
        of = {"setoff_part_id": t.one("SELECT setoff_part_id FROM payments WHERE id = %s", payment)}
        back = t.reversing_payment(payment, value_date=PAID_OUT_ON, **of)
        t.approved_reversal(payment, back, money_left=False, cash_on=None, four_eyes=False, **said)
    if payout:
        part, set_off = t.one("SELECT setoff_part_id, -set_off FROM payouts WHERE id = %s", payout)
        back = t.reversing_payout(payout, setoff_part_id=part, set_off=set_off)
        t.approved_payout_reversal(payout, back, **said)
    t.settle()


@allowed
def a_set_off_on_both_sides_and_taken_back(t, base):
    one = opened(t)
    of, payment, payout = done(t, one)
    t.whole()
    assert t.one("SELECT outstanding FROM call_item_capital WHERE item_id = %s", one.call.items[one.p]) == 60
    reversal(t, of)
    taken_back(t, payment, payout)
    t.whole()
    assert t.one("SELECT outstanding FROM call_item_capital WHERE item_id = %s", one.call.items[one.p]) == 100


@allowed
def a_set_off_turned_down_and_asked_for_again(t, base):
    one = opened(t)
    first = asked(t, one, rejected_at=DONE_AT, rejected_by_id=t.person)
    part(t, one, first)
    part(t, one, asked(t, one, number=2))


def with_request(rail, name, *more, second=False, **values):
    """An attempt to ask for it otherwise."""

    @refused(rail, *more)
    def run(t, base):
        one = opened(t, base.second if second else None)
        part(t, one, asked(t, one, **values))

    run.__name__ = name


APPROVED = {"approved_at": DONE_AT, "approved_by_id": 1}
with_request("setoff_has_reason", "a_set_off_for_no_reason", reason="")
with_request(
    "setoff_decided_once", "a_set_off_decided_twice", **APPROVED, rejected_at=DONE_AT, rejected_by_id=1
)
with_request("setoff_approved_at_with_by", "a_set_off_approved_by_nobody", approved_at=DONE_AT)
with_request("setoff_rejected_at_with_by", "a_set_off_turned_down_by_nobody", rejected_at=DONE_AT)
with_request("four_eyes_as_the_fund_demands", "a_set_off_as_if_one_were_enough", second=True)
with_request("setoff_not_ahead", "a_set_off_of_tomorrow", value_date="2026-07-03")
with_request("setoff_call_of_fund", "a_set_off_of_no_call", FOREIGN, call_id=0)
with_request("setoff_distribution_of_fund", "a_set_off_of_no_distribution", FOREIGN, distribution_id=0)


@refused("setoff_approver_is_another")
def a_set_off_approved_by_who_asked(t, base):
    one = opened(t, base.second)
    setoff = asked(t, one, four_eyes=True)
    part(t, one, setoff)
    approved(t, setoff)


@refused("setoff_number_once_per_fund", UNIQUE)
def two_set_offs_of_one_number(t, base):
    one = opened(t)
    for rejected in ({"rejected_at": DONE_AT, "rejected_by_id": t.person}, {}):
        asked(t, one, **rejected)


@refused("one_setoff_waits_per_distribution", UNIQUE)
def two_set_offs_of_a_distribution_that_wait(t, base):
    one = opened(t)
    for number in (1, 2):
        asked(t, one, number=number)


@refused("setoffs_are_append_only", role="owner")
def the_day_of_a_set_off_changed(t, base):
    one = opened(t)
    t.change("setoffs", asked(t, one), value_date="2026-06-30")


@refused("setoff_names_a_partner")
def a_set_off_of_nobody(t, base):
    asked(t, opened(t))


def with_part(rail, name, *more, **values):
    """An attempt to set off otherwise."""

    @refused(rail, *more)
    def run(t, base):
        one = opened(t)
        part(
            t,
            one,
            asked(t, one),
            **{key: value(one) if callable(value) else value for key, value in values.items()},
        )

    run.__name__ = name


with_part("setoff_part_positive", "nothing_set_off", amount="0.00")
with_part("setoff_within_what_is_payable", "more_set_off_than_is_payable", amount="60.01")
with_part(
    "setoff_within_what_is_payable", "tax_that_is_withheld_set_off", who=lambda one: one.q, amount="50.01"
)
with_part(
    "setoff_part_of_call_item",
    "another_partners_item_paid",
    FOREIGN,
    call_item_id=lambda one: one.call.items[one.q],
)
with_part(
    "setoff_part_of_distribution_item",
    "another_partners_item_set_off",
    FOREIGN,
    distribution_item_id=lambda one: one.out.items[one.q],
)
with_part("setoff_part_belongs_to_setoff", "a_part_of_no_set_off", FOREIGN, fund_id=0)


@refused("one_part_per_setoff_and_partner", UNIQUE)
def a_partner_named_twice(t, base):
    one = opened(t)
    setoff = asked(t, one)
    for _ in range(2):
        part(t, one, setoff)


@refused("setoff_parts_come_with_it")
def a_part_added_later(t, base):
    one = opened(t)
    setoff = asked(t, one)
    part(t, one, setoff)
    t.whole()
    part(t, one, setoff, one.q)


@refused("setoff_is_posted_on_both_sides")
def set_off_and_not_paid(t, base):
    done(t, payment=False)
    t.whole()


@refused("setoff_is_posted_on_both_sides")
def set_off_and_not_paid_out(t, base):
    done(t, payout=False)
    t.whole()


@refused("setoff_is_posted_on_both_sides")
def paid_before_it_is_approved(t, base):
    one = opened(t)
    of = part(t, one, asked(t, one))
    paid(t, one, of)
    paid_out(t, one, of)
    t.settle()


@refused("setoff_is_posted_on_both_sides")
def less_paid_than_is_set_off(t, base):
    done(t, amount="41.00")


@refused("payment_within_item")
def more_set_off_than_is_owed(t, base):
    one = opened(t)
    t.payment(one.call, one.p, "70.00", value_date=PAID_OUT_ON)
    t.settle()
    done(t, one)


@refused("payment_by_receipt_or_settlement")
def a_set_off_paid_by_a_receipt(t, base):
    one = opened(t)
    setoff = asked(t, one)
    of = part(t, one, setoff)
    paid(t, one, of, receipt_id=t.receipt(one.fund, "40.00"))


@refused("payment_of_setoff_part", FOREIGN)
def a_set_off_that_pays_another_item(t, base):
    one = opened(t)
    of = part(t, one, asked(t, one), one.q)
    paid(t, one, of)


@refused("payout_of_setoff_part", FOREIGN)
def a_set_off_paid_out_of_another_item(t, base):
    one = opened(t)
    paid_out(t, one, part(t, one, asked(t, one), one.q))


@refused("payout_is_set_off_up_to_its_amount")
def more_set_off_than_a_payout_is(t, base):
    one = opened(t)
    paid_out(t, one, part(t, one, asked(t, one)), "60.01")


@refused("payout_is_set_off_up_to_its_amount")
def set_off_by_nothing(t, base):
    one = opened(t)
    paid_out(t, one, None)


@refused("one_payment_per_part_of_a_setoff", UNIQUE)
def a_part_that_pays_twice(t, base):
    one = opened(t)
    of, *_ = done(t, one)
    paid(t, one, of, "1.00")


@refused("one_payout_per_part_of_a_setoff", UNIQUE)
def a_part_paid_out_twice(t, base):
    one = opened(t)
    of = part(t, one, asked(t, one))
    for _ in range(2):
        paid_out(t, one, of)
