-- Who does a deed, and when, is what the application signed for this transaction, not what a column says. The role of the
-- application can read neither the keys nor what was opened: a session without the application's key opens nothing.

-- The advisory locks by which open writes say of which second they are, counted from 2001-09-09 01:46:40 UTC.
CREATE FUNCTION open_writes_class() RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 20260301;

-- The moment before the oldest write of another session that is still open: what it writes will be recorded later than that.
CREATE FUNCTION last_settled_moment() RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(min(to_timestamp(1000000000 + l.objid::bigint)) - interval '1 microsecond', 'infinity')
      FROM pg_locks l
     WHERE l.locktype = 'advisory' AND l.objsubid = 2 AND l.classid::bigint = open_writes_class() AND l.pid <> pg_backend_pid()
       AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
$$;

-- Open the transaction for a person and a moment, or (actor `import`) for rows of anybody and any time. The signature is of this
-- session, of its time and of no other: HMAC-SHA-256 over what stands here, in hexadecimal digits.
CREATE FUNCTION open_write(actor text, moment text, signed_at text, signature text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    message bytea := convert_to(concat_ws('|', 'open_write', current_database(), pg_backend_pid(), actor, moment, signed_at), 'UTF8');
    given bytea := decode(signature, 'hex');
    recorded_at timestamptz;
BEGIN
    IF NOT EXISTS (SELECT FROM write_keys k WHERE sha256(k.outer_block || sha256(k.inner_block || message)) = given)
       OR EXISTS (SELECT FROM opened_writes o WHERE o.signature = given) THEN
        PERFORM refuse('write_is_signed', 'Only the application opens a write.');
    END IF;
    INSERT INTO opened_writes (actor_id, at, imports, signature)
    VALUES (nullif(nullif(actor, 'import'), '')::bigint, nullif(moment, '')::timestamptz, actor = 'import', given)
        ON CONFLICT (xid) DO UPDATE
       SET actor_id = EXCLUDED.actor_id, at = EXCLUDED.at, imports = EXCLUDED.imports, signature = EXCLUDED.signature,
           opened_at = EXCLUDED.opened_at
    RETURNING opened_at INTO recorded_at;
    IF signed_at::timestamptz NOT BETWEEN recorded_at - interval '5 minutes' AND recorded_at + interval '5 minutes' THEN
        PERFORM refuse('write_is_signed', 'What the application signed is too old.');
    END IF;
    -- Others see from here on that something of this moment may still come.
    IF moment <> '' THEN
        PERFORM pg_advisory_xact_lock_shared(open_writes_class(), (floor(extract(epoch FROM moment::timestamptz)) - 1000000000)::integer);
    END IF;
    DELETE FROM opened_writes
     WHERE xid IN (SELECT o.xid FROM opened_writes o WHERE o.opened_at < recorded_at - interval '15 minutes'
                    ORDER BY o.opened_at LIMIT 20 FOR UPDATE SKIP LOCKED);
END $$;

-- Whether the application opened the transaction under way.
CREATE FUNCTION write_is_opened() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM opened_writes WHERE xid = pg_current_xact_id_if_assigned())
$$;

-- What is not opened writes nothing. The owner of the tables restores and migrates.
CREATE FUNCTION guard_write() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM opened_writes WHERE xid = pg_current_xact_id_if_assigned()) THEN
        IF NOT pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
            PERFORM refuse('write_is_opened', 'Only the application writes here.');
        END IF;
    END IF;
    RETURN NULL;
END $$;

-- The deeds of a row are those of who opened the transaction, at that moment. Attach with the rail, and the columns of who and
-- when, in pairs. The owner of the tables has a door of its own: what is restored was done by others, at other times.
CREATE FUNCTION guard_deeds() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    written jsonb := to_jsonb(NEW);
    before jsonb := CASE TG_OP WHEN 'UPDATE' THEN to_jsonb(OLD) ELSE '{}' END;
    opened opened_writes;
BEGIN
    SELECT o.* INTO opened FROM opened_writes o WHERE o.xid = pg_current_xact_id_if_assigned();
    -- Nearly every row: one deed, of who writes, at that moment.
    IF TG_OP = 'INSERT' AND TG_NARGS = 3 AND (written ->> TG_ARGV[1])::bigint = opened.actor_id
       AND (written ->> TG_ARGV[2])::timestamptz = opened.at THEN
        RETURN NEW;
    END IF;
    IF opened.imports OR pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
        RETURN NEW;
    END IF;
    FOR pair IN 1 .. TG_NARGS - 1 BY 2 LOOP
        CONTINUE WHEN num_nulls(written ->> TG_ARGV[pair], written ->> TG_ARGV[pair + 1]) = 2
                   OR (written -> TG_ARGV[pair], written -> TG_ARGV[pair + 1])
                      IS NOT DISTINCT FROM (before -> TG_ARGV[pair], before -> TG_ARGV[pair + 1]);
        IF opened.xid IS NULL
           OR (written ->> TG_ARGV[pair])::bigint IS DISTINCT FROM opened.actor_id
           OR (written ->> TG_ARGV[pair + 1])::timestamptz IS DISTINCT FROM opened.at THEN
            PERFORM refuse(TG_ARGV[0], 'A deed is that of the person who writes, at the moment of writing.');
        END IF;
    END LOOP;
    RETURN NEW;
END $$;

-- Who entered a row is who opened the transaction, at that moment or by the clock of the database; both stay as they are. What
-- somebody granted another may grant anew, who then is who did. A row that follows from a request is of who asked for it: approving
-- the request opens its table for that person, by a note.
-- Attach with the columns of who and when, in pairs.
CREATE FUNCTION guard_entry() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    written jsonb;
    opened opened_writes;
