-- The days of a fund are those of its time zone.
CREATE FUNCTION guard_fund_time_zone() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT is_time_zone(NEW.time_zone) THEN
        PERFORM refuse('fund_time_zone_is_known', 'There is no such time zone.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_fund_time_zone BEFORE INSERT OR UPDATE OF time_zone ON funds
    FOR EACH ROW EXECUTE FUNCTION guard_fund_time_zone();

-- The zone is corrected only where nothing that was issued then counts from another day. Attach to funds, after the guard
-- above by name, with the table of what is issued and its columns of the day that it bears and of when it was issued.
CREATE FUNCTION keep_days_of_issue() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    moved boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT FROM %1$I WHERE fund_id = $1
                        AND least(%2$I, local_day(%3$I, $2)) <> least(%2$I, local_day(%3$I, $3)))',
                   TG_ARGV[0], TG_ARGV[1], TG_ARGV[2])
       INTO moved USING NEW.id, NEW.time_zone, OLD.time_zone;
    IF moved THEN
        PERFORM refuse('fund_time_zone_moves_no_day', 'What was issued would count from another day.');
    END IF;
    RETURN NEW;
END $$;

REVOKE EXECUTE ON FUNCTION guard_fund_time_zone(), keep_days_of_issue() FROM PUBLIC;
