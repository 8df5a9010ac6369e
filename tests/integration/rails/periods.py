"""Attempts on closed periods: closing out of order or alone, and dating something into what is closed."""

from tests.integration.rails import banking
from tests.integration.rails.world import DENIED, FOREIGN, UNIQUE, allowed, attempt, refused
from tests.support.trail import AT

ASKED_AT, LATER, Q4 = "2026-02-16 12:00+00", "2026-02-17 12:00+00", ("2025-10-01", "2025-12-31")


def close(t, base, days=Q4, **values) -> int:
    """A period that two closed, of which everything was known before it was asked for."""
    row = {
        "fund_id": base.fund,
        "first_day": days[0],
        "last_day": days[1],
        "recorded_at": ASKED_AT,
        "checks": "[]",
    }
    decided = {"approved_at": ASKED_AT, "approved_by_id": base.second, "known_at": ASKED_AT}
    return t.add("period_closes", **{**row, "recorded_by_id": t.person, **decided, **values})


def asked(t, base, days=Q4, **values) -> int:
    return close(t, base, days, **{"approved_at": None, "approved_by_id": None, "known_at": None, **values})


def reopen(t, base, of_close, **values) -> int:
    row = {"close_id": of_close, "fund_id": base.fund, "reason": "Late papers", "recorded_at": LATER}
    return t.add("period_reopenings", **{**row, "recorded_by_id": t.user(is_superuser=True), **values})


def account(t, base, of_close, **values) -> int:
    row = {"close_id": of_close, "fund_id": base.fund, "commitment_id": base.a}
    names = ("committed", "released", "called", "paid", "outstanding", "distributed", "unfunded")
    return t.add("period_accounts", **{**row, **dict.fromkeys(names, "1.00"), **values})


def entry(t, base) -> int:
    """What a bank says that came in the last days of the period."""
    of = banking.account(t, base.fund)
    made = banking.statement(t, base.fund, of, banking.file(t, base.fund), closing="101.00")
    return banking.entry(t, base.fund, of, made, amount="1.00", value_date="2025-12-30")


def late(t, base, **values) -> int:
    """Money that came after the close."""
    return t.receipt(base.fund, "1.00", **{"value_date": "2025-12-30", "recorded_at": LATER, **values})


@allowed
def a_period_that_is_closed_with_its_accounts_and_reopened(t, base):
    account(t, base, close(t, base))
    t.whole()
    when = dict.fromkeys(("recorded_at", "approved_at", "known_at"), "2026-04-02 12:00+00")
    closed = close(t, base, ("2026-01-01", "2026-03-31"), **when)
    reopen(t, base, closed, recorded_at="2026-04-03 12:00+00")


@allowed
def what_the_bank_brings_into_a_closed_period(t, base):
    brought = entry(t, base)
    close(t, base)
    late(t, base, bank_entry_id=brought)


def dated(name, write):
    """What a person dates into a closed period."""

    def tried(t, base):
        close(t, base)
        write(t, base)

    tried.__name__ = name
    refused("period_is_closed")(tried)


dated("a_receipt_of_a_closed_period", late)
dated(
    "a_call_due_in_a_closed_period",
    lambda t, base: t.bare_call(
        base.fund, total_amount="1.00", call_date="2025-12-01", due_date="2025-12-20"
    ),
)
dated(
    "a_draft_of_a_closed_period_that_is_issued",
    lambda t, base: t.issue(
        t.bare_call(
            base.fund, total_amount="1.00", call_date="2025-12-01", due_date="2025-12-20", status="draft"
        )
    ),
)
dated(
    "a_value_of_a_closed_period",
    lambda t, base: t.add(
        "nav_entries",
        fund_id=base.fund,
        as_of="2025-12-31",
        amount="1.00",
        created_at=LATER,
        created_by_id=t.person,
    ),
)
dated(
    "an_allotment_of_a_closed_period",
    lambda t, base: t.allocation(base.fund),
)
dated(
    "a_partner_that_is_admitted_in_a_closed_period",
    lambda t, base: t.commitment(base.fund),
)


@refused("period_knows_what_came_before")
def money_that_says_it_was_recorded_before_the_close(t, base):
    brought = entry(t, base)
    close(t, base)
    late(t, base, bank_entry_id=brought, recorded_at=AT)


