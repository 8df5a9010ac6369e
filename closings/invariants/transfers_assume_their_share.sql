-- What a transfer assumed of what its transferor owed is its share of that, rounded once, where it says so; on each line the part of the one
-- falls by it, and that of the other rises, on the day of the transfer.
SELECT t.id AS transfer, NULL::bigint AS line, a.owed, a.amount AS assumed, NULL::numeric AS changed
  FROM transfers t
  JOIN funds f ON f.id = t.fund_id
 CROSS JOIN LATERAL (SELECT sum(n.owed) AS owed, sum(n.amount) AS amount FROM assumed_parts n WHERE n.transfer_id = t.id) a
 WHERE a.amount <> div(2 * t.numerator * a.owed * power(10::numeric, currency_decimals(f.currency)) + t.denominator, 2 * t.denominator::numeric)
                   / power(10::numeric, currency_decimals(f.currency))
    OR a.owed IS NOT NULL AND (t.open_items <> 'assumed' OR t.approved_at IS NULL)
UNION ALL
SELECT coalesce(g.transfer_id, n.transfer_id), coalesce(g.line_id, n.line_id), n.owed, n.amount, g.amount
  FROM (SELECT p.transfer_id, p.line_id, p.owed, p.amount, side.sign * p.amount AS due, side.commitment_id, t.effective_on, t.approved_at,
               l.reduces_unfunded, l.counts_as_called, l.allocation_id
          FROM assumed_parts p
          JOIN transfers t ON t.id = p.transfer_id
          JOIN capital_call_lines l ON l.id = p.line_id
         CROSS JOIN LATERAL (VALUES (t.transferor_id, -1), (t.transferee_id, 1)) side (commitment_id, sign)
         WHERE p.amount > 0) n
  FULL JOIN (SELECT * FROM line_changes WHERE transfer_id IS NOT NULL AND came_back_id IS NULL) g
         ON (g.transfer_id, g.line_id, g.commitment_id) = (n.transfer_id, n.line_id, n.commitment_id)
 WHERE (g.amount, g.effective_on, g.recorded_at, g.reduces_unfunded, g.counts_as_called, g.allocation_id, g.changes_held, g.changes_owed)
       IS DISTINCT FROM (n.due, n.effective_on, n.approved_at, n.reduces_unfunded, n.counts_as_called, n.allocation_id, true, true)
