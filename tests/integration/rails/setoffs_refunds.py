"""Attempts on set-offs of refunds: what pays a call instead of a wire, when, how much, and taking it back."""

from dataclasses import dataclass

from tests.integration.rails.world import FOREIGN, UNIQUE, allowed, refused
from tests.support.trail import Call
from tests.support.trail_closings import PAY_ON, Settled

CALLED_AT, ASKED_AT, DONE_AT, BACK_AT = (
    "2026-03-12 12:00+00",
    "2026-03-20 12:00+00",
    "2026-03-20 13:00+00",
    "2026-03-21 12:00+00",
)


@dataclass(frozen=True)
class Owing:
    """A settled closing by which p gets 130.00 back and q 26.00, and a call by which p owes 40.00 and q 10.00."""

    settled: Settled
    call: Call

    @property
    def fund(self) -> int:
        return self.settled.joined.fund

    @property
    def p(self) -> int:
        return self.settled.who["p"]


def owing(t, came="256.00", second=None) -> Owing:
    """The same, of which so much came for the closing."""
    settled = t.settled(t.joined())
    who = settled.who
    days = {
        "call_date": "2026-03-12",
        "due_date": PAY_ON,
        "submitted_at": CALLED_AT,
        "approved_at": CALLED_AT,
    }
    call = t.call(
        settled.joined.fund, {who["p"]: ["40.00"], who["q"]: ["10.00"], who["z"]: ["50.00"]}, [None], **days
    )
    if came:
        t.payment(settled.call, who["z"], came, value_date=PAY_ON)
    t.settle()
    t.whole()
    return Owing(settled, call)


def asked(t, one, **values) -> int:
    row = {"fund_id": one.fund, "number": 1, "call_id": one.call.id, "closing_id": one.settled.joined.closing}
    row |= {"value_date": PAY_ON, "reason": "Clause 6.2", "four_eyes": False, "requested_at": ASKED_AT}
    return t.add("setoffs", **{**row, "requested_by_id": t.person, **values})


def part(t, one, setoff, amount="40.00", who="p", **values) -> int:
    commitment = one.settled.who[who]
    row = {"setoff_id": setoff, "fund_id": one.fund, "commitment_id": commitment, "amount": amount}
    row |= {"call_id": one.call.id, "call_item_id": one.call.items[commitment]}
    row |= {"closing_id": one.settled.joined.closing, "refund_id": one.settled.refunds[who]}
    return t.add("setoff_parts", **{**row, **values})


def approved(t, one=None, **values) -> tuple[Owing, int]:
    """A set-off of p's refund that stands."""
    one = one or owing(t)
    setoff = asked(t, one)
    of = part(t, one, setoff, **values)
    t.change("setoffs", setoff, approved_at=DONE_AT, approved_by_id=t.person)
    t.settle()
    return one, of


def paid(t, one, of, amount="40.00", **values) -> int:
    row = {"fund_id": one.fund, "call_id": one.call.id, "item_id": one.call.items[one.p], "amount": amount}
    row |= {"commitment_id": one.p, "value_date": PAY_ON, "setoff_part_id": of, "recorded_at": DONE_AT}
    return t.add("payments", **{**row, "recorded_by_id": t.person, **values})


def refunded(t, one, of, amount="40.00", **values) -> int:
    return t.refund_payout(one.settled, "p", amount, **{"setoff_part_id": of, "value_date": PAY_ON, **values})


def posted(t, **values) -> tuple[Owing, int, int, int]:
    one, of = approved(t)
    both = paid(t, one, of), refunded(t, one, of)
    t.settle()
    t.whole()
    return one, of, *both


def reversal(t, of, **values) -> None:
    fund = t.one("SELECT fund_id FROM setoff_parts WHERE id = %s", of)
    row = {
        "part_id": of,
        "fund_id": fund,
        "reason": "Not agreed",
        "four_eyes": False,
        "requested_at": BACK_AT,
    }
    row |= {"requested_by_id": t.person, "approved_at": BACK_AT, "approved_by_id": t.person}
    t.add("setoff_reversals", **{**row, **values})


def taken_back(t, of, payment=None, payout=None) -> None:
    said = {"reason": "Not agreed", "requested_at": BACK_AT, "four_eyes": False}
    if payment:
        back = t.reversing_payment(payment, value_date=PAY_ON, setoff_part_id=of)
        t.approved_reversal(payment, back, money_left=False, cash_on=None, **said)
    if payout:
        back = t.reversing_refund_payout(payout, setoff_part_id=of)
        t.refund_reversal(payout, back, **said)
    t.settle()


@allowed
def a_refund_that_pays_a_call_and_is_taken_back(t, base):
    one, of, payment, payout = posted(t)
    assert t.one("SELECT outstanding FROM call_item_capital WHERE item_id = %s", one.call.items[one.p]) == 0
    assert t.one("SELECT payable FROM refund_capital WHERE refund_id = %s", one.settled.refunds["p"]) == 90
    reversal(t, of)
    taken_back(t, of, payment, payout)
    t.whole()
    assert t.one("SELECT payable FROM refund_capital WHERE refund_id = %s", one.settled.refunds["p"]) == 130


@allowed
def what_is_beyond_the_set_off_wired_before_it(t, base):
    one, of = approved(t)
    t.refund_payout(one.settled, "p", "90.00")
    t.refund_payout(one.settled, "q", "26.00")
    paid(t, one, of)
    refunded(t, one, of)
    t.settle()
    t.whole()


