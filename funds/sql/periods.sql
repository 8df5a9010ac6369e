-- Closing the books. The periods of a fund are closed in order, by two persons, and opened again from the last one backwards.
-- What a person dates by hand into a closed period is refused; what the bank or a reversal brings keeps its day, and is
-- known after the close: figures of that period are as known before, so they stay as they were printed.

-- The last day of the periods that are closed; nothing where none is.
CREATE FUNCTION closed_through(of_fund bigint) RETURNS date
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT max(c.last_day) FROM period_closes c
     WHERE c.fund_id = of_fund AND c.approved_at IS NOT NULL
       AND NOT EXISTS (SELECT FROM period_reopenings r WHERE r.close_id = c.id)
$$;

-- The latest moment of what is known in the figures of a day: that of the last close that has the day in it, or a later day.
CREATE FUNCTION closed_as_known_at(of_fund bigint, day date) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT max(c.known_at) FROM period_closes c
     WHERE c.fund_id = of_fund AND c.approved_at IS NOT NULL AND c.last_day >= day
       AND NOT EXISTS (SELECT FROM period_reopenings r WHERE r.close_id = c.id)
$$;

-- Who writes what has a day shares this lock until commit; who closes or reopens a period has it alone, so that everything that
-- was written before is in what is known, and everything after finds the period as it is.
CREATE FUNCTION period_lock(of_fund bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT hashtextextended('periods', of_fund)
$$;

-- The rows that a statement wrote, or whose days or what makes them count it changed: a query, of the
-- arguments of the rail as it has them, from 0.
CREATE FUNCTION rows_with_days(event text, given text[]) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT format(
        CASE event WHEN 'INSERT' THEN
            'SELECT %1$s AS fund, d.day, (%4$s) AS by_hand, %5$s AS moment FROM new_rows n CROSS JOIN LATERAL unnest(ARRAY[%2$s]) d(day)'
        ELSE
            'SELECT %1$s AS fund, d.day, (%4$s) AS by_hand, %5$s AS moment
               FROM new_rows n JOIN old_rows o ON o.id = n.id CROSS JOIN LATERAL unnest(ARRAY[%2$s], ARRAY[%6$s]) d(day, was)
              WHERE (ROW(%3$s) IS DISTINCT FROM ROW(%7$s) OR d.day IS DISTINCT FROM d.was)'
        END, given[0], given[1], given[2], given[3], given[4],
        regexp_replace(given[1], '\mn\.', 'o.', 'g'), regexp_replace(given[2], '\mn\.', 'o.', 'g'))
$$;

-- The rail of a table whose rows have days. Arguments are SQL about a row `n`: its fund; its days; what makes it count (asked
-- again where that changes); which rows a person dates by hand; and when a row is known that nobody dates.
CREATE FUNCTION guard_periods() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    planned CONSTANT boolean := TG_OP = 'INSERT' AND TG_ARGV[0] = 'n.fund_id'; -- once
    rows text;
    of_funds bigint[];
    locked record;
BEGIN
    IF planned THEN
        SELECT array_agg(f.fund_id) INTO of_funds
          FROM (SELECT DISTINCT n.fund_id FROM new_rows n) f
         CROSS JOIN LATERAL (SELECT pg_advisory_xact_lock_shared(period_lock(f.fund_id)) OFFSET 0) held;
    ELSE
        rows := rows_with_days(TG_OP, TG_ARGV);
        EXECUTE format('SELECT array_agg(f.fund) FROM (SELECT DISTINCT w.fund FROM (%s) w) f
                         CROSS JOIN LATERAL (SELECT pg_advisory_xact_lock_shared(period_lock(f.fund)) OFFSET 0) held', rows)
           INTO of_funds;
    END IF;
    IF NOT EXISTS (SELECT FROM period_closes c WHERE c.fund_id = ANY (of_funds) AND c.approved_at IS NOT NULL) THEN
        RETURN NULL;
    END IF;
    IF planned AND TG_ARGV[1] = 'n.value_date' THEN
        IF NOT EXISTS (SELECT FROM (SELECT n.fund_id, min(n.value_date) AS first FROM new_rows n GROUP BY n.fund_id) d
                        WHERE d.first <= closed_through(d.fund_id)) THEN
            RETURN NULL;
        END IF;
    END IF;
    rows := coalesce(rows, rows_with_days(TG_OP, TG_ARGV));
    EXECUTE format('SELECT w.day, w.by_hand, c.until
                      FROM (SELECT f.fund, closed_through(f.fund) AS until FROM (SELECT DISTINCT w.fund FROM (%1$s) w) f) c
                      JOIN (%1$s) w ON w.fund = c.fund AND w.day <= c.until
                     WHERE w.by_hand OR w.moment <= closed_as_known_at(w.fund, w.day) LIMIT 1', rows)
       INTO locked;
    IF locked.by_hand THEN
        PERFORM refuse('period_is_closed', format('%s lies in a period that is closed. The books are closed up to %s: the next open day is %s.',
                       day_in_words(locked.day), day_in_words(locked.until), day_in_words(locked.until + 1)));
    ELSIF locked.day IS NOT NULL THEN
        PERFORM refuse('period_knows_what_came_before', 'A period was closed while this was written.');
    END IF;
    RETURN NULL;
END $$;

-- As every page writes it: Nov 12, 2026.
CREATE FUNCTION day_in_words(day date) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT to_char(day, 'FMMon FMDD, FMYYYY')
$$;

-- Attach it to a table: see guard_periods. Of what never changes once it is written `binds` is left empty.
CREATE PROCEDURE lock_days(guarded regclass, days text, binds text, by_hand text, moment text, fund text DEFAULT 'n.fund_id')
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    CALL watch_statements(format('guard_periods(%L, %L, %L, %L, %L)', fund, days, binds, by_hand, moment),
                          CASE binds WHEN '' THEN '{INSERT}'::text[] ELSE '{INSERT,UPDATE}' END, guarded);
END $$;

CALL lock_days('nav_entries', 'n.as_of', '', 'true', 'n.created_at');
CALL lock_days('fund_terms', 'n.effective_on', '', 'true', 'n.created_at');
CALL lock_days('side_letters', 'n.effective_on', '', 'true', 'n.created_at',
               '(SELECT c.fund_id FROM commitments c WHERE c.id = n.commitment_id)');
CALL lock_days('commitment_events', 'n.effective_on', 'n.approved_at',
               'n.rejected_at IS NULL AND n.kind <> ''reversed''', 'n.approved_at');

-- ---------------------------------------------------------------- the closes themselves

CREATE TRIGGER guard_request BEFORE INSERT OR UPDATE ON period_closes
    FOR EACH ROW EXECUTE FUNCTION guard_request('period_closes_are_fixed');
CALL keep_rows('period_closes_are_fixed', 'DELETE OR TRUNCATE', 'period_closes');
CALL keep_rows('period_closes_are_fixed', 'UPDATE OR DELETE OR TRUNCATE', 'period_reopenings', 'period_accounts');

-- A period is asked to be closed as the next one of the fund, and closed as that once it is over.
CREATE FUNCTION guard_period_close() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    until date;
    known timestamptz;
BEGIN
    IF NEW.rejected_at IS NOT NULL THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF OLD.approved_at IS NOT NULL THEN
            RETURN NEW; -- which guard_request refuses
        END IF;
    END IF;
    PERFORM pg_advisory_xact_lock(period_lock(NEW.fund_id));
    until := closed_through(NEW.fund_id);
    SELECT max(c.known_at) INTO known FROM period_closes c WHERE c.fund_id = NEW.fund_id AND c.id <> NEW.id;
    IF NEW.first_day <> date_trunc('quarter', NEW.first_day)::date
       OR NEW.last_day <> (date_trunc('quarter', NEW.last_day) + interval '3 months' - interval '1 day')::date
       OR NEW.first_day <> until + 1 OR until IS NOT NULL AND NEW.last_day >= (NEW.first_day + interval '3 months')::date THEN
        PERFORM refuse('periods_are_closed_in_order', 'The quarters of a fund are closed one after the other.');
    END IF;
    IF NEW.last_day >= local_day(coalesce(NEW.approved_at, NEW.recorded_at), (SELECT time_zone FROM funds WHERE id = NEW.fund_id)) THEN
        PERFORM refuse('periods_are_closed_once_over', 'A period is closed once it is over.');
    END IF;
    IF NEW.known_at < known THEN
        PERFORM refuse('periods_are_closed_in_order', 'What a later close knows is no less than what an earlier one knew.');
    END IF;
    IF NEW.approved_at IS NOT NULL THEN
        PERFORM note_checks('period_close_is_new', ARRAY[NEW.id]);
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_period_close BEFORE INSERT OR UPDATE ON period_closes
    FOR EACH ROW EXECUTE FUNCTION guard_period_close();

-- What partners stood at is written as the period is closed, and not later.
CREATE FUNCTION period_accounts_were_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM new_rows n
                WHERE NOT EXISTS (SELECT FROM pending_checks p
                                   WHERE p.xid = pg_current_xact_id() AND p.kind = 'period_close_is_new' AND p.object_id = n.close_id)) THEN
        PERFORM refuse('period_is_written_whole', 'The accounts of a period are written as it is closed.');
    END IF;
    RETURN NULL;
END $$;

CALL watch_statements('period_accounts_were_written()', '{INSERT}', 'period_accounts');

-- Only the period that was closed last is opened again, and by an administrator.
CREATE FUNCTION guard_period_reopening() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(period_lock(c.fund_id)) FROM period_closes c WHERE c.id = NEW.close_id;
    IF NOT EXISTS (SELECT FROM users WHERE id = NEW.recorded_by_id AND is_superuser AND is_active) THEN
        PERFORM refuse('periods_are_reopened_by_administrators', 'A period is opened again by an administrator.');
    END IF;
    IF NOT EXISTS (SELECT FROM period_closes c
                    WHERE c.id = NEW.close_id AND c.approved_at <= NEW.recorded_at AND c.last_day = closed_through(c.fund_id)
                      AND NOT EXISTS (SELECT FROM period_closes w
                                       WHERE w.fund_id = c.fund_id AND w.approved_at IS NULL AND w.rejected_at IS NULL)) THEN
        PERFORM refuse('periods_are_reopened_in_order', 'The period that was closed last is the first to be opened again.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_period_reopening BEFORE INSERT ON period_reopenings
    FOR EACH ROW EXECUTE FUNCTION guard_period_reopening();

REVOKE EXECUTE ON FUNCTION closed_through(bigint), closed_as_known_at(bigint, date), guard_periods(), guard_period_close(),
    period_accounts_were_written(), guard_period_reopening() FROM PUBLIC;
REVOKE EXECUTE ON PROCEDURE lock_days(regclass, text, text, text, text, text) FROM PUBLIC;
