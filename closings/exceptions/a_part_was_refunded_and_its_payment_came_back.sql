-- More of a call was refunded to a partner than stays paid of it, with what transfers moved of either: its payment came back afterwards. Have it paid again.
SELECT t.fund_id AS fund, t.commitment_id AS commitment, k.number AS call, sum(t.refunded) AS refunded,
       sum(t.paid) AS paid, sum(t.refunded - t.paid) AS to_recover,
       (SELECT string_agg(DISTINCT g.number::text, ', ')
          FROM capital_transactions x
          JOIN capital_transactions o ON o.id = coalesce(x.moves_id, x.id)
          JOIN refund_payouts p ON p.id = o.refund_payout_id
          JOIN refunds r ON r.id = p.refund_id
          JOIN closings g ON g.id = r.closing_id
         WHERE x.commitment_id = t.commitment_id AND x.call_line_id = ANY (array_agg(t.call_line_id))) AS closings
  FROM (SELECT x.fund_id, x.commitment_id, x.call_line_id,
               -coalesce(sum(x.amount) FILTER (WHERE o.refund_payout_id IS NOT NULL), 0) AS refunded,
               coalesce(sum(x.amount) FILTER (WHERE o.refund_payout_id IS NULL), 0) AS paid
          FROM capital_transactions x JOIN capital_transactions o ON o.id = coalesce(x.moves_id, x.id)
         WHERE x.call_line_id IS NOT NULL AND NOT x.passed_on
         GROUP BY x.fund_id, x.commitment_id, x.call_line_id) t
  JOIN capital_call_lines l ON l.id = t.call_line_id
  JOIN capital_calls k ON k.id = l.call_id
 WHERE t.refunded > 0 AND t.paid < t.refunded
 GROUP BY t.fund_id, t.commitment_id, k.id
