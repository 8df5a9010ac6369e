-- What the service of payments asks, each in one statement that is planned once per session: what it locks, what it reads under
-- the locks, and what it writes. The rights are those of who asks.

-- Lock bank transactions, then items of one fund, both in order, and say how the items stand under the locks: what is owed, whether
-- a residual of theirs was carried, the person's role, the last closed day, and which of the transactions are recorded already.
CREATE FUNCTION items_to_pay(of_fund bigint, person bigint, items bigint[], refs text[])
RETURNS TABLE (item_id bigint, call_id bigint, number integer, status text, commitment_id bigint, investor text, outstanding numeric,
               carried boolean, role text, closed_until date, known_refs text[])
LANGUAGE plpgsql SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    ref text;
BEGIN
    FOR ref IN SELECT DISTINCT r.one FROM unnest(refs) r(one) ORDER BY r.one LOOP
        PERFORM pg_advisory_xact_lock(hashtextextended('tx_ref:' || ref, of_fund));
    END LOOP;
    PERFORM 1 FROM capital_call_items i WHERE i.id = ANY (items) AND i.fund_id = of_fund ORDER BY i.id FOR NO KEY UPDATE;
    RETURN QUERY
    SELECT c.item_id, c.call_id, k.number, k.status::text, c.commitment_id, v.name::text, c.outstanding,
           EXISTS (SELECT FROM residual_settlements s
                    WHERE s.item_id = c.item_id AND s.kind = 'carried' AND s.approved_at IS NOT NULL),
           f.role, f.closed_until, f.known_refs
      FROM (SELECT (SELECT m.role::text FROM fund_memberships m WHERE m.fund_id = of_fund AND m.user_id = person) AS role,
                   (SELECT max(p.last_day) FROM period_closes p
                     WHERE p.fund_id = of_fund AND p.approved_at IS NOT NULL
                       AND NOT EXISTS (SELECT FROM period_reopenings o WHERE o.close_id = p.id)) AS closed_until,
                   ARRAY(SELECT r.tx_ref::text FROM receipts r WHERE r.fund_id = of_fund AND r.tx_ref = ANY (refs)
                          UNION
                         SELECT p.tx_ref::text FROM payments p
                          WHERE p.item_id = ANY (items) AND p.tx_ref = ANY (refs)) AS known_refs) f
     CROSS JOIN call_item_capital c
      JOIN capital_call_items i ON i.id = c.item_id
      JOIN capital_calls k ON k.id = c.call_id
      JOIN commitments m ON m.id = c.commitment_id
      JOIN investors v ON v.id = m.investor_id
     WHERE c.item_id = ANY (items) AND i.fund_id = of_fund;
END $$;

-- Write receipts, each with the payment of the one item that it is for. `wires` has an object for each, and the answer is in their
-- order.
CREATE FUNCTION write_payments(of_fund bigint, moment timestamptz, person bigint, wires jsonb)
RETURNS TABLE (receipt_id bigint, payment_id bigint)
LANGUAGE plpgsql SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    came bigint[];
BEGIN
    WITH r AS (
        INSERT INTO receipts (fund_id, amount, value_date, payer, method, tx_ref, note, bank_entry_id, recorded_at, recorded_by_id)
        SELECT of_fund, w.amount, w.value_date, '', w.method, w.tx_ref, '', w.bank_entry_id, moment, person
          FROM jsonb_to_recordset(wires) AS w (amount numeric, value_date date, method text, tx_ref text, bank_entry_id bigint)
        RETURNING id)
    SELECT array_agg(r.id ORDER BY r.id) INTO came FROM r;
    -- Each item by its key: joined, all items that there are would be read for one.
    RETURN QUERY
    INSERT INTO payments AS p (receipt_id, fund_id, call_id, item_id, commitment_id, amount, value_date, method, reference, tx_ref,
                               recorded_at, recorded_by_id)
    SELECT w.came, of_fund, i.call_id, w.item_id, i.commitment_id, w.amount, w.value_date, w.method, w.reference, w.tx_ref,
           moment, person
      FROM ROWS FROM (jsonb_to_recordset(wires) AS (item_id bigint, amount numeric, value_date date, method text, reference text,
                                                    tx_ref text),
                      unnest(came)) AS w (item_id, amount, value_date, method, reference, tx_ref, came)
     CROSS JOIN LATERAL (SELECT x.call_id, x.commitment_id FROM capital_call_items x WHERE x.id = w.item_id OFFSET 0) i
    RETURNING p.receipt_id, p.id;
END $$;

-- The fund of an item and the person's role in it, before anything is locked.
CREATE FUNCTION fund_of_item(item bigint, person bigint)
RETURNS TABLE (id bigint, currency text, time_zone text, lpa_date date, first_closing_on date, role_there text)
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT f.id, f.currency::text, f.time_zone::text, f.lpa_date, f.first_closing_on,
           (SELECT m.role::text FROM fund_memberships m WHERE m.fund_id = f.id AND m.user_id = person)
      FROM capital_call_items i JOIN funds f ON f.id = i.fund_id
     WHERE i.id = item;
END $$;

-- Lock calls, then the allocations that payments were posted to, both in order, and say of those whose state their amounts no longer
-- say what it is and what the amounts are; of an allocation that counts as paid what is funded. See states_to_move.
CREATE FUNCTION rows_to_move(calls bigint[], payments bigint[], rails_first boolean)
RETURNS TABLE (kind text, id bigint, fund_id bigint, state text, committed numeric, called numeric, paid numeric)
LANGUAGE plpgsql SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    reached bigint[] := ARRAY(SELECT DISTINCT t.allocation_id FROM capital_transactions t
                               WHERE t.payment_id = ANY (payments) AND t.allocation_id IS NOT NULL);
    one record;
BEGIN
    FOR one IN SELECT s.* FROM states_to_move(calls, reached, rails_first) s LOOP
        IF one.kind = 'call' THEN
            RETURN QUERY
            SELECT one.kind, k.id, k.fund_id, k.status::text, NULL::numeric, c.called, c.paid
              FROM capital_calls k JOIN call_capital c ON c.call_id = k.id WHERE k.id = one.id;
        ELSE
            RETURN QUERY
            SELECT one.kind, a.id, a.fund_id, a.state::text, c.committed, c.called, c.funded
              FROM fund_allocations a JOIN allocation_capital c ON c.allocation_id = a.id WHERE a.id = one.id;
        END IF;
    END LOOP;
END $$;
