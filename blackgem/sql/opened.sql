-- Who does a deed, and when, is what the application signed for this transaction, not what a column says. The role of the
-- application can read neither the keys nor what was opened: a session without the application's key opens nothing.

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
    DELETE FROM opened_writes
     WHERE xid IN (SELECT o.xid FROM opened_writes o WHERE o.opened_at < recorded_at - interval '15 minutes'
                    ORDER BY o.opened_at LIMIT 20 FOR UPDATE SKIP LOCKED);
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

-- When an event was recorded is the database's to say.
CREATE FUNCTION stamp_event() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
        NEW.recorded_at := statement_timestamp();
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER was_done_by_who_writes BEFORE INSERT ON audit_events
    FOR EACH ROW EXECUTE FUNCTION guard_deeds('event_is_of_who_writes', 'actor_id', 'happened_at');
CREATE TRIGGER stamp_event BEFORE INSERT ON audit_events FOR EACH ROW EXECUTE FUNCTION stamp_event();

-- Every table whose rows are submitted, decided, sent off, cancelled, admitted, accepted or withdrawn by somebody at a time, out of
-- the catalogue.
DO $deeds$
DECLARE
    decided record;
BEGIN
    FOR decided IN
        SELECT c.oid::regclass AS relation, string_agg(format('%L, %L', w.attname, m.attname), ', ' ORDER BY w.attnum) AS pairs,
               string_agg(format('NEW.%I IS NOT NULL', w.attname), ' OR ') AS asked
          FROM pg_class c
          JOIN pg_attribute w ON w.attrelid = c.oid
           AND w.attname IN ('submitted_by_id', 'approved_by_id', 'verified_by_id', 'rejected_by_id', 'sent_by_id', 'cancelled_by_id',
                             'admitted_by_id', 'accepted_by_id', 'withdrawn_by_id', 'sender_admitted_by_id')
          JOIN pg_attribute m ON m.attrelid = c.oid AND m.attname = replace(w.attname, '_by_id', '_at')
         WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
         GROUP BY c.oid
    LOOP
        EXECUTE format('CREATE TRIGGER was_done_by_who_writes BEFORE INSERT OR UPDATE ON %s FOR EACH ROW WHEN (%s)
                            EXECUTE FUNCTION guard_deeds(''deed_is_of_who_writes'', %s)',
                       decided.relation, decided.asked, decided.pairs);
    END LOOP;
END $deeds$;

REVOKE EXECUTE ON FUNCTION guard_deeds(), stamp_event() FROM PUBLIC;
