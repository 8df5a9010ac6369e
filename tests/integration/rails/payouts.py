"""Attempts on payouts, their reversals, and what they posted."""

from types import SimpleNamespace

from tests.integration.rails import payees
from tests.integration.rails.world import CHECK, DENIED, FOREIGN, RESTRICTED, UNIQUE, refused
from tests.support.trail import AT


@refused("payout_is_the_whole_item")
def half_an_item_paid_out(t, base):
    t.payout(base.out.sent, base.out.y, amount="110.00")


@refused("payout_is_the_whole_item")
def the_net_paid_out_and_the_tax_forgotten(t, base):
    t.payout(base.out.sent, base.out.y, amount="280.00")


@refused("day_has_come")
def a_payout_of_another_year(t, base):
    t.payout(base.out.sent, base.out.y, value_date="2190-01-01")


@refused("payout_is_the_whole_item")
def an_item_paid_out_twice(t, base):
    t.payout(base.out.sent, base.out.x)


@refused("payout_is_the_whole_item")
def an_item_paid_out_twice_in_one_statement(t, base):
    t.sql(
        "INSERT INTO payouts (distribution_id, item_id, fund_id, commitment_id, amount, value_date, method, "
        "reference, recorded_by_id) SELECT i.distribution_id, i.id, i.fund_id, i.commitment_id, i.gross_amount, "
        "'2026-07-01', 'wire', '', %s FROM distribution_items i, generate_series(1, 2) WHERE i.id = %s",
        t.person,
        base.out.unpaid.item,
    )


@refused("payout_positive_or_reversal")
def a_payout_of_nothing(t, base):
    t.payout(base.out.sent, base.out.y, amount="0.00")


@refused("payout_positive_or_reversal")
def a_negative_payout_that_reverses_nothing(t, base):
    t.payout(base.out.sent, base.out.x, amount="-300.00")


@refused("money_amount_is_exact")
def a_payout_finer_than_any_currency(t, base):
    t.payout(base.out.sent, base.out.y, amount="299.9995")


@refused("payout_belongs_to_item", FOREIGN)
def paid_out_on_an_item_of_another_distribution(t, base):
    t.payout(base.out.sent, base.out.y, item_id=base.out.unpaid.items[base.out.y], amount="10.00")


@refused("payout_belongs_to_item", FOREIGN)
def paid_out_to_another_partner(t, base):
    t.payout(base.out.sent, base.out.y, commitment_id=base.out.x)


@refused("payout_belongs_to_item", FOREIGN)
def paid_out_by_another_fund(t, base):
    t.payout(base.out.sent, base.out.y, fund_id=base.strict)


def paid_out_of(name):
    @refused("payout_needs_issued_distribution")
    def run(t, base):
        t.payout(getattr(base.out, name), base.out.x)

    run.__name__ = f"a_{name}_distribution_paid_out"


for status in ("draft", "waiting", "approved", "cancelled"):
    paid_out_of(status)


@refused("rails_need_read_committed", isolation="REPEATABLE READ")
def paid_out_under_repeatable_read(t, base):
    t.payout(base.out.sent, base.out.y)


# ---------------------------------------------------------------- taken back


@refused("payout_reversal_was_approved")
def a_payout_reversed_on_ones_own_account(t, base):
    t.reversing_payout(base.out.payout)


@refused("payout_reversal_approved_at_with_by")
def a_payout_reversal_that_nobody_approved(t, base):
    reverse(t, base.out.payout, approved_at=None)


@refused("payout_reversal_approved_at_with_by")
def an_approved_payout_reversal_without_effect(t, base):
    t.approved_payout_reversal(base.out.payout, None)


@refused("payout_reversal_rejected_at_with_by")
def a_payout_reversal_rejected_by_nobody(t, base):
    ask(t, base.out.payout, rejected_at=AT)


@refused("payout_reversal_has_reason")
def a_payout_reversal_for_no_reason(t, base):
    ask(t, base.out.payout, reason="")


@refused("one_reversal_per_payout", UNIQUE)
def a_payout_reversal_asked_for_twice(t, base):
    for _ in range(2):
        ask(t, base.out.payout)


@refused("payout_reversal_mirrors_its_payout")
def half_a_payout_reversed(t, base):
    t.reversing_payout(base.out.payout, amount="-150.00")


@refused("payout_reversal_mirrors_its_payout")
def a_payout_reversed_on_another_item(t, base):
    t.reversing_payout(base.out.payout, item_id=base.out.sent.items[base.out.y], commitment_id=base.out.y)


@refused("payout_reversal_mirrors_its_payout")
def a_payout_reversed_before_it_went_out(t, base):
    t.reversing_payout(base.out.payout, value_date="2026-06-30")


@refused("payout_positive_or_reversal")
def a_payout_reversal_reversed(t, base):
    t.reversing_payout(reverse(t, base.out.payout))


@refused("payout_reversal_mirrors_its_payout")
def a_payout_reversal_reversed_once_more(t, base):
    compensation = reverse(t, base.out.payout)
    t.payout(base.out.sent, base.out.x, amount="-300.00", reverses_id=compensation)


