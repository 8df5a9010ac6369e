"""Attempts on the calls that bill runs of fees."""

from tests.integration.rails.fees import approved, billed, call, charged, following
from tests.integration.rails.world import FOREIGN, UNIQUE, refused
from tests.support.trail import AT


@refused("fee_call_asks_for_its_run")
def a_run_that_nobody_is_asked_for(t, base):
    approved(t, charged(t).run)


@refused("fee_call_asks_for_its_run")
def a_call_that_asks_for_another_thing(t, base):
    one = charged(t)
    approved(t, one.run)
    made = call(t, one.fund, {one.p: "500.00", one.q: "500.00"}, kind="other")
    t.add("fee_bills", run_id=one.run, fund_id=one.fund, call_id=made)


@refused("fee_call_asks_for_its_run")
def a_call_that_moves_a_cent_between_partners(t, base):
    one = charged(t)
    approved(t, one.run)
    made = call(t, one.fund, {one.p: "500.01", one.q: "499.99"})
    t.add("fee_bills", run_id=one.run, fund_id=one.fund, call_id=made)


@refused("fee_bills_run_id_key", UNIQUE)
def a_run_billed_twice(t, base):
    one, _ = billed(t)
    t.add("fee_bills", run_id=one.run, fund_id=one.fund, call_id=call(t, one.fund, {one.p: "1.00"}))


@refused("fee_bills_call_id_key", UNIQUE)
def a_call_that_bills_two_runs(t, base):
    one, made = billed(t)
    second = following(t, one)
    approved(t, second)
    t.add("fee_bills", run_id=second, fund_id=one.fund, call_id=made)


@refused("fee_bill_of_call", FOREIGN)
def a_bill_by_a_call_of_another_fund(t, base):
    one = charged(t)
    approved(t, one.run)
    t.add("fee_bills", run_id=one.run, fund_id=one.fund, call_id=base.open.id)


@refused("fee_bill_of_run", FOREIGN)
def a_bill_of_a_run_of_another_fund(t, base):
    one = charged(t)
    approved(t, one.run)
    t.add("fee_bills", run_id=one.run, fund_id=base.fund, call_id=base.open.id)


@refused("fee_calls_are_cancelled_in_turn")
def a_call_cancelled_before_a_later_one(t, base):
    one, made = billed(t)
    approved(t, following(t, one))
    t.whole()
    t.change(
        "capital_calls",
        made,
        status="cancelled",
        cancelled_at=AT,
        cancelled_by_id=t.person,
        cancel_reason="x",
    )


@refused("four_eyes_as_the_fund_demands")
def a_call_that_rides_along_with_a_fee_run(t, base):
    one, _ = billed(t, four_eyes=True, by=base.second)
    call(t, one.fund, {one.p: "1.00"})
