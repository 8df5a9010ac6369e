-- One row per allocation: its lines in issued calls, and the ledger rows on those lines.
CREATE VIEW allocation_capital AS
SELECT a.id AS allocation_id,
       a.fund_id,
       a.committed_amount AS committed,
       c.called,
       t.funded,
       a.committed_amount - c.called AS uncalled,
       c.called - t.funded AS outstanding
  FROM fund_allocations a
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(l.amount), 0) AS called
         FROM capital_call_lines l
         JOIN capital_calls k ON k.id = l.call_id AND k.fund_id = l.fund_id
        WHERE l.fund_id = a.fund_id AND l.allocation_id = a.id AND call_is_issued(k.status)) c
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.amount), 0) AS funded
         FROM capital_transactions x
        WHERE x.fund_id = a.fund_id AND x.allocation_id = a.id) t;
-- One row per call. Called is the call's own total (a rail holds its items to it); only issued calls count.
CREATE VIEW call_capital AS
SELECT k.id AS call_id,
       k.fund_id,
       CASE WHEN call_is_issued(k.status) THEN k.total_amount::numeric ELSE 0 END AS called,
       p.paid,
       CASE WHEN call_is_issued(k.status) THEN k.total_amount - p.paid ELSE 0 END AS outstanding
  FROM capital_calls k
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.amount), 0) AS paid
         FROM payments x
        WHERE x.fund_id = k.fund_id AND x.call_id = k.id) p;
-- One row per item: what one partner owes and has paid on one call.
CREATE VIEW call_item_capital AS
SELECT i.id AS item_id,
       i.call_id,
       i.commitment_id,
       CASE WHEN call_is_issued(k.status) THEN i.amount::numeric ELSE 0 END AS called,
       p.paid,
       CASE WHEN call_is_issued(k.status) THEN i.amount - p.paid ELSE 0 END AS outstanding,
       item_status(i.amount, p.paid) AS status,
       (SELECT max(y.value_date)
          FROM payments y
         WHERE y.item_id = i.id
           AND y.amount > 0
           AND NOT EXISTS (SELECT FROM payments r WHERE r.reverses_id = y.id)) AS paid_on
  FROM capital_call_items i
  JOIN capital_calls k ON k.id = i.call_id
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.amount), 0) AS paid FROM payments x WHERE x.item_id = i.id) p;
-- One row per commitment: a partner's account with the fund.
CREATE VIEW commitment_capital AS
SELECT c.id AS commitment_id,
       c.fund_id,
       c.amount AS committed,
       k.called,
       k.called_within,
       t.paid,
       k.called - t.paid AS outstanding,
       t.distributed,
       t.recallable,
       c.amount - k.called_within + t.recallable AS unfunded
  FROM commitments c
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(l.amount), 0) AS called,
              coalesce(sum(l.amount) FILTER (WHERE l.reduces_unfunded), 0) AS called_within
         FROM capital_call_item_lines l
         JOIN capital_calls q ON q.id = l.call_id AND q.fund_id = l.fund_id
        WHERE l.commitment_id = c.id AND call_is_issued(q.status)) k
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.amount) FILTER (WHERE x.type = 'CONTRIBUTION'), 0) AS paid,
              coalesce(-sum(x.amount) FILTER (WHERE x.type = 'DISTRIBUTION'), 0) AS distributed,
              coalesce(-sum(x.amount) FILTER (WHERE x.type = 'DISTRIBUTION' AND x.recallable), 0) AS recallable
         FROM capital_transactions x
        WHERE x.commitment_id = c.id) t;
-- One row per fund: the sums of its allocations; a fund without any shows zeros.
CREATE VIEW fund_capital AS
SELECT f.id AS fund_id,
       a.committed AS total_committed,
       c.called AS total_called,
       t.funded AS total_funded,
       a.committed - c.called AS uncalled_capital,
       c.called - t.funded AS outstanding_calls
  FROM funds f
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.committed_amount), 0) AS committed
         FROM fund_allocations x WHERE x.fund_id = f.id) a
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(l.amount), 0) AS called
         FROM capital_call_lines l
         JOIN capital_calls k ON k.id = l.call_id AND k.fund_id = l.fund_id
        WHERE l.fund_id = f.id AND l.allocation_id IS NOT NULL AND call_is_issued(k.status)) c
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.amount), 0) AS funded
         FROM capital_transactions x
        WHERE x.fund_id = f.id AND x.allocation_id IS NOT NULL) t;
-- One row per fund: cash that arrived, and what became of it.
CREATE VIEW fund_cash AS
SELECT f.id AS fund_id,
       r.received,
       p.applied,
       b.returned,
       r.received - p.applied - b.returned AS unapplied
  FROM funds f
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.amount), 0) AS received FROM receipts x WHERE x.fund_id = f.id) r
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.amount), 0) AS applied FROM payments x WHERE x.fund_id = f.id) p
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.amount), 0) AS returned FROM receipt_returns x WHERE x.fund_id = f.id) b;
-- One row per fund: the sums over its partners. Called comes from the lines, which rails hold to the call and to the items.
CREATE VIEW fund_commitment_capital AS
SELECT f.id AS fund_id,
       c.committed,
       l.called,
       l.called_within,
       p.paid,
       l.called - p.paid AS outstanding,
       t.distributed,
       t.recallable,
       c.committed - l.called_within + t.recallable AS unfunded
  FROM funds f
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.amount), 0) AS committed FROM commitments x WHERE x.fund_id = f.id) c
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.amount), 0) AS called,
              coalesce(sum(x.amount) FILTER (WHERE x.reduces_unfunded), 0) AS called_within
         FROM capital_call_lines x
         JOIN capital_calls q ON q.id = x.call_id AND q.fund_id = x.fund_id
        WHERE x.fund_id = f.id AND call_is_issued(q.status)) l
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.amount), 0) AS paid FROM payments x WHERE x.fund_id = f.id) p
 CROSS JOIN LATERAL (
       SELECT coalesce(-sum(x.amount), 0) AS distributed,
              coalesce(-sum(x.amount) FILTER (WHERE x.recallable), 0) AS recallable
         FROM capital_transactions x
        WHERE x.fund_id = f.id AND x.type = 'DISTRIBUTION' AND x.type <> 'CONTRIBUTION') t;
-- One row per receipt: what of it was applied, returned, and still waits.
CREATE VIEW receipt_capital AS
SELECT r.id AS receipt_id,
       r.fund_id,
       r.amount,
       p.applied,
       b.returned,
       r.amount - p.applied - b.returned AS unapplied
  FROM receipts r
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.amount), 0) AS applied FROM payments x WHERE x.receipt_id = r.id) p
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.amount), 0) AS returned FROM receipt_returns x WHERE x.receipt_id = r.id) b;
