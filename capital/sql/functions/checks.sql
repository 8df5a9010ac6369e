-- Checks that wait for commit, one per object. Each takes the object's lock, so that two writers blind to each other
-- cannot both pass.

-- Lines and items sum to their call; item lines to their item and to their line. Fixed parts are no shares.
CREATE FUNCTION check_call_sums(call bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    total numeric;
BEGIN
    SELECT total_amount INTO total FROM capital_calls WHERE id = call FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF total IS DISTINCT FROM (SELECT sum(amount) FROM capital_call_lines WHERE call_id = call) THEN
        PERFORM refuse('capital_call_lines_sum_to_call', 'The lines of a call must add up to its total.');
    END IF;
    IF total IS DISTINCT FROM (SELECT sum(amount) FROM capital_call_items WHERE call_id = call) THEN
        PERFORM refuse('capital_call_items_sum_to_call', 'The items of a call must add up to its total.');
    END IF;
    IF EXISTS (
        SELECT FROM capital_call_items i
         WHERE i.call_id = call
           AND i.amount IS DISTINCT FROM
               (SELECT sum(x.amount) FROM capital_call_item_lines x WHERE x.item_id = i.id)) THEN
        PERFORM refuse('item_lines_sum_to_item', 'The parts of an item must add up to the item.');
    END IF;
    IF EXISTS (
        SELECT FROM capital_call_lines l
         WHERE l.call_id = call
           AND l.amount IS DISTINCT FROM
               (SELECT sum(x.amount) FROM capital_call_item_lines x WHERE x.call_id = call AND x.line_id = l.id)) THEN
        PERFORM refuse('item_lines_sum_to_line', 'The parts of a line must add up to the line.');
    END IF;
    IF EXISTS (
        SELECT FROM capital_call_lines l
          JOIN capital_call_item_lines x ON x.call_id = l.call_id AND x.line_id = l.id
         WHERE l.call_id = call AND l.split_by = 'fixed' AND l.equalises_id IS NULL
           AND x.basis NOT IN ('edited', 'excused')) THEN
        PERFORM refuse('fixed_parts_are_set_by_hand', 'Every part of a line in fixed parts is set by a person.');
    END IF;
END $$;

-- The stored status is what the amounts say; a call that was not issued has no money on it.
CREATE FUNCTION check_call_status(call bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    stored text;
    paid_so_far numeric;
    total numeric;
BEGIN
    SELECT status INTO stored FROM capital_calls WHERE id = call FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT called, paid INTO total, paid_so_far FROM call_capital WHERE call_id = call;
    IF NOT call_is_issued(stored) THEN
        IF paid_so_far <> 0 THEN
            PERFORM refuse('payment_needs_issued_call', 'A call with payments on it can be neither unissued nor cancelled.');
        END IF;
    ELSIF stored <> issued_call_status(total, paid_so_far) THEN
        PERFORM refuse('call_status_is_what_was_paid',
            format('Call %s is stored as %s, but its payments make it %s. Call settle_states() before commit.',
                   call, stored, issued_call_status(total, paid_so_far)));
    END IF;
END $$;

CREATE FUNCTION check_allocation_state(allocation bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    stored text;
    derived text;
    amount numeric;
BEGIN
    SELECT state INTO stored FROM fund_allocations WHERE id = allocation FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT committed, allocation_state(committed, called, funded) INTO amount, derived
      FROM allocation_capital WHERE allocation_id = allocation;
    IF amount <= 0 THEN
        PERFORM refuse('allocation_positive', 'An allocation comes with the amount that it commits.');
    END IF;
    IF stored <> derived THEN
        PERFORM refuse('allocation_state_is_its_amounts',
            format('Allocation %s is stored as %s, but its amounts make it %s. Call settle_states() before commit.',
                   allocation, stored, derived));
    END IF;
END $$;

-- What was given back may be called again; taking it back again must not leave less than nothing unfunded.
CREATE FUNCTION check_unfunded(commitment bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT guard_commitments(ARRAY[commitment])
$$;

-- For imports and for anyone in psql: makes the stored states of everything this transaction touched agree with its
-- amounts. Calls first, then allocations, each in id order. Returns how many rows it changed.
CREATE FUNCTION settle_states() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    calls bigint[] := ARRAY(SELECT object_id FROM pending_checks
                             WHERE xid = pg_current_xact_id() AND kind = 'call_status');
    allocations bigint[] := ARRAY(SELECT object_id FROM pending_checks
                                   WHERE xid = pg_current_xact_id() AND kind = 'allocation_state');
    changed integer;
    changed_too integer;
BEGIN
    PERFORM require_read_committed();
    PERFORM 1 FROM capital_calls WHERE id = ANY (calls) ORDER BY id FOR NO KEY UPDATE;
    UPDATE capital_calls k
       SET status = issued_call_status(c.called, c.paid)
      FROM call_capital c
     WHERE k.id = ANY (calls) AND c.call_id = k.id AND call_is_issued(k.status)
       AND k.status <> issued_call_status(c.called, c.paid);
    GET DIAGNOSTICS changed = ROW_COUNT;
    PERFORM 1 FROM fund_allocations WHERE id = ANY (allocations) ORDER BY id FOR NO KEY UPDATE;
    UPDATE fund_allocations a
       SET state = allocation_state(c.committed, c.called, c.funded)
      FROM allocation_capital c
     WHERE a.id = ANY (allocations) AND c.allocation_id = a.id
       AND a.state <> allocation_state(c.committed, c.called, c.funded);
    GET DIAGNOSTICS changed_too = ROW_COUNT;
    RETURN changed + changed_too;
END $$;

-- For a service that moves states: of these calls and allocations, those that were noted by this transaction. Lock the calls, then the
-- allocations, each in id order, and say of which the stored state is not what the amounts say; that is noted again. Of the others
-- what was noted is answered herewith: the locks last until commit, and whatever is written in the meantime notes it anew.
-- Who writes nothing more may have all other deferred rails speak first: what they read then holds up nobody who waits for the locks.
CREATE FUNCTION states_to_move(calls bigint[], allocations bigint[], rails_first boolean DEFAULT false) RETURNS TABLE (kind text, id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    moved bigint[];
BEGIN
    PERFORM require_read_committed();
    WITH noted AS (
        DELETE FROM pending_checks p
         WHERE p.xid = pg_current_xact_id()
           AND (p.kind = 'call_status' AND p.object_id = ANY (calls) OR p.kind = 'allocation_state' AND p.object_id = ANY (allocations))
        RETURNING p.kind, p.object_id)
    SELECT array_agg(n.object_id) FILTER (WHERE n.kind = 'call_status'), array_agg(n.object_id) FILTER (WHERE n.kind = 'allocation_state')
      INTO calls, allocations FROM noted n;
    IF rails_first THEN
        SET CONSTRAINTS ALL IMMEDIATE;
        SET CONSTRAINTS ALL DEFERRED;
    END IF;
    IF calls IS NOT NULL THEN
        PERFORM 1 FROM capital_calls k WHERE k.id = ANY (calls) ORDER BY k.id FOR NO KEY UPDATE;
        moved := ARRAY(SELECT k.id FROM capital_calls k JOIN call_capital c ON c.call_id = k.id
                        WHERE k.id = ANY (calls) AND k.status IS DISTINCT FROM issued_call_status(c.called, c.paid) ORDER BY k.id);
        IF moved <> '{}' THEN
            PERFORM note_checks('call_status', moved);
            RETURN QUERY SELECT 'call', x FROM unnest(moved) x;
        END IF;
    END IF;
    IF allocations IS NOT NULL THEN
        PERFORM 1 FROM fund_allocations a WHERE a.id = ANY (allocations) ORDER BY a.id FOR NO KEY UPDATE;
        moved := ARRAY(SELECT a.id FROM fund_allocations a JOIN allocation_capital c ON c.allocation_id = a.id
                        WHERE a.id = ANY (allocations)
                          AND (c.committed > 0 AND a.state = allocation_state(c.committed, c.called, c.funded)) IS NOT TRUE ORDER BY a.id);
        IF moved <> '{}' THEN
            PERFORM note_checks('allocation_state', moved);
            RETURN QUERY SELECT 'allocation', x FROM unnest(moved) x;
        END IF;
    END IF;
END $$;

REVOKE EXECUTE ON FUNCTION check_call_sums(bigint), check_unfunded(bigint), check_call_status(bigint),
    check_allocation_state(bigint), guard_commitments(bigint[]),
    guard_allocations(bigint[]), guard_receipts(bigint[]) FROM PUBLIC;