@refused("receipt_by_bank_is_of_an_entry")
def a_receipt_that_says_the_bank_brought_it(t, base):
    late(t, base, bank_entry_id=999_999_999)


@refused("receipt_once_per_bank_entry", UNIQUE)
def two_receipts_of_one_entry(t, base):
    brought = entry(t, base)
    for _ in range(2):
        late(t, base, bank_entry_id=brought)


attempt(
    "periods_are_closed_in_order",
    "a_month_that_is_closed",
    lambda t, base: close(t, base, ("2025-10-01", "2025-10-31")),
)
attempt(
    "periods_are_closed_once_over",
    "a_quarter_that_is_closed_while_it_lasts",
    lambda t, base: close(t, base, ("2026-01-01", "2026-03-31")),
)
attempt(
    "period_ends_after_it_begins",
    "a_period_that_ends_first",
    lambda t, base: close(t, base, ("2026-01-01", "2025-12-31")),
)
attempt(
    "four_eyes_as_the_fund_demands",
    "a_period_without_four_eyes",
    lambda t, base: asked(t, base, four_eyes=False),
)
attempt(
    "period_close_approver_is_another",
    "a_period_that_one_closes",
    lambda t, base: close(t, base, approved_by_id=t.person),
)
attempt(
    "period_close_is_decided_once",
    "a_period_that_is_closed_and_turned_down",
    lambda t, base: close(t, base, rejected_at=LATER, rejected_by_id=t.person),
)
attempt(
    "period_knows_what_was_known_when_it_closed",
    "a_close_that_knows_what_comes",
    lambda t, base: close(t, base, known_at=LATER),
)
attempt(
    "period_close_approved_at_with_by",
    "a_close_by_nobody",
    lambda t, base: close(t, base, approved_by_id=None),
)
attempt(
    "period_close_rejected_at_with_by",
    "a_refusal_by_nobody",
    lambda t, base: asked(t, base, rejected_at=LATER),
)


@refused("one_period_close_waits", UNIQUE)
def two_periods_that_wait(t, base):
    asked(t, base)
    asked(t, base)


@refused("periods_are_closed_in_order")
def a_period_after_a_gap(t, base):
    close(t, base, ("2025-04-01", "2025-06-30"))
    close(t, base)


@refused("periods_are_closed_in_order")
def a_later_close_that_knows_less(t, base):
    close(t, base, ("2025-07-01", "2025-09-30"))
    close(t, base, known_at=AT)


@refused("period_closes_are_fixed")
def a_close_that_moves_its_moment(t, base):
    t.change("period_closes", close(t, base), known_at=AT)


@refused("period_closes_are_fixed", DENIED, role="owner")
def a_close_that_is_deleted(t, base):
    t.sql("DELETE FROM period_closes")


@refused("period_is_written_whole")
def a_figure_that_is_added_later(t, base):
    closed = close(t, base)
    t.whole()
    account(t, base, closed)


@refused("one_account_per_period_and_partner", UNIQUE)
def two_accounts_of_one_partner(t, base):
    closed = close(t, base)
    account(t, base, closed)
    account(t, base, closed)


@refused("period_account_of_partner", FOREIGN)
def an_account_of_another_funds_partner(t, base):
    account(t, base, close(t, base), commitment_id=base.c)


@refused("period_account_of_close", FOREIGN)
def an_account_of_another_funds_period(t, base):
    account(t, base, close(t, base), fund_id=base.strict, commitment_id=base.c)


@refused("periods_are_reopened_by_administrators")
def a_manager_who_opens_a_period_again(t, base):
    reopen(t, base, close(t, base), recorded_by_id=t.person)


@refused("periods_are_reopened_in_order")
def a_period_that_is_opened_before_a_later_one(t, base):
    first = close(t, base, ("2025-07-01", "2025-09-30"))
    close(t, base)
    reopen(t, base, first)


@refused("period_reopening_of_close", FOREIGN)
def a_period_of_another_fund_that_is_opened(t, base):
    reopen(t, base, close(t, base), fund_id=base.strict)


attempt(
    "period_reopening_has_reason",
    "a_period_that_is_opened_for_nothing",
    lambda t, base: reopen(t, base, close(t, base), reason=""),
)
