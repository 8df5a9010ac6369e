-- What of distributions and payouts is dated into a closed period.

-- A distribution is bound when it is approved and counts once it is issued; one that is cancelled later keeps its day.
CALL lock_days('distributions', 'n.date', 'n.approved_at, n.sent_at, n.cancelled_at',
               'n.approved_at IS NOT NULL AND n.cancelled_at IS NULL', 'greatest(n.approved_at, n.sent_at, n.cancelled_at)');
-- A payout that was set off has the day of the set-off, and one that takes another back the day of that one.
CALL lock_days('payouts', 'n.value_date', '', 'n.reverses_id IS NULL AND n.setoff_part_id IS NULL', 'n.recorded_at');
CALL lock_days('write_downs', 'n.date', 'n.approved_at', 'n.rejected_at IS NULL', 'n.approved_at');
CALL lock_days('taken_shares', 'n.effective_on', '', 'false', 'n.recorded_at');
