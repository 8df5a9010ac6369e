-- More of a call was refunded to a partner than stays paid of it: its payment came back afterwards. Have it paid again.
SELECT t.fund_id AS fund, t.commitment_id AS commitment, k.number AS call, sum(t.refunded) AS refunded,
       sum(t.paid) AS paid, sum(t.refunded - t.paid - least(coalesce(m.moved, 0), 0)) AS to_recover
  FROM (SELECT fund_id, commitment_id, call_line_id,
               -coalesce(sum(amount) FILTER (WHERE refund_payout_id IS NOT NULL), 0) AS refunded,
               coalesce(sum(amount) FILTER (WHERE refund_payout_id IS NULL), 0) AS paid
          FROM capital_transactions WHERE call_item_id IS NOT NULL
         GROUP BY fund_id, commitment_id, call_item_id, call_line_id) t
  LEFT JOIN (SELECT line_id, commitment_id, sum(amount) AS moved FROM taken_parts GROUP BY line_id, commitment_id) m
    ON m.line_id = t.call_line_id AND m.commitment_id = t.commitment_id
  JOIN capital_call_lines l ON l.id = t.call_line_id
  JOIN capital_calls k ON k.id = l.call_id
 WHERE t.refunded > 0 AND t.paid + least(coalesce(m.moved, 0), 0) < t.refunded
 GROUP BY t.fund_id, t.commitment_id, k.id
