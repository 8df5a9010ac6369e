-- What partners stood at when a period was closed is what their accounts say of its last day, as known then, now and ever after.
SELECT a.close_id AS close, a.commitment_id AS commitment, a.paid AS kept_paid, x.paid, a.unfunded AS kept_unfunded, x.unfunded
  FROM period_closes c
 CROSS JOIN LATERAL (
       SELECT * FROM commitment_capital_at(c.last_day, c.known_at) one WHERE one.fund_id = c.fund_id) x
  FULL JOIN period_accounts a ON a.close_id = c.id AND a.commitment_id = x.commitment_id
 WHERE c.approved_at IS NOT NULL
   AND (a.committed, a.released, a.called, a.paid, a.outstanding, a.distributed, a.unfunded) IS DISTINCT FROM
       (x.committed, x.released, x.called, x.paid, x.outstanding, x.distributed, x.unfunded)
