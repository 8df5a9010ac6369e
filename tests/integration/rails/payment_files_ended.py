"""Attempts on how payments of a file end, and on the layouts of files."""

from tests.integration.rails.banking import account
from tests.integration.rails.payment_files import filed, left
from tests.integration.rails.world import FOREIGN, UNIQUE, allowed, attempt, refused
from tests.support.trail import AT


def layout(t, fund, **values) -> int:
    of = values.pop("account_id", None) or account(t, fund)
    row = {"fund_id": fund, "account_id": of, "format": "csv", "version": 1, "layout": "{}"}
    return t.add("payment_layouts", **row | {"recorded_by_id": t.person} | values)


@refused("payment_ends_once")
def a_payment_that_comes_back_before_it_left(t, base):
    t.change("payment_file_lines", filed(t, base).line, ending="returned", ended_at=AT)


@refused("payment_ends_once")
def a_payout_that_is_over_though_it_may_bounce(t, base):
    t.change("payment_file_lines", left(t, base).line, ending="paid", ended_at=AT)


@refused("payment_ends_once")
def a_payment_withdrawn_without_its_file(t, base):
    t.change("payment_file_lines", left(t, base).line, ending="withdrawn", ended_at=AT)


@refused("payment_ends_once")
def a_payment_that_comes_back_while_it_stands_as_paid(t, base):
    one = left(t, base)
    t.payout(base.out.unpaid, base.out.x, payee_details_id=one.details)
    t.change("payment_file_lines", one.line, ending="returned", ended_at=AT)


@refused("payment_ends_once")
def a_payment_that_begins_anew(t, base):
    one = left(t, base)
    t.change("payment_file_lines", one.line, ending="returned", ended_at=AT)
    t.change("payment_file_lines", one.line, ending="", ended_at=None)


@refused("payment_line_ended_at_with_ending")
def a_payment_that_ended_at_no_time(t, base):
    t.change("payment_file_lines", left(t, base).line, ending="returned")


@refused("payment_file_lines_ending_known", role="owner")
def a_payment_that_ended_otherwise(t, base):
    t.sql("ALTER TABLE payment_file_lines DISABLE TRIGGER guard_payment_ending")
    t.change("payment_file_lines", left(t, base).line, ending="lost", ended_at=AT)


@refused("payout_stands_in_a_file")
def a_distribution_called_off_that_a_file_pays(t, base):
    filed(t, base)
    t.change(
        "distributions", base.out.unpaid.id, status="cancelled", cancelled_at=AT, cancelled_by_id=t.person
    )


@allowed
def a_layout_of_an_account(t, base):
    layout(t, base.out.fund)


@refused("payment_layout_version_once", UNIQUE)
def a_layout_of_one_version_twice(t, base):
    of = account(t, base.out.fund)
    layout(t, base.out.fund, account_id=of)
    layout(t, base.out.fund, account_id=of)


attempt(
    "payment_layouts_format_known",
    "a_layout_of_no_format",
    lambda t, base: layout(t, base.out.fund, format="pdf"),
)
attempt(
    "payment_layout_of_account",
    "a_layout_of_the_account_of_another_fund",
    lambda t, base: layout(t, base.out.fund, account_id=account(t, base.fund)),
    FOREIGN,
)