@refused("payout_reversal_mirrors_its_payout")
def a_reversal_that_names_another_payout(t, base):
    t.approved_payout_reversal(base.out.payout, t.reversing_payout(base.out.back_payout))


@refused("payouts_reverses_id_key", UNIQUE)
def a_payout_reversed_twice(t, base):
    reverse(t, base.out.payout)
    t.reversing_payout(base.out.payout)


@refused("payout_reversals_compensation_id_key", UNIQUE)
def one_compensation_for_two_payout_requests(t, base):
    compensation = reverse(t, base.out.payout)
    t.approved_payout_reversal(base.out.payout, compensation)


@refused("payout_reversal_approver_is_another")
def a_payout_reversal_approved_by_who_asked(t, base):
    reverse(t, base.out.strict_payout, four_eyes=True)


@refused("four_eyes_as_the_fund_demands")
def a_payout_reversal_as_if_one_person_were_enough(t, base):
    reverse(t, base.out.strict_payout, four_eyes=False)


@refused("payout_reversal_cash_follows_its_payout")
def a_payout_that_comes_back_another_year(t, base):
    ask(t, base.out.payout, cash_on="2190-01-01")


@refused("payout_reversal_cash_follows_its_payout")
def a_payout_that_came_back_before_it_went(t, base):
    ask(t, base.out.payout, cash_on="2020-01-01")


@refused("payout_reversals_are_append_only")
def the_reason_of_a_payout_reversal_changed(t, base):
    t.change("payout_reversals", ask(t, base.out.payout), reason="Another story")


@refused("payout_reversals_are_append_only")
def the_need_for_a_second_person_taken_off_a_payout_reversal(t, base):
    t.change("payout_reversals", ask(t, base.out.strict_payout, four_eyes=True), four_eyes=False)


@refused("payout_reversals_are_append_only")
def a_rejected_payout_reversal_approved_after_all(t, base):
    asked = ask(t, base.out.payout, rejected_at=AT, rejected_by_id=t.person)
    t.change("payout_reversals", asked, rejected_at=None, rejected_by_id=None)


@refused("payout_reversals_are_append_only", DENIED, role="owner")
def payout_requests_deleted(t, base):
    t.sql("DELETE FROM payout_reversals")


@refused("items_within_unfunded")
def capital_taken_back_that_was_called_again(t, base):
    later = {"call_date": "2026-07-02", "due_date": "2026-07-15", "approved_at": "2026-07-02 12:00+00"}
    t.call(base.out.fund, {base.out.x: ["40500.00"]}, [None], **later)
    reverse(t, base.out.back_payout)


@refused("items_within_unfunded")
def capital_called_again_that_has_not_gone_out(t, base):
    t.call(base.out.fund, {base.out.y: ["40500.00"]}, [None])


@refused("items_within_unfunded")
def a_cent_more_called_again_than_came_back(t, base):
    t.call(base.out.fund, {base.out.x: ["40500.01"]}, [None])


def ask(t, payout, **changes):
    return t.approved_payout_reversal(payout, None, approved_at=None, approved_by_id=None, **changes)


def reverse(t, payout, **changes):
    compensation = t.reversing_payout(payout)
    t.approved_payout_reversal(payout, compensation, **changes)
    return compensation


# ---------------------------------------------------------------- posted stays posted


@refused("payouts_are_append_only", DENIED)
def the_reference_of_a_payout_changed(t, base):
    t.change("payouts", base.out.payout, reference="Another")


@refused("payouts_are_append_only", DENIED)
def a_payout_changed_by_inserting_it_again(t, base):
    t.sql(
        "INSERT INTO payouts SELECT * FROM payouts WHERE id = %s ON CONFLICT (id) DO UPDATE SET reference = 'x'",
        base.out.payout,
    )


@refused("payouts_are_append_only", DENIED, role="owner")
def payouts_deleted_by_the_owner(t, base):
    t.sql("DELETE FROM payouts")


@refused("payout_has_its_ledger_rows", CHECK, role="owner")
def a_payout_reversed_that_never_reached_the_ledger(t, base):
    t.sql("ALTER TABLE payouts DISABLE TRIGGER post_payouts")
    past = t.payout(base.out.sent, base.out.y)
    t.sql("SET CONSTRAINTS ALL IMMEDIATE")
    t.sql("SET CONSTRAINTS ALL DEFERRED")
    t.sql("ALTER TABLE payouts ENABLE TRIGGER post_payouts")
    t.reversing_payout(past)


@refused("ledger_is_posted_by_payments", CHECK, role="owner")
def a_distribution_in_the_ledger_without_a_payout(t, base):
    post(t, base)


@refused("ledger_row_belongs_to_payout", FOREIGN, role="owner")
def a_ledger_row_of_another_partners_payout(t, base):
    t.sql("ALTER TABLE capital_transactions DISABLE TRIGGER ledger_is_posted_by_payments")
    post(t, base, commitment_id=base.out.y, payout_id=base.out.payout, **item_of(base))


