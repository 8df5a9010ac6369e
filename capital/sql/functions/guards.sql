-- Limits: lock the parents in id order, then sum in a statement of its own, which sees what the lock waited for.
-- Statistics lag behind an import: with sequential scans allowed, sums per parent would scan the growing tables.

CREATE FUNCTION guard_commitments(ids bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    over record;
BEGIN
    PERFORM require_read_committed();
    PERFORM 1 FROM commitments WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE;
    SELECT d.commitment_id, d.day, d.unfunded INTO over
      FROM (SELECT m.commitment_id, m.day, sum(m.amount) OVER (PARTITION BY m.commitment_id ORDER BY m.day) AS unfunded
              FROM unfunded_moves m
             WHERE m.commitment_id = ANY (ids)) d
     WHERE d.unfunded < 0
     LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('items_within_unfunded',
            format('Commitment %s would be called beyond what is unfunded on %s, by %s.',
                   over.commitment_id, over.day, -over.unfunded));
    END IF;
    SELECT c.commitment_id, c.unfunded > t.most_unfunded AS restored INTO over
      FROM commitment_capital c JOIN commitment_limits t USING (commitment_id)
     WHERE c.commitment_id = ANY (ids) AND (c.unfunded > t.most_unfunded OR c.called_within > t.most_called)
     LIMIT 1;
    IF FOUND AND over.restored THEN
        PERFORM refuse('unfunded_within_its_most',
            format('More of commitment %s would be unfunded than the terms allow.', over.commitment_id));
    ELSIF FOUND THEN
        PERFORM refuse('called_within_its_most',
            format('More of commitment %s would be called in all than the terms allow.', over.commitment_id));
    END IF;
END $$;

CREATE FUNCTION guard_allocations(ids bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    over record;
BEGIN
    PERFORM require_read_committed();
    PERFORM 1 FROM fund_allocations WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE;
    SELECT a.allocation_id, a.uncalled INTO over
      FROM allocation_capital a
     WHERE a.allocation_id = ANY (ids) AND (a.uncalled IS NULL OR a.uncalled < 0)
     LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('lines_within_allocation',
            format('Allocation %s would be called beyond its amount, by %s.', over.allocation_id, -over.uncalled));
    END IF;
    -- What a dated row lowered stands, on each day from then on, at what was called by that day or above.
    SELECT d.allocation_id, d.day INTO over
      FROM (SELECT x.allocation_id, x.fund_id, x.effective_on AS day,
                   sum(x.amount) OVER w AS committed, bool_or(x.amount < 0) OVER w AS lowered
              FROM allocation_amounts x
             WHERE x.allocation_id = ANY (ids) AND x.approved_at IS NOT NULL
            WINDOW w AS (PARTITION BY x.allocation_id ORDER BY x.effective_on)) d
     WHERE d.committed <= 0
        OR d.lowered AND d.committed < (
           SELECT coalesce(sum(l.amount), 0)
             FROM capital_call_lines l
             JOIN capital_calls k ON k.id = l.call_id AND k.fund_id = l.fund_id
            WHERE l.fund_id = d.fund_id AND l.allocation_id = d.allocation_id
              AND call_is_issued(k.status) AND k.call_date <= d.day) + (
           SELECT coalesce(sum(w.amount), 0)
             FROM line_changes w
             JOIN capital_calls k ON k.id = w.call_id
            WHERE w.allocation_id = d.allocation_id AND call_is_issued(k.status) AND w.effective_on <= d.day)
     LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('allocation_not_below_called',
            format('Allocation %s would be below what was called of it on %s.', over.allocation_id, over.day));
    END IF;
END $$;

CREATE FUNCTION guard_receipts(ids bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    over record;
BEGIN
    SELECT r.receipt_id INTO over
      FROM receipt_capital r
     WHERE r.receipt_id = ANY (ids) AND (r.unapplied IS NULL OR r.unapplied < 0 OR r.applied < 0)
     LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('payments_within_receipt', format('Receipt %s has not that much left to apply.', over.receipt_id));
    END IF;
END $$;
