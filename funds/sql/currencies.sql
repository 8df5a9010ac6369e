-- Money and the currency it is in. An amount is never finer than its currency, whoever wrote it.

-- How many decimals a currency has (ISO 4217); NULL for one that no fund is kept in. The application has the same list in
-- blackgem/lib/currencies.py.
CREATE FUNCTION currency_decimals(code text) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN code IN ('USD', 'EUR', 'GBP', 'CHF', 'CAD', 'AUD', 'NZD', 'SGD', 'HKD', 'SEK', 'NOK', 'DKK', 'PLN', 'CZK',
                       'ILS', 'AED', 'SAR', 'INR', 'CNY', 'BRL', 'MXN', 'ZAR', 'TWD', 'THB', 'MYR', 'IDR', 'PHP', 'TRY',
                       'HUF', 'RON', 'BGN', 'UAH', 'KZT', 'EGP', 'MAD', 'QAR', 'NGN', 'KES', 'COP', 'PEN', 'ARS') THEN 2
                WHEN code IN ('JPY', 'KRW', 'VND', 'CLP', 'ISK', 'XOF', 'XAF') THEN 0
                WHEN code IN ('KWD', 'BHD', 'OMR', 'JOD', 'TND') THEN 3 END;

-- Fifteen digits are what a double keeps, so that amounts with three decimals stay below ten to the twelfth.
CREATE FUNCTION currency_cap(code text) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN currency_decimals(code) > 2 THEN 1e12 ELSE 1e13 END;

CREATE FUNCTION fits_currency(amount numeric, code text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN amount IS NULL OR (amount = round(amount, currency_decimals(code)) AND abs(amount) < currency_cap(code));

-- The columns of money of every table whose rows name their fund, out of the catalogue. A fund's own limit is a setting,
-- which guard_fund_currency holds to the currency.
CREATE FUNCTION money_columns() RETURNS TABLE (relation regclass, columns name[])
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT c.oid::regclass, array_agg(a.attname ORDER BY a.attnum)
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
     WHERE a.atttypid = 'public.money_amount'::regtype AND NOT a.attisdropped
       AND c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
       AND c.relname <> 'funds'
     GROUP BY c.oid ORDER BY c.oid::regclass::text
$$;

-- The rail of every table of money; its columns are the trigger's arguments. The rows' funds are locked first, so that
-- none changes its currency meanwhile. What is asked of a table with one amount, as of payments and the ledger, is planned once.
CREATE FUNCTION guard_amounts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    unfit text;
    found_one boolean;
BEGIN
    PERFORM FROM funds WHERE id IN (SELECT fund_id FROM new_rows) ORDER BY id FOR KEY SHARE;
    IF TG_NARGS = 1 AND TG_ARGV[0] = 'amount' THEN
        found_one := EXISTS (
            WITH f AS MATERIALIZED (
                 SELECT id, currency_decimals(currency) AS places, currency_cap(currency) AS cap
                   FROM funds WHERE id IN (SELECT fund_id FROM new_rows))
            SELECT FROM new_rows n LEFT JOIN f ON f.id = n.fund_id
             WHERE n.amount IS NOT NULL AND (n.amount = round(n.amount, f.places) AND abs(n.amount) < f.cap) IS NOT TRUE);
    ELSE
        SELECT string_agg(format('n.%1$I IS NOT NULL AND (n.%1$I = round(n.%1$I, f.places) AND abs(n.%1$I) < f.cap) IS NOT TRUE',
                                 one), ' OR ')
          INTO unfit FROM unnest(TG_ARGV) one;
        EXECUTE 'WITH f AS MATERIALIZED (
                     SELECT id, currency_decimals(currency) AS places, currency_cap(currency) AS cap
                       FROM funds WHERE id IN (SELECT fund_id FROM new_rows))
                 SELECT EXISTS (SELECT FROM new_rows n LEFT JOIN f ON f.id = n.fund_id WHERE ' || unfit || ')' INTO found_one;
    END IF;
    IF found_one THEN
        PERFORM refuse('amount_fits_its_currency',
                       format('An amount in %I has more decimals than its currency, or is too large.', TG_TABLE_NAME));
    END IF;
    RETURN NULL;
END $$;

-- A table of money whose rows name no fund cannot have the rail, and stops the migration here.
DO $rails$
DECLARE
    money record;
    columns text;
BEGIN
    FOR money IN SELECT * FROM money_columns() LOOP
        SELECT string_agg(quote_literal(one), ', ') INTO columns FROM unnest(money.columns) one;
        IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = money.relation AND attname = 'fund_id') THEN
            RAISE EXCEPTION 'The table % has money and no fund_id to tell its currency by.', money.relation;
        END IF;
        EXECUTE format('CREATE TRIGGER amount_fits_its_currency AFTER INSERT ON %1$s REFERENCING NEW TABLE AS new_rows
                            FOR EACH STATEMENT EXECUTE FUNCTION guard_amounts(%2$s);
                        CREATE TRIGGER changed_amount_fits_its_currency AFTER UPDATE ON %1$s
                            REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION guard_amounts(%2$s)',
                       money.relation, columns);
    END LOOP;
END $rails$;

-- Whether anything was ever written down for a fund in its currency. A commitment of zero is no money.
CREATE FUNCTION fund_has_money(fund bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    money record;
    found_one boolean;
BEGIN
    FOR money IN SELECT relation, unnest(columns) AS amount FROM money_columns() LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE fund_id = $1 AND %I <> 0)', money.relation, money.amount)
           INTO found_one USING fund;
        IF found_one THEN
            RETURN true;
        END IF;
    END LOOP;
    RETURN false;
END $$;

-- The lock waits for whoever writes money of this fund, and then sees it.
CREATE FUNCTION guard_fund_currency() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF currency_decimals(NEW.currency) IS NULL THEN
        PERFORM refuse('fund_currency_is_known', 'No fund is kept in this currency.');
    END IF;
    IF NOT fits_currency(NEW.residual_limit, NEW.currency) OR NOT fits_currency(NEW.looked_at_above, NEW.currency) THEN
        PERFORM refuse('amount_fits_its_currency', 'The limit has more decimals than the currency, or is too large.');
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.currency <> OLD.currency THEN
        PERFORM require_read_committed();
        PERFORM FROM funds WHERE id = OLD.id FOR UPDATE;
        IF fund_has_money(OLD.id) THEN
            PERFORM refuse('fund_currency_is_fixed', 'The currency of a fund with money in it cannot change.');
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_fund_currency BEFORE INSERT OR UPDATE ON funds
    FOR EACH ROW EXECUTE FUNCTION guard_fund_currency();

REVOKE EXECUTE ON FUNCTION fund_has_money(bigint), guard_amounts(), guard_fund_currency() FROM PUBLIC;
