-- What moved the unfunded part of each commitment, and from which day on it counts: events of the register, what issued calls
-- draw (from the call's date, or the day of issue where that came first), what was changed of that since,
-- what a transfer moved of it, and what may be called again.
CREATE VIEW unfunded_moves WITH (security_invoker = true) AS
SELECT x.commitment_id, x.effective_on AS day, x.amount
  FROM commitment_events x
 WHERE x.approved_at IS NOT NULL
UNION ALL
SELECT l.commitment_id, least(q.call_date, local_day(q.approved_at, f.time_zone)), -l.amount
  FROM capital_call_item_lines l
  JOIN capital_calls q ON q.id = l.call_id AND q.fund_id = l.fund_id
  JOIN funds f ON f.id = q.fund_id
 WHERE l.reduces_unfunded AND call_is_issued(q.status)
UNION ALL
SELECT x.commitment_id, x.effective_on, -x.amount
  FROM line_changes x
  JOIN capital_calls q ON q.id = x.call_id
 WHERE x.reduces_unfunded AND call_is_issued(q.status)
UNION ALL
SELECT x.commitment_id, x.value_date, -x.amount
  FROM capital_transactions x
 WHERE x.recallable
UNION ALL
SELECT x.commitment_id, x.value_date, -x.amount
  FROM capital_transactions x
 WHERE x.transfer_id IS NOT NULL AND x.call_line_id IS NOT NULL AND x.within_commitment;
