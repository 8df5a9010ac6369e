-- What of closings, transfers, set-offs and defaults is dated into a closed period.
CALL lock_days('closings', 'n.held_on', 'n.approved_at', 'n.approved_at IS NOT NULL', 'n.approved_at');
CALL lock_days('transfers', 'n.effective_on', 'n.approved_at', 'n.rejected_at IS NULL', 'n.approved_at');
CALL lock_days('setoffs', 'n.value_date', 'n.approved_at', 'n.rejected_at IS NULL', 'n.approved_at');
CALL lock_days('defaults', 'n.effective_on', 'n.approved_at', 'n.rejected_at IS NULL', 'n.approved_at');
CALL lock_days('default_remedies', 'n.effective_on', 'n.approved_at', 'n.rejected_at IS NULL', 'n.approved_at');
-- What is paid out of a refund because a distribution was has the day of that one.
CALL lock_days('refund_payouts', 'n.value_date', '', 'n.reverses_id IS NULL AND NOT n.by_distribution', 'n.recorded_at');
