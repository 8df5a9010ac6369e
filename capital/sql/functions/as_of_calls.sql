-- The same of calls, their items and lines, and of cash.

-- What a call says is due, as known at a time: a later day that was agreed on is known from the letters that say so.
CREATE FUNCTION call_due_on(call bigint, due_date date, known_at timestamptz) RETURNS date
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN known_at = 'infinity' THEN due_date
         ELSE coalesce((SELECT (n.facts -> 'call' ->> 'due_on')::date
                          FROM notices n
                         WHERE n.kind = 'capital_call' AND n.subject_id = call AND n.created_at <= known_at
                         ORDER BY n.created_at DESC, n.id DESC
                         LIMIT 1), due_date) END
$$;

CREATE FUNCTION call_item_capital_at(value_day date, known_at timestamptz)
RETURNS TABLE (item_id bigint, call_id bigint, commitment_id bigint, called numeric, changed numeric, waived numeric, paid numeric,
               outstanding numeric, status text, paid_on date, carried_to_id bigint, due_on date)
LANGUAGE sql STABLE BEGIN ATOMIC
    SELECT o.item_id, o.call_id, o.commitment_id, o.called, o.changed, o.waived, o.paid, o.outstanding,
           CASE WHEN c.item_id IS NOT NULL AND n.call_id IS NULL THEN 'carried' ELSE o.status END, o.paid_on, n.call_id,
           CASE WHEN c.item_id IS NULL THEN call_due_on(o.call_id, o.due_date, known_at)
                ELSE call_due_on(n.call_id, n.due_date, known_at) END
      FROM (SELECT i.id AS item_id, i.call_id, i.commitment_id, k.due_date, f.time_zone,
                   CASE WHEN s.counts THEN i.amount + g.changed ELSE 0 END AS called,
                   CASE WHEN s.counts THEN g.changed ELSE 0 END AS changed,
                   CASE WHEN s.counts THEN g.waived ELSE 0 END AS waived,
                   p.paid,
                   CASE WHEN s.counts THEN i.amount + g.changed - p.paid ELSE 0 END AS outstanding,
                   item_status(i.amount + g.changed, p.paid) AS status,
                   (SELECT max(y.value_date)
                      FROM payments y
                     WHERE y.item_id = i.id AND y.amount > 0 AND y.value_date <= value_day AND y.recorded_at <= known_at
                       AND NOT EXISTS (SELECT FROM payments r WHERE r.reverses_id = y.id AND r.recorded_at <= known_at)) AS paid_on
              FROM capital_call_items i
              JOIN capital_calls k ON k.id = i.call_id
              JOIN funds f ON f.id = k.fund_id
             CROSS JOIN LATERAL (
                   SELECT call_counts(k.approved_at, k.cancelled_at, k.call_date, f.time_zone, value_day, known_at) IS TRUE AS counts) s
             CROSS JOIN LATERAL (
                   SELECT coalesce(sum(x.amount), 0) AS paid
                     FROM payments x WHERE x.item_id = i.id AND x.value_date <= value_day AND x.recorded_at <= known_at) p
             CROSS JOIN LATERAL (
                   SELECT coalesce(sum(x.amount) FILTER (WHERE x.changes_owed), 0) AS changed,
                          coalesce(-sum(x.amount) FILTER (WHERE NOT x.changes_held), 0) AS waived
                     FROM line_changes x
                    WHERE x.item_id = i.id AND x.effective_on <= value_day AND x.recorded_at <= known_at) g) o
      LEFT JOIN LATERAL (
           SELECT s.item_id, s.approved_at
             FROM residual_settlements s
            WHERE s.item_id = o.item_id AND s.kind = 'carried' AND s.approved_at <= known_at AND s.effective_on <= value_day
              AND o.outstanding > 0 AND o.outstanding <= s.amount
            ORDER BY s.approved_at DESC, s.id DESC
            LIMIT 1) c ON true
      LEFT JOIN LATERAL (
           SELECT q.id AS call_id, q.due_date
             FROM capital_call_items m
             JOIN capital_calls q ON q.id = m.call_id
            WHERE c.item_id IS NOT NULL AND m.commitment_id = o.commitment_id AND m.amount > 0 AND q.id <> o.call_id
              AND call_counts(q.approved_at, q.cancelled_at, q.call_date, o.time_zone, value_day, known_at)
              AND q.approved_at >= c.approved_at
            ORDER BY q.approved_at, q.id
            LIMIT 1) n ON true; END;

CREATE FUNCTION call_capital_at(value_day date, known_at timestamptz)
RETURNS TABLE (call_id bigint, fund_id bigint, called numeric, changed numeric, waived numeric, paid numeric, outstanding numeric,
               due_on date)
