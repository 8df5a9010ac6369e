-- The ids that investors see are the database's to draw, whatever is written, and stay: in every table that has them.
CREATE FUNCTION draw_public_id() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        PERFORM refuse('public_id_stays', 'What a row is known by outside never changes.');
    END IF;
    NEW.public_id := gen_random_uuid();
    RETURN NEW;
END $$;

DO $$
DECLARE
    one regclass;
BEGIN
    FOR one IN
        SELECT attrelid::regclass FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
         WHERE attname = 'public_id' AND NOT attisdropped
           AND relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') ORDER BY relname
    LOOP
        EXECUTE format('CREATE TRIGGER public_id_is_drawn BEFORE INSERT ON %s'
                       ' FOR EACH ROW EXECUTE FUNCTION draw_public_id()', one);
        EXECUTE format('CREATE TRIGGER public_id_stays BEFORE UPDATE ON %s FOR EACH ROW'
                       ' WHEN (OLD.public_id IS DISTINCT FROM NEW.public_id) EXECUTE FUNCTION draw_public_id()', one);
    END LOOP;
END $$;

REVOKE EXECUTE ON FUNCTION draw_public_id() FROM PUBLIC;
