-- One row per allocation: its approved dated rows, its lines in issued calls less what was waived of them, and the ledger
-- rows on those lines.
CREATE VIEW allocation_capital WITH (security_invoker = true) AS
SELECT a.id AS allocation_id,
       a.fund_id,
       m.committed,
       c.called + g.changed AS called,
       t.funded,
       m.committed - (c.called + g.changed) AS uncalled,
       c.called + g.changed - t.funded AS outstanding
  FROM fund_allocations a
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.amount), 0) AS committed
         FROM allocation_amounts x
        WHERE x.allocation_id = a.id AND x.approved_at IS NOT NULL) m
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(l.amount), 0) AS called
         FROM capital_call_lines l
         JOIN capital_calls k ON k.id = l.call_id AND k.fund_id = l.fund_id
        WHERE l.fund_id = a.fund_id AND l.allocation_id = a.id AND call_is_issued(k.status)) c
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.amount), 0) AS changed
         FROM line_changes x
         JOIN capital_calls k ON k.id = x.call_id
        WHERE x.allocation_id = a.id AND call_is_issued(k.status)) g
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.amount), 0) AS funded
         FROM capital_transactions x
        WHERE x.fund_id = a.fund_id AND x.allocation_id = a.id) t;
