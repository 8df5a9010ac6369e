-- One row per commitment: what lies between two figures of a partner's account, each from the rows that it is made of.
CREATE VIEW commitment_differences WITH (security_invoker = true) AS
SELECT c.id AS commitment_id,
       c.fund_id,
       a.committed - k.called - g.changed - t.moved AS uncalled,
       k.called_outside + g.changed_outside + t.moved_outside AS outside,
       t.recallable,
       a.released,
       g.waived,
       g.taken_over,
       g.to_refund + t.refunded AS to_refund,
       k.interest + g.changed_interest - t.interest AS interest,
       y.borne,
       t.not_capital,
       t.returned_unused,
       p.withheld + h.withheld AS withheld,
       d.declared - p.paid_out AS payable,
       y.set_off
  FROM commitments c
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.amount) FILTER (WHERE x.changes_commitment), 0) AS committed,
              coalesce(-sum(x.amount) FILTER (WHERE NOT x.changes_commitment), 0) AS released
         FROM commitment_events x
        WHERE x.commitment_id = c.id AND x.approved_at IS NOT NULL) a
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(l.amount) FILTER (WHERE l.counts_as_called), 0) AS called,
              coalesce(sum(l.amount) FILTER (WHERE l.counts_as_called AND NOT l.reduces_unfunded), 0) AS called_outside,
              coalesce(sum(l.amount) FILTER (WHERE NOT l.counts_as_called), 0) AS interest
         FROM capital_call_item_lines l
         JOIN capital_calls q ON q.id = l.call_id AND q.fund_id = l.fund_id
        WHERE l.commitment_id = c.id AND call_is_issued(q.status)) k
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.amount) FILTER (WHERE x.counts_as_called), 0) AS changed,
              coalesce(-sum(x.amount) FILTER (WHERE NOT x.changes_held), 0) AS waived,
              coalesce(-sum(x.amount) FILTER (WHERE x.closing_id IS NOT NULL), 0) AS taken_over,
              coalesce(-sum(x.amount) FILTER (WHERE NOT x.changes_owed), 0) AS to_refund,
              coalesce(sum(x.amount) FILTER (WHERE x.counts_as_called AND NOT x.reduces_unfunded), 0) AS changed_outside,
                  coalesce(sum(x.amount) FILTER (WHERE NOT x.counts_as_called), 0) AS changed_interest
         FROM line_changes x
         JOIN capital_calls q ON q.id = x.call_id
        WHERE x.commitment_id = c.id AND call_is_issued(q.status)) g
 CROSS JOIN LATERAL (
       SELECT coalesce(-sum(x.amount) FILTER (WHERE x.recallable), 0) AS recallable,
              coalesce(sum(x.amount) FILTER (WHERE x.refund_payout_id IS NOT NULL AND NOT x.passed_on), 0) AS refunded,
              coalesce(sum(x.amount) FILTER (WHERE x.passed_on AND x.refund_payout_id IS NULL), 0) AS interest,
              coalesce(sum(x.amount) FILTER (WHERE x.call_line_id IS NOT NULL AND NOT (x.counts_as_paid_in OR x.passed_on)), 0)
                  AS not_capital,
              coalesce(-sum(x.amount) FILTER (WHERE x.call_line_id IS NULL AND x.counts_as_paid_in), 0) AS returned_unused,
              coalesce(sum(x.amount) FILTER (WHERE x.transfer_id IS NOT NULL AND x.call_line_id IS NOT NULL), 0) AS moved,
              coalesce(sum(x.amount) FILTER (WHERE x.transfer_id IS NOT NULL AND x.call_line_id IS NOT NULL AND NOT x.within_commitment), 0)
                  AS moved_outside
         FROM capital_transactions x
        WHERE x.commitment_id = c.id) t
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.amount) FILTER (WHERE x.setoff_part_id IS NULL AND x.closing_id IS NULL AND x.waiver_use_id IS NULL), 0) AS borne,
              coalesce(sum(x.amount) FILTER (WHERE x.setoff_part_id IS NOT NULL OR x.closing_id IS NOT NULL OR x.waiver_use_id IS NOT NULL), 0) AS set_off
         FROM payments x
        WHERE x.commitment_id = c.id AND x.receipt_id IS NULL) y
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.gross_amount), 0) AS declared
         FROM distribution_items x
         JOIN distributions q ON q.id = x.distribution_id AND q.fund_id = x.fund_id
        WHERE x.commitment_id = c.id AND distribution_is_issued(q.status)) d
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.amount), 0) AS paid_out,
              coalesce(sum(sign(x.amount) * i.withholding_tax), 0) AS withheld
         FROM payouts x
         JOIN distribution_items i ON i.id = x.item_id
        WHERE x.commitment_id = c.id) p
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(x.withholding_tax), 0) AS withheld
         FROM taken_shares x
        WHERE x.commitment_id = c.id AND taken_share_stands(x.transfer_id, x.distribution_id, x.commitment_id, 'infinity', 'infinity')) h;
