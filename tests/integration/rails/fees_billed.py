"""Attempts on the calls that bill runs of fees, and on what partners read of them."""

import json

from tests.integration.rails.fees import approved, billed, call, charged, following
from tests.integration.rails.world import FOREIGN, UNIQUE, allowed, attempt, refused
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


def statement(t, one, of=None, **values) -> int:
    """What a partner reads of its fee, with what its line says unless said otherwise."""
    said = {"net": "500.00", "tax": "0.00", **values.pop("facts", {})}
    keys = {"run_id": one.run, "fund_id": one.fund, "commitment_id": of or one.p}
    row = {"effective_on": "2026-01-01", "facts": json.dumps(said), **values}
    return t.add("fee_statements", **{**keys, **row})


@allowed
def what_both_partners_read_of_their_fee(t, base):
    one, _ = billed(t)
    for partner in (one.p, one.q):
        statement(t, one, partner)


for _name, _values in {
    "a_partner_reads_of_a_cent_less": {"facts": {"net": "499.99"}},
    "a_partner_reads_of_another_tax": {"facts": {"tax": "1.00"}},
    "a_partner_reads_of_another_day": {"effective_on": "2026-01-02"},
    "a_fee_that_was_withdrawn_alone": {"withdrawn_at": AT},
}.items():

    def _reads(t, base, values=_values):
        one, _ = billed(t)
        statement(t, one, one.q)
        statement(t, one, **values)

    attempt("fee_statement_says_its_line", _name, _reads)


@refused("fee_statement_says_its_line")
def one_partner_reads_of_its_fee_and_the_other_does_not(t, base):
    one, _ = billed(t)
    statement(t, one)


@refused("fee_run_is_written_whole")
def what_a_partner_reads_is_written_later(t, base):
    one, _ = billed(t)
    t.whole()
    statement(t, one)


@refused("one_fee_statement_per_run_and_partner", UNIQUE)
def a_partner_reads_twice_of_its_fee(t, base):
    one, _ = billed(t)
    for _ in range(2):
        statement(t, one)


attempt(
    "fee_statement_of_run",
    "what_a_partner_of_another_fund_reads",
    lambda t, base: statement(t, billed(t)[0], base.a, fund_id=base.fund),
    FOREIGN,
)
attempt(
    "fee_statement_of_partner",
    "a_partner_of_another_fund_reads",
    lambda t, base: statement(t, billed(t)[0], base.a),
    FOREIGN,
)
