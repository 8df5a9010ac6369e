-- Every row in which a roll-up says something else than its function does of no day: a view `v` and a function `v_at(day, known)`,
-- asked as of the end of all days, as known at the end of time. A roll-up joins by its name.
CREATE FUNCTION differing_roll_ups() RETURNS TABLE (roll_up text, id bigint, said_by text)
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
    pair record;
BEGIN
    FOR pair IN SELECT c.relname AS said, quote_ident(a.attname) AS key
                  FROM pg_class c
                  JOIN pg_proc p ON p.proname = c.relname || '_at' AND p.pronamespace = c.relnamespace AND p.proretset
                  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = 1
                 WHERE c.relkind = 'v' AND c.relnamespace = 'public'::regnamespace
                 ORDER BY c.relname LOOP
        RETURN QUERY EXECUTE format(
            'SELECT %1$L, x.%2$s, ''the view alone''
               FROM (SELECT * FROM %1$I EXCEPT SELECT * FROM %3$I(''infinity'', ''infinity'')) x
              UNION ALL
             SELECT %1$L, x.%2$s, ''the function alone''
               FROM (SELECT * FROM %3$I(''infinity'', ''infinity'') EXCEPT SELECT * FROM %1$I) x',
            pair.said, pair.key, pair.said || '_at');
    END LOOP;
END $$;
