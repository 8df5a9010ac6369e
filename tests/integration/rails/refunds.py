"""Attempts on the refunds of a settled closing: what is paid out of them, and what comes back."""

import json
from types import SimpleNamespace

from tests.integration.rails import payees
from tests.integration.rails.world import DENIED, FOREIGN, UNIQUE, allowed, refused
from tests.support.trail_closings import PAY_ON, REFUNDED_AT


@allowed
def refunds_paid_out_and_taken_back(t, base):
    """What a payout took back had paid is what the next one pays."""
    settled = paid(t, "128.00")
    first = t.refund_payout(settled, "p", "25.00")
    t.refund_payout(settled, "p", "40.00")
    reverse(t, first)
    t.refund_payout(settled, "q", "13.00")
    t.payment(settled.call, settled.who["z"], "128.00", value_date=PAY_ON)
    t.refund_payout(settled, "p", "90.00")
    t.settle()
    t.whole()
    rows = t.sql(
        "SELECT passed_on, -sum(amount) FROM capital_transactions WHERE refund_payout_id IS NOT NULL"
        " AND commitment_id = %s GROUP BY 1",
        settled.who["p"],
    )
    assert dict(rows.fetchall()) == {False: 125, True: 5}


@refused("refund_is_not_held")
def a_refund_while_another_account_waits(t, base):
    settled = paid(t)
    fund = t.one("SELECT fund_id FROM commitments WHERE id = %s", settled.who["p"])
    where = SimpleNamespace(fund=fund, a=settled.who["p"], second=base.second)
    payees.details(t, where)
    t.refund_payout(settled, "p", "25.00")


def paid(t, amount="256.00", **options):
    """A settled closing of which so much came."""
    settled = t.settled(t.joined(**options))
    t.payment(settled.call, settled.who["z"], amount, value_date=PAY_ON)
    t.settle()
    t.whole()
    return settled


def reverse(t, payout, **values):
    compensation = t.reversing_refund_payout(payout)
    t.refund_reversal(payout, compensation, **values)
    return compensation


@refused("refund_within_what_was_released")
def a_refund_paid_out_before_anybody_paid(t, base):
    settled = t.settled(t.joined())
    t.whole()
    t.refund_payout(settled, "p", "0.01")


@refused("refund_within_what_was_released")
def a_refund_of_more_than_its_share_of_what_came(t, base):
    t.refund_payout(paid(t, "128.00"), "p", "65.01")


@refused("refund_within_what_was_released")
def a_refund_paid_out_twice(t, base):
    settled = paid(t)
    for _ in range(2):
        t.refund_payout(settled, "p", "130.00")


@refused("refund_within_what_was_released")
def a_refund_paid_out_after_the_payment_came_back(t, base):
    settled = t.settled(t.joined())
    payment = t.payment(settled.call, settled.who["z"], "256.00", value_date=PAY_ON)
    back = t.reversing_payment(payment, value_date=PAY_ON)
    t.approved_reversal(payment, back, cash_on=PAY_ON, requested_at=REFUNDED_AT)
    t.refund_payout(settled, "p", "1.00")


@refused("refund_not_before_its_closing")
def a_refund_dated_before_its_closing(t, base):
    t.refund_payout(paid(t), "p", "1.00", value_date="2026-03-09")


@refused("day_has_come")
def a_refund_of_another_year(t, base):
    t.refund_payout(paid(t), "p", "1.00", value_date="2190-01-01")


@refused("refund_payout_positive_or_reversal")
def a_refund_payout_of_nothing(t, base):
    t.refund_payout(paid(t), "p", "0.00")


@refused("refund_payout_positive_or_reversal")
def a_refund_payout_below_nothing(t, base):
    t.refund_payout(paid(t), "p", "-1.00")


@refused("amount_fits_its_currency")
def a_refund_payout_finer_than_its_currency(t, base):
    t.refund_payout(paid(t), "p", "0.001")


@refused("refund_payout_belongs_to_refund", FOREIGN)
def a_refund_paid_out_to_another_partner(t, base):
    settled = paid(t)
    t.refund_payout(settled, "p", "1.00", commitment_id=settled.who["z"])


@refused("payouts_are_append_only", DENIED, role="owner")
def refund_payouts_deleted_by_the_owner(t, base):
    t.sql("DELETE FROM refund_payouts")


# ---------------------------------------------------------------- and come back


def taken_back(rail, name, write, sqlstate="23514", **options):
    """An attempt on a payout of a refund."""

    @refused(rail, sqlstate)
    def run(t, base):
        second = {"second": base.second} if options.get("strict") else {}
        settled = t.settled(t.joined(**second), **({"approved_by_id": base.second} if second else {}))
        t.payment(settled.call, settled.who["z"], "256.00", value_date=PAY_ON)
        t.settle()
        t.whole()
        write(t, t.refund_payout(settled, "p", "100.00"), settled)

    run.__name__ = name


