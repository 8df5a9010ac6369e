-- What moved of the parts of a line, and of the shares in a distribution, is what moved of the ledger rows that paid them, on the same day:
-- of a payout that came back since, and of one that was made again, the share stays what it was.
SELECT coalesce(x.transfer_id, p.transfer_id) AS transfer, coalesce(x.commitment_id, p.commitment_id) AS commitment, 'line' AS what,
       coalesce(x.line_id, p.line_id) AS of, x.amount AS rows, p.amount AS taken
  FROM (SELECT m.transfer_id, m.commitment_id, m.call_line_id AS line_id, coalesce(o.payment_id, 0) AS came_back_id,
               m.value_date, m.recorded_at, sum(m.amount) AS amount
          FROM capital_transactions m
          LEFT JOIN capital_transactions o ON o.id = m.moves_id AND o.reverses_id IS NOT NULL
         WHERE m.transfer_id IS NOT NULL AND m.call_line_id IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6) x
  FULL JOIN (SELECT transfer_id, commitment_id, line_id, came_back_id, effective_on, recorded_at, amount FROM taken_parts) p
         ON (p.transfer_id, p.commitment_id, p.line_id, coalesce(p.came_back_id, 0)) = (x.transfer_id, x.commitment_id, x.line_id, x.came_back_id)
 WHERE coalesce(x.amount, 0) <> coalesce(p.amount, 0)
    OR x.amount IS NOT NULL AND (x.value_date, x.recorded_at) IS DISTINCT FROM (p.effective_on, p.recorded_at)
UNION ALL
SELECT coalesce(x.transfer_id, p.transfer_id), coalesce(x.commitment_id, p.commitment_id), 'distribution',
       coalesce(x.distribution_id, p.distribution_id), x.amount, p.gross_amount
  FROM (SELECT transfer_id, commitment_id, distribution_id, value_date, recorded_at, -sum(amount) AS amount,
               -coalesce(sum(amount) FILTER (WHERE recallable), 0) AS recallable
          FROM capital_transactions
         WHERE transfer_id IS NOT NULL AND distribution_id IS NOT NULL
           AND NOT follows_moved_row(transfer_id, moves_id)
         GROUP BY 1, 2, 3, 4, 5) x
  FULL JOIN (SELECT * FROM taken_shares WHERE transfer_id IS NOT NULL) p ON (p.transfer_id, p.commitment_id, p.distribution_id) = (x.transfer_id, x.commitment_id, x.distribution_id)
 WHERE (coalesce(x.amount, 0), coalesce(x.recallable, 0)) IS DISTINCT FROM (coalesce(p.gross_amount, 0), coalesce(p.recallable_amount, 0))
    OR x.amount IS NOT NULL AND (x.value_date, x.recorded_at) IS DISTINCT FROM (p.effective_on, p.recorded_at)
    OR p.profit_share IS DISTINCT FROM
       (SELECT sum((t ->> 0)::numeric + (t ->> 2)::numeric) FROM jsonb_array_elements(p.tiers) t) AND jsonb_array_length(p.tiers) > 0
