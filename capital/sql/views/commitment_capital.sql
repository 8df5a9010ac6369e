-- One row per commitment: a partner's account with the fund. Released is what of the commitment may no longer be called. Paid is what came for calls; paid in is what of it counts
-- as capital, less what came back unused; what was waived of a call is neither called nor paid; distributed is all that went out, what came back unused included.
-- What later partners took over is called of them and no longer of those before: it is to be refunded, and no longer paid once it was. Interest between them
-- is owed, and neither called nor paid. What a transfer moved is called, and was paid, of its transferee and no longer of its transferor: all of it was
-- paid, so the ledger says what of each line moved. What is owed stays with items.
CREATE VIEW commitment_capital WITH (security_invoker = true) AS
SELECT c.id AS commitment_id,
       c.fund_id,
       a.committed,
       a.released,
       k.called + g.changed + t.moved AS called,
       k.called_within + g.changed_within + t.moved_within AS called_within,
       t.paid,
       k.asked + g.owed - t.received AS outstanding,
       g.to_refund + t.refunded AS to_refund,
       t.paid_in,
       t.returned_unused,
       t.distributed,
       t.recallable,
       a.committed - a.released - (k.called_within + g.changed_within + t.moved_within) + t.recallable AS unfunded
  FROM commitments c
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.amount) FILTER (WHERE x.changes_commitment), 0) AS committed,
              coalesce(-sum(x.amount) FILTER (WHERE NOT x.changes_commitment), 0) AS released
         FROM commitment_events x
        WHERE x.commitment_id = c.id AND x.approved_at IS NOT NULL) a
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(l.amount), 0) AS asked,
              coalesce(sum(l.amount) FILTER (WHERE l.counts_as_called), 0) AS called,
              coalesce(sum(l.amount) FILTER (WHERE l.reduces_unfunded), 0) AS called_within
         FROM capital_call_item_lines l
         JOIN capital_calls q ON q.id = l.call_id AND q.fund_id = l.fund_id
        WHERE l.commitment_id = c.id AND call_is_issued(q.status)) k
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.amount) FILTER (WHERE x.counts_as_called), 0) AS changed,
              coalesce(sum(x.amount) FILTER (WHERE x.reduces_unfunded), 0) AS changed_within,
              coalesce(sum(x.amount) FILTER (WHERE x.changes_owed), 0) AS owed,
              coalesce(-sum(x.amount) FILTER (WHERE NOT x.changes_owed), 0) AS to_refund
         FROM line_changes x
         JOIN capital_calls q ON q.id = x.call_id
        WHERE x.commitment_id = c.id AND call_is_issued(q.status)) g
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.amount) FILTER (WHERE x.call_line_id IS NOT NULL AND NOT x.passed_on), 0) AS paid,
              coalesce(sum(x.amount) FILTER (WHERE x.call_item_id IS NOT NULL AND x.refund_payout_id IS NULL), 0) AS received,
              coalesce(sum(x.amount) FILTER (WHERE x.refund_payout_id IS NOT NULL AND NOT x.passed_on), 0) AS refunded,
              coalesce(sum(x.amount) FILTER (WHERE x.counts_as_paid_in), 0) AS paid_in,
              coalesce(-sum(x.amount) FILTER (WHERE x.counts_as_paid_in AND x.call_line_id IS NULL), 0) AS returned_unused,
              coalesce(-sum(x.amount) FILTER (WHERE x.call_line_id IS NULL AND (x.counts_as_distributed OR x.counts_as_paid_in)), 0)
                  AS distributed,
              coalesce(-sum(x.amount) FILTER (WHERE x.recallable), 0) AS recallable,
              coalesce(sum(x.amount) FILTER (WHERE x.transfer_id IS NOT NULL AND x.call_line_id IS NOT NULL), 0) AS moved,
              coalesce(sum(x.amount) FILTER (WHERE x.transfer_id IS NOT NULL AND x.call_line_id IS NOT NULL AND x.within_commitment), 0)
                  AS moved_within
         FROM capital_transactions x
        WHERE x.commitment_id = c.id) t;