for rail, name, write, *options in (
    (
        "payout_reversal_was_approved",
        "a_refund_payout_reversed_on_ones_own_account",
        lambda t, payout, s: t.reversing_refund_payout(payout),
    ),
    (
        "refund_payout_reversal_approved_at_with_by",
        "a_refund_payout_reversal_that_nobody_approved",
        lambda t, payout, s: reverse(t, payout, approved_at=None, approved_by_id=None),
    ),
    (
        "refund_payout_reversal_rejected_at_with_by",
        "a_refund_payout_reversal_rejected_by_nobody",
        lambda t, payout, s: t.refund_reversal(payout, None, rejected_at=REFUNDED_AT),
    ),
    (
        "refund_payout_reversal_has_reason",
        "a_refund_payout_reversal_for_no_reason",
        lambda t, payout, s: t.refund_reversal(payout, None, reason=""),
    ),
    (
        "refund_reversal_mirrors_its_payout",
        "half_a_refund_payout_reversed",
        lambda t, payout, s: t.reversing_refund_payout(payout, amount="-50.00"),
    ),
    (
        "refund_reversal_mirrors_its_payout",
        "a_refund_payout_reversed_on_another_day",
        lambda t, payout, s: t.reversing_refund_payout(payout, value_date="2026-03-19"),
    ),
    (
        "refund_reversal_mirrors_its_payout",
        "a_refund_payout_reversed_on_another_refund",
        lambda t, payout, s: t.refund_payout(s, "q", "-100.00", reverses_id=payout),
    ),
    (
        "refund_reversal_mirrors_its_payout",
        "a_refund_payout_reversal_reversed",
        lambda t, payout, s: t.refund_payout(s, "p", "-100.00", reverses_id=reverse(t, payout)),
    ),
    (
        "refund_reversal_mirrors_its_payout",
        "a_refund_payout_reversal_that_names_another_payout",
        lambda t, payout, s: t.refund_reversal(
            payout, t.reversing_refund_payout(t.refund_payout(s, "q", "1.00"))
        ),
    ),
    (
        "payout_reversal_cash_follows_its_payout",
        "a_refund_that_came_back_before_it_went",
        lambda t, payout, s: t.refund_reversal(payout, None, cash_on="2026-03-19"),
    ),
    (
        "payout_reversals_are_append_only",
        "the_reason_of_a_refund_payout_reversal_changed",
        lambda t, payout, s: t.change(
            "refund_payout_reversals", t.refund_reversal(payout, None), reason="Other"
        ),
    ),
    (
        "refund_payout_reversal_approver_is_another",
        "a_refund_payout_reversal_approved_by_who_asked",
        lambda t, payout, s: reverse(t, payout, four_eyes=True),
        {"strict": True},
    ),
    (
        "four_eyes_as_the_fund_demands",
        "a_refund_payout_reversal_as_if_one_person_were_enough",
        lambda t, payout, s: reverse(t, payout),
        {"strict": True},
    ),
    (
        "one_reversal_per_refund_payout",
        "a_refund_payout_reversal_asked_for_twice",
        lambda t, payout, s: [t.refund_reversal(payout, None) for _ in range(2)],
        {"sqlstate": UNIQUE},
    ),
    (
        "refund_payout_reversals_compensation_id_key",
        "one_compensation_for_two_requests_of_refunds",
        lambda t, payout, s: t.refund_reversal(payout, reverse(t, payout)),
        {"sqlstate": UNIQUE},
    ),
    (
        "refund_payouts_reverses_id_key",
        "a_refund_payout_reversed_twice",
        lambda t, payout, s: [reverse(t, payout), t.reversing_refund_payout(payout)],
        {"sqlstate": UNIQUE},
    ),
):
    taken_back(rail, name, write, **(options[0] if options else {}))


@refused("refund_payout_has_its_ledger_rows", role="owner")
def a_refund_payout_reversed_that_never_reached_the_ledger(t, base):
    settled = paid(t)
    t.sql("ALTER TABLE refund_payouts DISABLE TRIGGER post_refund_payouts")
    past = t.refund_payout(settled, "p", "130.00")
    t.whole()
    t.sql("ALTER TABLE refund_payouts ENABLE TRIGGER post_refund_payouts")
    t.reversing_refund_payout(past)


@refused("ledger_row_belongs_to_refund_payout", FOREIGN, role="owner")
def a_ledger_row_of_another_partners_refund(t, base):
    settled = paid(t)
    payout = t.refund_payout(settled, "p", "130.00")
    t.whole()
    t.sql("ALTER TABLE capital_transactions DISABLE TRIGGER ledger_is_posted_by_payments")
    row = {"fund_id": base.fund, "commitment_id": base.a, "type": "CONDUIT_INTEREST", "amount": "-1.00"}
    t.add("capital_transactions", **row, value_date=PAY_ON, description="", refund_payout_id=payout)


def refund_letter(t, settled, who="p", **said):
    """A letter about a refund of 125 with interest of 5 that says this of it."""
    keys = {"item_id": settled.refunds[who], "commitment_id": settled.who[who]}
    facts = {"currency": "USD", "amount": "130.00", "capital": "125.00", "interest": "5.00", **keys, **said}
    row = {**keys, "fund_id": settled.joined.fund, "subject_id": settled.joined.closing}
    t.add("notices", **row, kind="refund", number="R", facts=json.dumps(facts), created_by_id=t.person)


@allowed
def a_letter_that_says_what_its_refund_says(t, base):
    refund_letter(t, t.settled(t.joined()))


@refused("letter_says_what_its_item_says")
def a_letter_about_a_refund_with_another_amount(t, base):
    refund_letter(t, t.settled(t.joined()), amount="1300.00")


@refused("letter_says_what_its_item_says")
def a_letter_about_the_refund_of_another(t, base):
    settled = t.settled(t.joined())
    refund_letter(t, settled, commitment_id=settled.who["q"])


@refused("letter_shows_what_its_fund_lets")
def a_letter_about_a_refund_that_shows_something_of_all_partners(t, base):
    refund_letter(t, t.settled(t.joined()), lines=[{"label": "D1", "fund": "500.00"}])