@allowed
def a_set_off_that_waits_for_its_release_taken_back(t, base):
    _, of = approved(t, owing(t, came=None))
    reversal(t, of)
    t.settle()
    t.whole()


@refused("refund_pays_its_set_off_first")
def a_refund_wired_that_was_to_pay_a_call(t, base):
    one, _ = approved(t)
    t.refund_payout(one.settled, "p", "90.01")


@refused("refund_pays_its_set_off_first")
def a_refund_wired_of_which_too_little_came_for_its_set_off(t, base):
    one, _ = approved(t, owing(t, came="64.00"))
    t.refund_payout(one.settled, "p", "0.01")


@refused("refund_within_what_was_released")
def a_call_paid_by_a_refund_that_is_not_released(t, base):
    one, of = approved(t, owing(t, came="64.00"))
    paid(t, one, of)
    refunded(t, one, of)


@refused("setoff_is_posted_on_both_sides")
def a_call_paid_by_a_refund_alone(t, base):
    paid(t, *approved(t))
    t.settle()


@refused("setoff_is_posted_on_both_sides")
def a_refund_paid_to_no_call(t, base):
    refunded(t, *approved(t))
    t.settle()


def with_sides(name, payment=None, payout=None):
    """Both sides, one of them otherwise."""

    @refused("setoff_is_posted_on_both_sides")
    def run(t, base):
        one, of = approved(t)
        paid(t, one, of, **(payment or {}))
        refunded(t, one, of, **(payout or {}))
        t.settle()

    run.__name__ = name


with_sides("less_of_a_refund_than_pays_a_call", payout={"amount": "39.00"})
with_sides("a_refund_that_pays_a_call_another_day", payout={"value_date": "2026-03-21"})
with_sides("less_paid_by_a_refund_than_was_agreed", {"amount": "30.00"}, {"amount": "30.00"})
with_sides("a_refund_that_paid_before_it_was_agreed", *({"value_date": "2026-03-19"},) * 2)


@refused("setoff_is_posted_on_both_sides")
def a_refund_that_pays_a_call_while_nobody_approved_it(t, base):
    one = owing(t)
    of = part(t, one, asked(t, one))
    t.settle()
    paid(t, one, of)
    refunded(t, one, of)
    t.settle()


@refused("setoff_is_posted_on_both_sides")
def a_refund_that_pays_a_call_after_it_was_taken_back(t, base):
    one, of = approved(t)
    reversal(t, of)
    t.settle()
    paid(t, one, of)
    refunded(t, one, of)
    t.settle()


@refused("one_refund_payout_per_part_of_a_setoff", UNIQUE)
def a_refund_that_pays_a_call_twice(t, base):
    one, of, *_ = posted(t)
    refunded(t, one, of)


@refused("setoff_is_taken_back_on_both_sides")
def a_refund_that_paid_a_call_taken_back_alone(t, base):
    _, of, _, payout = posted(t)
    taken_back(t, of, payout=payout)


@refused("setoff_is_posted_on_both_sides")
def a_refund_that_paid_a_call_taken_back_by_half(t, base):
    _, of, payment, _ = posted(t)
    reversal(t, of)
    taken_back(t, of, payment=payment)


@refused("setoff_is_taken_back_on_both_sides")
def a_wired_refund_taken_back_beside_a_set_off(t, base):
    one, of, *_ = posted(t)
    wired = t.refund_payout(one.settled, "p", "90.00")
    t.settle()
    reversal(t, of)
    back = t.reversing_refund_payout(wired)
    t.refund_reversal(wired, back, reason="Not agreed", requested_at=BACK_AT, four_eyes=False)


@refused("setoff_within_what_is_payable")
def more_set_off_than_a_refund_is(t, base):
    one = owing(t)
    part(t, one, asked(t, one), amount="26.01", who="q")


@refused("setoff_of_a_distribution_or_a_closing")
def a_set_off_of_nothing(t, base):
    asked(t, owing(t), closing_id=None)


@refused("setoff_part_of_an_item_or_a_refund")
def a_part_of_no_refund(t, base):
    one = owing(t)
    part(t, one, asked(t, one), refund_id=None)


@refused("one_setoff_waits_per_closing", UNIQUE)
def two_set_offs_of_a_closing_that_wait(t, base):
    one = owing(t)
    part(t, one, asked(t, one))
    asked(t, one, number=2)


@refused("setoff_closing_of_fund", FOREIGN)
def a_set_off_of_no_closing(t, base):
    one = owing(t)
    asked(t, one, closing_id=0)


@refused("setoff_part_of_refund", FOREIGN)
def a_part_of_the_refund_of_another(t, base):
    one = owing(t)
    part(t, one, asked(t, one), refund_id=one.settled.refunds["q"])


@refused("setoff_part_belongs_to_its_closing", FOREIGN)
def a_part_of_another_closing_than_its_set_off(t, base):
    one, other = owing(t), owing(t)
    part(t, one, asked(t, one), closing_id=other.settled.joined.closing, refund_id=other.settled.refunds["p"])


@refused("refund_payout_of_setoff_part", FOREIGN)
def anothers_refund_that_pays_a_part(t, base):
    one, of = approved(t)
    t.refund_payout(one.settled, "q", "26.00", setoff_part_id=of, value_date=PAY_ON)


@refused("refund_payout_without_wire_for_one_reason")
def a_payout_by_a_distribution_and_by_a_set_off(t, base):
    one, of = approved(t)
    refunded(t, one, of, by_distribution=True)
