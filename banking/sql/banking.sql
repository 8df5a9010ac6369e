-- What a bank said stays as it said it: a file as it was uploaded, a statement with all its entries, and what was posted of them.
CALL keep_rows('bank_rows_are_append_only', 'DELETE OR TRUNCATE', 'statement_files');
CALL keep_rows('bank_rows_are_append_only', 'UPDATE OR DELETE OR TRUNCATE',
               'bank_accounts', 'table_mappings', 'bank_statements', 'bank_entries', 'repeated_entries', 'entry_postings');
CALL keep_columns('statement_file_stays_as_uploaded', 'statement_files',
                  'id', 'fund_id', 'mapping_id', 'name', 'content', 'sha256', 'size', 'uploaded_at', 'uploaded_by_id');

CREATE FUNCTION guard_statement_file() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    -- Encrypted, it is as much longer as the mark, the name of the key, the nonce and the tag are.
    IF TG_OP = 'INSERT' AND NEW.size <> length(NEW.content) - 36 THEN
        PERFORM refuse('statement_file_has_its_size', 'A file is kept with its own size.');
    END IF;
    IF TG_OP = 'INSERT' AND (NEW.read_at IS NOT NULL OR NEW.attempts <> 0 OR NEW.bytes_read <> 0)
       OR TG_OP = 'UPDATE' AND OLD.read_at IS NOT NULL THEN
        PERFORM refuse('statement_file_is_read_once', 'A file is read once, after it was uploaded.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_statement_file BEFORE INSERT OR UPDATE ON statement_files
    FOR EACH ROW EXECUTE FUNCTION guard_statement_file();

CREATE FUNCTION bank_statements_were_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM note_checks('bank_statement_is_new', ARRAY(SELECT id FROM new_rows));
    PERFORM note_checks('bank_statement', ARRAY(SELECT id FROM new_rows));
    RETURN NULL;
END $$;

CALL watch_statements('bank_statements_were_written()', '{INSERT}', 'bank_statements');

-- Entries are written with their statement, and only with it.
CREATE FUNCTION bank_entries_were_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM new_rows n
                WHERE NOT EXISTS (SELECT FROM pending_checks p
                                   WHERE p.xid = pg_current_xact_id() AND p.kind = 'bank_statement_is_new' AND p.object_id = n.statement_id)) THEN
        PERFORM refuse('statement_is_written_whole', 'Entries are written with their statement.');
    END IF;
    RETURN NULL;
END $$;

CALL watch_statements('bank_entries_were_written()', '{INSERT}', 'bank_entries', 'repeated_entries');

-- The lines of a statement: entries that it brought, and those that were known already.
CREATE FUNCTION bank_statement_lines(statement bigint) RETURNS TABLE (n integer, entry_id bigint, amount numeric, status text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT e.n, e.id, e.amount::numeric, e.status::text FROM bank_entries e WHERE e.statement_id = statement
     UNION ALL
    SELECT r.n, e.id, e.amount::numeric, e.status::text
      FROM repeated_entries r JOIN bank_entries e ON e.id = r.entry_id WHERE r.statement_id = statement
$$;

CREATE FUNCTION check_bank_statement(statement bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    this record;
    lines record;
BEGIN
    SELECT s.* INTO this FROM bank_statements s WHERE s.id = statement FOR NO KEY UPDATE;
    SELECT count(*) AS counted, count(DISTINCT l.n) AS places, coalesce(min(l.n), 1) AS first, coalesce(max(l.n), 0) AS last,
           coalesce(sum(l.amount) FILTER (WHERE l.status = 'booked'), 0) AS booked
      INTO lines FROM bank_statement_lines(statement) l;
    IF lines.first <> 1 OR lines.last <> lines.counted OR lines.places <> lines.counted
       OR EXISTS (SELECT FROM repeated_entries r JOIN bank_entries e ON e.id = r.entry_id
                   WHERE r.statement_id = statement AND (e.account_id <> this.account_id OR e.status <> 'booked')) THEN
        PERFORM refuse('statement_has_every_line_once', 'A statement has each of its lines once, each of its own account.');
    END IF;
    IF this.balance = 'proved' AND this.opening + lines.booked <> this.closing THEN
        PERFORM refuse('statement_adds_up', 'The opening balance and what was booked come to the closing balance.');
    END IF;
END $$;

-- A receipt that an entry is has its amount and its value date.
CREATE FUNCTION guard_entry_posting() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM bank_entries e JOIN receipts r ON r.id = NEW.receipt_id
                    WHERE e.id = NEW.entry_id AND e.status = 'booked' AND r.amount = e.amount AND r.value_date = e.value_date) THEN
        PERFORM refuse('posting_is_of_its_entry', 'A receipt has the amount and the value date of its entry.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_entry_posting BEFORE INSERT ON entry_postings FOR EACH ROW EXECUTE FUNCTION guard_entry_posting();

REVOKE EXECUTE ON FUNCTION guard_statement_file(), bank_statements_were_written(), bank_entries_were_written(),
    bank_statement_lines(bigint), check_bank_statement(bigint), guard_entry_posting() FROM PUBLIC;