LANGUAGE sql STABLE BEGIN ATOMIC
    SELECT k.id, k.fund_id, CASE WHEN s.counts THEN k.total_amount + g.changed ELSE 0 END,
           CASE WHEN s.counts THEN g.changed ELSE 0 END, CASE WHEN s.counts THEN g.waived ELSE 0 END, p.paid,
           CASE WHEN s.counts THEN k.total_amount + g.changed - p.paid ELSE 0 END,
           CASE WHEN EXISTS (SELECT FROM residual_settlements x
                              WHERE x.call_id = k.id AND x.kind = 'carried' AND x.approved_at <= known_at
                                AND x.effective_on <= value_day)
                THEN (SELECT min(c.due_on) FROM call_item_capital_at(value_day, known_at) c WHERE c.call_id = k.id AND c.outstanding > 0)
                ELSE call_due_on(k.id, k.due_date, known_at) END
      FROM capital_calls k
      JOIN funds f ON f.id = k.fund_id
     CROSS JOIN LATERAL (
           SELECT call_counts(k.approved_at, k.cancelled_at, k.call_date, f.time_zone, value_day, known_at) IS TRUE AS counts) s
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(x.amount), 0) AS paid
             FROM payments x
            WHERE x.fund_id = k.fund_id AND x.call_id = k.id AND x.value_date <= value_day AND x.recorded_at <= known_at) p
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(x.amount) FILTER (WHERE x.changes_owed), 0) AS changed,
                  coalesce(-sum(x.amount) FILTER (WHERE NOT x.changes_held), 0) AS waived
             FROM line_changes x
            WHERE x.call_id = k.id AND x.effective_on <= value_day AND x.recorded_at <= known_at) g; END;

CREATE FUNCTION held_parts_at(value_day date, known_at timestamptz)
RETURNS TABLE (part_id bigint, fund_id bigint, call_id bigint, line_id bigint, root_id bigint, commitment_id bigint,
               allocation_id bigint, called numeric, held numeric, weight numeric, basis text)
