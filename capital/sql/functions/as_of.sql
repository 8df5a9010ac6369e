-- Roll-ups as of the end of a day, as known at a time: the views without those two. A row counts from its value day and is
-- known from when it was recorded; a call counts from its date, or the day of issue where that came first, and one that was
-- cancelled on no day, once that is known. At (infinity, infinity) they are the views. Their bodies
-- are bound as they are written, so that they need no search path, and the planner takes them apart like the views.

-- Whether a call counts, by when it was issued and cancelled, never by its status.
CREATE FUNCTION call_counts(issued_at timestamptz, cancelled_at timestamptz, call_date date, zone text, value_day date,
                            known_at timestamptz) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    issued_at <= known_at AND (cancelled_at <= known_at) IS NOT TRUE
    AND least(call_date, local_day(issued_at, zone)) <= value_day;

CREATE FUNCTION commitment_capital_at(value_day date, known_at timestamptz)
RETURNS TABLE (commitment_id bigint, fund_id bigint, committed numeric, released numeric, called numeric, called_within numeric,
               paid numeric, outstanding numeric, to_refund numeric, paid_in numeric, returned_unused numeric, distributed numeric,
               recallable numeric, unfunded numeric)
LANGUAGE sql STABLE BEGIN ATOMIC
    SELECT c.id, c.fund_id, a.committed, a.released, k.called + g.changed + t.moved, k.called_within + g.changed_within + t.moved_within, t.paid,
           k.asked + g.owed - t.received, g.to_refund + t.refunded, t.paid_in, t.returned_unused, t.distributed, t.recallable,
           a.committed - a.released - (k.called_within + g.changed_within + t.moved_within) + t.recallable
      FROM commitments c
      JOIN funds f ON f.id = c.fund_id
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(x.amount) FILTER (WHERE x.changes_commitment), 0) AS committed,
                  coalesce(-sum(x.amount) FILTER (WHERE NOT x.changes_commitment), 0) AS released
             FROM commitment_events x
            WHERE x.commitment_id = c.id AND x.effective_on <= value_day AND x.approved_at <= known_at) a
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(l.amount), 0) AS asked,
                  coalesce(sum(l.amount) FILTER (WHERE l.counts_as_called), 0) AS called,
                  coalesce(sum(l.amount) FILTER (WHERE l.reduces_unfunded), 0) AS called_within
             FROM capital_call_item_lines l
             JOIN capital_calls q ON q.id = l.call_id AND q.fund_id = l.fund_id
            WHERE l.commitment_id = c.id
              AND call_counts(q.approved_at, q.cancelled_at, q.call_date, f.time_zone, value_day, known_at)) k
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(x.amount) FILTER (WHERE x.counts_as_called), 0) AS changed,
                  coalesce(sum(x.amount) FILTER (WHERE x.reduces_unfunded), 0) AS changed_within,
                  coalesce(sum(x.amount) FILTER (WHERE x.changes_owed), 0) AS owed,
                  coalesce(-sum(x.amount) FILTER (WHERE NOT x.changes_owed), 0) AS to_refund
             FROM line_changes x
             JOIN capital_calls q ON q.id = x.call_id
            WHERE x.commitment_id = c.id AND x.effective_on <= value_day AND x.recorded_at <= known_at
              AND call_counts(q.approved_at, q.cancelled_at, q.call_date, f.time_zone, value_day, known_at)) g
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(x.amount) FILTER (WHERE x.call_line_id IS NOT NULL AND NOT x.passed_on), 0) AS paid,
                  coalesce(sum(x.amount) FILTER (WHERE x.call_item_id IS NOT NULL AND x.refund_payout_id IS NULL), 0) AS received,
                  coalesce(sum(x.amount) FILTER (WHERE x.refund_payout_id IS NOT NULL AND NOT x.passed_on), 0) AS refunded,
                  coalesce(sum(x.amount) FILTER (WHERE x.counts_as_paid_in), 0) AS paid_in,
                  coalesce(-sum(x.amount) FILTER (WHERE x.counts_as_paid_in AND x.call_line_id IS NULL), 0) AS returned_unused,
                  coalesce(-sum(x.amount) FILTER (WHERE x.call_line_id IS NULL
                                                    AND (x.counts_as_distributed OR x.counts_as_paid_in)), 0) AS distributed,
                  coalesce(-sum(x.amount) FILTER (WHERE x.recallable), 0) AS recallable,
                  coalesce(sum(x.amount) FILTER (WHERE x.transfer_id IS NOT NULL AND x.call_line_id IS NOT NULL), 0) AS moved,
                  coalesce(sum(x.amount) FILTER (WHERE x.transfer_id IS NOT NULL AND x.call_line_id IS NOT NULL
                                                   AND x.within_commitment), 0) AS moved_within
             FROM capital_transactions x
            WHERE x.commitment_id = c.id AND x.value_date <= value_day AND x.recorded_at <= known_at) t; END;

