-- What moved of the parts of a line, and of the shares in a distribution, is what moved of the ledger rows that paid them, on the same day.
SELECT coalesce(x.transfer_id, p.transfer_id) AS transfer, coalesce(x.commitment_id, p.commitment_id) AS commitment, 'line' AS what,
       coalesce(x.line_id, p.line_id) AS of, x.amount AS rows, p.amount AS taken
  FROM (SELECT transfer_id, commitment_id, call_line_id AS line_id, value_date, recorded_at, sum(amount) AS amount FROM capital_transactions
         WHERE transfer_id IS NOT NULL AND call_line_id IS NOT NULL GROUP BY 1, 2, 3, 4, 5) x
  FULL JOIN taken_parts p ON (p.transfer_id, p.commitment_id, p.line_id) = (x.transfer_id, x.commitment_id, x.line_id)
 WHERE coalesce(x.amount, 0) <> coalesce(p.amount, 0)
    OR x.amount IS NOT NULL AND (x.value_date, x.recorded_at) IS DISTINCT FROM (p.effective_on, p.recorded_at)
UNION ALL
SELECT coalesce(x.transfer_id, p.transfer_id), coalesce(x.commitment_id, p.commitment_id), 'distribution',
       coalesce(x.distribution_id, p.distribution_id), x.amount, p.gross_amount
  FROM (SELECT transfer_id, commitment_id, distribution_id, value_date, recorded_at, -sum(amount) AS amount,
               -coalesce(sum(amount) FILTER (WHERE recallable), 0) AS recallable
          FROM capital_transactions
         WHERE transfer_id IS NOT NULL AND distribution_id IS NOT NULL GROUP BY 1, 2, 3, 4, 5) x
  FULL JOIN (SELECT * FROM taken_shares WHERE transfer_id IS NOT NULL) p ON (p.transfer_id, p.commitment_id, p.distribution_id) = (x.transfer_id, x.commitment_id, x.distribution_id)
 WHERE (coalesce(x.amount, 0), coalesce(x.recallable, 0)) IS DISTINCT FROM (coalesce(p.gross_amount, 0), coalesce(p.recallable_amount, 0))
    OR x.amount IS NOT NULL AND (x.value_date, x.recorded_at) IS DISTINCT FROM (p.effective_on, p.recorded_at)
    OR p.profit_share IS DISTINCT FROM
       (SELECT sum((t ->> 0)::numeric + (t ->> 2)::numeric) FROM jsonb_array_elements(p.tiers) t) AND jsonb_array_length(p.tiers) > 0