LANGUAGE sql STABLE BEGIN ATOMIC
    SELECT x.id, x.fund_id, x.call_id, x.line_id, r.id, x.commitment_id, r.allocation_id, x.amount,
           CASE WHEN call_counts(k.approved_at, k.cancelled_at, k.call_date, f.time_zone, value_day, known_at)
                THEN x.amount + coalesce(g.changed, 0) + coalesce(b.changed, 0) + coalesce(t.moved, 0) ELSE 0 END,
           coalesce(n.weight, x.weight) + coalesce(t.weight, 0), coalesce(t.basis, n.basis, x.basis)
      FROM capital_call_item_lines x
      JOIN capital_call_lines l ON l.id = x.line_id
      JOIN capital_call_lines r ON r.id = coalesce(l.equalises_id, l.id)
      JOIN capital_calls k ON k.id = x.call_id
      JOIN funds f ON f.id = k.fund_id
      LEFT JOIN LATERAL (
           SELECT sum(c.amount) AS changed
             FROM line_changes c
            WHERE c.item_id = x.item_id AND c.line_id = x.line_id AND c.changes_held
              AND c.effective_on <= value_day AND c.recorded_at <= known_at) g ON true
      LEFT JOIN LATERAL (
           SELECT sum(c.amount) AS changed
             FROM line_changes c
            WHERE c.item_id IS NULL AND c.line_id = x.line_id AND c.commitment_id = x.commitment_id
              AND c.effective_on <= value_day AND c.recorded_at <= known_at) b ON true
      LEFT JOIN LATERAL (
           SELECT e.weight, e.basis, e.recorded_at
             FROM (SELECT c.id, c.weight, c.basis, c.recorded_at
                     FROM line_changes c
                    WHERE c.item_id = x.item_id AND c.line_id = x.line_id AND c.changes_held AND c.transfer_id IS NULL
                      AND c.effective_on <= value_day AND c.recorded_at <= known_at
                   UNION ALL
                   SELECT c.id, c.weight, c.basis, c.recorded_at
                     FROM line_changes c
                    WHERE c.item_id IS NULL AND c.line_id = x.line_id AND c.commitment_id = x.commitment_id
                      AND c.effective_on <= value_day AND c.recorded_at <= known_at) e
            ORDER BY e.id DESC
            LIMIT 1) n ON true
      LEFT JOIN LATERAL (
           SELECT sum(c.amount) AS moved, sum(c.weight) FILTER (WHERE s.since) AS weight,
                  (array_agg(c.basis ORDER BY c.id DESC) FILTER (WHERE s.since))[1] AS basis
             FROM taken_parts c
            CROSS JOIN LATERAL (SELECT n.recorded_at IS NULL OR c.recorded_at > n.recorded_at AS since) s
            WHERE c.line_id = x.line_id AND c.commitment_id = x.commitment_id
              AND c.effective_on <= value_day AND c.recorded_at <= known_at) t ON true
    UNION ALL
    SELECT -t.id, t.fund_id, l.call_id, t.line_id, r.id, t.commitment_id, r.allocation_id, 0,
           CASE WHEN call_counts(k.approved_at, k.cancelled_at, k.call_date, f.time_zone, value_day, known_at)
                THEN t.moved + coalesce(g.changed, 0) ELSE 0 END,
           coalesce(n.weight, 0) + coalesce(s.weight, 0), coalesce(s.basis, n.basis)
      FROM (SELECT min(c.id) AS id, c.fund_id, c.line_id, c.commitment_id, sum(c.amount) AS moved
              FROM taken_parts c
             WHERE c.effective_on <= value_day AND c.recorded_at <= known_at
               AND NOT EXISTS (SELECT FROM capital_call_item_lines x
                                WHERE x.line_id = c.line_id AND x.commitment_id = c.commitment_id)
             GROUP BY c.fund_id, c.line_id, c.commitment_id) t
      LEFT JOIN LATERAL (
           SELECT sum(c.amount) AS changed
             FROM line_changes c
            WHERE c.item_id IS NULL AND c.line_id = t.line_id AND c.commitment_id = t.commitment_id
              AND c.effective_on <= value_day AND c.recorded_at <= known_at) g ON true
      LEFT JOIN LATERAL (
           SELECT c.weight, c.basis, c.recorded_at
             FROM line_changes c
            WHERE c.item_id IS NULL AND c.line_id = t.line_id AND c.commitment_id = t.commitment_id
              AND c.effective_on <= value_day AND c.recorded_at <= known_at
            ORDER BY c.id DESC
            LIMIT 1) n ON true
      LEFT JOIN LATERAL (
           SELECT sum(c.weight) AS weight, (array_agg(c.basis ORDER BY c.id DESC))[1] AS basis
             FROM taken_parts c
            WHERE c.line_id = t.line_id AND c.commitment_id = t.commitment_id
              AND c.effective_on <= value_day AND c.recorded_at <= known_at
              AND (n.recorded_at IS NULL OR c.recorded_at > n.recorded_at)) s ON true
      JOIN capital_call_lines l ON l.id = t.line_id
      JOIN capital_call_lines r ON r.id = coalesce(l.equalises_id, l.id)
      JOIN capital_calls k ON k.id = l.call_id
      JOIN funds f ON f.id = k.fund_id; END;

CREATE FUNCTION receipt_capital_at(value_day date, known_at timestamptz)
RETURNS TABLE (receipt_id bigint, fund_id bigint, amount numeric, applied numeric, returned numeric, unapplied numeric)
LANGUAGE sql STABLE BEGIN ATOMIC
    SELECT r.id, r.fund_id, a.amount, p.applied, b.returned, a.amount - p.applied - b.returned
      FROM receipts r
     CROSS JOIN LATERAL (
           SELECT CASE WHEN r.value_date <= value_day AND r.recorded_at <= known_at THEN r.amount ELSE 0 END AS amount) a
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(x.amount), 0) AS applied
             FROM payments x WHERE x.receipt_id = r.id AND x.value_date <= value_day AND x.recorded_at <= known_at) p
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(x.amount), 0) AS returned
             FROM receipt_returns x WHERE x.receipt_id = r.id AND x.value_date <= value_day AND x.recorded_at <= known_at) b; END;

CREATE FUNCTION fund_cash_at(value_day date, known_at timestamptz)
RETURNS TABLE (fund_id bigint, received numeric, applied numeric, returned numeric, unapplied numeric)
LANGUAGE sql STABLE BEGIN ATOMIC
    SELECT f.id, r.received, p.applied, b.returned, r.received - p.applied - b.returned
      FROM funds f
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(x.amount), 0) AS received
             FROM receipts x WHERE x.fund_id = f.id AND x.value_date <= value_day AND x.recorded_at <= known_at) r
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(x.amount), 0) AS applied
             FROM payments x
            WHERE x.fund_id = f.id AND x.receipt_id IS NOT NULL AND x.value_date <= value_day AND x.recorded_at <= known_at) p
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(x.amount), 0) AS returned
             FROM receipt_returns x WHERE x.fund_id = f.id AND x.value_date <= value_day AND x.recorded_at <= known_at) b; END;
