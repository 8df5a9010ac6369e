-- What of fees is dated into a closed period.
CALL lock_days('fee_schedules', 'n.effective_on', 'n.approved_at', 'n.rejected_at IS NULL', 'n.approved_at');
CALL lock_days('fee_letters', 'n.effective_on', 'n.approved_at', 'n.rejected_at IS NULL', 'n.approved_at');
CALL lock_days('fee_income', 'n.effective_on', 'n.approved_at', 'n.rejected_at IS NULL', 'n.approved_at');
CALL lock_days('fee_runs', 'n.effective_on', 'n.approved_at', 'n.rejected_at IS NULL', 'n.approved_at');
CALL lock_days('fee_realisations', 'n.effective_on', 'n.approved_at', 'n.rejected_at IS NULL', 'n.approved_at');
CALL lock_days('fee_run_cancellations', 'n.effective_on', 'n.approved_at', 'n.rejected_at IS NULL', 'n.approved_at');
CALL lock_days('fee_waiver_uses', 'n.effective_on', 'n.approved_at', 'n.rejected_at IS NULL', 'n.approved_at');
-- What takes a payment back has the day of that one.
CALL lock_days('fee_payments', 'n.value_date', '', 'n.reverses_id IS NULL', 'n.recorded_at');
-- An event that takes another back has the day of that one.
CALL lock_days('fee_events', 'n.effective_on', 'n.approved_at', 'n.rejected_at IS NULL AND n.takes_back_id IS NULL', 'n.approved_at');
