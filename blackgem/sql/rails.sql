-- What every rail is built from. A rail raises under a constraint name; one table maps names to messages.

CREATE FUNCTION refuse(rail text, reason text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = rail, MESSAGE = reason;
END $$;

-- A guard that locks and then sums is only right where each statement sees what was committed before it.
CREATE FUNCTION require_read_committed() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        PERFORM refuse('rails_need_read_committed', 'Money is only written under READ COMMITTED.');
    END IF;
END $$;

-- What rows of a table are never done to. Attach by keep_rows.
CREATE FUNCTION append_only() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', CONSTRAINT = TG_ARGV[0],
        MESSAGE = format('Rows of %I are append-only: %s is refused.', TG_TABLE_NAME, lower(TG_OP));
END $$;

-- Attach append_only to tables: of which events, and under the name of which rail.
CREATE PROCEDURE keep_rows(rail text, events text, VARIADIC tables regclass[])
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    one regclass;
BEGIN
    FOREACH one IN ARRAY tables LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE %s ON %s FOR EACH STATEMENT EXECUTE FUNCTION append_only(%L)',
                       events, one, rail);
    END LOOP;
END $$;

-- What stays in a row as it was written. Attach by keep_columns.
CREATE FUNCTION stays_as_written() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM refuse(TG_ARGV[0], format('In %s this stays as it was written.', TG_TABLE_NAME));
    RETURN NULL;
END $$;

-- Attach stays_as_written to columns of a table, under the name of a rail.
CREATE PROCEDURE keep_columns(rail text, kept regclass, VARIADIC columns text[])
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER stays_as_written BEFORE UPDATE ON %s FOR EACH ROW WHEN ((%s) IS DISTINCT FROM (%s))'
                   ' EXECUTE FUNCTION stays_as_written(%L)', kept,
                   (SELECT string_agg('OLD.' || quote_ident(one), ', ') FROM unnest(columns) one),
                   (SELECT string_agg('NEW.' || quote_ident(one), ', ') FROM unnest(columns) one), rail);
END $$;

-- Attach a trigger function to tables, once per statement of these events, with what it wrote as new_rows: of a DELETE, what
-- it removed. An UPDATE has old_rows too. Each trigger has the name of the function and of its event.
CREATE PROCEDURE watch_statements(watcher text, events text[], VARIADIC tables regclass[])
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    one regclass;
    event text;
BEGIN
    FOREACH one IN ARRAY tables LOOP
        FOREACH event IN ARRAY events LOOP
            EXECUTE format('CREATE TRIGGER %I AFTER %s ON %s REFERENCING %s FOR EACH STATEMENT EXECUTE FUNCTION %s',
                substring(watcher FROM '^\w+') || '_on_' || lower(event), event, one,
                CASE event WHEN 'INSERT' THEN 'NEW TABLE AS new_rows' WHEN 'DELETE' THEN 'OLD TABLE AS new_rows'
                           ELSE 'NEW TABLE AS new_rows OLD TABLE AS old_rows' END, watcher);
        END LOOP;
    END LOOP;
END $$;

REVOKE EXECUTE ON PROCEDURE keep_rows(text, text, regclass[]), keep_columns(text, regclass, text[]), watch_statements(text, text[], regclass[]) FROM PUBLIC;

-- Runs check_<kind>(object) for a noted object, at commit or when constraints are made immediate, unless its note was taken off:
-- then it was answered under its lock, and nothing that was written since asks again. Each check locks its object and then
-- reads, which is only right where a statement sees what was committed before it. A note that an object is new asks for
-- nothing: it says so, until commit.
CREATE FUNCTION run_pending_check() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM require_read_committed();
    DELETE FROM pending_checks WHERE xid = NEW.xid AND kind = NEW.kind AND object_id = NEW.object_id;
    IF FOUND AND NEW.kind NOT LIKE '%\_is\_new' THEN
        EXECUTE format('SELECT %I($1)', 'check_' || NEW.kind) USING NEW.object_id;
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER run_pending_check AFTER INSERT ON pending_checks
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION run_pending_check();

-- Whoever may attach one of these to a table of its own could feed it rows of its own: here, and wherever a function
-- runs with its owner's rights.
REVOKE EXECUTE ON FUNCTION run_pending_check() FROM PUBLIC;

-- Note objects for a check before commit. Nearly every statement notes one object, or none.
CREATE FUNCTION note_checks(what text, ids bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF cardinality(ids) = 1 THEN
        IF ids[1] IS NOT NULL THEN
            INSERT INTO pending_checks (kind, object_id) VALUES (what, ids[1]) ON CONFLICT DO NOTHING;
        END IF;
    ELSIF cardinality(ids) > 1 THEN
        INSERT INTO pending_checks (kind, object_id)
        SELECT what, x.id FROM (SELECT DISTINCT unnest(ids) AS id) x WHERE x.id IS NOT NULL ORDER BY x.id
        ON CONFLICT DO NOTHING;
    END IF;
END $$;

REVOKE EXECUTE ON FUNCTION note_checks(text, bigint[]) FROM PUBLIC;

CALL keep_rows('audit_events_are_append_only', 'UPDATE OR DELETE OR TRUNCATE', 'audit_events');
