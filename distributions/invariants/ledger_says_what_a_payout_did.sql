-- A ledger row of a payout counts once: unused money of calls lowers what was paid in and is no distribution, everything else was distributed.
SELECT t.id AS ledger_row, d.type, t.counts_as_paid_in, t.counts_as_distributed, t.earns_preferred_return
  FROM capital_transactions t
  JOIN distributions d ON d.id = t.distribution_id
 WHERE t.counts_as_distributed IS DISTINCT FROM (d.type <> 'RETURN_OF_EXCESS_CAPITAL')
    OR t.counts_as_paid_in = t.counts_as_distributed OR t.earns_preferred_return = t.counts_as_distributed
    OR (t.recallable AND t.given_back_line_id IS NOT NULL AND NOT t.within_commitment)
