-- Money moves, and a net asset value is entered, on a day that had come to the fund when the row was written.

-- The rail of every table whose rows say when money moved and when that was recorded; the arguments are these columns
-- and of which rows it is asked: one that takes another back has the day of that one.
CREATE FUNCTION guard_days() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    found_one boolean;
BEGIN
    -- Planned once: where no row at all lies in the future, none of those that are asked of does.
    IF TG_ARGV[0] = 'value_date' AND TG_ARGV[1] = 'recorded_at' THEN
        IF NOT EXISTS (SELECT FROM new_rows n JOIN funds f ON f.id = n.fund_id
                        WHERE n.value_date > local_day(n.recorded_at, f.time_zone)) THEN
            RETURN NULL;
        END IF;
    END IF;
    EXECUTE format('SELECT EXISTS (SELECT FROM new_rows n JOIN funds f ON f.id = n.fund_id
                                    WHERE n.%I > local_day(n.%I, f.time_zone) AND %s)',
                   TG_ARGV[0], TG_ARGV[1], TG_ARGV[2])
       INTO found_one;
    IF found_one THEN
        PERFORM refuse('day_has_come', format('A row of %I lies in the future.', TG_TABLE_NAME));
    END IF;
    RETURN NULL;
END $$;

DO $rails$
DECLARE
    dated record;
BEGIN
    FOR dated IN
        SELECT c.oid::regclass AS relation, d.attname AS day, m.attname AS moment,
               CASE WHEN EXISTS (SELECT FROM pg_attribute r WHERE r.attrelid = c.oid AND r.attname = 'reverses_id')
                    THEN 'n.reverses_id IS NULL' ELSE 'true' END AS asked_of
          FROM pg_class c
          JOIN pg_attribute d ON d.attrelid = c.oid AND d.attname = CASE c.relname WHEN 'nav_entries' THEN 'as_of' ELSE 'value_date' END
          JOIN pg_attribute m ON m.attrelid = c.oid AND m.attname = CASE c.relname WHEN 'nav_entries' THEN 'created_at' ELSE 'recorded_at' END
         WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
         ORDER BY c.oid::regclass::text
    LOOP
        EXECUTE format('CREATE TRIGGER day_has_come AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows
                            FOR EACH STATEMENT EXECUTE FUNCTION guard_days(%L, %L, %L)',
                       dated.relation, dated.day, dated.moment, dated.asked_of);
    END LOOP;
END $rails$;

REVOKE EXECUTE ON FUNCTION guard_days() FROM PUBLIC;
