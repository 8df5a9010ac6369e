-- A fee that is paid from cash on hand leaves the fund's account whole, once, after it was approved; what takes a payment back takes it back whole.
SELECT p.run_id AS run, p.id AS payment, p.amount, r.net + r.tax AS owed
  FROM fee_payments p
  JOIN fee_runs r ON r.id = p.run_id
  LEFT JOIN fee_payments t ON t.id = p.reverses_id
 WHERE r.paid_from <> 'cash' OR r.approved_at IS NULL OR p.fund_id <> r.fund_id OR abs(p.amount) <> r.net + r.tax
    OR p.value_date < local_day(r.approved_at, 'UTC') - 1
    OR p.reverses_id IS NOT NULL AND (t.run_id, -t.amount, t.value_date) IS DISTINCT FROM (p.run_id, p.amount, p.value_date)
    OR (SELECT sum(x.amount) FROM fee_payments x WHERE x.run_id = p.run_id) NOT IN (0, r.net + r.tax)
