"""What an administrator with the triggers switched off could do to the rows, by the sentence that must notice."""

CALL = (
    "(SELECT max(id) FROM capital_calls WHERE status = 'partially_funded' "
    "AND id NOT IN (SELECT call_id FROM setoffs))"
)
ITEM = "(SELECT min(item_id) FROM payments)"
PAYMENT = "(SELECT min(id) FROM payments WHERE reverses_id IS NULL)"
REVERSAL = "(SELECT min(id) FROM payments WHERE reverses_id IS NOT NULL)"
OUT = "(SELECT min(distribution_id) FROM payouts)"
PAYOUT = "(SELECT min(id) FROM payouts WHERE reverses_id IS NULL)"
PART = "(SELECT min(id) FROM equalisation_parts)"
TAKEN_BACK = "(SELECT min(id) FROM payouts WHERE reverses_id IS NOT NULL)"

#: A mail about every letter, of which nobody knows whether it arrived.
MAILS = (
    "INSERT INTO notice_deliveries (notice_id, round, recipients, state, requested_at, requested_by_id, due_at, "
    "attempts, message_id, failure) SELECT id, 1, '{}', 'unknown', created_at, created_by_id, created_at, 1, "
    "'<' || id || '@example.com>', '' FROM notices"
)
#: An approved excuse of one from the line of a payment, and a change of that line which is not what it says.
EXCUSE = (
    'WITH x AS (INSERT INTO excuses (fund_id, call_id, line_id, item_id, commitment_id, amount, "limit", '
    "effective_on, reason, four_eyes, recorded_at, recorded_by_id, approved_at, approved_by_id) "
    "SELECT p.fund_id, p.call_id, min(t.call_line_id), p.item_id, p.commitment_id, 2, 0.5, p.value_date, 'Policy', "
    "false, p.recorded_at, p.recorded_by_id, p.recorded_at, p.recorded_by_id FROM payments p "
    f"JOIN capital_transactions t ON t.payment_id = p.id WHERE p.id = {PAYMENT} GROUP BY p.id RETURNING *) "
    "INSERT INTO line_changes (excuse_id, fund_id, call_id, item_id, line_id, commitment_id, allocation_id, "
    "reduces_unfunded, changes_held, weight, basis, effective_on, recorded_at, amount) "
    "SELECT x.id, x.fund_id, x.call_id, x.item_id, x.line_id, x.commitment_id, l.allocation_id, l.reduces_unfunded, "
    "true, 1, 'edited', x.effective_on, x.approved_at, {} FROM x JOIN capital_call_lines l ON l.id = x.line_id"
)
#: Every call of a fund is of its first deal.
ONE_DEAL = (
    "UPDATE capital_call_lines l SET kind = 'investment', counts_as_called = true, seq_no = 1000000 + l.id, "
    "allocation_id = a.id "
    "FROM (SELECT fund_id, min(id) AS id FROM fund_allocations GROUP BY fund_id) a WHERE a.fund_id = l.fund_id; "
)
#: Check constraints hold for an administrator too, who would have to drop them first.
IN_THE_WAY = (
    "payments DROP CONSTRAINT payment_positive_or_reversal",
    "payments DROP CONSTRAINT payment_by_receipt_or_settlement",
    "payment_reversals DROP CONSTRAINT reversal_approver_is_another",
    "payouts DROP CONSTRAINT payout_positive_or_reversal",
    "payouts DROP CONSTRAINT payout_is_set_off_up_to_its_amount",
    "payout_reversals DROP CONSTRAINT payout_reversal_approver_is_another",
    "closings DROP CONSTRAINT closing_settled_was_approved",
    "closings DROP CONSTRAINT closing_approved_at_with_by",
    "fee_run_lines DROP CONSTRAINT fee_line_adds_up",
    "fee_run_lines DROP CONSTRAINT fee_offset_is_carried_forward",
    "distribution_items DROP CONSTRAINT distribution_item_parts_sum_to_gross",
    "distribution_items DROP CONSTRAINT distribution_net_is_gross_less_withholding",
)
#: What an administrator with the triggers switched off could do to the rows, by the sentence that must notice.
DAMAGES = {
    "call_parts_add_up": f"UPDATE capital_calls SET total_amount = total_amount + 0.01 WHERE id = {CALL}",
    "item_parts_add_up": f"UPDATE capital_call_items SET amount = amount - 0.01 WHERE id = {ITEM}",
    "line_parts_add_up": "UPDATE capital_call_lines SET amount = amount + 1",
    "parts_share_their_keys": "UPDATE capital_call_item_lines SET reduces_unfunded = false",
    "calls_stay_in_their_fund": (
        "UPDATE capital_call_items SET commitment_id = (SELECT min(c.id) FROM commitments c WHERE c.fund_id <> "
        f"capital_call_items.fund_id) WHERE id = {ITEM}"
    ),
    "payments_share_their_keys": (
        "UPDATE payments SET receipt_id = (SELECT min(r.id) FROM receipts r WHERE r.fund_id <> payments.fund_id)"
    ),
    "items_are_not_over_paid": f"UPDATE payments SET amount = 9999 WHERE id = {PAYMENT}",
    "bank_transactions_pay_an_item_once": (
        "UPDATE payments SET reverses_id = NULL WHERE setoff_part_id IS NULL; UPDATE payments SET tx_ref = 'TX-300', "
        f"item_id = {ITEM} WHERE amount > 0"
    ),
    "only_issued_calls_are_paid": f"UPDATE capital_calls SET status = 'draft' WHERE id = {CALL}",
    "receipts_are_not_over_applied": "UPDATE receipts SET amount = 0.01",
    "commitments_are_not_over_called": "UPDATE commitment_events SET amount = 1 WHERE kind = 'admitted'",
    "roll_ups_of_no_day_are_the_views": f"UPDATE capital_calls SET status = 'draft' WHERE id = {CALL}",
    "allocations_are_not_over_called": "UPDATE allocation_amounts SET amount = 1",
    "amended_allocations_stay_above_their_calls": (
        "INSERT INTO allocation_amounts (fund_id, allocation_id, kind, amount, effective_on, reason, four_eyes, "
        "recorded_at, recorded_by_id, approved_at, approved_by_id) SELECT fund_id, allocation_id, 'amendment', "
        "-amount, effective_on, 'Gone', false, recorded_at, recorded_by_id, approved_at, approved_by_id "
        "FROM allocation_amounts"
    ),
    "expensed_residuals_are_their_payments": f"UPDATE payments SET receipt_id = NULL WHERE id = {PAYMENT}",
    "waivers_are_their_settlements": (
        "INSERT INTO residual_settlements (fund_id, call_id, item_id, commitment_id, kind, amount, effective_on, "
        "reason, four_eyes, recorded_at, recorded_by_id, approved_at, approved_by_id) SELECT fund_id, call_id, "
        "item_id, commitment_id, 'waived', 1, value_date, 'Charges', false, recorded_at, recorded_by_id, recorded_at, "
        f"recorded_by_id FROM payments WHERE id = {PAYMENT}"
    ),
    "excuses_are_their_changes": EXCUSE.format("-1"),
    "held_parts_stay_within_their_lines": EXCUSE.format("1"),
    "carried_residuals_are_asked_for_once": (
        "INSERT INTO residual_settlements (fund_id, call_id, item_id, commitment_id, kind, amount, effective_on, "
        "reason, four_eyes, recorded_at, recorded_by_id, approved_at, approved_by_id) SELECT i.fund_id, i.call_id, "
        "i.id, i.commitment_id, 'carried', i.amount, k.call_date, 'Charges', false, now(), k.created_by_id, "
        "now(), k.created_by_id FROM capital_call_items i JOIN capital_calls k ON k.id = i.call_id "
        "WHERE i.amount > 0; "
        "UPDATE notices SET facts = facts || jsonb_build_object('carried', (SELECT jsonb_agg(jsonb_build_object("
        "'number', n, 'amount', '0.01')) FROM generate_series(1, 3) n))"
    ),
    "allocation_states_are_their_amounts": "UPDATE fund_allocations SET state = 'funded'",
    "call_statuses_are_their_payments": f"UPDATE capital_calls SET status = 'sent' WHERE id = {CALL}",
    "ledger_is_its_payments": f"DELETE FROM capital_transactions WHERE payment_id = {PAYMENT}",
    "ledger_rows_move_money": f"UPDATE capital_transactions SET amount = 0 WHERE payment_id = {PAYMENT}",
    "ledger_stays_within_parts": f"UPDATE capital_transactions SET amount = -1 WHERE payment_id = {PAYMENT}",
    "ledger_knows_what_it_was_for": "UPDATE capital_transactions SET deal_id = NULL, allocation_id = NULL",
    "reversals_mirror_their_payments": f"UPDATE payments SET amount = amount + 1 WHERE id = {REVERSAL}",
    "reversals_take_back_line_by_line": (
        f"UPDATE capital_transactions SET call_line_id = call_line_id + 1 WHERE payment_id = {REVERSAL}"
    ),
    "second_persons_were_others": "UPDATE payment_reversals SET four_eyes = true",
    "roll_ups_agree": f"UPDATE capital_transactions SET amount = amount + 1 WHERE payment_id = {PAYMENT}",
    "amounts_fit_their_currency": "UPDATE funds SET currency = 'JPY'; UPDATE receipts SET amount = amount + 0.50",
    "letters_of_a_call_are_complete": "DELETE FROM notices WHERE id = (SELECT min(id) FROM notices)",
    "letters_name_the_due_date": "UPDATE capital_calls SET due_date = due_date + 1",
    "later_versions_were_asked_for": (
        f"{MAILS}; INSERT INTO notices (fund_id, commitment_id, kind, subject_id, item_id, number, version, dated_on, "
        "facts, change_note, created_by_id) SELECT fund_id, commitment_id, kind, subject_id, item_id, number, "
        "version + 1, dated_on, facts, '', created_by_id FROM notices WHERE id = (SELECT max(id) FROM notices)"
    ),
    "cancelled_calls_were_told": (
        f"UPDATE capital_calls SET status = 'cancelled', cancelled_at = now(), cancelled_by_id = created_by_id; {MAILS}"
    ),
    "cancelled_distributions_were_told": (
        f"UPDATE distributions SET status = 'cancelled', cancelled_at = now(), cancelled_by_id = created_by_id; {MAILS}"
    ),
    "distribution_parts_add_up": f"UPDATE distributions SET total_amount = total_amount + 0.01 WHERE id = {OUT}",
    "distribution_items_add_up": "UPDATE distribution_items SET withholding_tax = withholding_tax + 0.01",
    "distribution_tiers_are_its_items": (
        "UPDATE distribution_tiers SET kind = 'preferred_return' WHERE kind = 'return_of_capital'"
    ),
    "carried_interest_is_borne_and_received": "UPDATE distribution_items SET tiers = '[]'",
    "recallable_is_what_was_given_back": "UPDATE distribution_items SET recallable_amount = 0",
    "lines_are_given_back_once": (
        # Less than was paid on the line, and more than its holder has left since a third of it was transferred.
        "UPDATE distribution_given_back SET amount = 482926.83 WHERE amount = 182926.83"
    ),
    "ledger_says_what_a_payout_did": (
        "UPDATE capital_transactions SET counts_as_distributed = false, counts_as_paid_in = true "
        f"WHERE payout_id = {PAYOUT}"
    ),
    "unfunded_stays_within_the_terms": (
        "UPDATE capital_transactions SET recallable = true, amount = amount - 900000 WHERE payout_id IS NOT NULL"
    ),
    "capital_returned_was_paid_in": (
        "UPDATE capital_transactions SET amount = amount - 500 WHERE type = 'CONTRIBUTION' AND amount = 1000"
    ),
    "distributions_are_issued_in_turn": (
        "UPDATE distributions SET approved_at = approved_at - interval '1 day' WHERE status = 'approved'"
    ),
    "distributions_stay_in_their_fund": (
        "UPDATE distributions SET terms_id = (SELECT min(t.id) FROM fund_terms t "
        "WHERE t.fund_id <> distributions.fund_id)"
    ),
    "payouts_share_their_keys": f"UPDATE payouts SET commitment_id = commitment_id + 1 WHERE id = {PAYOUT}",
    "items_are_paid_out_whole": f"UPDATE payouts SET amount = amount - 0.01 WHERE id = {PAYOUT}",
    "only_issued_distributions_are_paid_out": f"UPDATE distributions SET status = 'draft' WHERE id = {OUT}",
    "distribution_statuses_are_their_payouts": "UPDATE distributions SET status = 'paid' WHERE status = 'sent'",
    "ledger_is_its_payouts": "UPDATE capital_transactions SET recallable = NOT recallable WHERE type = 'DISTRIBUTION'",
    "payout_reversals_mirror_their_payouts": f"UPDATE payouts SET amount = amount - 1 WHERE id = {TAKEN_BACK}",
    "second_persons_of_distributions_were_others": "UPDATE payout_reversals SET four_eyes = true",
    "distributions_fit_their_currency": (
        "UPDATE funds SET currency = 'JPY'; UPDATE payouts SET amount = amount + 0.50"
    ),
    "roll_ups_of_distributions_agree": (
        f"UPDATE capital_transactions SET amount = amount - 1 WHERE payout_id = {PAYOUT}"
    ),
    "write_ups_stay_within_losses": (
        "INSERT INTO write_downs (fund_id, deal_id, date, amount, reason, created_by_id) "
        "SELECT fund_id, deal_id, '2026-01-01', -1, 'Gone up', created_by_id FROM fund_allocations"
    ),
    "letters_of_a_distribution_are_complete": (
        "DELETE FROM notices WHERE id = (SELECT min(id) FROM notices WHERE kind = 'distribution')"
    ),
    "terms_do_not_contradict_themselves": (
        "INSERT INTO fund_terms_tiers (terms_id, position, hurdle_rate, catch_up_rate, carry_rate) "
        "SELECT id, 2, hurdle_rate, 0, carry_rate FROM fund_terms"
    ),
    "letters_stay_in_their_fund": "UPDATE notices SET fund_id = fund_id + 1",
    "letters_show_no_more_than_before": (
        "INSERT INTO notices (fund_id, commitment_id, kind, subject_id, item_id, number, version, dated_on, facts, "
        "change_note, created_by_id) SELECT fund_id, commitment_id, kind, subject_id, item_id, number, version + 1, "
        "dated_on, '{\"fund_shares\": [{}]}', '', created_by_id FROM notices n "
        "WHERE NOT EXISTS (SELECT FROM notices o WHERE o.kind = n.kind AND o.item_id = n.item_id AND o.id <> n.id)"
    ),
    "closings_move_nothing_in_all": f"UPDATE equalisation_parts SET interest = interest + 0.01 WHERE id = {PART}",
    "distributions_are_shared_anew_in_full": (
        "INSERT INTO equalised_shares"
        " (closing_id, fund_id, distribution_id, commitment_id, delta, recallable, days, interest)"
        " SELECT c.id, c.fund_id, 1, m.id, 1, 0, 0, 0 FROM closings c JOIN commitments m USING (fund_id) LIMIT 1"
    ),
    "closings_are_posted_in_full": f"DELETE FROM equalisation_parts WHERE id = {PART}",
    "lines_are_held_in_full": "UPDATE line_changes SET amount = amount - 1 WHERE closing_id IS NOT NULL",
    "held_follows_the_register": "UPDATE line_changes SET amount = amount - 1 WHERE closing_id IS NOT NULL",
    "closings_are_reversed_whole": "UPDATE closings SET status = 'settled' WHERE status = 'reversed'",
    "letters_of_a_closing_are_complete": (
        "DELETE FROM notices WHERE id = (SELECT min(id) FROM notices WHERE kind = 'refund')"
    ),
    "refunds_are_their_parts": (
        "UPDATE refunds SET capital = capital - 1, interest = interest + 1 WHERE closing_id IS NOT NULL"
    ),
    "refunds_are_not_over_paid": "UPDATE refund_payouts SET amount = amount + 1",
    "ledger_is_its_refund_payouts": "UPDATE capital_transactions SET accrues_from = value_date",
    "interest_between_partners_is_passed_on": (
        "UPDATE capital_transactions SET counts_as_paid_in = true WHERE passed_on"
    ),
    "closings_fit_their_currency": "UPDATE funds SET currency = 'JPY'",
    "transfers_move_nothing_in_all": "UPDATE taken_parts SET weight = weight + 1 WHERE weight > 0",
    "moved_rows_are_their_originals": (
        "UPDATE capital_transactions SET due_on = due_on + 1 WHERE transfer_id IS NOT NULL AND due_on IS NOT NULL"
    ),
    "transfers_moved_their_share": (
        "DELETE FROM transfer_rows WHERE id = (SELECT max(n.id) FROM transfer_rows n WHERE n.amount > 0)"
    ),
    "transfers_moved_their_commitment": (
        "UPDATE commitment_events SET amount = 2 * amount WHERE kind IN ('transfer_in', 'transfer_out')"
    ),
    "what_came_back_is_owed_by_who_took_over": (
        f"UPDATE line_changes SET came_back_id = {PAYMENT} WHERE transfer_id IS NOT NULL"
    ),
    "what_came_back_moved_back": (
        "UPDATE transfer_rows SET amount = amount + 1 WHERE amount <> 0 AND row_id IN"
        " (SELECT id FROM capital_transactions WHERE reverses_id IS NOT NULL AND payout_id IS NOT NULL)"
    ),
    "transfers_assume_their_share": "UPDATE assumed_parts SET amount = amount - 1 WHERE amount > 1",
    "who_is_excused_holds_nothing": (
        "UPDATE capital_call_item_lines SET basis = 'excused', excuse_reason = 'Policy' WHERE amount = 0; "
        "UPDATE taken_parts SET (line_id, commitment_id) = (SELECT x.line_id, x.commitment_id"
        " FROM capital_call_item_lines x JOIN capital_calls k ON k.id = x.call_id"
        " WHERE x.basis = 'excused' AND k.status IN ('sent', 'partially_funded', 'fully_funded') LIMIT 1)"
        " WHERE id = (SELECT max(id) FROM taken_parts WHERE amount > 0)"
    ),
    "excused_partners_are_not_asked": ONE_DEAL
    + (
        "UPDATE capital_call_item_lines SET amount = 0, basis = 'excused', excuse_reason = 'Policy' "
        "WHERE call_id IN (SELECT min(id) FROM capital_calls GROUP BY fund_id)"
    ),
    "excused_as_they_joined_are_not_asked": ONE_DEAL
    + (
        "INSERT INTO closing_excuses (closing_id, fund_id, tranche_id, deal_id, reason) "
        "SELECT t.closing_id, t.fund_id, t.id, a.deal_id, 'Policy' FROM closing_tranches t "
        "JOIN fund_allocations a ON a.id = (SELECT min(id) FROM fund_allocations WHERE fund_id = t.fund_id); "
        "UPDATE closings SET approved_at = approved_at - interval '1 year'"
    ),
    "taken_parts_are_what_moved": "UPDATE taken_parts SET amount = 2 * amount",
    "transfers_fit_their_currency": "UPDATE funds SET currency = 'JPY'",
    "periods_are_closed_in_order": "UPDATE period_closes SET first_day = first_day + 1",
    "closed_periods_keep_their_figures": "UPDATE period_accounts SET paid = paid + 0.01",
    "periods_fit_their_currency": "UPDATE funds SET currency = 'JPY'; UPDATE period_accounts SET paid = 0.5",
    "fee_runs_follow_one_another": "UPDATE fee_runs SET starts_on = starts_on + 1 WHERE number = 2",
    "fee_runs_add_up": "UPDATE fee_run_lines SET recognised = recognised + 1 WHERE recognised > 0",
    "fee_lines_add_up": "UPDATE fee_run_lines SET credit = credit + 1",
    "fee_offsets_are_not_over_applied": "UPDATE fee_run_lines SET offset_carried = offset_carried + 1",
    "fee_calls_ask_for_their_runs": (
        "UPDATE fee_run_lines SET net = net + 0.01, true_up = true_up + 0.01 WHERE net > 0"
    ),
    "fee_parts_are_the_days_of_their_run": (
        "UPDATE fee_run_lines SET parts = jsonb_set(parts, '{0,to}', '\"2026-03-31\"') WHERE gross > 0"
    ),
    "fee_statements_say_their_lines": "UPDATE fee_statements SET withdrawn_at = now() WHERE run_id % 2 = 1",
    "fee_catch_ups_are_asked_for": "UPDATE fee_catch_ups SET charged = charged + 1, let_off = let_off + 1",
    "general_partners_pay_no_fee": (
        "UPDATE fee_run_lines SET tax = tax + 1 WHERE commitment_id IN (SELECT id FROM commitments WHERE kind = 'gp')"
    ),
    "fee_payments_pay_their_runs": "UPDATE fee_payments SET amount = amount + 0.01",
    "fee_runs_charge_every_partner": "UPDATE fee_run_lines SET parts = '[]'",
    "fee_credits_are_carried_forward": "UPDATE fee_run_lines SET credit_carried = credit_carried + 1",
    "fee_runs_are_cancelled_unpaid": "UPDATE fee_run_cancellations SET run_id = (SELECT run_id FROM fee_bills LIMIT 1)",
    "fee_waivers_are_used_once": "UPDATE fee_runs SET waived = 0 WHERE waived > 0",
    "fee_events_in_their_order": "UPDATE fee_events SET kind = 'resumed'",
    "fee_realisations_are_not_below_nothing": "UPDATE fee_realisations SET amount = -amount, reason = 'x'",
    "fees_fit_their_currency": "UPDATE funds SET currency = 'JPY'",
    "setoffs_fit_their_currency": "UPDATE funds SET currency = 'JPY'; UPDATE setoff_parts SET amount = amount + 0.5",
    "setoffs_are_posted_on_both_sides": "UPDATE payouts SET set_off = set_off - 1 WHERE set_off > 1",
    "netted_cash_is_gross_less_gross": "UPDATE payouts SET set_off = 0",
    "default_interest_is_what_accrued": "UPDATE defaults SET rate = rate * 2",
    "default_interest_is_no_capital": (
        "UPDATE capital_transactions SET counts_as_paid_in = true WHERE line_kind = 'default_interest'"
    ),
    "default_calls_ask_for_their_remedies": (
        "UPDATE capital_call_items SET amount = amount + 1 WHERE call_id IN (SELECT call_id FROM default_calls)"
    ),
    "shortfalls_stay_under_their_caps": "UPDATE default_parts SET cap = 3 * cap",
    "remedies_moved_what_they_say": "UPDATE default_remedies SET amount = amount - 1 WHERE kind = 'forfeiture'",
    "defaults_fit_their_currency": "UPDATE funds SET currency = 'JPY'",
    "bank_statements_add_up": "UPDATE bank_statements SET closing = closing + 0.01",
    "bank_entries_are_kept_once": "UPDATE bank_entries SET occurrence = 2",
    "bank_postings_are_of_their_entries": "UPDATE bank_entries SET value_date = value_date + 1",
    "bank_entries_are_settled_once": (
        "INSERT INTO entry_decisions (fund_id, entry_id, version, kind, entry_class, note, recorded_at, "
        "recorded_by_id) SELECT fund_id, entry_id, 1, 'classified', 'tax', '', recorded_at, recorded_by_id "
        "FROM entry_postings"
    ),
    "posted_entries_explain_the_cash": "UPDATE bank_entries SET amount = amount - 0.01",
    "rule_bounds_fit_their_currency": (
        "INSERT INTO entry_rules (fund_id, number, version, side, name_holds, text_holds, least, entry_class, retired, "
        "recorded_at, recorded_by_id) SELECT fund_id, 1, 1, 'out', 'x', '', 0.001, 'tax', false, recorded_at, "
        "recorded_by_id FROM entry_postings"
    ),
    "bank_amounts_fit_their_currency": "UPDATE bank_entries SET amount = amount + 0.001",
    "payment_files_are_their_payments": "UPDATE payment_files SET total = total + 0.01",
    "payouts_are_in_one_live_file": (
        "UPDATE payment_files SET answer = 'refused', note = 'x', answered_at = created_at, "
        "answered_by_id = created_by_id"
    ),
    "payments_are_what_partners_are_owed": "UPDATE payment_file_lines SET amount = amount - 1",
    "payment_files_were_let_go_by_two": (
        "UPDATE payment_files SET four_eyes = true, new_since = '2020-01-01', created_by_id = approved_by_id, "
        "approved_by_id = created_by_id"
    ),
    "payment_amounts_fit_their_currency": "UPDATE payment_file_lines SET amount = amount + 0.001",
    "statement_files_have_their_hash": "UPDATE statement_files SET sha256 = repeat('0', 64)",
    "payees_were_called_back": "UPDATE phone_numbers SET recorded_at = '2027-01-01'",
    "payouts_went_to_verified_accounts": (
        "UPDATE payouts SET payee_details_id = (SELECT min(id) FROM payee_details)"
    ),
    "payees_stay_in_their_fund": "UPDATE call_backs SET fund_id = fund_id + 1",
    "closings_were_settled_in_turn": "UPDATE closings SET approved_at = NULL",
    "mails_have_an_identity": (
        "INSERT INTO notice_deliveries (notice_id, round, recipients, state, requested_at, requested_by_id, due_at, "
        "attempts, message_id, failure) SELECT id, 1, '{}', 'sending', created_at, created_by_id, created_at, 1, "
        "id::text, '' FROM notices"
    ),
}
