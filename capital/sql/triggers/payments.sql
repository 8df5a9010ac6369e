-- Money that was posted stays posted.
CALL keep_rows('payments_are_append_only', 'UPDATE OR DELETE OR TRUNCATE', 'payments');
CALL keep_rows('receipts_are_append_only', 'UPDATE OR DELETE OR TRUNCATE', 'receipts');
CALL keep_rows('receipt_returns_are_append_only', 'UPDATE OR DELETE OR TRUNCATE', 'receipt_returns');
CALL keep_rows('payment_reversals_are_append_only', 'DELETE OR TRUNCATE', 'payment_reversals');

-- Payments of a statement: lock receipts, then items, in id order; hold them to their limits; post their ledger rows.
-- Statistics lag behind an import: with sequential scans allowed, sums per item would scan the growing tables.
-- To plan the statements takes longer than to run them for one payment, so that is done once; for many rows, each time. To begin a
-- statement takes longer than what it reads, too: what only rows of one kind can break is asked where there are such rows.
CREATE FUNCTION post_payments() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off
    SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    receipts_paid bigint[];
    items_paid bigint[];
    calls_paid bigint[];
    has record;
    over record;
    posted numeric;
BEGIN
    PERFORM require_read_committed();
    SELECT coalesce(array_agg(DISTINCT receipt_id), '{}') AS receipts, coalesce(array_agg(DISTINCT item_id), '{}') AS items,
           coalesce(array_agg(DISTINCT call_id), '{}') AS calls, coalesce(sum(amount) FILTER (WHERE amount > 0), 0) AS paid,
           coalesce(bool_or(reverses_id IS NOT NULL), false) AS reversals, coalesce(bool_or(excuse_id IS NOT NULL), false) AS excuses,
           coalesce(bool_or(settlement_id IS NOT NULL), false) AS settlements, coalesce(bool_or(amount < 0), false) AS less,
           coalesce(bool_or(tx_ref IS NOT NULL), false) AS tx_refs
      INTO has FROM new_rows;
    receipts_paid := has.receipts;
    items_paid := has.items;
    calls_paid := has.calls;
    IF cardinality(items_paid) > 10 THEN
        PERFORM set_config('plan_cache_mode', 'force_custom_plan', true); -- until the function ends
    END IF;
    PERFORM 1 FROM receipts WHERE id = ANY (receipts_paid) ORDER BY id FOR NO KEY UPDATE;
    IF has.less THEN
        -- A distribution that is being issued holds its partners: what was paid in is not taken back beneath it.
        PERFORM 1 FROM commitments WHERE id IN (SELECT commitment_id FROM new_rows WHERE amount < 0)
          ORDER BY id FOR NO KEY UPDATE;
    END IF;
    PERFORM 1 FROM capital_call_items WHERE id = ANY (items_paid) ORDER BY id FOR NO KEY UPDATE;

    IF EXISTS (SELECT FROM capital_calls WHERE id = ANY (calls_paid) AND NOT call_is_issued(status)) THEN
        PERFORM refuse('payment_needs_issued_call', 'Only an issued call can be paid.');
    END IF;
    IF EXISTS (SELECT FROM new_rows n JOIN funds f ON f.id = n.fund_id
                WHERE n.value_date < least(f.lpa_date, f.first_closing_on)) THEN
        PERFORM refuse('money_not_before_its_fund', 'No money of a fund counts before the fund began.');
    END IF;
    IF has.settlements THEN
        IF EXISTS (SELECT FROM new_rows n LEFT JOIN residual_settlements s
                       ON s.id = n.settlement_id AND s.kind = 'expensed' AND s.approved_at IS NOT NULL
                    WHERE n.settlement_id IS NOT NULL
                      AND (n.amount, n.value_date) IS DISTINCT FROM (s.amount, s.effective_on)) THEN
            PERFORM refuse('expensed_payment_is_its_settlement', 'Without a receipt only an approved settlement pays.');
        END IF;
    END IF;
    IF has.reversals THEN
        IF EXISTS (SELECT FROM new_rows n JOIN payments o ON o.id = n.reverses_id
                    WHERE n.amount <> -o.amount OR n.item_id <> o.item_id OR n.receipt_id IS DISTINCT FROM o.receipt_id
                       OR n.value_date <> o.value_date OR o.reverses_id IS NOT NULL) THEN
            PERFORM refuse('reversal_mirrors_its_payment', 'A reversal takes back one whole payment, once, on the day on which it counted.');
        END IF;
    END IF;
    SELECT i.id, i.amount + g.changed AS amount, s.paid INTO over
      FROM capital_call_items i
     CROSS JOIN LATERAL (SELECT sum(p.amount) AS paid FROM payments p WHERE p.item_id = i.id) s
     CROSS JOIN LATERAL (SELECT coalesce(sum(x.amount), 0) AS changed FROM line_changes x
                          WHERE x.item_id = i.id AND x.changes_owed) g
     WHERE i.id = ANY (items_paid) AND (s.paid IS NULL OR s.paid < 0 OR s.paid > i.amount + g.changed)
     LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('payment_within_item',
            format('Payments of %s on item %s, of which %s was called.', over.paid, over.id, over.amount));
    END IF;
    -- What an excuse frees was paid by that receipt; a reversal takes back a payment of which nothing was freed.
    IF has.less THEN
        IF EXISTS (SELECT FROM new_rows n
                    LEFT JOIN excuses e ON e.id = n.excuse_id
                   CROSS JOIN LATERAL (SELECT sum(p.amount) AS paid FROM payments p
                                        WHERE p.item_id = n.item_id AND p.receipt_id IS NOT DISTINCT FROM n.receipt_id) p
                    WHERE n.amount < 0 AND (p.paid < 0 OR n.excuse_id IS NOT NULL AND (
                          (n.call_id, n.value_date) IS DISTINCT FROM (e.call_id, e.effective_on)
                       OR NOT EXISTS (SELECT FROM pending_checks x WHERE x.xid = pg_current_xact_id()
                                         AND x.kind = 'excuse_is_new' AND x.object_id = n.excuse_id)
                       OR EXISTS (SELECT FROM payments y WHERE y.item_id = n.item_id AND y.amount > 0 AND y.value_date > n.value_date
                                     AND NOT EXISTS (SELECT FROM payments z WHERE z.reverses_id = y.id))))) THEN
            PERFORM refuse('payment_is_freed_by_its_excuse', 'An excuse frees what its receipt paid on this call, from the day of the last payment on.');
        END IF;
    END IF;
    IF has.tx_refs THEN
        IF EXISTS (SELECT FROM payments p
                    WHERE p.item_id = ANY (items_paid) AND p.tx_ref IS NOT NULL
                      AND NOT EXISTS (SELECT FROM payments r WHERE r.reverses_id = p.id)
                    GROUP BY p.item_id, p.tx_ref HAVING count(*) > 1) THEN
            PERFORM refuse('payment_tx_ref_once_per_item',
                'A bank transaction pays an item once, until that payment is reversed.');
        END IF;
    END IF;
    PERFORM guard_receipts(receipts_paid);

    IF has.reversals THEN
        -- A reversal takes back, line by line, what its payment was applied to.
        INSERT INTO capital_transactions
               (fund_id, commitment_id, type, amount, value_date, recorded_at, description, recallable,
                call_id, call_line_id, call_item_id, allocation_id, payment_id, deal_id, line_kind, due_on, reverses_id,
                within_commitment, counts_as_paid_in, earns_preferred_return, passed_on, accrues_from)
        SELECT t.fund_id, t.commitment_id, t.type, -t.amount, n.value_date, n.recorded_at, t.description || ' (reversed)', false,
               t.call_id, t.call_line_id, t.call_item_id, t.allocation_id, n.id, t.deal_id, t.line_kind, t.due_on,
               t.id, t.within_commitment, t.counts_as_paid_in, t.earns_preferred_return, t.passed_on, t.accrues_from
          FROM new_rows n
          JOIN capital_transactions t ON t.payment_id = n.reverses_id;
        -- Finds nothing to take back where payment and reversal come in one statement.
        IF EXISTS (SELECT FROM new_rows n
                    WHERE n.reverses_id IS NOT NULL
                      AND n.amount IS DISTINCT FROM
                          (SELECT sum(t.amount) FROM capital_transactions t WHERE t.payment_id = n.id)) THEN
            PERFORM refuse('payment_has_its_ledger_rows', 'A reversal takes back what is in the ledger already.');
        END IF;
    END IF;
    IF has.excuses THEN
        -- What an excuse frees comes off the line that it is from.
        INSERT INTO capital_transactions
               (fund_id, commitment_id, type, amount, value_date, recorded_at, description, recallable,
                call_id, call_line_id, call_item_id, allocation_id, payment_id, deal_id, line_kind,
                within_commitment, counts_as_paid_in, earns_preferred_return)
        SELECT n.fund_id, n.commitment_id, 'CONTRIBUTION', n.amount, n.value_date, n.recorded_at,
               'Capital Call #' || k.number || ' revised: paid too much', false,
               n.call_id, e.line_id, n.item_id, l.allocation_id, n.id, a.deal_id, l.kind,
               l.reduces_unfunded, line_is_capital(l.kind), line_is_capital(l.kind)
          FROM new_rows n
          JOIN excuses e ON e.id = n.excuse_id
          JOIN capital_call_lines l ON l.id = e.line_id
          JOIN capital_calls k ON k.id = n.call_id
          LEFT JOIN fund_allocations a ON a.id = l.allocation_id;
    END IF;

    -- A payment fills the item's open lines in their order: the overlap of two running totals.
    WITH paying AS (
        SELECT n.*, sum(n.amount) OVER w - n.amount AS begins, sum(n.amount) OVER w AS ends
          FROM new_rows n
         WHERE n.amount > 0
        WINDOW w AS (PARTITION BY n.item_id ORDER BY n.id)
    ), line_left AS (
        SELECT x.item_id, x.line_id, l.allocation_id, l.kind, a.deal_id, l.position, x.amount + g.changed - t.applied AS owed,
               l.reduces_unfunded, line_is_capital(l.kind) AS is_capital, NOT l.counts_as_called AS passed_on,
               -- What equalises an earlier line is due, and earns, from when that was due first.
               q.due_date AS due_first
          FROM capital_call_item_lines x
          JOIN capital_call_lines l ON l.id = x.line_id
          LEFT JOIN capital_call_lines r ON r.id = l.equalises_id
          LEFT JOIN capital_calls q ON q.id = r.call_id
          LEFT JOIN fund_allocations a ON a.id = coalesce(l.allocation_id, r.allocation_id)
         CROSS JOIN LATERAL (
               SELECT coalesce(sum(y.amount), 0) AS applied
                 FROM capital_transactions y
                WHERE y.call_item_id = x.item_id AND y.call_line_id = x.line_id AND y.refund_payout_id IS NULL) t
         CROSS JOIN LATERAL (
               SELECT coalesce(sum(z.amount), 0) AS changed
                 FROM line_changes z
                WHERE z.item_id = x.item_id AND z.line_id = x.line_id AND z.changes_owed) g
         WHERE x.item_id = ANY (items_paid)
           -- A part of earlier distributions pays what earlier partners get back: no fee, and nothing that a deal still lacks.
           AND (l.equalises_id IS NOT NULL AND l.allocation_id IS NULL
                OR NOT EXISTS (SELECT FROM new_rows n WHERE n.item_id = x.item_id AND n.closing_id IS NOT NULL))
    ), owing AS MATERIALIZED (
        SELECT *, sum(owed) OVER w - owed AS begins, sum(owed) OVER w AS ends
          FROM line_left
        WINDOW w AS (PARTITION BY item_id ORDER BY position)
    ), applied AS (
        INSERT INTO capital_transactions
               (fund_id, commitment_id, type, amount, value_date, recorded_at, description, recallable,
                 call_id, call_line_id, call_item_id, allocation_id, payment_id, deal_id, line_kind, due_on,
                 within_commitment, counts_as_paid_in, earns_preferred_return, passed_on, accrues_from)
        SELECT p.fund_id, p.commitment_id, CASE WHEN o.passed_on THEN 'CONDUIT_INTEREST' ELSE 'CONTRIBUTION' END,
               least(p.ends, o.ends) - greatest(p.begins, o.begins),
               p.value_date, p.recorded_at, 'Capital Call #' || k.number || CASE WHEN p.settlement_id IS NOT NULL THEN ' bank charges, borne by the fund'
                                                   WHEN p.setoff_part_id IS NOT NULL OR p.closing_id IS NOT NULL THEN ' set off'
                                                   WHEN p.waiver_use_id IS NOT NULL THEN ' deemed paid' ELSE ' payment' END, false,
               p.call_id, o.line_id, p.item_id, o.allocation_id, p.id, o.deal_id, o.kind,
               coalesce(o.due_first, k.due_date), o.reduces_unfunded, o.is_capital, o.is_capital, o.passed_on, o.due_first
          FROM paying p
          JOIN owing o ON o.item_id = p.item_id AND o.owed > 0 AND o.begins < p.ends AND o.ends > p.begins
          JOIN capital_calls k ON k.id = p.call_id
        RETURNING amount
    )
    SELECT coalesce(sum(amount), 0) INTO posted FROM applied;
    IF posted <> has.paid THEN
        PERFORM refuse('payment_has_its_ledger_rows', 'A payment must be applied to lines in full.');
    END IF;

    PERFORM note_checks('call_status', calls_paid);
    PERFORM note_checks('allocation_state', ARRAY(
        SELECT DISTINCT allocation_id FROM capital_call_lines
         WHERE call_id = ANY (calls_paid) AND allocation_id IS NOT NULL));
    RETURN NULL;
