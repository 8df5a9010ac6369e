-- What persons said of entries stays as they said it; the newest version counts.
CALL keep_rows('bank_decisions_are_append_only', 'UPDATE OR DELETE OR TRUNCATE',
               'entry_rules', 'entry_decisions', 'entry_moves', 'receipt_holders');

-- Everything that is said of one entry takes turns.
CREATE FUNCTION lock_bank_entry(entry bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT pg_advisory_xact_lock(hashtextextended('bank_entry', entry))
$$;

-- By what an entry is settled: a receipt, wires of the books, or a person's word. NULL where it waits.
CREATE FUNCTION entry_settled_by(entry bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(
        (SELECT 'posting' FROM entry_postings p WHERE p.entry_id = entry),
        (SELECT 'moves' FROM entry_moves m WHERE m.entry_id = entry LIMIT 1),
        (SELECT nullif(d.kind, 'undone') FROM entry_decisions d WHERE d.entry_id = entry ORDER BY d.version DESC LIMIT 1))
$$;

-- The cash of one wire of the books, what comes in positive; NULL for a row that is none of the fund.
CREATE FUNCTION cash_of_move(of_fund bigint, of_kind text, of_row bigint) RETURNS numeric
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE of_kind
        WHEN 'receipt_return' THEN (SELECT -r.amount FROM receipt_returns r WHERE r.id = of_row AND r.fund_id = of_fund)
        WHEN 'payout' THEN (SELECT -(p.amount - sign(p.amount) * i.withholding_tax - p.set_off)
                              FROM payouts p JOIN distribution_items i ON i.id = p.item_id
                             WHERE p.id = of_row AND p.fund_id = of_fund)
        WHEN 'refund_payout' THEN (SELECT sum(t.amount) FROM capital_transactions t
                                    WHERE t.fund_id = of_fund AND t.refund_payout_id = of_row)
        WHEN 'fee_payment' THEN (SELECT -p.amount FROM fee_payments p WHERE p.id = of_row AND p.fund_id = of_fund)
        END
$$;

CREATE FUNCTION guard_entry_decision() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    settled text;
BEGIN
    PERFORM lock_bank_entry(NEW.entry_id);
    IF NEW.version <> (SELECT coalesce(max(d.version), 0) + 1 FROM entry_decisions d WHERE d.entry_id = NEW.entry_id) THEN
        PERFORM refuse('decisions_count_on', 'Decisions on an entry follow one another.');
    END IF;
    settled := entry_settled_by(NEW.entry_id);
    IF NEW.kind = 'undone' AND settled IS DISTINCT FROM 'classified' AND settled IS DISTINCT FROM 'ignored' THEN
        PERFORM refuse('only_a_word_is_taken_back', 'Nothing was decided that can be taken back.');
    END IF;
    IF NEW.kind <> 'undone' AND (settled IS NOT NULL
       OR NOT EXISTS (SELECT FROM bank_entries e WHERE e.id = NEW.entry_id AND e.status = 'booked')) THEN
        PERFORM refuse('entry_is_settled_once', 'An entry is settled once, after it was booked.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_entry_decision BEFORE INSERT ON entry_decisions FOR EACH ROW EXECUTE FUNCTION guard_entry_decision();

CREATE FUNCTION guard_settled_posting() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM lock_bank_entry(NEW.entry_id);
    IF entry_settled_by(NEW.entry_id) <> 'posting' THEN
        PERFORM refuse('entry_is_settled_once', 'An entry is settled once, after it was booked.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_settled_posting BEFORE INSERT ON entry_postings FOR EACH ROW EXECUTE FUNCTION guard_settled_posting();

-- The wires of an entry are written in one go, and come to its amount.
CREATE FUNCTION guard_entry_moves() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM lock_bank_entry(x.entry_id) FROM (SELECT DISTINCT entry_id FROM new_rows ORDER BY entry_id) x;
    IF EXISTS (SELECT FROM new_rows n
                WHERE EXISTS (SELECT FROM entry_postings p WHERE p.entry_id = n.entry_id)
                   OR (SELECT d.kind FROM entry_decisions d WHERE d.entry_id = n.entry_id ORDER BY d.version DESC LIMIT 1) <> 'undone')
    THEN
        PERFORM refuse('entry_is_settled_once', 'An entry is settled once, after it was booked.');
    END IF;
    IF EXISTS (SELECT FROM (SELECT DISTINCT entry_id FROM new_rows) n JOIN bank_entries e ON e.id = n.entry_id
                WHERE e.status <> 'booked'
                   OR e.amount IS DISTINCT FROM
                      (SELECT CASE WHEN bool_and(c.cash IS NOT NULL) THEN sum(c.cash) END
                         FROM entry_moves m
                        CROSS JOIN LATERAL (SELECT cash_of_move(m.fund_id, m.kind, m.row_id) AS cash) c
                        WHERE m.entry_id = n.entry_id)) THEN
        PERFORM refuse('moves_come_to_their_entry', 'The wires of an entry come to its amount.');
    END IF;
    RETURN NULL;
END $$;

CALL watch_statements('guard_entry_moves()', '{INSERT}', 'entry_moves');

-- Versions of a rule, and of whose cash a receipt is, follow one another.
CREATE FUNCTION guard_versions_count_on() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    newest integer;
BEGIN
    IF TG_TABLE_NAME = 'entry_rules' THEN
        SELECT max(r.version) INTO newest FROM entry_rules r
         WHERE r.fund_id = (to_jsonb(NEW) ->> 'fund_id')::bigint AND r.number = (to_jsonb(NEW) ->> 'number')::integer;
    ELSE
        SELECT max(h.version) INTO newest FROM receipt_holders h WHERE h.receipt_id = (to_jsonb(NEW) ->> 'receipt_id')::bigint;
    END IF;
    IF NEW.version <> coalesce(newest, 0) + 1 THEN
        PERFORM refuse('versions_count_on', 'Versions follow one another.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_versions_count_on BEFORE INSERT ON entry_rules FOR EACH ROW EXECUTE FUNCTION guard_versions_count_on();
CREATE TRIGGER guard_versions_count_on BEFORE INSERT ON receipt_holders FOR EACH ROW EXECUTE FUNCTION guard_versions_count_on();

REVOKE EXECUTE ON FUNCTION guard_entry_decision(), guard_settled_posting(), guard_entry_moves(), guard_versions_count_on(),
    lock_bank_entry(bigint), entry_settled_by(bigint), cash_of_move(bigint, text, bigint) FROM PUBLIC;
