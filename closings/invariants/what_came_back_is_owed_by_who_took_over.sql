-- Of a payment that came back, and of which others held a part by transfers, nothing is held any more as paid by anybody: what each transfer
-- had moved of it moved back, on its day, and each partner owes of every line what it had been given of that payment, and the first so much less.
SELECT coalesce(w.came_back_id, g.came_back_id) AS came_back, coalesce(w.transfer_id, g.transfer_id) AS transfer,
       coalesce(w.line_id, g.line_id) AS line, coalesce(w.commitment_id, g.commitment_id) AS commitment, w.amount AS moved, g.amount AS owed
  FROM (SELECT b.payment_id AS came_back_id, m.transfer_id, m.call_line_id AS line_id, m.commitment_id, m.value_date, b.recorded_at,
               sum(m.amount) AS amount
          FROM capital_transactions b
          JOIN capital_transactions m ON m.moves_id = b.reverses_id AND m.transfer_id IS NOT NULL AND b.payment_id IS NOT NULL
         WHERE EXISTS (SELECT FROM capital_transactions x WHERE x.moves_id = b.reverses_id
                        GROUP BY x.commitment_id HAVING sum(x.amount) <> 0)
         GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(m.amount) <> 0) w
  FULL JOIN (SELECT c.* FROM line_changes c WHERE c.came_back_id IS NOT NULL) g
         ON (g.came_back_id, g.transfer_id, g.line_id, g.commitment_id) = (w.came_back_id, w.transfer_id, w.line_id, w.commitment_id)
 WHERE (g.amount, g.effective_on, g.recorded_at, g.changes_held, g.changes_owed) IS DISTINCT FROM (w.amount, w.value_date, w.recorded_at, true, true)
