-- What lies between a partner's figures as of the end of a day, as known at a time: the view without those two.
CREATE FUNCTION commitment_differences_at(value_day date, known_at timestamptz)
RETURNS TABLE (commitment_id bigint, fund_id bigint, uncalled numeric, outside numeric, recallable numeric, released numeric,
               waived numeric, taken_over numeric, to_refund numeric, interest numeric, borne numeric, not_capital numeric, returned_unused numeric, withheld numeric, payable numeric, set_off numeric)
LANGUAGE sql STABLE BEGIN ATOMIC
    SELECT c.id, c.fund_id, a.committed - k.called - g.changed - t.moved, k.called_outside + g.changed_outside + t.moved_outside, t.recallable, a.released,
           g.waived, g.taken_over, g.to_refund + t.refunded, k.interest + g.changed_interest - t.interest, y.borne, t.not_capital, t.returned_unused, p.withheld + h.withheld, d.declared - p.paid_out, y.set_off
      FROM commitments c
      JOIN funds f ON f.id = c.fund_id
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(x.amount) FILTER (WHERE x.changes_commitment), 0) AS committed,
                  coalesce(-sum(x.amount) FILTER (WHERE NOT x.changes_commitment), 0) AS released
             FROM commitment_events x
            WHERE x.commitment_id = c.id AND x.effective_on <= value_day AND x.approved_at <= known_at) a
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(l.amount) FILTER (WHERE l.counts_as_called), 0) AS called,
                  coalesce(sum(l.amount) FILTER (WHERE l.counts_as_called AND NOT l.reduces_unfunded), 0) AS called_outside,
                  coalesce(sum(l.amount) FILTER (WHERE NOT l.counts_as_called), 0) AS interest
             FROM capital_call_item_lines l
             JOIN capital_calls q ON q.id = l.call_id AND q.fund_id = l.fund_id
            WHERE l.commitment_id = c.id
              AND call_counts(q.approved_at, q.cancelled_at, q.call_date, f.time_zone, value_day, known_at)) k
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(x.amount) FILTER (WHERE x.counts_as_called), 0) AS changed,
                  coalesce(-sum(x.amount) FILTER (WHERE NOT x.changes_held), 0) AS waived,
                  coalesce(-sum(x.amount) FILTER (WHERE x.closing_id IS NOT NULL), 0) AS taken_over,
                  coalesce(-sum(x.amount) FILTER (WHERE NOT x.changes_owed), 0) AS to_refund,
                  coalesce(sum(x.amount) FILTER (WHERE x.counts_as_called AND NOT x.reduces_unfunded), 0) AS changed_outside,
                  coalesce(sum(x.amount) FILTER (WHERE NOT x.counts_as_called), 0) AS changed_interest
             FROM line_changes x
             JOIN capital_calls q ON q.id = x.call_id
            WHERE x.commitment_id = c.id AND x.effective_on <= value_day AND x.recorded_at <= known_at
              AND call_counts(q.approved_at, q.cancelled_at, q.call_date, f.time_zone, value_day, known_at)) g
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
            WHERE x.commitment_id = c.id AND x.value_date <= value_day AND x.recorded_at <= known_at) t
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(x.amount) FILTER (WHERE x.setoff_part_id IS NULL AND x.closing_id IS NULL AND x.waiver_use_id IS NULL), 0) AS borne,
                  coalesce(sum(x.amount) FILTER (WHERE x.setoff_part_id IS NOT NULL OR x.closing_id IS NOT NULL OR x.waiver_use_id IS NOT NULL), 0) AS set_off
             FROM payments x
            WHERE x.commitment_id = c.id AND x.receipt_id IS NULL AND x.value_date <= value_day AND x.recorded_at <= known_at) y
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(x.gross_amount), 0) AS declared
             FROM distribution_items x
             JOIN distributions q ON q.id = x.distribution_id AND q.fund_id = x.fund_id
            WHERE x.commitment_id = c.id
              AND distribution_counts(q.sent_at, q.cancelled_at, q.date, f.time_zone, value_day, known_at)) d
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(x.amount), 0) AS paid_out,
                  coalesce(sum(sign(x.amount) * i.withholding_tax), 0) AS withheld
             FROM payouts x
             JOIN distribution_items i ON i.id = x.item_id
            WHERE x.commitment_id = c.id AND x.value_date <= value_day AND x.recorded_at <= known_at) p
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(x.withholding_tax), 0) AS withheld
             FROM taken_shares x
            WHERE x.commitment_id = c.id AND x.effective_on <= value_day AND x.recorded_at <= known_at
              AND taken_share_stands(x.transfer_id, x.distribution_id, x.commitment_id, value_day, known_at)) h; END;
