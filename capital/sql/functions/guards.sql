-- Limits: lock the parents in id order, then sum in a statement of its own, which sees what the lock waited for.
-- Statistics lag behind an import: with sequential scans allowed, sums per parent would scan the growing tables.

CREATE FUNCTION guard_commitments(ids bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    over record;
BEGIN
    PERFORM require_read_committed();
    PERFORM 1 FROM commitments WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE;
    SELECT c.commitment_id, c.unfunded INTO over
      FROM commitment_capital c
     WHERE c.commitment_id = ANY (ids) AND (c.unfunded IS NULL OR c.unfunded < 0)
     LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('items_within_unfunded',
            format('Commitment %s would be called beyond what is unfunded, by %s.', over.commitment_id, -over.unfunded));
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
