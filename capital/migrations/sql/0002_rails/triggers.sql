CREATE FUNCTION guard_allocation() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.id, OLD.fund_id, OLD.deal_id, OLD.committed_amount)
       IS DISTINCT FROM (NEW.id, NEW.fund_id, NEW.deal_id, NEW.committed_amount) THEN
        PERFORM refuse('allocation_amount_is_fixed', 'What is allocated to a deal is fixed once it is allocated.');
    END IF;
    PERFORM note_checks('allocation_state', ARRAY[NEW.id]);
    RETURN NULL;
END $$;

CREATE TRIGGER guard_allocation AFTER INSERT OR UPDATE ON fund_allocations
    FOR EACH ROW EXECUTE FUNCTION guard_allocation();
CREATE TRIGGER allocations_keep_their_history BEFORE TRUNCATE ON fund_allocations
    FOR EACH STATEMENT EXECUTE FUNCTION append_only('allocations_keep_their_history');

-- The same limit from the other side: a commitment cannot fall below what was called of it.
CREATE FUNCTION guard_commitment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF (OLD.id, OLD.fund_id, OLD.investor_id) IS DISTINCT FROM (NEW.id, NEW.fund_id, NEW.investor_id) THEN
        PERFORM refuse('commitment_belongs_to_its_partner', 'A commitment stays with its fund and investor.');
    END IF;
    IF NEW.amount < OLD.amount THEN
        PERFORM guard_commitments(ARRAY[NEW.id]);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER guard_commitment AFTER UPDATE ON commitments
    FOR EACH ROW EXECUTE FUNCTION guard_commitment();

