-- One row per fund: the sums of its allocations; a fund without any shows zeros.
CREATE VIEW fund_capital WITH (security_invoker = true) AS
SELECT f.id AS fund_id,
       a.committed AS total_committed,
       c.called + g.changed AS total_called,
       t.funded AS total_funded,
       a.committed - (c.called + g.changed) AS uncalled_capital,
       c.called + g.changed - t.funded AS outstanding_calls
  FROM funds f
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.amount), 0) AS committed
         FROM allocation_amounts x WHERE x.fund_id = f.id AND x.approved_at IS NOT NULL) a
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(l.amount), 0) AS called
         FROM capital_call_lines l
         JOIN capital_calls k ON k.id = l.call_id AND k.fund_id = l.fund_id
        WHERE l.fund_id = f.id AND l.allocation_id IS NOT NULL AND call_is_issued(k.status)) c
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.amount), 0) AS changed
         FROM capital_calls k
        CROSS JOIN LATERAL (
              SELECT sum(y.amount) AS amount FROM line_changes y WHERE y.call_id = k.id AND y.allocation_id IS NOT NULL) x
        WHERE k.fund_id = f.id AND call_is_issued(k.status)) g
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.amount), 0) AS funded
         FROM capital_transactions x
        WHERE x.fund_id = f.id AND x.allocation_id IS NOT NULL) t;
