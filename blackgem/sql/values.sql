-- What names and rates may be: one constraint of a table on all its names, and one on its rates.

-- Hold columns to say something: a letter or a digit of any script, and no character that steers a terminal or turns the line.
CREATE PROCEDURE hold_to_names(relation regclass, VARIADIC columns text[])
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS names_say_something, ADD CONSTRAINT names_say_something CHECK (%s)', relation,
        (SELECT string_agg(format($check$%1$I ~ '[^[:space:]\u00A0\u1680\u2000-\u200F\u2028-\u202F\u205F-\u206F\u3000\uFEFF]'
                                     AND %1$I !~ '[\u0001-\u001F\u007F-\u009F\u2028-\u202E\u2066-\u2069]'$check$, one),
                           ' AND ' ORDER BY one)
           FROM unnest(columns) one));
END $$;

-- Hold columns to fractions from 0 to 1.
CREATE PROCEDURE hold_to_rates(relation regclass, VARIADIC columns text[])
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS rates_are_fractions, ADD CONSTRAINT rates_are_fractions CHECK (%s)', relation,
        (SELECT string_agg(format('%I BETWEEN 0 AND 1', one), ' AND ' ORDER BY one) FROM unnest(columns) one));
END $$;

REVOKE EXECUTE ON PROCEDURE hold_to_rates(regclass, text[]), hold_to_names(regclass, text[]) FROM PUBLIC;

CALL hold_to_names('api_tokens', 'name');
CALL hold_to_names('audit_events', 'verb');
CALL hold_to_names('saved_views', 'name');