@refused("ledger_row_has_one_origin", CHECK, role="owner")
def a_ledger_row_that_came_in_and_went_out(t, base):
    t.sql("ALTER TABLE capital_transactions DISABLE TRIGGER ledger_is_posted_by_payments")
    post(t, base, payout_id=base.out.payout, payment_id=base.payment, **item_of(base))


def item_of(base):
    return {"distribution_item_id": base.out.sent.item, "distribution_id": base.out.sent.id}


def post(t, base, **changes):
    row = {"fund_id": base.out.fund, "commitment_id": base.out.x, "type": "DISTRIBUTION", "amount": "-1.00"}
    t.add("capital_transactions", **{**row, "value_date": "2026-07-01", "description": "", **changes})


@refused("payout_belongs_to_item", RESTRICTED, role="owner")
def an_item_with_payouts_deleted_past_the_triggers(t, base):
    t.sql("ALTER TABLE distribution_items DISABLE TRIGGER USER")
    t.sql("DELETE FROM distribution_items WHERE id = %s", base.out.sent.item)


@refused("unfunded_within_its_most")
def gains_to_be_called_again_beyond_the_commitment(t, base):
    fresh = t.commitment(base.out.fund)
    parts = {fresh: {"profit_share": "10.00", "recallable_amount": "10.00"}}
    t.distribution(base.out.terms, parts, recallable=True)


@refused("called_within_its_most")
def more_called_in_all_than_the_terms_allow(t, base):
    t.terms(base.out.fund, max_cumulative="1.0000", version=9)
    later = {"call_date": "2026-07-02", "due_date": "2026-07-15", "approved_at": "2026-07-02 12:00+00"}
    t.call(base.out.fund, {base.out.x: ["40500.00"]}, [None], **later)


@refused("payout_not_before_its_distribution")
def money_gone_before_it_was_distributed(t, base):
    t.payout(base.out.sent, base.out.y, value_date="1999-01-01")


# ---------------------------------------------------------------- the account that a payout goes to


def account(t, base, version=1, verified="2026-02-01 12:00+00") -> int:
    """An account of y, verified by another before the distributions were approved unless told otherwise."""
    of = {"fund": base.out.fund, "a": base.out.y, "person": t.person, "second": base.second}
    where = SimpleNamespace(**of)
    asked = verified or "2026-02-01 12:00+00"
    on = payees.number(t, where, recorded_at="2026-01-01 12:00+00", number=f"+1212555010{version}")
    about = payees.details(t, where, version=version, created_at=asked, usable_from=asked)
    if verified:
        payees.call(t, where, about, on=on, called_at=verified, recorded_at=verified)
        payees.verify(t, where, about, verified_at=verified)
    return about


def release(t, base, about, **values) -> int:
    row = {"fund_id": base.out.fund, "item_id": base.out.sent.items[base.out.y], "payee_details_id": about}
    row |= {"seen_version": 1, "reason": "Called", "released_at": AT, "released_by_id": base.second}
    return t.add("payout_releases", **row | values)


@refused("payout_goes_to_the_account_in_force")
def a_payout_to_nowhere_though_an_account_is_known(t, base):
    account(t, base)
    t.payout(base.out.sent, base.out.y)


@refused("payout_goes_to_the_account_in_force")
def a_payout_to_the_account_before(t, base):
    before = account(t, base)
    account(t, base, 2)
    t.payout(base.out.sent, base.out.y, payee_details_id=before)


@refused("payout_goes_to_the_account_in_force")
def a_payout_to_another_partners_account(t, base):
    t.payout(base.out.unpaid, base.out.x, payee_details_id=account(t, base))


@refused("payout_is_not_held")
def a_payout_while_another_account_waits(t, base):
    known = account(t, base)
    account(t, base, 2, verified=None)
    t.payout(base.out.sent, base.out.y, payee_details_id=known)


@refused("payout_is_not_held")
def a_payout_to_an_account_that_is_newer_than_its_approval(t, base):
    known = account(t, base, verified="2026-08-01 12:00+00")
    t.payout(base.out.sent, base.out.y, payee_details_id=known)


@refused("payout_is_not_held")
def a_payout_by_who_released_it(t, base):
    known = account(t, base)
    account(t, base, 2, verified=None)
    release(t, base, known, seen_version=2)
    t.payout(base.out.sent, base.out.y, payee_details_id=known, recorded_by_id=base.second)


@refused("release_is_of_what_stands")
def a_release_by_who_saw_an_older_account(t, base):
    known = account(t, base)
    account(t, base, 2, verified=None)
    release(t, base, known, seen_version=1)


@refused("release_is_of_what_stands")
def a_release_to_an_account_that_waits(t, base):
    release(t, base, account(t, base, verified=None))


@refused("payout_is_released_by_another")
def a_release_by_who_entered_the_account(t, base):
    release(t, base, account(t, base), released_by_id=t.person)


@refused("payout_release_has_reason")
def a_release_without_a_reason(t, base):
    release(t, base, account(t, base), reason="")


@refused("payout_releases_are_append_only", DENIED, role="owner")
def a_release_for_other_reasons(t, base):
    t.change("payout_releases", release(t, base, account(t, base)), reason="Otherwise")
