-- The call that bills a fee run asks each partner for its part of the run, and for nothing else; no call asks for what the fund pays from cash on hand.
SELECT b.run_id AS run, b.call_id AS call, b.commitment_id AS commitment, b.asked, l.owed
  FROM (SELECT f.run_id, f.call_id, x.commitment_id, sum(x.amount) AS asked
          FROM fee_bills f
          JOIN capital_call_item_lines x ON x.call_id = f.call_id
         GROUP BY f.run_id, f.call_id, x.commitment_id) b
  FULL JOIN (SELECT n.run_id, n.commitment_id, n.net + n.tax AS owed
               FROM fee_run_lines n
               JOIN fee_runs r ON r.id = n.run_id AND r.approved_at IS NOT NULL AND r.paid_from = 'call') l
         ON l.run_id = b.run_id AND l.commitment_id = b.commitment_id
 WHERE coalesce(b.asked, 0) <> coalesce(l.owed, 0)