CREATE FUNCTION fund_commitment_capital_at(value_day date, known_at timestamptz)
RETURNS TABLE (fund_id bigint, committed numeric, released numeric, called numeric, called_within numeric, paid numeric,
               outstanding numeric, to_refund numeric, returned_unused numeric, distributed numeric, recallable numeric, unfunded numeric)
LANGUAGE sql STABLE BEGIN ATOMIC
    SELECT f.id, c.committed, c.released, l.called + g.changed, l.called_within + g.changed_within, p.paid,
           l.asked + g.owed - p.received, g.to_refund + p.refunded, p.returned_unused, p.distributed, p.recallable,
           c.committed - c.released - (l.called_within + g.changed_within) + p.recallable
      FROM funds f
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(x.amount) FILTER (WHERE x.changes_commitment), 0) AS committed,
                  coalesce(-sum(x.amount) FILTER (WHERE NOT x.changes_commitment), 0) AS released
             FROM commitment_events x
            WHERE x.fund_id = f.id AND x.effective_on <= value_day AND x.approved_at <= known_at) c
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(x.amount), 0) AS asked,
                  coalesce(sum(x.amount) FILTER (WHERE x.counts_as_called), 0) AS called,
                  coalesce(sum(x.amount) FILTER (WHERE x.reduces_unfunded), 0) AS called_within
             FROM capital_call_lines x
             JOIN capital_calls q ON q.id = x.call_id AND q.fund_id = x.fund_id
            WHERE x.fund_id = f.id
              AND call_counts(q.approved_at, q.cancelled_at, q.call_date, f.time_zone, value_day, known_at)) l
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(x.amount) FILTER (WHERE x.counts_as_called), 0) AS changed,
                  coalesce(sum(x.amount) FILTER (WHERE x.reduces_unfunded), 0) AS changed_within,
                  coalesce(sum(x.amount) FILTER (WHERE x.changes_owed), 0) AS owed,
                  coalesce(-sum(x.amount) FILTER (WHERE NOT x.changes_owed), 0) AS to_refund
             FROM line_changes x
             JOIN capital_calls q ON q.id = x.call_id
            WHERE x.fund_id = f.id AND x.effective_on <= value_day AND x.recorded_at <= known_at
              AND call_counts(q.approved_at, q.cancelled_at, q.call_date, f.time_zone, value_day, known_at)) g
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(x.amount) FILTER (WHERE (x.call_item_id IS NOT NULL OR x.refund_payout_id IS NOT NULL) AND NOT x.passed_on), 0) AS paid,
                  coalesce(sum(x.amount) FILTER (WHERE x.call_item_id IS NOT NULL AND x.refund_payout_id IS NULL), 0) AS received,
                  coalesce(sum(x.amount) FILTER (WHERE x.refund_payout_id IS NOT NULL AND NOT x.passed_on), 0) AS refunded,
                  coalesce(-sum(x.amount) FILTER (WHERE x.counts_as_paid_in AND x.call_item_id IS NULL AND x.refund_payout_id IS NULL), 0)
                  AS returned_unused,
                  coalesce(-sum(x.amount) FILTER (WHERE x.call_item_id IS NULL AND x.refund_payout_id IS NULL
                                                    AND (x.counts_as_distributed OR x.counts_as_paid_in)), 0) AS distributed,
                  coalesce(-sum(x.amount) FILTER (WHERE x.recallable AND x.call_item_id IS NULL), 0) AS recallable
             FROM capital_transactions x
            WHERE x.fund_id = f.id AND x.value_date <= value_day AND x.recorded_at <= known_at) p; END;

