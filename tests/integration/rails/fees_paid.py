"""Attempts on fees that are paid from cash on hand, and on the wires that paid them."""

from tests.integration.rails.fees import approved, billed, call, charged, run
from tests.integration.rails.world import DENIED, FOREIGN, UNIQUE, allowed, attempt, refused

PAID_ON = "2026-02-15"


def owed(t, **values):
    """A run that is approved, of which 1,000.00 is to be paid from cash."""
    four_eyes = values.get("four_eyes", False)
    one = charged(t, paid_from="cash", **values)
    approved(t, one.run, **({"approved_by_id": t.base.second} if four_eyes else {}))
    return one


def payment(t, one, **values) -> int:
    row = {
        "amount": "1000.00",
        "value_date": PAID_ON,
        "recorded_by_id": t.person,
        "recorded_at": "2026-02-16 12:00+00",
    }
    return t.add("fee_payments", **{"run_id": one.run, "fund_id": one.fund, **row, **values})


def back(t, one, of, **values) -> int:
    return payment(t, one, **{"amount": "-1000.00", "reverses_id": of, "reason": "x", **values})


@allowed
def a_fee_that_the_fund_pays_and_pays_again_once_it_came_back(t, base):
    one = owed(t)
    back(t, one, payment(t, one), cash_on="2026-02-16")
    payment(t, one)


@allowed
def a_payment_of_a_strict_fund_taken_back_by_another(t, base):
    one = owed(t, four_eyes=True)
    back(t, one, payment(t, one), recorded_by_id=base.second)


attempt(
    "fee_runs_paid_from_known", "a_run_paid_from_nowhere", lambda t, base: run(t, base.fund, paid_from="zz")
)


@refused("fee_call_asks_for_its_run")
def a_call_for_a_fee_that_the_fund_pays(t, base):
    one = owed(t)
    made = call(t, one.fund, {one.p: "500.00", one.q: "500.00"})
    t.add("fee_bills", run_id=one.run, fund_id=one.fund, call_id=made)


@refused("fee_payment_pays_its_run")
def a_payment_of_a_fee_that_a_call_asks_for(t, base):
    payment(t, billed(t)[0])


attempt(
    "fee_payment_pays_its_run",
    "a_payment_of_a_fee_that_nobody_approved",
    lambda t, base: payment(t, charged(t, paid_from="cash")),
)
for _rail, _name, _values in (
    ("fee_payment_pays_its_run", "a_payment_of_a_cent_more", {"amount": "1000.01"}),
    ("fee_payment_after_its_approval", "a_payment_of_the_day_before", {"value_date": "2026-02-14"}),
    ("fee_payment_positive_or_taken_back_with_reason", "a_payment_with_a_reason", {"reason": "x"}),
):
    attempt(_rail, _name, lambda t, base, values=_values: payment(t, owed(t), **values))


@refused("fee_is_paid_once")
def a_fee_paid_twice(t, base):
    one = owed(t)
    for _ in range(2):
        payment(t, one)


for _rail, _name, _values in (
    ("fee_payment_is_taken_back_whole", "a_payment_taken_back_in_part", {"amount": "-999.99"}),
    ("fee_payment_is_taken_back_whole", "a_payment_taken_back_for_another_day", {"value_date": "2026-02-16"}),
    ("fee_payment_positive_or_taken_back_with_reason", "a_payment_taken_back_for_no_reason", {"reason": ""}),
    ("fee_payment_came_back_after_it_left", "a_wire_back_before_it_left", {"cash_on": "2026-02-14"}),
):

    def _taken_back(t, base, values=_values):
        one = owed(t)
        back(t, one, payment(t, one), **values)

    attempt(_rail, _name, _taken_back)


@refused("fee_payment_is_taken_back_whole")
def a_taking_back_that_is_taken_back(t, base):
    one = owed(t)
    taken = back(t, one, payment(t, one))
    payment(t, one, reverses_id=taken, reason="x")


@refused("fee_payments_reverses_id_key", UNIQUE)
def a_payment_taken_back_twice(t, base):
    one = owed(t)
    first = payment(t, one)
    for _ in range(2):
        back(t, one, first)


@refused("fee_payment_is_taken_back_by_another")
def a_payment_taken_back_by_who_recorded_it(t, base):
    one = owed(t, four_eyes=True)
    back(t, one, payment(t, one))


@refused("fee_payment_of_run", FOREIGN)
def a_payment_from_another_fund(t, base):
    payment(t, owed(t), fund_id=base.fund)


@refused("fee_rows_are_append_only", DENIED, role="owner")
def a_payment_of_another_day(t, base):
    one = owed(t)
    payment(t, one)
    t.sql("UPDATE fee_payments SET value_date = value_date + 1 WHERE run_id = %s", one.run)