-- What was allocated or received is in the fund's currency.
CREATE FUNCTION guard_currency_of_money() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM fund_allocations WHERE fund_id = OLD.id)
       OR EXISTS (SELECT FROM receipts WHERE fund_id = OLD.id) THEN
        PERFORM refuse('fund_currency_is_fixed', 'The currency of a fund with allocations or receipts cannot change.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_currency_of_money BEFORE UPDATE ON funds
    FOR EACH ROW WHEN (NEW.currency IS DISTINCT FROM OLD.currency) EXECUTE FUNCTION guard_currency_of_money();

REVOKE EXECUTE ON FUNCTION guard_allocation(), guard_commitment(), guard_currency_of_money() FROM PUBLIC;
-- What may change on a call, and which way its status may move.
CREATE FUNCTION guard_call() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.status <> 'draft' THEN
            PERFORM refuse('only_drafts_are_deleted', 'Only a draft can be deleted; an issued call is cancelled.');
        END IF;
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF (OLD.id, OLD.fund_id, OLD.number, OLD.created_at, OLD.created_by_id)
           IS DISTINCT FROM (NEW.id, NEW.fund_id, NEW.number, NEW.created_at, NEW.created_by_id)
           OR (OLD.status <> 'draft'
               AND ((OLD.total_amount, OLD.call_date, OLD.four_eyes, OLD.submitted_at, OLD.submitted_by_id)
                    IS DISTINCT FROM
                    (NEW.total_amount, NEW.call_date, NEW.four_eyes, NEW.submitted_at, NEW.submitted_by_id)
                    OR NEW.due_date < OLD.due_date))
           OR (OLD.status = 'pending_approval'
               AND (OLD.purpose, OLD.purpose_detail, OLD.due_date)
                   IS DISTINCT FROM (NEW.purpose, NEW.purpose_detail, NEW.due_date))
           OR (call_is_issued(OLD.status)
               AND (OLD.approved_at, OLD.approved_by_id, OLD.bank_details_id)
                   IS DISTINCT FROM (NEW.approved_at, NEW.approved_by_id, NEW.bank_details_id)) THEN
            PERFORM refuse('submitted_call_is_fixed', 'What was submitted for approval or issued cannot be changed.');
        END IF;
        IF OLD.status <> NEW.status AND NOT (
               (OLD.status = 'draft' AND NEW.status IN ('pending_approval', 'cancelled'))
            OR (OLD.status = 'pending_approval' AND NEW.status IN ('sent', 'cancelled'))
            OR (OLD.status = 'sent' AND NEW.status = 'cancelled')
            OR (call_is_issued(OLD.status) AND call_is_issued(NEW.status))) THEN
            PERFORM refuse('call_moves_along_its_states', format('A call cannot move from %s to %s.', OLD.status, NEW.status));
        END IF;
        IF OLD.status = 'cancelled' AND OLD IS DISTINCT FROM NEW THEN
            PERFORM refuse('submitted_call_is_fixed', 'A cancelled call cannot be changed.');
        END IF;
    END IF;
    IF NEW.status NOT IN ('draft', 'cancelled') AND (TG_OP = 'INSERT' OR OLD.status = 'draft')
       AND NEW.four_eyes IS DISTINCT FROM (SELECT four_eyes FROM funds WHERE id = NEW.fund_id) THEN
        PERFORM refuse('four_eyes_as_the_fund_demands', 'A call takes the fund''s own rule on a second approver.');
    END IF;
    IF call_is_issued(NEW.status) AND (TG_OP = 'INSERT' OR NOT call_is_issued(OLD.status))
       AND EXISTS (SELECT FROM bank_details WHERE id = NEW.bank_details_id AND verified_at IS NULL) THEN
        PERFORM refuse('call_uses_verified_bank_details', 'A call is issued with verified bank details only.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_call BEFORE INSERT OR UPDATE OR DELETE ON capital_calls
    FOR EACH ROW EXECUTE FUNCTION guard_call();
CREATE TRIGGER calls_keep_their_history BEFORE TRUNCATE ON capital_calls
    FOR EACH STATEMENT EXECUTE FUNCTION append_only('calls_keep_their_history');

-- Issuing binds: from that moment the limits of the partners and of the deals hold. Cancelling frees.
CREATE FUNCTION calls_were_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    touched bigint[] := ARRAY(SELECT id FROM new_rows);
    issued bigint[] := ARRAY(SELECT id FROM new_rows WHERE call_is_issued(status));
    deals bigint[] := ARRAY(SELECT DISTINCT allocation_id FROM capital_call_lines
                             WHERE call_id = ANY (touched) AND allocation_id IS NOT NULL);
BEGIN
    IF TG_OP = 'UPDATE' THEN
        issued := ARRAY(SELECT n.id FROM new_rows n JOIN old_rows o USING (id)
                         WHERE call_is_issued(n.status) AND NOT call_is_issued(o.status));
    END IF;
    IF issued <> '{}' THEN
        PERFORM guard_commitments(ARRAY(SELECT commitment_id FROM capital_call_items WHERE call_id = ANY (issued)));
        PERFORM guard_allocations(deals);
    END IF;
    IF TG_OP = 'INSERT' THEN
        PERFORM note_checks('call_is_new', touched);
    END IF;
    PERFORM note_checks('call_sums', touched);
    PERFORM note_checks('call_status', touched);
    PERFORM note_checks('allocation_state', deals);
    RETURN NULL;
END $$;

CREATE TRIGGER calls_were_inserted AFTER INSERT ON capital_calls
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION calls_were_written();
CREATE TRIGGER calls_were_updated AFTER UPDATE ON capital_calls
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION calls_were_written();

-- Lines, items and their parts change with a draft only. The call is locked before its status is read, so that nobody
-- issues it meanwhile.
CREATE FUNCTION guard_call_part() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    stored text;
BEGIN
    SELECT status INTO stored FROM capital_calls WHERE id = OLD.call_id FOR NO KEY UPDATE;
    IF stored <> 'draft' THEN
        PERFORM refuse('submitted_call_is_fixed', 'The parts of a call are fixed once it was submitted.');
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF NEW.call_id <> OLD.call_id THEN
        PERFORM refuse('submitted_call_is_fixed', 'A part of a call stays with its call.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_call_line BEFORE UPDATE OR DELETE ON capital_call_lines
    FOR EACH ROW EXECUTE FUNCTION guard_call_part();
CREATE TRIGGER guard_call_item BEFORE UPDATE OR DELETE ON capital_call_items
    FOR EACH ROW EXECUTE FUNCTION guard_call_part();
CREATE TRIGGER guard_call_item_line BEFORE UPDATE OR DELETE ON capital_call_item_lines
    FOR EACH ROW EXECUTE FUNCTION guard_call_part();

CREATE TRIGGER call_lines_keep_their_history BEFORE TRUNCATE ON capital_call_lines
    FOR EACH STATEMENT EXECUTE FUNCTION append_only('calls_keep_their_history');
CREATE TRIGGER call_items_keep_their_history BEFORE TRUNCATE ON capital_call_items
    FOR EACH STATEMENT EXECUTE FUNCTION append_only('calls_keep_their_history');
CREATE TRIGGER call_item_lines_keep_their_history BEFORE TRUNCATE ON capital_call_item_lines
    FOR EACH STATEMENT EXECUTE FUNCTION append_only('calls_keep_their_history');

-- They join a draft, or a call that this very transaction brought in whole.
CREATE FUNCTION call_parts_were_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    calls bigint[] := ARRAY(SELECT DISTINCT call_id FROM rows);
BEGIN
    PERFORM note_checks('call_sums', calls);
    IF TG_OP = 'DELETE' THEN
        RETURN NULL;
    END IF;
    PERFORM 1 FROM capital_calls WHERE id = ANY (calls) ORDER BY id FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM capital_calls k
                WHERE k.id = ANY (calls) AND k.status <> 'draft'
                  AND NOT EXISTS (SELECT FROM pending_checks p
                                   WHERE p.xid = pg_current_xact_id() AND p.kind = 'call_is_new'
                                     AND p.object_id = k.id)) THEN
        PERFORM refuse('submitted_call_is_fixed', 'The parts of a call are fixed once it was submitted.');
    END IF;
    IF TG_TABLE_NAME = 'capital_call_lines' THEN
        PERFORM guard_allocations(ARRAY(
            SELECT DISTINCT r.allocation_id FROM capital_call_lines r
              JOIN capital_calls k ON k.id = r.call_id
             WHERE r.id IN (SELECT id FROM rows) AND r.allocation_id IS NOT NULL AND call_is_issued(k.status)));
        PERFORM note_checks('allocation_state', ARRAY(
            SELECT DISTINCT r.allocation_id FROM capital_call_lines r WHERE r.id IN (SELECT id FROM rows)));
    ELSIF TG_TABLE_NAME = 'capital_call_item_lines' THEN
        PERFORM guard_commitments(ARRAY(
            SELECT DISTINCT r.commitment_id FROM capital_call_item_lines r
              JOIN capital_calls k ON k.id = r.call_id
             WHERE r.id IN (SELECT id FROM rows) AND call_is_issued(k.status)));
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER call_lines_were_inserted AFTER INSERT ON capital_call_lines
    REFERENCING NEW TABLE AS rows FOR EACH STATEMENT EXECUTE FUNCTION call_parts_were_written();
CREATE TRIGGER call_lines_were_updated AFTER UPDATE ON capital_call_lines
    REFERENCING NEW TABLE AS rows FOR EACH STATEMENT EXECUTE FUNCTION call_parts_were_written();
CREATE TRIGGER call_lines_were_deleted AFTER DELETE ON capital_call_lines
    REFERENCING OLD TABLE AS rows FOR EACH STATEMENT EXECUTE FUNCTION call_parts_were_written();
CREATE TRIGGER call_items_were_inserted AFTER INSERT ON capital_call_items
    REFERENCING NEW TABLE AS rows FOR EACH STATEMENT EXECUTE FUNCTION call_parts_were_written();
CREATE TRIGGER call_items_were_updated AFTER UPDATE ON capital_call_items
    REFERENCING NEW TABLE AS rows FOR EACH STATEMENT EXECUTE FUNCTION call_parts_were_written();
CREATE TRIGGER call_items_were_deleted AFTER DELETE ON capital_call_items
    REFERENCING OLD TABLE AS rows FOR EACH STATEMENT EXECUTE FUNCTION call_parts_were_written();
CREATE TRIGGER call_item_lines_were_inserted AFTER INSERT ON capital_call_item_lines
    REFERENCING NEW TABLE AS rows FOR EACH STATEMENT EXECUTE FUNCTION call_parts_were_written();
CREATE TRIGGER call_item_lines_were_updated AFTER UPDATE ON capital_call_item_lines
    REFERENCING NEW TABLE AS rows FOR EACH STATEMENT EXECUTE FUNCTION call_parts_were_written();
CREATE TRIGGER call_item_lines_were_deleted AFTER DELETE ON capital_call_item_lines
    REFERENCING OLD TABLE AS rows FOR EACH STATEMENT EXECUTE FUNCTION call_parts_were_written();

REVOKE EXECUTE ON FUNCTION guard_call(), calls_were_written(), guard_call_part(), call_parts_were_written() FROM PUBLIC;
-- Money that was posted stays posted.
CREATE TRIGGER payments_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payments
    FOR EACH STATEMENT EXECUTE FUNCTION append_only('payments_are_append_only');
CREATE TRIGGER receipts_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON receipts
    FOR EACH STATEMENT EXECUTE FUNCTION append_only('receipts_are_append_only');
CREATE TRIGGER receipt_returns_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON receipt_returns
    FOR EACH STATEMENT EXECUTE FUNCTION append_only('receipt_returns_are_append_only');
CREATE TRIGGER payment_reversals_append_only BEFORE DELETE OR TRUNCATE ON payment_reversals
    FOR EACH STATEMENT EXECUTE FUNCTION append_only('payment_reversals_are_append_only');

-- Payments of a statement: lock receipts, then items, in id order; hold them to their limits; post their ledger rows.
-- Statistics lag behind an import: with sequential scans allowed, sums per item would scan the growing tables.
CREATE FUNCTION post_payments() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    receipts_paid bigint[] := ARRAY(SELECT DISTINCT receipt_id FROM new_rows);
    items_paid bigint[] := ARRAY(SELECT DISTINCT item_id FROM new_rows);
    calls_paid bigint[] := ARRAY(SELECT DISTINCT call_id FROM new_rows);
    over record;
    posted numeric;
BEGIN
    PERFORM require_read_committed();
    PERFORM 1 FROM receipts WHERE id = ANY (receipts_paid) ORDER BY id FOR NO KEY UPDATE;
    PERFORM 1 FROM capital_call_items WHERE id = ANY (items_paid) ORDER BY id FOR NO KEY UPDATE;

    IF EXISTS (SELECT FROM capital_calls WHERE id = ANY (calls_paid) AND NOT call_is_issued(status)) THEN
        PERFORM refuse('payment_needs_issued_call', 'Only an issued call can be paid.');
    END IF;
    IF EXISTS (SELECT FROM new_rows n JOIN payments o ON o.id = n.reverses_id
                WHERE n.amount <> -o.amount OR n.item_id <> o.item_id OR n.receipt_id <> o.receipt_id
                   OR n.value_date < o.value_date OR o.reverses_id IS NOT NULL) THEN
        PERFORM refuse('reversal_mirrors_its_payment', 'A reversal takes back one whole payment, once, and not before it.');
    END IF;
    SELECT i.id, i.amount, s.paid INTO over
      FROM capital_call_items i
     CROSS JOIN LATERAL (SELECT sum(p.amount) AS paid FROM payments p WHERE p.item_id = i.id) s
     WHERE i.id = ANY (items_paid) AND (s.paid IS NULL OR s.paid < 0 OR s.paid > i.amount)
     LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('payment_within_item',
            format('Payments of %s on item %s, of which %s was called.', over.paid, over.id, over.amount));
    END IF;
    PERFORM guard_receipts(receipts_paid);

    -- A reversal takes back, line by line, what its payment was applied to.
    INSERT INTO capital_transactions
           (fund_id, commitment_id, type, amount, value_date, description, recallable,
            call_id, call_line_id, call_item_id, allocation_id, payment_id)
    SELECT t.fund_id, t.commitment_id, t.type, -t.amount, n.value_date, t.description || ' (reversed)', false,
           t.call_id, t.call_line_id, t.call_item_id, t.allocation_id, n.id
      FROM new_rows n
      JOIN capital_transactions t ON t.payment_id = n.reverses_id;
    -- Finds nothing to take back where payment and reversal come in one statement.
    IF EXISTS (SELECT FROM new_rows n
                WHERE n.reverses_id IS NOT NULL
                  AND n.amount IS DISTINCT FROM
                      (SELECT sum(t.amount) FROM capital_transactions t WHERE t.payment_id = n.id)) THEN
        PERFORM refuse('payment_has_its_ledger_rows', 'A reversal takes back what is in the ledger already.');
    END IF;

    -- A payment fills the item's open lines in their order: the overlap of two running totals.
    WITH paying AS (
        SELECT n.*, sum(n.amount) OVER w - n.amount AS begins, sum(n.amount) OVER w AS ends
          FROM new_rows n
         WHERE n.amount > 0
        WINDOW w AS (PARTITION BY n.item_id ORDER BY n.id)
    ), line_left AS (
        SELECT x.item_id, x.line_id, l.allocation_id, l.position, x.amount - t.applied AS owed
          FROM capital_call_item_lines x
          JOIN capital_call_lines l ON l.id = x.line_id
         CROSS JOIN LATERAL (
               SELECT coalesce(sum(y.amount), 0) AS applied
                 FROM capital_transactions y
                WHERE y.call_item_id = x.item_id AND y.call_line_id = x.line_id) t
         WHERE x.item_id = ANY (items_paid)
    ), owing AS MATERIALIZED (
        SELECT *, sum(owed) OVER w - owed AS begins, sum(owed) OVER w AS ends
          FROM line_left
        WINDOW w AS (PARTITION BY item_id ORDER BY position)
    ), applied AS (
        INSERT INTO capital_transactions
               (fund_id, commitment_id, type, amount, value_date, description, recallable,
                call_id, call_line_id, call_item_id, allocation_id, payment_id)
        SELECT p.fund_id, p.commitment_id, 'CONTRIBUTION', least(p.ends, o.ends) - greatest(p.begins, o.begins),
               p.value_date, 'Capital Call #' || k.number || ' payment', false,
               p.call_id, o.line_id, p.item_id, o.allocation_id, p.id
          FROM paying p
          JOIN owing o ON o.item_id = p.item_id AND o.owed > 0 AND o.begins < p.ends AND o.ends > p.begins
          JOIN capital_calls k ON k.id = p.call_id
        RETURNING amount
    )
    SELECT coalesce(sum(amount), 0) INTO posted FROM applied;
    IF posted <> (SELECT coalesce(sum(amount), 0) FROM new_rows WHERE amount > 0) THEN
        PERFORM refuse('payment_has_its_ledger_rows', 'A payment must be applied to lines in full.');
    END IF;

    PERFORM note_checks('call_status', calls_paid);
    PERFORM note_checks('allocation_state', ARRAY(
        SELECT DISTINCT allocation_id FROM capital_call_lines
         WHERE call_id = ANY (calls_paid) AND allocation_id IS NOT NULL));
    PERFORM note_checks('reversal', ARRAY(SELECT id FROM new_rows WHERE reverses_id IS NOT NULL));
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

CREATE TRIGGER receipts_were_returned AFTER INSERT ON receipt_returns
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION receipts_were_returned();

-- A reversal is asked for under the fund's rule, decided once, and then fixed.
CREATE FUNCTION guard_reversal() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.four_eyes IS DISTINCT FROM (
               SELECT f.four_eyes FROM payments p JOIN funds f ON f.id = p.fund_id WHERE p.id = NEW.payment_id) THEN
            PERFORM refuse('four_eyes_as_the_fund_demands', 'A reversal takes the fund''s own rule on a second approver.');
        END IF;
    ELSIF OLD.approved_at IS NOT NULL OR OLD.rejected_at IS NOT NULL
       OR (OLD.id, OLD.payment_id, OLD.reason, OLD.money_left, OLD.four_eyes, OLD.requested_at, OLD.requested_by_id)
          IS DISTINCT FROM
          (NEW.id, NEW.payment_id, NEW.reason, NEW.money_left, NEW.four_eyes, NEW.requested_at, NEW.requested_by_id) THEN
        PERFORM refuse('payment_reversals_are_append_only', 'A reversal is decided once and then fixed.');
    END IF;
    IF NEW.compensation_id IS NOT NULL AND NOT EXISTS (
           SELECT FROM payments WHERE id = NEW.compensation_id AND reverses_id = NEW.payment_id) THEN
        PERFORM refuse('reversal_mirrors_its_payment', 'A reversal takes back one whole payment, once.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_reversal BEFORE INSERT OR UPDATE ON payment_reversals
    FOR EACH ROW EXECUTE FUNCTION guard_reversal();

REVOKE EXECUTE ON FUNCTION post_payments(), receipts_were_returned(), guard_reversal() FROM PUBLIC;
