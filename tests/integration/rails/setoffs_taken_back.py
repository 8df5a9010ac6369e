"""Attempts on taking a set-off back: on both sides, by one request, or not at all."""

from tests.integration.rails.setoffs import BACK_AT, asked, done, opened, part, reversal, taken_back
from tests.integration.rails.world import DENIED, FOREIGN, UNIQUE, refused
from tests.support.trail_out import PAID_OUT_ON


@refused("setoff_is_posted_on_both_sides")
def one_side_taken_back(t, base):
    of, payment, _ = done(t)
    t.whole()
    reversal(t, of)
    taken_back(t, payment)
    t.whole()


@refused("setoff_is_posted_on_both_sides")
def a_set_off_taken_back_and_nothing_posted(t, base):
    of, *_ = done(t)
    t.whole()
    reversal(t, of)
    t.whole()


@refused("setoff_is_taken_back_on_both_sides")
def both_sides_taken_back_by_requests_of_their_own(t, base):
    _, payment, payout = done(t)
    t.whole()
    taken_back(t, payment, payout)


@refused("setoff_is_taken_back_on_both_sides")
def both_sides_taken_back_in_other_words(t, base):
    of, payment, payout = done(t)
    t.whole()
    reversal(t, of)
    taken_back(t, payment, payout, reason="Other")


@refused("setoff_is_taken_back_on_both_sides")
def another_payment_taken_back_beside_a_set_off(t, base):
    of, *_ = done(t)
    t.whole()
    reversal(t, of)
    back = t.reversing_payment(base.payment)
    t.approved_reversal(base.payment, back, money_left=False, cash_on=None)


@refused("expensed_payment_moved_no_cash")
def cash_of_a_set_off_that_left_again(t, base):
    of, payment, _ = done(t)
    t.whole()
    reversal(t, of)
    of_part = {"setoff_part_id": of, "value_date": PAID_OUT_ON}
    back = t.reversing_payment(payment, **of_part)
    said = {"reason": "Not agreed", "requested_at": BACK_AT, "four_eyes": False}
    t.approved_reversal(payment, back, money_left=True, cash_on=PAID_OUT_ON, **said)


def with_reversal(rail, name, *more, **values):
    """An attempt to take it back otherwise."""

    @refused(rail, *more)
    def run(t, base):
        of, *_ = done(t)
        t.whole()
        reversal(t, of, **values)

    run.__name__ = name


UNDECIDED = {"approved_at": None, "approved_by_id": None}
with_reversal("setoff_reversal_has_reason", "a_set_off_reversed_for_no_reason", reason="")
with_reversal(
    "setoff_reversal_decided_once", "its_reversal_decided_twice", rejected_at=BACK_AT, rejected_by_id=1
)
with_reversal("setoff_reversal_approved_at_with_by", "a_set_off_reversed_by_nobody", approved_by_id=None)
with_reversal(
    "setoff_reversal_rejected_at_with_by",
    "its_reversal_turned_down_by_nobody",
    **UNDECIDED,
    rejected_at=BACK_AT,
)


@refused("setoff_reversal_of_part", FOREIGN)
def a_set_off_reversed_in_another_fund(t, base):
    of, *_ = done(t)
    reversal(t, of, fund_id=base.fund, **UNDECIDED)


@refused("setoff_reversal_approver_is_another")
def a_set_off_reversed_by_who_asked(t, base):
    one = opened(t, base.second)
    setoff = asked(t, one, four_eyes=True)
    of = part(t, one, setoff)
    reversal(t, of, four_eyes=True)


@refused("one_reversal_per_setoff_part", UNIQUE)
def a_set_off_reversed_twice(t, base):
    of, *_ = done(t)
    for _ in range(2):
        reversal(t, of, **UNDECIDED)


@refused("setoffs_are_append_only", DENIED, role="owner")
def a_part_of_a_set_off_changed(t, base):
    one = opened(t)
    t.change("setoff_parts", part(t, one, asked(t, one)), amount="1.00")