CREATE FUNCTION allocation_capital_at(value_day date, known_at timestamptz)
RETURNS TABLE (allocation_id bigint, fund_id bigint, committed numeric, called numeric, funded numeric, uncalled numeric,
               outstanding numeric)
LANGUAGE sql STABLE BEGIN ATOMIC
    SELECT a.id, a.fund_id, m.committed, c.called + g.changed, t.funded, m.committed - (c.called + g.changed),
           c.called + g.changed - t.funded
      FROM fund_allocations a
      JOIN funds f ON f.id = a.fund_id
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(x.amount), 0) AS committed
             FROM allocation_amounts x
            WHERE x.allocation_id = a.id AND x.effective_on <= value_day AND x.approved_at <= known_at) m
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(l.amount), 0) AS called
             FROM capital_call_lines l
             JOIN capital_calls q ON q.id = l.call_id AND q.fund_id = l.fund_id
            WHERE l.fund_id = a.fund_id AND l.allocation_id = a.id
              AND call_counts(q.approved_at, q.cancelled_at, q.call_date, f.time_zone, value_day, known_at)) c
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(x.amount), 0) AS changed
             FROM line_changes x
             JOIN capital_calls q ON q.id = x.call_id
            WHERE x.allocation_id = a.id AND x.effective_on <= value_day AND x.recorded_at <= known_at
              AND call_counts(q.approved_at, q.cancelled_at, q.call_date, f.time_zone, value_day, known_at)) g
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(x.amount), 0) AS funded
             FROM capital_transactions x
            WHERE x.fund_id = a.fund_id AND x.allocation_id = a.id
              AND x.value_date <= value_day AND x.recorded_at <= known_at) t; END;

CREATE FUNCTION fund_capital_at(value_day date, known_at timestamptz)
RETURNS TABLE (fund_id bigint, total_committed numeric, total_called numeric, total_funded numeric, uncalled_capital numeric,
               outstanding_calls numeric)
LANGUAGE sql STABLE BEGIN ATOMIC
    SELECT f.id, a.committed, c.called + g.changed, t.funded, a.committed - (c.called + g.changed), c.called + g.changed - t.funded
      FROM funds f
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(x.amount), 0) AS committed
             FROM allocation_amounts x
            WHERE x.fund_id = f.id AND x.effective_on <= value_day AND x.approved_at <= known_at) a
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(l.amount), 0) AS called
             FROM capital_call_lines l
             JOIN capital_calls q ON q.id = l.call_id AND q.fund_id = l.fund_id
            WHERE l.fund_id = f.id AND l.allocation_id IS NOT NULL
              AND call_counts(q.approved_at, q.cancelled_at, q.call_date, f.time_zone, value_day, known_at)) c
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(x.amount), 0) AS changed
             FROM line_changes x
             JOIN capital_calls q ON q.id = x.call_id
            WHERE x.fund_id = f.id AND x.allocation_id IS NOT NULL AND x.effective_on <= value_day AND x.recorded_at <= known_at
              AND call_counts(q.approved_at, q.cancelled_at, q.call_date, f.time_zone, value_day, known_at)) g
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(x.amount), 0) AS funded
             FROM capital_transactions x
            WHERE x.fund_id = f.id AND x.allocation_id IS NOT NULL
              AND x.value_date <= value_day AND x.recorded_at <= known_at) t; END;
