-- One row per fund: the sums over its partners. Called comes from the lines, which rails hold to the call and to the items,
-- less what was waived of them; what later partners took over, and interest between them, as of each partner.
CREATE VIEW fund_commitment_capital WITH (security_invoker = true) AS
SELECT f.id AS fund_id,
       c.committed,
       c.released,
       l.called + g.changed AS called,
       l.called_within + g.changed_within AS called_within,
       p.received - i.passed_on + b.refunded AS paid,
       l.asked + g.owed - p.received AS outstanding,
       g.to_refund + b.refunded AS to_refund,
       t.returned_unused + b.of_taken AS returned_unused,
       t.distributed + b.of_taken AS distributed,
       t.recallable,
       c.committed - c.released - (l.called_within + g.changed_within) + t.recallable AS unfunded
  FROM funds f
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.amount) FILTER (WHERE x.changes_commitment), 0) AS committed,
              coalesce(-sum(x.amount) FILTER (WHERE NOT x.changes_commitment), 0) AS released
         FROM commitment_events x
        WHERE x.fund_id = f.id AND x.approved_at IS NOT NULL) c
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.amount), 0) AS asked,
              coalesce(sum(x.amount) FILTER (WHERE x.counts_as_called), 0) AS called,
              coalesce(sum(x.amount) FILTER (WHERE x.reduces_unfunded), 0) AS called_within
         FROM capital_call_lines x
         JOIN capital_calls q ON q.id = x.call_id AND q.fund_id = x.fund_id
        WHERE x.fund_id = f.id AND call_is_issued(q.status)) l
 CROSS JOIN LATERAL (
       -- Nearly every change counts, within the commitment: what does not is taken off, so that a row is added once.
       SELECT coalesce(sum(x.amount), 0) - coalesce(sum(x.not_called), 0) AS changed,
              coalesce(sum(x.amount), 0) - coalesce(sum(x.outside), 0) AS changed_within,
              coalesce(sum(x.owed), 0) AS owed,
              coalesce(sum(x.owed), 0) - coalesce(sum(x.amount), 0) AS to_refund
         FROM capital_calls q
        CROSS JOIN LATERAL (
              SELECT sum(y.amount) AS amount,
                     sum(y.amount) FILTER (WHERE NOT y.counts_as_called) AS not_called,
                     sum(y.amount) FILTER (WHERE NOT y.reduces_unfunded) AS outside,
                     sum(y.amount) FILTER (WHERE y.changes_owed) AS owed
                FROM line_changes y
               WHERE y.call_id = q.id) x
        WHERE q.fund_id = f.id AND call_is_issued(q.status)) g
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.amount), 0) AS received FROM payments x WHERE x.fund_id = f.id) p
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.amount), 0) AS passed_on
         FROM capital_transactions x WHERE x.fund_id = f.id AND x.passed_on AND x.refund_payout_id IS NULL) i
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.amount), 0) AS refunded,
              -- Of what is held by transfer alone: it names no item, as what is distributed.
              coalesce(sum(x.amount) FILTER (WHERE x.call_item_id IS NULL), 0) AS of_taken
         FROM capital_transactions x WHERE x.fund_id = f.id AND NOT x.passed_on AND x.refund_payout_id IS NOT NULL) b
 CROSS JOIN LATERAL (
       SELECT coalesce(-sum(x.amount) FILTER (WHERE x.counts_as_paid_in), 0) AS returned_unused,
              coalesce(-sum(x.amount) FILTER (WHERE x.counts_as_distributed OR x.counts_as_paid_in), 0) AS distributed,
              coalesce(-sum(x.amount) FILTER (WHERE x.recallable), 0) AS recallable
         FROM capital_transactions x
        WHERE x.fund_id = f.id AND x.call_item_id IS NULL) t;
