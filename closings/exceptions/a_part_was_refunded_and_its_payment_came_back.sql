-- More of a part of a call was refunded to a partner than stays paid of it: its payment came back afterwards. Have it paid again.
SELECT t.fund_id AS fund, t.commitment_id AS commitment, t.call_item_id AS item, t.call_line_id AS line, t.refunded, t.paid, m.moved
  FROM (SELECT fund_id, commitment_id, call_item_id, call_line_id,
               -coalesce(sum(amount) FILTER (WHERE refund_payout_id IS NOT NULL), 0) AS refunded,
               coalesce(sum(amount) FILTER (WHERE refund_payout_id IS NULL), 0) AS paid
          FROM capital_transactions WHERE call_item_id IS NOT NULL
         GROUP BY fund_id, commitment_id, call_item_id, call_line_id) t
  LEFT JOIN (SELECT line_id, commitment_id, sum(amount) AS moved FROM taken_parts GROUP BY line_id, commitment_id) m
    ON m.line_id = t.call_line_id AND m.commitment_id = t.commitment_id
 WHERE t.refunded > 0 AND t.paid + least(coalesce(m.moved, 0), 0) < t.refunded
