-- Dates have bounds: no `infinity`, no year that nobody lives in (a token may be good for long). One constraint per table, over every column of a date
-- or a time, out of the catalogue.
DO $bounds$
DECLARE
    dated record;
BEGIN
    FOR dated IN
        SELECT c.oid::regclass AS relation,
               string_agg(format('(%1$I IS NULL OR %1$I BETWEEN %2$L AND %3$L)', a.attname, '1900-01-01',
                                 CASE a.atttypid WHEN 'date'::regtype THEN '2199-12-31' ELSE '3000-01-01 00:00+00' END),
                          ' AND ' ORDER BY a.attnum) AS bounds
          FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
         WHERE a.atttypid IN ('date'::regtype, 'timestamptz'::regtype) AND NOT a.attisdropped
           AND c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
         GROUP BY c.oid
    LOOP
        EXECUTE format('ALTER TABLE %1$s DROP CONSTRAINT IF EXISTS dates_within_bounds,
                            ADD CONSTRAINT dates_within_bounds CHECK (%2$s)', dated.relation, dated.bounds);
    END LOOP;
END $bounds$;
