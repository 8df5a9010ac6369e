-- The days of a fund are those of its time zone. The zone is corrected only where no call and no distribution then counts from another day.
CREATE FUNCTION guard_fund_time_zone() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT is_time_zone(NEW.time_zone) THEN
        PERFORM refuse('fund_time_zone_is_known', 'There is no such time zone.');
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.time_zone <> OLD.time_zone AND EXISTS (
        SELECT FROM (SELECT call_date AS dated, approved_at AS issued FROM capital_calls WHERE fund_id = NEW.id
                     UNION ALL SELECT date, sent_at FROM distributions WHERE fund_id = NEW.id) bound
         WHERE least(dated, local_day(issued, NEW.time_zone)) <> least(dated, local_day(issued, OLD.time_zone))) THEN
        PERFORM refuse('fund_time_zone_moves_no_day', 'A call or a distribution would count from another day.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_fund_time_zone BEFORE INSERT OR UPDATE OF time_zone ON funds
    FOR EACH ROW EXECUTE FUNCTION guard_fund_time_zone();

REVOKE EXECUTE ON FUNCTION guard_fund_time_zone() FROM PUBLIC;
