"""Attempts on the register: commitments and their dated events."""

from decimal import Decimal

from tests.integration.rails.world import DENIED, FOREIGN, UNIQUE, decided, refused
from tests.support.trail import AT, CALLED_ON


@refused("commitment_event_does_what_its_kind_says")
def a_negative_commitment(t, base):
    t.commitment(base.fund, "-0.01")


def change(t, base, amount, kind="increased", **values):
    row = {"kind": kind, "effective_on": CALLED_ON, "reason": "Signed more"}
    return t.promised(base.a, base.fund, amount, **{**row, **values})


@refused("commitment_has_its_admission")
def a_commitment_without_its_admission(t, base):
    keys = {"investor_id": t.investor(), "reference": "0000", "created_by_id": t.person}
    t.add("commitments", fund_id=base.fund, **keys)


@refused("one_admission_per_commitment", UNIQUE)
def a_partner_admitted_twice(t, base):
    t.promised(base.a, base.fund, "1.00")


@refused("commitment_event_does_what_its_kind_says")
def an_increase_that_lowers(t, base):
    change(t, base, "-1.00")


@refused("commitment_event_does_what_its_kind_says")
def a_release_that_weighs(t, base):
    change(t, base, "-1.00", "released")


@refused("commitment_event_does_what_its_kind_says")
def a_correction_by_nothing(t, base):
    t.promised(t.commitment(base.fund), base.fund, "0.00", kind="corrected")


@refused("commitment_event_has_reason")
def an_increase_without_a_reason(t, base):
    change(t, base, "1.00", reason="")


@refused("commitment_event_does_what_its_kind_says")
def an_event_of_no_kind(t, base):
    change(t, base, "1.00", "doubled")


@refused("commitment_event_of_commitment", FOREIGN)
def an_event_in_another_fund(t, base):
    values = {"kind": "increased", "reason": "Mine", "four_eyes": True, "approved_by_id": base.second}
    t.promised(base.a, base.strict, "1.00", **values)


decided("commitment_event", "an_event", lambda t, base, **values: change(t, base, "1.00", **values), AT)


@refused("commitment_event_approver_is_another")
def an_event_approved_by_who_asked(t, base):
    row = {"kind": "increased", "reason": "More", "four_eyes": True}
    t.promised(t.commitment(base.strict, "0.00"), base.strict, "1.00", **row)


@refused("four_eyes_as_the_fund_demands")
def an_event_without_the_second_person_of_its_fund(t, base):
    t.promised(t.commitment(base.strict, "0.00"), base.strict, "1.00", kind="increased", reason="More")


@refused("commitment_event_after_admission")
def an_event_before_the_admission(t, base):
    change(t, base, "1.00", effective_on="2025-08-31")


@refused("dated_row_not_ahead")
def an_event_that_lies_ahead(t, base):
    change(t, base, "1.00", effective_on="2026-02-17")


@refused("items_within_unfunded")
def a_commitment_reduced_below_what_was_called(t, base):
    called = t.one("SELECT committed - unfunded FROM commitment_capital WHERE commitment_id = %s", base.a)
    change(t, base, called - 100000 - Decimal("0.01"), "default_reduction")


@refused("items_within_unfunded")
def a_release_of_what_a_later_increase_brings(t, base):
    day_after = "2026-02-16 12:00+00"
    change(t, base, "50000.00", effective_on="2026-02-16", recorded_at=day_after, approved_at=day_after)
    change(t, base, "-100000.00", "released", changes_commitment=False)


@refused("dated_rows_are_append_only")
def an_event_changed_afterwards(t, base):
    t.change("commitment_events", change(t, base, "1.00"), reason="Another")


@refused("dated_rows_are_append_only", DENIED, role="owner")
def the_register_emptied(t, base):
    t.sql("TRUNCATE commitment_events")


@refused("four_eyes_as_the_fund_demands")
def a_partner_of_a_fund_in_use_admitted_by_one_person(t, base):
    t.commitment(base.strict)


@refused("commitment_amount_is_fixed_once_called")
def a_commitment_corrected_after_it_was_called(t, base):
    t.promised(base.a, base.fund, "1000000.00", kind="corrected")
