-- The code of a fund stands on its letters: whoever leaves it out gets one, and it stays once a letter was written.
CREATE FUNCTION guard_fund_code() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.code := coalesce(nullif(NEW.code, ''), 'FD' || NEW.id);
    ELSIF NEW.code <> OLD.code AND EXISTS (SELECT FROM notices WHERE fund_id = OLD.id) THEN
        PERFORM refuse('fund_code_is_fixed', 'The code of a fund that has written letters cannot change.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_fund_code BEFORE INSERT OR UPDATE OF code ON funds
    FOR EACH ROW EXECUTE FUNCTION guard_fund_code();

REVOKE EXECUTE ON FUNCTION guard_fund_code() FROM PUBLIC;
