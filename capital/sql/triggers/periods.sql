-- What of calls and payments is dated into a closed period.

-- A call counts once it is issued. One that is cancelled later keeps its days, and so does money that the bank or a reversal brings.
CALL lock_days('capital_calls', 'n.call_date, n.due_date', 'n.approved_at, n.cancelled_at',
               'n.approved_at IS NOT NULL AND n.cancelled_at IS NULL', 'greatest(n.approved_at, n.cancelled_at)');
CALL lock_days('receipts', 'n.value_date', '', 'n.bank_entry_id IS NULL', 'n.recorded_at');
-- A payment has the day of the receipt, the settlement, the set-off or the closing by which it is one.
CALL lock_days('payments', 'n.value_date', '', 'false', 'n.recorded_at');
CALL lock_days('receipt_returns', 'n.value_date', '', 'false', 'n.recorded_at');
CALL lock_days('allocation_amounts', 'n.effective_on', 'n.approved_at', 'n.rejected_at IS NULL', 'n.approved_at');
CALL lock_days('excuses', 'n.effective_on', 'n.approved_at', 'n.rejected_at IS NULL', 'n.approved_at');
CALL lock_days('residual_settlements', 'n.effective_on', 'n.approved_at', 'n.rejected_at IS NULL', 'n.approved_at');
CALL lock_days('line_changes', 'n.effective_on', '', 'false', 'n.recorded_at');
CALL lock_days('taken_parts', 'n.effective_on', '', 'false', 'n.recorded_at');
