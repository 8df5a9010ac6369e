"""Attempts on what late closers are charged for the time before."""

import json

from tests.integration.rails.fees import call
from tests.integration.rails.world import CHECK, DENIED, FOREIGN, UNIQUE, allowed, attempt, refused
from tests.support.trail import AT

DAYS = {"from": "2026-01-01", "to": "2026-04-01", "parts": []}


def late(t, base, made=None, *, reads=None, **values) -> int:
    """What a partner is charged for a quarter, the call that asks for it, and what the partner reads of it: the same,
    unless it `reads` otherwise."""
    made = made or call(t, base.fund, {base.a: "500.00"})
    amounts = {"charged": "500.00", "let_off": "0.00", "agreed": "0.00", "net": "500.00", "tax": "0.00"}
    keys = {"call_id": made, "fund_id": base.fund, "commitment_id": base.a}
    said = {"effective_on": "2026-02-10", "tax_rate": "0", "reason": "", "recorded_at": AT}
    said["periods"] = json.dumps([DAYS | {"amount": "500.00"}])
    row = t.add("fee_catch_ups", **{**keys, **amounts, **said, **values})
    if reads != "nothing":
        said = {name: {**amounts, **values}[name] for name in ("net", "tax")}
        told(t, base, row, **{"facts": said, **(reads or {})})
    return row


def told(t, base, row, facts, **values) -> int:
    keys = {"catch_up_id": row, "fund_id": base.fund, "commitment_id": base.a, "effective_on": "2026-02-10"}
    return t.add("fee_statements", **{**keys, **values}, facts=json.dumps(facts))


@allowed
def what_a_late_closer_is_charged_and_asked_for(t, base):
    late(t, base)


@allowed
def what_a_person_set_with_a_reason(t, base):
    made = call(t, base.fund, {base.a: "400.00"})
    late(t, base, made, agreed="-100.00", net="400.00", reason="Agreed")


for _name, _values in {
    "a_late_closer_charged_a_cent_more_than_asked": {"charged": "500.01", "net": "500.01"},
    "a_late_closer_charged_otherwise_than_its_periods": {"periods": "[]"},
    "a_late_closer_charged_a_quarter_twice": {
        "periods": json.dumps([DAYS | {"amount": "250.00"}, DAYS | {"amount": "250.00"}])
    },
    "tax_of_a_late_closer_that_nobody_asks_for": {"tax": "1.00"},
}.items():
    attempt("fee_catch_up_is_asked_for", _name, lambda t, base, values=_values: late(t, base, **values))


for _name, _reads in {
    "a_late_closer_who_reads_nothing_of_its_fee": "nothing",
    "a_late_closer_who_reads_of_a_cent_less": {"facts": {"net": "499.99", "tax": "0.00"}},
    "a_late_closer_who_reads_of_another_day": {"effective_on": "2026-02-11"},
    "a_late_closer_whose_fee_was_withdrawn_alone": {"withdrawn_at": AT},
}.items():
    attempt("fee_statement_says_its_line", _name, lambda t, base, reads=_reads: late(t, base, reads=reads))


@refused("fee_run_is_written_whole")
def what_a_late_closer_reads_is_written_later(t, base):
    made = call(t, base.fund, {base.b: "1.00"}, kind="partnership_expenses")
    row = late(t, base, made, reads="nothing", charged="0.00", net="0.00", periods="[]")
    t.whole()
    told(t, base, row, {"net": "0.00", "tax": "0.00"})


@refused("fee_statements_catch_up_id_key", UNIQUE)
def a_late_closer_reads_twice_of_its_fee(t, base):
    told(t, base, late(t, base), {"net": "500.00", "tax": "0.00"})


attempt(
    "fee_statement_of_catch_up",
    "another_partner_reads_what_a_late_closer_is_charged",
    lambda t, base: late(t, base, reads={"commitment_id": base.b}),
    FOREIGN,
)
attempt(
    "fee_statement_of_a_run_or_of_a_catch_up",
    "what_a_partner_reads_of_no_fee",
    lambda t, base: late(t, base, reads={"catch_up_id": None}),
    CHECK,
)


@refused("fee_catch_up_is_asked_for")
def another_partner_asked_for_a_fee_beside_a_late_closer(t, base):
    late(t, base, call(t, base.fund, {base.a: "500.00", base.b: "1.00"}))


attempt(
    "fee_catch_up_is_written_with_its_call",
    "what_a_late_closer_is_charged_written_later",
    lambda t, base: late(t, base, recorded_at="2026-03-01 12:00+00"),
)
attempt(
    "fee_catch_up_adds_up",
    "what_a_late_closer_is_charged_that_does_not_add_up",
    lambda t, base: late(t, base, let_off="1.00"),
)
attempt(
    "fee_catch_up_not_below_nothing",
    "a_late_closer_who_is_paid",
    lambda t, base: late(t, base, let_off="-1.00", net="501.00"),
)
attempt(
    "fee_catch_up_set_with_reason",
    "a_late_closer_charged_less_for_no_reason",
    lambda t, base: late(t, base, agreed="-100.00", net="400.00"),
)
attempt(
    "fee_catch_up_has_a_rate_or_a_discount",
    "a_late_closer_with_a_rate_and_a_share_off",
    lambda t, base: late(t, base, own_rate="0.01", discount="0.1"),
)
attempt(
    "fee_catch_up_of_call",
    "a_late_closer_asked_by_a_call_of_another_fund",
    lambda t, base: late(t, base, base.open.id, fund_id=base.strict),
    FOREIGN,
)
attempt(
    "fee_catch_up_of_partner",
    "a_late_closer_of_another_fund",
    lambda t, base: late(t, base, commitment_id=base.c),
    FOREIGN,
)


@refused("one_fee_catch_up_per_call_and_partner", UNIQUE)
def a_late_closer_charged_twice_by_a_call(t, base):
    made = call(t, base.fund, {base.a: "500.00"})
    for _ in range(2):
        late(t, base, made)


@refused("fee_rows_are_append_only", DENIED, role="owner")
def what_a_late_closer_was_charged_changed_later(t, base):
    t.change("fee_catch_ups", late(t, base), net="499.99")