BEGIN
    SELECT o.* INTO opened FROM opened_writes o WHERE o.xid = pg_current_xact_id_if_assigned();
    IF opened.imports THEN
        RETURN NEW;
    END IF;
    written := to_jsonb(NEW);
    -- Nearly every row: of one pair, by who writes, at that moment.
    IF TG_OP = 'INSERT' AND TG_NARGS = 2 AND (written ->> TG_ARGV[0])::bigint = opened.actor_id
       AND (written ->> TG_ARGV[1])::timestamptz = opened.at THEN
        RETURN NEW;
    END IF;
    IF pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'INSERT' AND EXISTS (SELECT FROM pending_checks p
                                     WHERE p.xid = pg_current_xact_id() AND p.kind = format('follows_%s_is_new', TG_TABLE_NAME)
                                       AND p.object_id = (written ->> TG_ARGV[0])::bigint) THEN
        RETURN NEW;
    END IF;
    FOR pair IN 0 .. TG_NARGS - 1 BY 2 LOOP
        IF TG_OP = 'UPDATE' AND TG_ARGV[pair] <> 'granted_by_id'
           OR (written ->> TG_ARGV[pair])::bigint IS DISTINCT FROM opened.actor_id
           OR (written ->> TG_ARGV[pair + 1])::timestamptz NOT IN (opened.at, statement_timestamp()) THEN
            PERFORM refuse('entry_is_of_who_writes', 'A row is entered by the person who writes, when it is written.');
        END IF;
    END LOOP;
    RETURN NEW;
END $$;

-- When an event was recorded is the database's to say.
CREATE FUNCTION stamp_event() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
        NEW.recorded_at := statement_timestamp();
    END IF;
    RETURN NEW;
END $$;

-- Write events of one moment in one statement, planned once per session. `events` has an object for each, in order; the rights are
-- those of who asks.
CREATE FUNCTION write_events(moment timestamptz, person bigint, request text, came_from text, events jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO audit_events
           (happened_at, actor_id, request_id, address, verb, object_label, subjects, fund_id, changes, reason)
    SELECT moment, person, request, came_from, e.*
      FROM jsonb_to_recordset(events)
           AS e (verb varchar, object_label varchar, subjects varchar[], fund_id bigint, changes jsonb, reason varchar);
END $$;

CREATE TRIGGER was_done_by_who_writes BEFORE INSERT ON audit_events
    FOR EACH ROW EXECUTE FUNCTION guard_deeds('event_is_of_who_writes', 'actor_id', 'happened_at');
CREATE TRIGGER stamp_event BEFORE INSERT ON audit_events FOR EACH ROW EXECUTE FUNCTION stamp_event();

-- Every table but those that steer nothing, out of the catalogue: counts of attempts, sessions, which carry a signature of their
-- own, and what the database itself keeps.
DO $opened$
DECLARE
    one regclass;
BEGIN
    FOR one IN
        SELECT c.oid::regclass FROM pg_class c
         WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
           AND c.relname NOT IN ('cache_entries', 'django_session', 'usersessions_usersession',
                                 'write_keys', 'data_keys', 'opened_writes', 'pending_checks', 'applied_sql',
                                 'django_migrations')
    LOOP
        EXECUTE format('CREATE TRIGGER write_is_opened BEFORE INSERT OR UPDATE OR DELETE ON %s
                            FOR EACH STATEMENT EXECUTE FUNCTION guard_write()', one);
    END LOOP;
END $opened$;

-- Who did something, in every table and out of the catalogue: `x_by_id`, beside `x_at`. A person that a row always has entered
-- it, and so did who created or requested it, or nobody where a worker did; any other that it may lack decided something later,
-- such as to submit, approve, send off, cancel, admit or withdraw it.
DO $deeds$
DECLARE
    done record;
BEGIN
    FOR done IN
        SELECT c.oid::regclass AS relation, entered.enters,
               string_agg(format('%L, %L', w.attname, m.attname), ', ' ORDER BY w.attnum) AS pairs,
               string_agg(format('NEW.%I IS NOT NULL', w.attname), ' OR ') AS asked,
               string_agg(format('(OLD.%1$I, OLD.%2$I) IS DISTINCT FROM (NEW.%1$I, NEW.%2$I)', w.attname, m.attname), ' OR ') AS moved
          FROM pg_class c
          JOIN pg_attribute w ON w.attrelid = c.oid AND w.attname ~ '_by_id$' AND NOT w.attisdropped
          JOIN pg_attribute m ON m.attrelid = c.oid AND m.attname = replace(w.attname, '_by_id', '_at') AND NOT m.attisdropped
         CROSS JOIN LATERAL (SELECT w.attnotnull OR w.attname IN ('created_by_id', 'requested_by_id') AS enters) entered
         WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
         GROUP BY c.oid, entered.enters
    LOOP
        IF done.enters THEN
            EXECUTE format('CREATE TRIGGER was_entered_by_who_writes BEFORE INSERT ON %s
                                FOR EACH ROW EXECUTE FUNCTION guard_entry(%s)', done.relation, done.pairs);
            EXECUTE format('CREATE TRIGGER who_entered_stays BEFORE UPDATE ON %s FOR EACH ROW WHEN (%s)
                                EXECUTE FUNCTION guard_entry(%s)', done.relation, done.moved, done.pairs);
        ELSE
            EXECUTE format('CREATE TRIGGER was_done_by_who_writes BEFORE INSERT OR UPDATE ON %s FOR EACH ROW WHEN (%s)
                                EXECUTE FUNCTION guard_deeds(''deed_is_of_who_writes'', %s)', done.relation, done.asked, done.pairs);
        END IF;
    END LOOP;
END $deeds$;

REVOKE EXECUTE ON FUNCTION guard_write(), guard_deeds(), guard_entry(), stamp_event() FROM PUBLIC;
