CREATE TRIGGER notice_readings_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON notice_readings
    FOR EACH STATEMENT EXECUTE FUNCTION append_only('notice_readings_are_append_only');