END $$;

CREATE TRIGGER post_payments AFTER INSERT ON payments
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION post_payments();

CREATE FUNCTION receipts_were_returned() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    ids bigint[] := ARRAY(SELECT DISTINCT receipt_id FROM new_rows);
BEGIN
    PERFORM require_read_committed();
    PERFORM 1 FROM receipts WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE;
    PERFORM guard_receipts(ids);
    RETURN NULL;
END $$;

CALL watch_statements('receipts_were_returned()', '{INSERT}', 'receipt_returns');

-- What was charged to expenses, or set off, moved no cash that could leave again.
CREATE FUNCTION guard_expensed_payment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.money_left AND EXISTS (SELECT FROM payments WHERE id = NEW.payment_id AND receipt_id IS NULL) THEN
        PERFORM refuse('expensed_payment_moved_no_cash', 'What was charged to expenses, or set off, moved no cash that could leave again.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_expensed_payment BEFORE INSERT OR UPDATE ON payment_reversals
    FOR EACH ROW EXECUTE FUNCTION guard_expensed_payment();
CREATE TRIGGER guard_request BEFORE INSERT OR UPDATE ON payment_reversals
    FOR EACH ROW EXECUTE FUNCTION guard_request('payment_reversals_are_append_only', 'payments', 'payment_id');
CREATE TRIGGER guard_reversal BEFORE INSERT OR UPDATE ON payment_reversals
    FOR EACH ROW EXECUTE FUNCTION guard_reversal(
        'payments', 'payment_id', 'reversal_cash_follows_its_payment', 'reversal_mirrors_its_payment');
CREATE CONSTRAINT TRIGGER require_approved_reversal AFTER INSERT ON payments DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.reverses_id IS NOT NULL)
    EXECUTE FUNCTION require_approved_reversal('reversal_was_approved', 'payment_reversals', 'payment_id');

REVOKE EXECUTE ON FUNCTION post_payments(), receipts_were_returned(), guard_expensed_payment() FROM PUBLIC;
