"""Attempts on what happened in a fund that its fee follows, and on the days that a run charges."""

import json

from tests.integration.rails.fees import (
    AFTER,
    FIRST,
    charged,
    event,
    parts,
    realisation,
    strict,
)
from tests.integration.rails.world import FOREIGN, UNIQUE, allowed, attempt, refused

# ---------------------------------------------------------------- what happened

attempt("fee_events_kind_known", "an_event_of_no_kind", lambda t, base: event(t, base, kind="zz"))
attempt(
    "dated_row_not_ahead",
    "an_event_of_tomorrow",
    lambda t, base: event(t, base, effective_on="2026-02-11"),
)
attempt(
    "fee_realisation_changes_something", "nothing_sold", lambda t, base: realisation(t, base, amount="0.00")
)
attempt(
    "fee_realisation_corrected_with_reason",
    "less_sold_for_no_reason",
    lambda t, base: realisation(t, base, amount="-1.00"),
)


@allowed
def a_suspension_that_ends_and_what_is_taken_back_and_happens_again(t, base):
    for day, kind in enumerate(("suspended", "resumed", "suspended"), start=1):
        event(t, base, kind=kind, effective_on=f"2026-02-0{day}")
    ended = event(t, base)
    t.whole()
    event(t, base, takes_back_id=ended)
    event(t, base)
    realisation(t, base, effective_on="2026-01-01")
    realisation(t, base, amount="-10.00", reason="x", effective_on="2026-01-02")


@refused("fee_realisation_not_below_nothing")
def less_sold_than_nothing_on_a_day_of_before(t, base):
    realisation(t, base, effective_on="2026-01-03")
    realisation(t, base, amount="-10.00", reason="x", effective_on="2026-01-02")


@refused("fee_events_in_their_order")
def an_event_that_happens_twice(t, base):
    event(t, base)
    event(t, base, effective_on="2026-01-02")


@refused("fee_events_in_their_order")
def a_suspension_within_one(t, base):
    event(t, base, kind="suspended")
    event(t, base, kind="suspended", effective_on="2026-01-02")


@refused("fee_events_in_their_order")
def a_suspension_that_ends_on_its_day(t, base):
    event(t, base, kind="suspended")
    event(t, base, kind="resumed")


@refused("fee_events_in_their_order")
def an_end_of_no_suspension(t, base):
    event(t, base, kind="resumed")


@refused("fee_event_taken_back_once", UNIQUE)
def an_event_taken_back_twice(t, base):
    ended = event(t, base)
    for _ in range(2):
        event(t, base, takes_back_id=ended)


@refused("fee_event_takes_back_its_own", FOREIGN)
def an_event_of_another_fund_taken_back(t, base):
    event(t, base, takes_back_id=event(t, strict(base), four_eyes=True, approved_by_id=t.base.second))


@refused("fee_event_takes_back_its_own", FOREIGN)
def an_event_taken_back_of_another_day(t, base):
    event(t, base, takes_back_id=event(t, base), effective_on="2026-01-02")


@refused("fee_event_takes_back_what_counts")
def what_takes_back_taken_back(t, base):
    back = event(t, base, takes_back_id=event(t, base))
    event(t, base, takes_back_id=back)


@refused("fee_event_takes_back_what_counts")
def what_waits_taken_back(t, base):
    waits = event(t, base, approved_at=None, approved_by_id=None)
    event(t, base, takes_back_id=waits)


@refused("fee_event_takes_back_what_counts")
def an_event_that_takes_itself_back(t, base):
    event(t, base, id=2_000_000_001, takes_back_id=2_000_000_001)


# ---------------------------------------------------------------- the days of a run

for _name, _days in {
    "a_day_charged_twice": ((FIRST, "2026-02-02", "250.00"), ("2026-02-01", AFTER, "250.00")),
    "a_day_left_out": ((FIRST, "2026-02-01", "250.00"), ("2026-02-02", AFTER, "250.00")),
    "one_left_out_and_one_twice": (
        (FIRST, "2026-02-02", "250.00"),
        ("2026-02-01", "2026-03-01", "250.00"),
        ("2026-03-02", AFTER, "0.00"),
    ),
    "a_part_of_a_cent_more": ((FIRST, AFTER, "500.01"),),
    "no_parts_of_a_fee": (),
}.items():
    attempt(
        "fee_parts_are_the_days_of_the_run",
        _name,
        lambda t, base, days=_days: charged(t, first={"parts": parts(*days)}),
    )
_CREDITED = {"true_up": "-100.00", "charged": "400.00", "credit_carried": "0.00", "net": "400.00"}
for _name, _named in {
    "a_true_up_of_no_period": [],
    "a_true_up_of_more_than_its_periods": [{"from": None, "to": None, "was": "100.01", "comes_to": "0.00"}],
    "a_true_up_of_its_own_days": [{"from": FIRST, "to": AFTER, "was": "500.00", "comes_to": "400.00"}],
}.items():
    attempt(
        "fee_parts_are_the_days_of_the_run",
        _name,
        lambda t, base, named=_named: charged(
            t, first={**_CREDITED, "true_ups": json.dumps(named)}, net="900.00"
        ),
    )
attempt(
    "fee_parts_are_the_days_of_the_run",
    "a_charge_that_hides_a_discount",
    lambda t, base: charged(t, first={"parts": parts((FIRST, AFTER, "500.00"), discount="1.00")}),
)
