"""Attempts on what is given to deals, and on what that becomes."""

from tests.integration.rails.world import DENIED, FOREIGN, UNIQUE, decided, refused
from tests.support.trail import AT, CALLED_ON


@refused("unique_fund_deal", UNIQUE)
def two_allocations_to_one_deal(t, base):
    t.allocation(
        base.fund, deal_id=t.one("SELECT deal_id FROM fund_allocations WHERE id = %s", base.allocation)
    )


@refused("allocation_positive")
def an_allocation_without_an_amount(t, base):
    t.add("fund_allocations", fund_id=base.fund, deal_id=t.deal(), created_by_id=t.person)


def amend(t, base, amount, **values):
    row = {"kind": "amendment", "effective_on": CALLED_ON, "reason": "More was needed"}
    return t.allotted(base.allocation, base.fund, amount, **{**row, **values})


@refused("allocation_amendment_has_reason")
def an_allotment_of_less_than_nothing(t, base):
    t.allocation(base.fund, "-1.00")


@refused("allocation_amendment_has_reason")
def an_amendment_without_a_reason(t, base):
    amend(t, base, "1.00", reason="")


@refused("allocation_amount_changes_something")
def an_amendment_by_nothing(t, base):
    amend(t, base, "0.00")


@refused("one_allotment_per_allocation", UNIQUE)
def an_allocation_made_twice(t, base):
    t.allotted(base.allocation, base.fund, "1.00")


@refused("allocation_amount_of_allocation", FOREIGN)
def an_amendment_in_another_fund(t, base):
    t.allotted(
        base.allocation,
        base.strict,
        "1.00",
        kind="amendment",
        reason="Mine",
        four_eyes=True,
        approved_by_id=base.second,
    )


decided("allocation_amount", "an_amendment", lambda t, base, **values: amend(t, base, "1.00", **values), AT)


@refused("allocation_amount_approver_is_another")
def an_amendment_approved_by_who_asked(t, base):
    t.allotted(base.strict_allocation, base.strict, "1.00", kind="amendment", reason="More", four_eyes=True)


@refused("four_eyes_as_the_fund_demands")
def an_amendment_without_the_second_person_of_its_fund(t, base):
    t.allotted(base.strict_allocation, base.strict, "1.00", kind="amendment", reason="More")


@refused("amendment_after_its_allotment")
def an_amendment_before_there_was_an_allocation(t, base):
    amend(t, base, "1.00", effective_on="2025-08-31")


@refused("dated_row_not_ahead")
def an_amendment_that_lies_ahead(t, base):
    amend(t, base, "1.00", effective_on="2026-02-17")


@refused("allocation_not_below_called")
def an_allocation_lowered_below_zero_on_a_day_and_raised_later(t, base):
    deal = t.allocation(base.fund, "100.00")
    row = {"kind": "amendment", "reason": "Back and forth"}
    t.allotted(deal, base.fund, "900.00", effective_on=CALLED_ON, **row)
    t.allotted(deal, base.fund, "-100.00", effective_on="2026-02-01", **row)


@refused("lines_within_allocation")
def an_allocation_lowered_below_what_is_called(t, base):
    amend(t, base, "-800.01")


@refused("allocation_not_below_called")
def an_allocation_lowered_below_what_was_called_by_that_day(t, base):
    day_after = "2026-02-16 12:00+00"
    amend(t, base, "5000.00", effective_on="2026-02-16", recorded_at=day_after, approved_at=day_after)
    amend(t, base, "-900.00", effective_on=CALLED_ON)


@refused("dated_rows_are_append_only")
def an_amendment_changed_afterwards(t, base):
    t.change("allocation_amounts", amend(t, base, "1.00"), reason="Another")


@refused("dated_rows_are_append_only", DENIED, role="owner")
def dated_rows_emptied(t, base):
    t.sql("TRUNCATE allocation_amounts")


@refused("allocation_state_is_its_amounts")
def an_allocation_raised_that_keeps_its_state(t, base):
    amend(t, base, "-800.00")


@refused("allocation_state_known")
def an_allocation_in_a_state_of_its_own(t, base):
    t.change("fund_allocations", base.allocation, state="exited")


@refused("allocation_belongs_to_its_deal")
def an_allocation_moved_to_another_deal(t, base):
    t.change("fund_allocations", base.allocation, deal_id=t.deal())


@refused("allocation_state_is_its_amounts")
def an_allocation_said_to_be_funded(t, base):
    t.change("fund_allocations", base.allocation, state="funded")


@refused("allocation_state_is_its_amounts")
def an_allocation_born_called(t, base):
    t.allocation(base.fund, state="called")
